"""Comparisons of a prompt's responses in tasks of their own, which may go in circles."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.db.models import BigIntegerField, Count, QuerySet
from django.db.models.functions import Cast

from labeling.figures.columns import copied_columns
from labeling.models import Answer, Task
from labeling.stats import Circles, circles_within
from labeling.stats.coding import codes
from labeling.vocabulary import Purpose, TaskKind
from projects.models import Criterion


def circles_of(criterion: Criterion) -> Circles:
    """Circular triads of each rater's preferences between the responses of one prompt.

    From counting, live answers on prompts with three tasks or more: fewer make no circle.
    """
    number = BigIntegerField()
    rows = (
        Answer.objects.filter(
            criterion=criterion,
            response__isnull=True,
            judgment__task__prompt__in=_prompts(criterion),
        )
        .counting()
        .live()
        .with_value()
        .order_by()
        .values_list(
            "judgment__rater_id",
            "judgment__task__prompt_id",
            Cast("judgment__task__response_ids__0", number),
            Cast("judgment__task__response_ids__1", number),
            Cast("value", number),
        )
    )
    rater, prompt, first, second, value = copied_columns(rows, columns=5)
    prompts, levels = codes(prompt) if len(prompt) else (prompt, prompt)
    group = (codes(rater)[0] if len(rater) else rater) * max(len(levels), 1) + prompts
    return circles_within(
        group, first, second, np.sign(value), prompt, groups_are="prompts of a rater"
    )


def _prompts(criterion: Criterion) -> QuerySet[Task, Any]:
    """The prompts of which enough pairs are tasks."""
    tasks = Task.objects.filter(
        project=criterion.project_id, kind=TaskKind.COMPARE, purpose=Purpose.LIVE
    )
    counted = tasks.order_by().values("prompt").annotate(n=Count("pk"))
    return counted.filter(n__gte=3).values("prompt")
