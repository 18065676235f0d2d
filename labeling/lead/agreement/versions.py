"""Agreement under each version of the guideline, and what changed from one to the next."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.db.models import BigIntegerField
from django.db.models.functions import Cast

from labeling import stats
from labeling.figures.columns import copied_columns
from labeling.models import Answer, Judgment
from projects.models import Criterion, Project

#: Versions that have figures of their own: the newest ones.
MOST_VERSIONS = 20


def versions_used(project: Project) -> list[int]:
    """The numbers of the guideline's versions that live judgments which count were given under."""
    counted = Judgment.objects.filter(project=project).counting().live().order_by()
    numbers = counted.exclude(guideline=None).values_list("guideline__number", flat=True)
    return sorted(set(numbers.distinct()))


def figures_by_version(
    criterion: Criterion, categories: tuple[int, ...], numbers: list[int]
) -> dict[str, Any] | None:
    """How far raters agree under each version on a comparison, and the newest against the one
    before it; None where there is but one version."""
    if len(numbers) < 2:
        return None
    number = BigIntegerField()
    answers = Answer.objects.filter(criterion=criterion, response__isnull=True)
    answers = answers.exclude(judgment__guideline=None).filter(side_only=False)
    rows = copied_columns(
        answers.counting()
        .live()
        .with_value()
        .order_by()
        .values_list(
            "judgment__task_id",
            "judgment__rater_id",
            "judgment__task__prompt_id",
            Cast("value", number),
            Cast("judgment__guideline__number", number),
        ),
        columns=5,
    )
    versions = {n: rows[:, rows[4] == n] for n in numbers[-MOST_VERSIONS:]}
    ratings = {n: stats.Ratings(t, r, v, prompt) for n, (t, r, prompt, v, _n) in versions.items()}
    alpha = stats.Alpha("ordinal" if len(categories) > 3 else "nominal", symmetric=True)
    older, newer = sorted(ratings)[-2:]
    return {
        "versions": [
            {
                "version": n,
                "judgments": len(np.asarray(of.value)),
                "percent_agreement": stats.percent_agreement(of, categories=categories).as_dict(),
                "krippendorff_alpha": stats.krippendorff_alpha(
                    of, alpha.level, symmetric=True, categories=categories
                ).as_dict(),
            }
            for n, of in sorted(ratings.items())
        ],
        "difference": {
            "older": older,
            "newer": newer,
            "percent_agreement": _change(
                ratings[older], ratings[newer], stats.Percent(), categories
            ),
            "krippendorff_alpha": _change(ratings[older], ratings[newer], alpha, categories),
        },
    }


def _change(
    older: stats.Ratings, newer: stats.Ratings, coefficient: Any, categories: tuple[int, ...]
) -> dict[str, Any]:
    figure = stats.bootstrap_difference(older, newer, coefficient, categories=categories)
    return figure.as_dict()
