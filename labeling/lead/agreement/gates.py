"""Answers to a gate, read into arrays: whether each task could be judged at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.db.models import BigIntegerField
from django.db.models.functions import Cast

from labeling.figures.columns import copied_columns
from labeling.models import Answer
from labeling.stats import Ratings
from labeling.stats.ratings import Ints
from projects.models import Criterion


@dataclass(frozen=True, slots=True)
class GateRatings:
    """The answers to a gate; `tasks`, `raters` and `judgments` are what they rest on, each once."""

    criterion: Criterion
    ratings: Ratings
    tasks: Ints
    raters: Ints
    judgments: Ints


def gate_ratings(criterion: Criterion) -> GateRatings:
    """The current, live, human answers to a gate."""
    rows = (
        Answer.objects.filter(criterion=criterion, response__isnull=True)
        .counting()
        .live()
        .with_value()
        .order_by()
        .values_list(
            "judgment_id",
            "judgment__task_id",
            "judgment__rater_id",
            "judgment__task__prompt_id",
            Cast("value", BigIntegerField()),
        )
    )
    judgment, task, rater, prompt, value = copied_columns(rows, columns=5)
    return GateRatings(
        criterion=criterion,
        ratings=Ratings(task, rater, value, prompt),
        tasks=np.unique(task),
        raters=np.unique(rater),
        judgments=np.unique(judgment),
    )
