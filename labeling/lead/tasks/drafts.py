"""What was written with the judgments of a task, and what it changed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models.functions import Left

from labeling.models import Task, Writing
from labeling.rendering import MAX_SHORT_CHARS
from labeling.rendering.difference import WordChange, word_changes

#: How long a page looks for what changed; of edits beyond that it shows the text alone.
_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class WrittenText:
    """A text as it was written, or its beginning; `review_id` is the task that reviews it.

    Of an edit, `edit_of` is the number (from 1) of the response that it is made from, and
    `changes` what it changes, empty where that is too long to be shown. An edit without a text
    left the response as it was.
    """

    text: str = ""
    review_id: int | None = None
    edit_of: int | None = None
    changes: Sequence[WordChange] = ()

    def plain(self) -> dict[str, object]:
        """The same for programs."""
        return {"text": self.text, "edit_of": self.edit_of, "review": self.review_id}


def written_texts(task: Task) -> dict[int, WrittenText]:
    """What was written with each judgment of a task, by judgment."""
    places = {pk: number for number, pk in enumerate(task.response_ids, start=1)}
    most = MAX_SHORT_CHARS + 1
    rows = Writing.objects.filter(judgment__task=task).values_list(
        "judgment_id",
        "original_id",
        Left("original__content", most),
        "judgment__texts__pk",
        Left("judgment__texts__content", most),
    )
    written = list(rows)
    texts = [row[3] for row in written if row[3]]
    reviews = dict(Task.objects.filter(reviews__in=texts).values_list("reviews_id", "pk"))
    deadline = time.monotonic() + _SECONDS
    by_judgment: dict[int, WrittenText] = {}
    for judgment, original, before, text, after in sorted(written):
        is_short = max(len(before or ""), len(after or "")) < most
        shown = after is not None and original and is_short and time.monotonic() < deadline
        by_judgment[judgment] = WrittenText(
            text=after or "",
            review_id=reviews.get(text),
            edit_of=places.get(original),
            changes=word_changes(before, after) if shown else (),
        )
    return by_judgment
