"""The agreement on a gate, as plain data: whether there was something to judge at all.

A unit is a task. The answers have no order; one of them lets through.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.stats.agreement.cohen import RaterPairs, cohen_kappa_pairs
from labeling.stats.agreement.figures import gwet_ac, krippendorff_alpha, percent_agreement
from labeling.stats.agreement.report import task_counts, value_counts, with_pairs_apart
from labeling.stats.coding import code
from labeling.stats.intervals.clustered import clustered_wilson
from labeling.stats.ratings import Figure, Ratings
from labeling.stats.table import tabulate


def gate_report(
    ratings: Ratings, categories: Sequence[int], *, passes: int
) -> tuple[dict[str, Any], RaterPairs]:
    """Return every figure of the answers to a gate as JSON-ready data, and its pairs of raters.

    Args:
        categories: the answers that its scale offers.
        passes: the one that lets through; every other one ends the task.

    Returns:
        "percent_agreement", "gwet_ac1" and "krippendorff_alpha" (nominal) of the answers;
        "stopped", how often a task was not judged, and "rates", how often each answer was given;
        "counts" and "values" (the histogram).
    """
    coded = code(ratings, categories)
    table = tabulate(coded)
    pairs = with_pairs_apart(cohen_kappa_pairs(coded))
    content = {
        "percent_agreement": percent_agreement(table).as_dict(),
        "gwet_ac1": gwet_ac(table).as_dict(),
        "krippendorff_alpha": {"nominal": krippendorff_alpha(table, "nominal").as_dict()},
        "stopped": _rate(ratings, ratings.value != passes, "answers that end the task").as_dict(),
        "rates": [
            {
                "value": value,
                "rate": _rate(ratings, ratings.value == value, "answers that say so").as_dict(),
            }
            for value in categories
        ],
        "counts": task_counts(table, len(pairs.raters), pairs),
        "values": value_counts(table),
    }
    return content, pairs


def _rate(ratings: Ratings, is_so: npt.NDArray[np.bool_], convention: str) -> Figure:
    return clustered_wilson(
        is_so,
        np.ones(len(ratings)),
        ratings.unit if ratings.cluster is None else ratings.cluster,
        f"{convention}, of all answers to the gate",
        nothing="There are no judgments yet.",
        counted="answers",
    )
