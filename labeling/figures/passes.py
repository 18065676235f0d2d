"""Tasks that were judged in two passes, each a task of its own, brought together again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from labeling import stats
from labeling.figures.columns import copied_columns
from labeling.models import Task
from projects.models import Project

if TYPE_CHECKING:
    from labeling.stats.ratings import Ints


def first_passes(project: Project) -> tuple[Ints, Ints]:
    """The tasks that ask the primary question alone, ascending, and the first pass of each."""
    later = Task.objects.filter(project=project, first_pass__isnull=False)
    if not later.exists():
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing
    rows = later.order_by("pk").values_list("pk", "first_pass_id")
    pk, first = copied_columns(rows, columns=2)
    order = np.argsort(pk)
    return pk[order], first[order]


def of_first_pass(ratings: stats.Ratings, passes: tuple[Ints, Ints]) -> stats.Ratings:
    """The ratings, those of a later pass told of the task of the first."""
    later, first = passes
    if not len(later):
        return ratings
    unit = np.array(ratings.unit, dtype=np.int64)
    is_later = np.isin(unit, later)
    unit[is_later] = first[np.searchsorted(later, unit[is_later])]
    return stats.Ratings(unit, ratings.rater, ratings.value, ratings.cluster)
