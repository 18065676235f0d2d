"""Where separate comparisons of the same tasks pull apart, and which of them overall goes with.

A unit is a task. On each axis it has a verdict: the response with more of its votes, however strong
they are; level where both have as many, ties counting for neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from labeling.stats.coding import codes, counted
from labeling.stats.intervals.clustered import clustered_wilson
from labeling.stats.ratings import Figure, Floats, Ints, Ratings

#: Pairs of axes in a report; more are no table that anybody reads.
MOST_PAIRS = 100


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The side of each task on one axis, -1, 0 or 1, tasks ascending; the prompt of each."""

    unit: Ints
    side: Ints
    prompt: Ints

    def at(self, units: Ints) -> Floats:
        """The sides of these tasks, NaN where the axis has none."""
        sides = np.full(len(units), np.nan)
        known = np.isin(units, self.unit)
        sides[known] = self.side[np.searchsorted(self.unit, units[known])]
        return sides


def verdicts(ratings: Ratings) -> Verdicts:
    """Return the verdict of each task on one axis, from preferences of any strength."""
    unit = np.asarray(ratings.unit, dtype=np.int64)
    if not len(unit):
        return Verdicts(unit, unit, unit)
    cluster = unit if ratings.cluster is None else np.asarray(ratings.cluster, dtype=np.int64)
    coded, levels = codes(unit)
    votes = counted(coded, len(levels), np.sign(np.asarray(ratings.value, dtype=np.float64)))
    prompt = np.zeros(len(levels), dtype=np.int64)
    prompt[coded] = cluster
    return Verdicts(np.asarray(levels, np.int64), np.sign(votes).astype(np.int64), prompt)


def axis_report(
    axes: Mapping[str, Verdicts],
    overall: Verdicts | None,
    ratings: Mapping[str, Verdicts] | None = None,
) -> dict[str, Any]:
    """Return how far axes pull apart, as JSON-ready data.

    Args:
        axes: the verdicts on each axis, without the overall one.
        overall: the verdicts overall; None where nothing is asked overall.
        ratings: of questions about each response, the side that is rated higher: beside overall
            only, for not every rating is praise.

    Returns:
        "conflict", the share of tasks with verdicts on two axes or more on which one axis prefers
        the one response and another the other; "pairs", the same of every two axes; "with_overall",
        of each axis how often overall prefers the same response, of tasks that both decide, with
        the counts of every other case.
    """
    beside = {**axes, **(ratings or {})}
    every = [*beside.values(), *([] if overall is None else [overall])]
    units = np.unique(np.concatenate([each.unit for each in every]))
    prompts = np.zeros(len(units), dtype=np.int64)
    for each in every:
        prompts[np.searchsorted(units, each.unit)] = each.prompt
    sides = {key: each.at(units) for key, each in axes.items()}
    return {
        "conflict": _conflict(list(sides.values()), prompts).as_dict(),
        "pairs": list(_pairs(sides, prompts))[:MOST_PAIRS],
        "with_overall": []
        if overall is None
        else [
            _beside(key, own.at(units), overall.at(units), prompts) for key, own in beside.items()
        ],
    }


def _pairs(sides: Mapping[str, Floats], prompts: Ints) -> Iterator[dict[str, Any]]:
    for a, b in combinations(sides, 2):
        figure = _conflict([sides[a], sides[b]], prompts)
        yield {"a": a, "b": b, "conflict": figure.as_dict()}


def _conflict(sides: Sequence[Floats], prompts: Ints) -> Figure:
    table = np.array(sides) if sides else np.zeros((0, len(prompts)))
    judged = (~np.isnan(table)).sum(axis=0) >= 2
    apart = (table > 0).any(axis=0) & (table < 0).any(axis=0)
    return clustered_wilson(
        apart & judged,
        judged,
        prompts,
        "tasks on which two axes prefer different responses, of tasks judged on two or more",
        nothing="No task is judged on two axes yet.",
        counted="tasks",
    )


def _beside(key: str, own: Floats, overall: Floats, prompts: Ints) -> dict[str, Any]:
    both = ~np.isnan(own) & ~np.isnan(overall)
    decided = both & (own != 0) & (overall != 0)
    figure = clustered_wilson(
        decided & (own == overall),
        decided,
        prompts,
        f"tasks on which overall prefers the response that “{key}” prefers, of tasks that both "
        "decide",
        nothing="No task is decided both overall and on this axis yet.",
        counted="tasks",
    )
    return {
        "axis": key,
        "follows": figure.as_dict(),
        "same": int((decided & (own == overall)).sum()),
        "opposite": int((decided & (own != overall)).sum()),
        "axis_level": int((both & (own == 0) & (overall != 0)).sum()),
        "overall_level": int((both & (own != 0) & (overall == 0)).sum()),
        "both_level": int((both & (own == 0) & (overall == 0)).sum()),
    }
