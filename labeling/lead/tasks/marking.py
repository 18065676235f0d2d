"""Passages that raters marked in a task's texts: of each judgment, and put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from labeling.kinds.spans import MarkedSpan, spans_json
from labeling.models import Judgment, Span, Task
from labeling.models.choices import FLAG_LABELS
from labeling.rating.marking import texts_of
from projects.models import Criterion, Principle

#: Characters of a passage that are told here: a release has all of them.
_MOST_QUOTED = 500
#: Passages of a task that its page shows.
_MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class PassageInWords:
    """Words of a text that were marked, by how many raters, and what they are attached to.

    `response` is the number (from 1) of the response, None for the prompt.
    """

    response: int | None
    quote: str
    label: str
    is_praise: bool
    raters: int


@dataclass(frozen=True, slots=True)
class TaskSpans:
    """The passages of a task in canonical order: of each judgment by its id, and of those that
    count together, overlapping ones as one."""

    by_judgment: dict[int, list[dict[str, object]]] = field(default_factory=dict)
    passages: list[PassageInWords] = field(default_factory=list)


def task_spans(task: Task) -> TaskSpans:
    """What was ever marked in a task's texts."""
    rows = list(
        Span.objects.filter(judgment__task=task).select_related(
            "judgment", "criterion", "principle"
        )
    )
    if not rows:
        return TaskSpans()
    places = {pk: place for place, pk in enumerate(task.response_ids)}
    texts = texts_of(task)
    marks = [
        (row.judgment, _mark(row, None if row.response_id is None else places[row.response_id]))
        for row in rows
    ]
    by_judgment: dict[int, list[MarkedSpan]] = {}
    for judgment, mark in marks:
        by_judgment.setdefault(judgment.pk, []).append(mark)
    attached = {("flag", str(flag)): str(label) for flag, label in FLAG_LABELS.items()}
    for row in rows:
        attached.setdefault(row.attached, _label(row.criterion or row.principle))
    counting = [(j.rater_id, mark) for j, mark in marks if _counts(j)]
    return TaskSpans(
        {pk: spans_json(spans, texts, _MOST_QUOTED) for pk, spans in by_judgment.items()},
        [
            PassageInWords(
                response=None if span.response is None else span.response + 1,
                quote=texts.quote(span, _MOST_QUOTED),
                label=attached[span.about, span.name],
                is_praise=span.polarity == "praise",
                raters=raters,
            )
            for span, raters in _together(counting)[:_MOST_SHOWN]
        ],
    )


def _counts(judgment: Judgment) -> bool:
    return judgment.is_current and not judgment.withdrawn


def _label(attached: Criterion | Principle | None) -> str:
    if isinstance(attached, Criterion):
        return attached.label
    return str(attached or "")


def _mark(row: Span, place: int | None) -> MarkedSpan:
    about, name = row.attached
    return MarkedSpan(place, row.message, row.start, row.end, row.polarity, about, name)


def _together(marks: Iterable[tuple[int, MarkedSpan]]) -> list[tuple[MarkedSpan, int]]:
    """Passages that overlap and say the same, as one with the number of their raters."""
    groups: list[tuple[MarkedSpan, set[int]]] = []
    open_at: dict[tuple[object, ...], int] = {}
    for rater, mark in sorted(marks, key=lambda pair: pair[1].order):
        key = (mark.response, mark.message, mark.polarity, mark.about, mark.name)
        at = open_at.get(key)
        if at is not None and mark.start < groups[at][0].end:
            former, raters = groups[at]
            groups[at] = (former.reaching(mark.end), raters | {rater})
        else:
            open_at[key] = len(groups)
            groups.append((mark, {rater}))
    return [(mark, len(raters)) for mark, raters in groups]
