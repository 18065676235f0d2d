"""Comparisons of a project brought together: axes, ratings of both responses, and overall."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import BigIntegerField, Case, F, Value, When
from django.db.models.functions import Cast

from labeling import stats
from labeling.figures.columns import copied_columns
from labeling.models import Answer
from labeling.models.judgments import AnswerQuerySet
from labeling.vocabulary import TaskKind
from projects.models import Criterion, Project
from projects.scales import RESPONSE, YES_NO


def axis_figures(
    project: Project,
    axes: Mapping[str, stats.Verdicts],
    overall: stats.Verdicts | None,
    answers: AnswerQuerySet | None = None,
) -> dict[str, Any] | None:
    """How far comparisons pull apart, and what overall goes with; None with nothing to compare.

    `axes` are the verdicts beside the primary comparison. Ratings are read among `answers`, by
    default the current, live, human ones; they are no axes, for not all of them are praise.
    """
    if overall is None and not axes:
        return None
    rated = project.criteria.filter(family=RESPONSE).select_related("project")
    pairs = {criterion: _rated_pairs(criterion, answers) for criterion in rated}
    if not axes and not pairs:
        return None
    ratings = {
        criterion.key: stats.rated_verdicts(own, more_is_worse=criterion.scale.more_is_worse)
        for criterion, own in pairs.items()
    }
    report = stats.axis_report(axes, overall, ratings)
    report["bins"] = {
        criterion.key: stats.yes_bins(own, overall)
        for criterion, own in pairs.items()
        if overall is not None and criterion.scale.answer == YES_NO
    }
    return report


def _rated_pairs(criterion: Criterion, answers: AnswerQuerySet | None) -> stats.RatedPairs:
    """The ratings of a criterion on comparisons, each of the first or the second response."""
    number = BigIntegerField()
    those = Answer.objects.counting().live() if answers is None else answers
    is_first = When(response_id=F("judgment__task__response_ids__0"), then=Value(-1))
    rows = (
        those.filter(criterion=criterion, judgment__task__kind=TaskKind.COMPARE)
        .filter(response__isnull=False)
        .with_value()
        .order_by()
        .values_list(
            "judgment__task_id",
            "judgment__task__prompt_id",
            Cast(Case(is_first, default=Value(1)), number),
            Cast("value", number),
        )
    )
    return stats.RatedPairs(*copied_columns(rows, columns=4))
