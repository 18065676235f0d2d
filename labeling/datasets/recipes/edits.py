"""Edited responses: which of them say something, and which only moved white space."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from labeling.datasets.records import TaskRecord

NO_OP = "edit_no_op"
_UNKNOWN = "edit_of_unknown"


class Edit(NamedTuple):
    """An edit of a task: the positions of the edited text and of its original, and what is wrong.

    `original` is -1 and `reason` set where the edit improves none of the task's responses.
    """

    position: int
    original: int
    reason: str | None = None


def edits_of(task: TaskRecord) -> Iterator[Edit]:
    """Every edit of the task; one that changes nothing but white space has a reason."""
    names = {response.id: place for place, response in enumerate(task.responses)}
    for place, edit in enumerate(task.edits, start=len(task.responses)):
        original = names.get(edit.edited_from, -1)
        if original < 0:
            yield Edit(place, original, _UNKNOWN)
        elif edit.text.split() == task.responses[original].text.split():
            yield Edit(place, original, NO_OP)
        else:
            yield Edit(place, original)
