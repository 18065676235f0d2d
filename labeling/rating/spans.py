"""Marked passages of a judgment: checked beside the texts that they mark, and stored with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from labeling.kinds import PRIMARY_ALIAS, Kind, Submission, primary_of
from labeling.kinds.spans import MarkedSpan, SpanError, read_spans
from labeling.models import Judgment, Span, Task
from labeling.rating.answers import no_such_principle
from labeling.rating.marking import ShownAssignment, texts_shown
from projects.exceptions import InvalidInput
from projects.models import Criterion, Principle


def check_spans(
    held: ShownAssignment, kind: Kind, asked: Sequence[Criterion], submission: Submission
) -> list[Span]:
    """The passages that a submission marks, as rows without their judgment.

    Raises InvalidInput in a sentence for the first that does not fit.
    """
    if not submission.spans:
        return []
    ids = Task.objects.values_list("response_ids", flat=True).get(pk=held.task_id)
    criteria = {criterion.key: criterion for criterion in asked}
    marks = _check_marks(held, kind, asked, submission)
    principles = _principles(held.guideline_id, marks)
    return [
        Span(
            response_id=(None if mark.response is None else ids[held.shown_order[mark.response]]),
            message=mark.message,
            start=mark.start,
            end=mark.end,
            polarity=mark.polarity,
            criterion=criteria[mark.name] if mark.about == "criterion" else None,
            flag=mark.name if mark.about == "flag" else "",
            principle_id=principles[int(mark.name)] if mark.about == "principle" else None,
            note=mark.note,
        )
        for mark in marks
    ]


def _check_marks(
    held: ShownAssignment, kind: Kind, asked: Sequence[Criterion], submission: Submission
) -> list[MarkedSpan]:
    """The passages that a submission marks, as they were shown."""
    names = {criterion.key: criterion.key for criterion in asked}
    primary = primary_of(asked, kind.family)
    if primary is not None:
        names.setdefault(PRIMARY_ALIAS, primary.key)
    try:
        marks = read_spans(submission.spans, texts_shown(held), names)
    except SpanError as error:
        raise _refused(str(error)) from None
    return marks


def late_spans(
    held: ShownAssignment, kind: Kind, asked: Sequence[Criterion], submission: Submission
) -> list[dict[str, object]]:
    """The passages of an answer that is kept late, of the canonical order and without their words:
    those are in the texts alone. Raises as `check_spans` does."""
    if not submission.spans:
        return []
    marks = _check_marks(held, kind, asked, submission)
    _principles(held.guideline_id, marks)
    spans = []
    for mark in marks:
        if mark.response is not None:
            mark = replace(mark, response=held.shown_order[mark.response])
        span = mark.as_json("")
        del span["quote"]
        spans.append(span)
    return spans


def _refused(sentence: str) -> InvalidInput:
    return InvalidInput(_("Some marked passages do not fit."), fields={"spans": sentence})


def _principles(guideline_id: int | None, marks: Sequence[MarkedSpan]) -> dict[int, int]:
    """The ids of the principles that passages are attached to, by number."""
    numbers = sorted({int(mark.name) for mark in marks if mark.about == "principle"})
    if not numbers:
        return {}
    rows = Principle.objects.filter(guideline=guideline_id, number__in=numbers)
    ids = dict(rows.values_list("number", "pk"))
    missing = [number for number in numbers if number not in ids]
    if missing:
        raise _refused(no_such_principle(guideline_id, missing[0]))
    return ids


def keep_spans(judgment: Judgment, spans: Sequence[Span]) -> None:
    """Stores the passages that came with a judgment."""
    for span in spans:
        span.judgment_id = judgment.pk
    Span.objects.bulk_create(spans)
