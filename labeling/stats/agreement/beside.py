"""Ratings of both responses of a comparison beside what was preferred.

A unit is a task. Its verdict on a rating is the response with the higher mean; of a question
answered with yes or no both responses fall into a bin with the preferred one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from labeling.stats.agreement.axes import Verdicts
from labeling.stats.coding import codes, counted
from labeling.stats.intervals.clustered import clustered_wilson
from labeling.stats.ratings import Floats, Ints

#: What becomes of a pair: whether the preferred response has it, and the other.
YES_BINS = ("preferred_only", "other_only", "both", "neither")


@dataclass(frozen=True, slots=True)
class RatedPairs:
    """Ratings of the two responses of tasks, one an element: of the first (side -1) or second."""

    task: Ints
    prompt: Ints
    side: Ints
    value: Ints


def rated_verdicts(pairs: RatedPairs, *, more_is_worse: bool = False) -> Verdicts:
    """Return the side of each task whose mean is the higher, of tasks with ratings of both."""
    tasks, prompt, first, second = _means(pairs)
    side = np.sign(first - second if more_is_worse else second - first).astype(np.int64)
    return Verdicts(tasks, side, prompt)


def yes_bins(pairs: RatedPairs, overall: Verdicts) -> dict[str, Any]:
    """Return in how many tasks yes was said of which response, by what was preferred.

    Of tasks that overall decides and on both of whose responses most say yes or most say no:
    "preferred_only", "other_only", "both" and "neither", each a share as JSON-ready data.
    """
    tasks, prompt, first, second = _means(pairs)
    side = overall.at(tasks)
    known = ~np.isnan(side) & (side != 0) & (first != 0.5) & (second != 0.5)
    preferred = np.where(side < 0, first, second)[known] > 0.5
    other = np.where(side < 0, second, first)[known] > 0.5
    those = {
        "preferred_only": preferred & ~other,
        "other_only": ~preferred & other,
        "both": preferred & other,
        "neither": ~preferred & ~other,
    }
    return {
        name: clustered_wilson(
            those[name],
            np.ones(int(known.sum())),
            prompt[known],
            "tasks of which most say so, of tasks decided overall and on both responses",
            nothing="No task is decided overall and on both responses yet.",
            counted="tasks",
        ).as_dict()
        for name in YES_BINS
    }


def _means(pairs: RatedPairs) -> tuple[Ints, Ints, Floats, Floats]:
    """Return the tasks with ratings of both responses, the prompt of each, and the two means."""
    if not len(pairs.task):
        return pairs.task, pairs.task, np.zeros(0), np.zeros(0)
    coded, levels = codes(pairs.task)
    size = len(levels)
    prompt = np.zeros(size, dtype=np.int64)
    prompt[coded] = pairs.prompt
    sums, ns = [], []
    for side in (-1, 1):
        own = (pairs.side == side).astype(np.float64)
        sums.append(counted(coded, size, own * pairs.value))
        ns.append(counted(coded, size, own))
    both = (ns[0] > 0) & (ns[1] > 0)
    first, second = (total[both] / n[both] for total, n in zip(sums, ns, strict=True))
    return np.asarray(levels, np.int64)[both], prompt[both], first, second
