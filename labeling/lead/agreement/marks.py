"""What raters marked for a criterion, passages and regions of pictures, and whose it was."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    Expression,
    F,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from labeling.figures.columns import copied_columns
from labeling.figures.per_response import newest_principles, unit_codes
from labeling.models import Answer, Judgment, Region, Span
from labeling.stats import MarkedPassages, MarkedRegions, passage_report, region_report
from labeling.vocabulary import Polarity
from projects.models import Criterion
from projects.scales import PER_PRINCIPLE

#: Shares are read as whole numbers of so many parts.
_PARTS = 1e9


def agreement_on_marks(criterion: Criterion) -> dict[str, dict[str, Any] | None]:
    """How far raters marked the same `passages` and the same `regions` of pictures, each None where
    nobody marked any.

    From current, live, human judgments. Of a criterion about rules, the marks that are attached to
    principles; they are compared principle by principle.
    """
    spans, regions = _of(criterion, Span.objects.all()), _of(criterion, Region.objects.all())
    has_spans, has_regions = (
        Criterion.objects.filter(pk=criterion.pk).values_list(Exists(spans), Exists(regions)).get()
    )
    return {
        "passages": _passages(criterion, spans) if has_spans else None,
        "regions": _regions(criterion, regions) if has_regions else None,
    }


def _of(criterion: Criterion, marks: QuerySet[Any]) -> QuerySet[Any]:
    """Those of these marks that are about a criterion."""
    judgments = Judgment.objects.filter(project=criterion.project_id).counting().live()
    if criterion.scale.family == PER_PRINCIPLE:
        judged = judgments.filter(answers__criterion=criterion)
        return marks.filter(judgment__in=judged, principle__isnull=False)
    return marks.filter(judgment__in=judgments, criterion=criterion)


def _whose() -> tuple[str | Expression | F, ...]:
    """Columns of every mark: its task, rater and prompt, and what it is about."""
    number = BigIntegerField()
    none = Value(0, output_field=number)
    praise = Case(When(polarity=Polarity.PRAISE, then=1), default=0, output_field=number)
    return (
        *("judgment__task_id", "judgment__rater_id", "judgment__task__prompt_id"),
        Coalesce(F("response_id"), none, output_field=number),
        Cast("message", number),
        Cast(praise, number),
        Coalesce(F("principle_id"), none, output_field=number),
    )


def _passages(criterion: Criterion, spans: QuerySet[Span]) -> dict[str, Any] | None:
    number = BigIntegerField()
    rows = spans.order_by().values_list(*_whose(), Cast("start", number), Cast("end", number))
    task, rater, prompt, response, message, polarity, principle, start, end = copied_columns(
        rows, columns=9
    )
    place = unit_codes(response, message, polarity, newest_principles(criterion, principle))
    marked = MarkedPassages(task, place, rater, start, end, prompt)
    return passage_report(marked, _judged(criterion, np.unique(task).tolist()))


def _regions(criterion: Criterion, regions: QuerySet[Region]) -> dict[str, Any] | None:
    number = BigIntegerField()
    sides = (Cast(F(side) * _PARTS, number) for side in ("x", "y", "w", "h"))
    rows = regions.order_by().values_list(*_whose(), Cast("image", number), *sides)
    task, rater, prompt, response, message, polarity, principle, image, *box = copied_columns(
        rows, columns=12
    )
    principles = newest_principles(criterion, principle)
    place = unit_codes(response, message, image, polarity, principles)
    x, y, w, h = (side / _PARTS for side in box)
    marked = MarkedRegions(task, place, rater, x, y, w, h, prompt)
    return region_report(marked, _judged(criterion, np.unique(task).tolist()))


def _judged(criterion: Criterion, tasks: list[int]) -> dict[int, list[int]]:
    """Who answered the criterion on each of these tasks."""
    answers = Answer.objects.filter(criterion=criterion, judgment__task__in=tasks).counting().live()
    raters: dict[int, list[int]] = {}
    pairs = answers.order_by().values_list("judgment__task", "judgment__rater").distinct()
    for task, rater in pairs.iterator(chunk_size=5000):
        raters.setdefault(task, []).append(rater)
    return raters
