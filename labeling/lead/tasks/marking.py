"""Passages that raters marked in a task's texts: of each judgment, and put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from labeling.kinds.base import slot
from labeling.kinds.marks import PROMPT_SLOT
from labeling.kinds.regions import MarkedRegion
from labeling.kinds.spans import MarkedSpan, MarkedTexts, spans_json
from labeling.models import Judgment, LateAnswer, Region, Span, Task
from labeling.models.choices import FLAG_LABELS
from labeling.rating.marking import turns_of_task
from projects.models import Criterion, Principle

#: Characters of a passage that are told here: a release has all of them.
_MOST_QUOTED = 500
#: Passages of a task that its page shows.
_MOST_SHOWN = 200
#: Notes that stand with one mark.
_MOST_NOTES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkInWords:
    """A mark, by how many raters, and what it is attached to.

    `number` is its place among those of the task; `slot` names the text, `response` by number (from
    1) the response, None for the prompt; it is part of that `message`.
    """

    number: int
    slot: str
    response: int | None
    message: int
    label: str
    is_praise: bool
    n_raters: int
    notes: Sequence[str] = ()

    @property
    def times(self) -> str:
        """How many marked it, where several did."""
        return f" ×{self.n_raters}" if self.n_raters > 1 else ""


_W = TypeVar("_W", bound=MarkInWords)


def by_attachment(marks: Iterable[_W]) -> list[tuple[str, list[_W]]]:
    """The marks under what they are attached to, in the order of their numbers."""
    groups: dict[str, list[_W]] = {}
    for mark in marks:
        groups.setdefault(mark.label, []).append(mark)
    return list(groups.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageInWords(MarkInWords):
    """Words of a text that were marked; `start` and `end` are code points of the message."""

    start: int
    end: int
    quote: str

    @property
    def tag(self) -> str:
        """What stands at its end in the text."""
        return f"{self.number}{self.times}"


@dataclass(frozen=True, slots=True)
class TaskSpans:
    """The passages of a task in canonical order: of each judgment by its id, and of those that
    count together, overlapping ones as one.

    `more` are those that are not shown any more; `texts` are what the shown ones are parts of, by
    slot.
    """

    by_judgment: dict[int, list[dict[str, object]]] = field(default_factory=dict)
    passages: list[PassageInWords] = field(default_factory=list)
    more: int = 0
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def by_attachment(self) -> list[tuple[str, list[PassageInWords]]]:
        """The passages under what they are attached to."""
        return by_attachment(self.passages)

    def of(self, name: str) -> list[PassageInWords]:
        """Those of one text."""
        return [passage for passage in self.passages if passage.slot == name]


@dataclass(slots=True)
class _Group:
    """Passages that overlap and say the same."""

    mark: MarkedSpan
    raters: set[int]
    notes: list[str]


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
    texts = turns_of_task(task).texts
    marks = [
        (row.judgment, _mark(row, None if row.response_id is None else places[row.response_id]))
        for row in rows
    ]
    by_judgment: dict[int, list[MarkedSpan]] = {}
    for judgment, mark in marks:
        by_judgment.setdefault(judgment.pk, []).append(mark)
    attached = attached_words(rows)
    groups = _together([(j.rater_id, mark) for j, mark in marks if is_counted(j)])
    return TaskSpans(
        {pk: spans_json(spans, texts, _MOST_QUOTED) for pk, spans in by_judgment.items()},
        [
            _in_words(number, group, texts, attached)
            for number, group in enumerate(groups[:_MOST_SHOWN], start=1)
        ],
        more=max(0, len(groups) - _MOST_SHOWN),
        texts=_by_slot(texts),
    )


def _by_slot(texts: MarkedTexts) -> dict[str, Sequence[str]]:
    return {
        PROMPT_SLOT: texts.prompt,
        **{slot(place): messages for place, messages in enumerate(texts.responses)},
    }


def _in_words(
    number: int, group: _Group, texts: MarkedTexts, attached: Mapping[tuple[str, str], str]
) -> PassageInWords:
    span = group.mark
    return PassageInWords(
        number=number,
        start=span.start,
        end=span.end,
        quote=texts.quote(span, _MOST_QUOTED),
        n_raters=len(group.raters),
        **said_of(span, attached, group.notes),
    )


def said_of(
    mark: MarkedSpan | MarkedRegion, attached: Mapping[tuple[str, str], str], notes: Sequence[str]
) -> dict[str, Any]:
    """What a mark says that is no part of its own sort, by the fields of `MarkInWords`."""
    return {
        "slot": PROMPT_SLOT if mark.response is None else slot(mark.response),
        "response": None if mark.response is None else mark.response + 1,
        "message": mark.message,
        "label": attached[mark.about, mark.name],
        "is_praise": mark.polarity == "praise",
        "notes": list(dict.fromkeys(notes))[:_MOST_NOTES],
    }


def late_spans_json(task: Task, rows: Sequence[LateAnswer]) -> dict[int, list[dict[str, object]]]:
    """The passages of each answer that came late, as they are kept, with their words."""
    if not any(row.spans for row in rows):
        return {row.pk: [] for row in rows}
    texts = _by_slot(turns_of_task(task).texts)
    return {row.pk: [_quoted(span, texts) for span in row.spans] for row in rows}


def _quoted(span: Mapping[str, object], texts: Mapping[str, Sequence[str]]) -> dict[str, object]:
    messages = texts.get(str(span["slot"]), ())
    message, start, end = (int(str(span[name])) for name in ("message", "start", "end"))
    text = messages[message] if message < len(messages) else ""
    return {**span, "quote": text[start : min(end, start + _MOST_QUOTED)]}


def attached_words(marks: Iterable[Span | Region]) -> dict[tuple[str, str], str]:
    """What marks are attached to, in words."""
    attached = {("flag", str(flag)): str(label) for flag, label in FLAG_LABELS.items()}
    for mark in marks:
        attached.setdefault(mark.attached, _label(mark.criterion or mark.principle))
    return attached


def is_counted(judgment: Judgment) -> bool:
    """Whether the marks of a judgment are among those that are shown."""
    return judgment.is_current and not judgment.withdrawn


def _label(attached: Criterion | Principle | None) -> str:
    if isinstance(attached, Criterion):
        return attached.label
    return str(attached or "")


def _mark(row: Span, place: int | None) -> MarkedSpan:
    about, name = row.attached
    return MarkedSpan(place, row.message, row.start, row.end, row.polarity, about, name, row.note)


def _together(marks: Iterable[tuple[int, MarkedSpan]]) -> list[_Group]:
    """Passages that overlap and say the same, as one with its raters and what they said of it."""
    groups: list[_Group] = []
    open_at: dict[tuple[object, ...], int] = {}
    for rater, mark in sorted(marks, key=lambda pair: pair[1].order):
        key = (mark.response, mark.message, mark.polarity, mark.about, mark.name)
        at = open_at.get(key)
        notes = [mark.note] if mark.note else []
        if at is not None and mark.start < groups[at].mark.end:
            group = groups[at]
            group.mark = replace(group.mark, end=max(group.mark.end, mark.end))
            group.raters.add(rater)
            group.notes += notes
        else:
            open_at[key] = len(groups)
            groups.append(_Group(mark, {rater}, notes))
    return groups
