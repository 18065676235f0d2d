"""Marked passages as they were shown, and the texts that they are passages of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from labeling.kinds.spans import MarkedSpan, MarkedTexts, spans_json
from labeling.models import Judgment, Prompt, Response, Task
from projects.sql import Statement


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


def marked_texts(prompt: Prompt, responses: Sequence[Response]) -> MarkedTexts:
    """What passages of a task are passages of, its responses in the order handed over."""
    return MarkedTexts(
        _contents(prompt.messages),
        [_contents(row.messages) if row.messages else [row.content] for row in responses],
    )


def _contents(turns: Sequence[dict[str, object]]) -> list[str]:
    return [str(turn.get("content") or "") for turn in turns]


def responses_shown(assignment: ShownAssignment) -> list[Response]:
    """The responses of an assignment, in the order shown."""
    ids = Task.objects.values_list("response_ids", flat=True).get(pk=assignment.task_id)
    rows = Response.objects.defer("html").in_bulk(ids)
    return [rows[ids[place]] for place in assignment.shown_order]


def texts_of(task: Task) -> MarkedTexts:
    """The texts of a task, its responses in canonical order."""
    rows = Response.objects.defer("html").in_bulk(task.response_ids)
    return marked_texts(task.prompt, [rows[pk] for pk in task.response_ids])


def texts_shown(assignment: ShownAssignment) -> MarkedTexts:
    """The texts of an assignment, its responses in the order shown."""
    task = Task.objects.select_related("prompt").defer("prompt__html").get(pk=assignment.task_id)
    texts = texts_of(task)
    return MarkedTexts(texts.prompt, [texts.responses[place] for place in assignment.shown_order])


_MARKED = Statement(
    "marked",
    """
    SELECT s.response_id, s.message, s.start, s."end", s.polarity, c.key, s.flag, p.number, s.note
    FROM labeling_span s LEFT JOIN projects_criterion c ON c.id = s.criterion_id
        LEFT JOIN projects_principle p ON p.id = s.principle_id
    WHERE s.judgment_id = %(judgment)s
    """,
    judgment="bigint",
)


def _mark(
    place: int | None,
    message: int,
    start: int,
    end: int,
    polarity: str,
    key: str | None,
    flag: str,
    number: int | None,
    note: str,
) -> MarkedSpan:
    if key is not None:
        about, name = "criterion", key
    elif number is not None:
        about, name = "principle", str(number)
    else:
        about, name = "flag", flag
    return MarkedSpan(place, message, start, end, polarity, about, name, note)


def shown_spans(judgment: Judgment) -> list[dict[str, object]]:
    """The passages of a judgment, as its rater saw and sent them."""
    rows = _MARKED.rows(judgment=judgment.pk)
    if not rows:
        return []
    assignment = judgment.assignment
    ids = Task.objects.values_list("response_ids", flat=True).get(pk=judgment.task_id)
    shown = [ids[index] for index in assignment.shown_order]
    marks = [_mark(None if pk is None else shown.index(pk), *rest) for pk, *rest in rows]
    return spans_json(marks, texts_shown(assignment))
