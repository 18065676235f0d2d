"""The passages that raters marked for a criterion, and whose they were."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.db.models import BigIntegerField, Case, F, Value, When
from django.db.models.functions import Cast, Coalesce

from labeling.figures.columns import copied_columns
from labeling.figures.per_response import newest_principles, unit_codes
from labeling.models import Answer, Judgment, Span
from labeling.stats import MarkedPassages, passage_report
from labeling.vocabulary import Polarity
from projects.models import Criterion
from projects.scales import PER_PRINCIPLE


def passages_of(criterion: Criterion) -> dict[str, Any] | None:
    """How far raters marked the same passages, None where nobody marked any.

    From current, live, human judgments. Of a criterion about rules, the passages that are attached
    to principles; they are compared principle by principle.
    """
    number = BigIntegerField()
    judgments = Judgment.objects.filter(project=criterion.project_id).counting().live()
    if criterion.scale.family == PER_PRINCIPLE:
        judged = judgments.filter(answers__criterion=criterion)
        spans = Span.objects.filter(judgment__in=judged, principle__isnull=False)
    else:
        spans = Span.objects.filter(judgment__in=judgments, criterion=criterion)
    if not spans.exists():
        return None
    praise = Case(When(polarity=Polarity.PRAISE, then=1), default=0, output_field=number)
    none = Value(0, output_field=number)
    rows = spans.order_by().values_list(
        "judgment__task_id",
        "judgment__rater_id",
        "judgment__task__prompt_id",
        Coalesce(F("response_id"), none, output_field=number),
        Cast("message", number),
        Cast(praise, number),
        Coalesce(F("principle_id"), none, output_field=number),
        Cast("start", number),
        Cast("end", number),
    )
    task, rater, prompt, response, message, polarity, principle, start, end = copied_columns(
        rows, columns=9
    )
    place = unit_codes(response, message, polarity, newest_principles(criterion, principle))
    marked = MarkedPassages(task, place, rater, start, end, prompt)
    return passage_report(marked, _judged(criterion, np.unique(task).tolist()))


def _judged(criterion: Criterion, tasks: list[int]) -> dict[int, list[int]]:
    """Who answered the criterion on each of these tasks."""
    answers = Answer.objects.filter(criterion=criterion, judgment__task__in=tasks).counting().live()
    raters: dict[int, list[int]] = {}
    pairs = answers.order_by().values_list("judgment__task", "judgment__rater").distinct()
    for task, rater in pairs.iterator(chunk_size=5000):
        raters.setdefault(task, []).append(rater)
    return raters
