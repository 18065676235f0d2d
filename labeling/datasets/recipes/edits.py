"""Edited responses: which of them say something, and which only moved white space."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from labeling.datasets.recipes.options import RecipeOptions
from labeling.datasets.records import ResponseRecord, TaskRecord
from labeling.vocabulary import MUCH_PASTED

NO_OP = "edit_no_op"
UNKNOWN = "edit_of_unknown"


class Edit(NamedTuple):
    """An edit of a task: the positions of the edited text and of its original, and what is wrong.

    `original` is -1 and `reason` set where the edit improves none of the task's responses.
    """

    position: int
    original: int
    reason: str | None = None


def not_own_words(response: ResponseRecord, options: RecipeOptions) -> str | None:
    """Why a text that a person wrote is left out, where only their own words are wanted."""
    if not options.own_words or response.writing is None:
        return None
    if response.writing.declared_assist:
        return "assist_declared"
    return "mostly_pasted" if (response.writing.paste_ratio or 0) > MUCH_PASTED else None


def edits_of(task: TaskRecord, options: RecipeOptions) -> Iterator[Edit]:
    """Every edit of the task; one that changes nothing but white space, or is not its author's own
    words where those are wanted, has a reason."""
    names = {response.id: place for place, response in enumerate(task.responses)}
    for place, edit in enumerate(task.edits, start=len(task.responses)):
        original = names.get(edit.edited_from, -1)
        if original < 0:
            yield Edit(place, original, UNKNOWN)
        elif edit.text.split() == task.responses[original].text.split():
            yield Edit(place, original, NO_OP)
        else:
            reason = "edit_rejected" if edit.rejected else not_own_words(edit, options)
            yield Edit(place, original, reason)
