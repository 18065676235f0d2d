"""Marks as they were shown, and the texts and pictures that they are marks of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from labeling.kinds.regions import MarkedPictures, MarkedRegion, regions_json
from labeling.kinds.spans import MarkedSpan, MarkedTexts, spans_json
from labeling.models import Judgment, Response, Task
from projects.sql import Statement

_Turns = Sequence[Mapping[str, Any]]


class ShownAssignment(Protocol):
    """An assignment, by what says which texts were shown and under which guideline."""

    @property
    def task_id(self) -> int:
        """Its task."""

    @property
    def shown_order(self) -> Sequence[int]:
        """The canonical indexes of the responses, in the order shown."""

    @property
    def guideline_id(self) -> int | None:
        """The version that applied."""


@dataclass(frozen=True, slots=True)
class MarkedTurns:
    """The turns of a task's texts: of the prompt, and of each response in some order."""

    prompt: _Turns
    responses: Sequence[_Turns]

    @property
    def texts(self) -> MarkedTexts:
        """What passages are passages of."""
        return MarkedTexts(_contents(self.prompt), list(map(_contents, self.responses)))

    @property
    def pictures(self) -> MarkedPictures:
        """What regions are regions of."""
        return MarkedPictures(_counts(self.prompt), list(map(_counts, self.responses)))


def _contents(turns: _Turns) -> list[str]:
    return [str(turn.get("content") or "") for turn in turns]


def _counts(turns: _Turns) -> list[int]:
    return [len(turn.get("images", ())) for turn in turns]


def responses_shown(assignment: ShownAssignment) -> list[Response]:
    """The responses of an assignment, in the order shown."""
    ids = Task.objects.values_list("response_ids", flat=True).get(pk=assignment.task_id)
    rows = Response.objects.defer("html").in_bulk(ids)
    return [rows[ids[place]] for place in assignment.shown_order]


def turns_of_task(task: Task) -> MarkedTurns:
    """The turns of a task's texts, its responses in canonical order."""
    rows = Response.objects.defer("html").in_bulk(task.response_ids)
    responses = [rows[pk] for pk in task.response_ids]
    return MarkedTurns(
        task.prompt.messages, [row.messages or [{"content": row.content}] for row in responses]
    )


def turns_shown(assignment: ShownAssignment) -> MarkedTurns:
    """The turns of an assignment's texts, its responses in the order shown."""
    task = Task.objects.select_related("prompt").defer("prompt__html").get(pk=assignment.task_id)
    turns = turns_of_task(task)
    return MarkedTurns(turns.prompt, [turns.responses[place] for place in assignment.shown_order])


def texts_shown(assignment: ShownAssignment) -> MarkedTexts:
    """The texts of an assignment, its responses in the order shown."""
    return turns_shown(assignment).texts


# Both sorts in one statement: nearly all judgments mark nothing.
_MARKED = Statement(
    "marked",
    """
    SELECT m.response_id, m.message, m.start, m."end", m.image, m.x, m.y, m.w, m.h,
        m.polarity, c.key, m.flag, p.number, m.note
    FROM (
        SELECT response_id, message, start, "end", NULL::integer AS image,
            NULL::double precision AS x, NULL::double precision AS y,
            NULL::double precision AS w, NULL::double precision AS h,
            polarity, criterion_id, flag, principle_id, note
        FROM labeling_span WHERE judgment_id = %(judgment)s
        UNION ALL
        SELECT response_id, message, NULL, NULL, image, x, y, w, h,
            polarity, criterion_id, flag, principle_id, note
        FROM labeling_region WHERE judgment_id = %(judgment)s
    ) m LEFT JOIN projects_criterion c ON c.id = m.criterion_id
        LEFT JOIN projects_principle p ON p.id = m.principle_id
    """,
    judgment="bigint",
)


def _attached(key: str | None, flag: str, number: int | None) -> tuple[str, str]:
    if key is not None:
        return "criterion", key
    return ("flag", flag) if number is None else ("principle", str(number))


@dataclass(frozen=True, slots=True)
class ShownMarks:
    """The marks of a judgment as its rater saw and sent them, passages with their words."""

    spans: Sequence[Mapping[str, object]] = ()
    regions: Sequence[Mapping[str, object]] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """By their names in a reply; regions where there are any."""
        marks: dict[str, object] = {"spans": self.spans}
        return {**marks, "regions": self.regions} if self.regions else marks


def shown_marks(judgment: Judgment) -> ShownMarks:
    """The marks of a judgment, as its rater saw and sent them."""
    rows = _MARKED.rows(judgment=judgment.pk)
    if not rows:
        return ShownMarks([])
    assignment = judgment.assignment
    ids = Task.objects.values_list("response_ids", flat=True).get(pk=judgment.task_id)
    shown = [ids[index] for index in assignment.shown_order]
    spans, regions = [], []
    for pk, message, start, end, image, *box, polarity, key, flag, number, note in rows:
        place = None if pk is None else shown.index(pk)
        said = (polarity, *_attached(key, flag, number), note)
        if image is None:
            spans.append(MarkedSpan(place, message, start, end, *said))
        else:
            x, y, w, h = box
            regions.append(MarkedRegion(place, message, image, x, y, w, h, *said))
    texts = texts_shown(assignment) if spans else MarkedTexts((), ())
    return ShownMarks(spans_json(spans, texts), regions_json(regions))
