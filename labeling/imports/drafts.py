"""What labels wrote: stored as responses of their raters, and read again as labels say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from labeling.models import Judgment, Response, Task, Writing
from labeling.models.reviews import edited_turns
from labeling.rendering import normalised_distance


@dataclass(frozen=True, slots=True)
class LabelledText:
    """What a label wrote, of the canonical responses; `text` is None where it changed nothing.

    `counts` are the characters typed and pasted, None where nobody counted; `external_id` is the
    wished id, "" for any.
    """

    text: str | None
    edit_of: int | None
    counts: tuple[int | None, int | None] = (None, None)
    declared_assist: bool = False
    external_id: str = ""

    def says_no_more_than(self, record: LabelledText | None) -> bool:
        """Whether the record says all of this; an id is no matter of what was said."""
        if record is None:
            return False
        own, recorded = (self.text, self.edit_of), (record.text, record.edit_of)
        counts = self.counts in ((None, None), record.counts)
        return own == recorded and counts and self.declared_assist == record.declared_assist


def stored_texts(places_of: Mapping[int, Mapping[int, int]]) -> dict[int, LabelledText]:
    """What judgments on record wrote, by judgment; `places_of` are the places of its responses."""
    texts = Response.objects.filter(judgment__in=places_of)
    written = dict(texts.values_list("judgment_id", "content"))
    rows = Writing.objects.filter(judgment__in=places_of)
    return {
        row.judgment_id: LabelledText(
            written.get(row.judgment_id),
            places_of[row.judgment_id].get(row.original_id or 0),
            (row.typed, row.pasted),
            row.declared_assist,
        )
        for row in rows
    }


def write_texts(
    written: Sequence[tuple[Judgment, LabelledText]], responses: Mapping[int, Sequence[int]]
) -> None:
    """Stores what judgments wrote; `responses` are the ids of each task's in canonical order."""
    if not written:
        return
    tasks = Task.objects.filter(pk__in={judgment.task_id for judgment, _ in written})
    prompts = dict(tasks.values_list("pk", "prompt_id"))
    origins = [
        None if text.edit_of is None else responses[judgment.task_id][text.edit_of]
        for judgment, text in written
    ]
    originals = Response.objects.in_bulk([pk for pk in origins if pk is not None])
    taken = _taken(prompts.values(), (text.external_id for _, text in written))
    writings, texts = [], []
    for (judgment, text), pk in zip(written, origins, strict=True):
        original = None if pk is None else originals[pk]
        typed, pasted = text.counts
        writings.append(
            Writing(
                judgment=judgment,
                original=original,
                distance=_distance(original, text.text),
                typed=typed,
                pasted=pasted,
                declared_assist=text.declared_assist,
            )
        )
        if text.text is None:
            continue
        spot = (prompts[judgment.task_id], text.external_id)
        own = text.external_id if text.external_id and spot not in taken else ""
        taken.add(spot)
        texts.append(
            Response(
                prompt_id=spot[0],
                external_id=own or f"written-{judgment.pk}",
                content=text.text,
                messages=edited_turns(original, text.text),
                is_human=True,
                edited_from=original,
                author_id=judgment.rater_id,
                judgment=judgment,
            )
        )
    Writing.objects.bulk_create(writings)
    Response.objects.bulk_create(texts)


def _taken(prompts: Iterable[int], ids: Iterable[str]) -> set[tuple[int, str]]:
    """Of these prompts, the ids among these that a response has already."""
    rows = Response.objects.filter(prompt__in=set(prompts), external_id__in={*ids} - {""})
    return set(rows.values_list("prompt_id", "external_id"))


def _distance(original: Response | None, text: str | None) -> float | None:
    if original is None:
        return None
    return 0.0 if text is None else normalised_distance(original.content, text)
