"""Cohen's kappa of two raters, and of all pairs of raters at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.stats.coding import Coded, code
from labeling.stats.coefficients import Weights, weight_matrix, weights_told
from labeling.stats.contingency import contingency
from labeling.stats.pairs import pair_columns
from labeling.stats.proportions import CONFIDENCE
from labeling.stats.ratings import Figure, Floats, Ints, Ratings, of_two_raters
from labeling.stats.table import scores


@dataclass(frozen=True, eq=False)
class RaterPairs:
    """Cohen's kappa and percent agreement of pairs of raters, as arrays of one length.

    Attributes:
        raters: the raters; `first` and `second` index it, first below second.
        n: units that both rated, shape (pairs,); only pairs with at least one are listed.
        percent, kappa: estimates; kappa is NaN where undefined (use `figures` to show them).
        percent_low, percent_high, kappa_low, kappa_high: ends; NaN where there is no interval.
        told_percent, told_kappa: the conventions.
    """

    raters: tuple[Any, ...]
    first: Ints
    second: Ints
    n: Ints
    percent: Floats
    percent_low: Floats
    percent_high: Floats
    kappa: Floats
    kappa_low: Floats
    kappa_high: Floats
    told_percent: str
    told_kappa: str

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.n)

    def figures(self, index: int) -> tuple[Figure, Figure]:
        """Return percent agreement and kappa of one pair, ready to be shown."""
        n = int(self.n[index])
        percent = Figure(
            float(self.percent[index]),
            float(self.percent_low[index]),
            float(self.percent_high[index]),
            n,
            self.told_percent,
        )
        if n < 2:
            return percent, undefined_pair(n, self.told_kappa)
        if np.isnan(self.kappa[index]):
            reason = f"Both gave one and the same category on the {n} tasks they share."
            return percent, Figure(None, None, None, n, self.told_kappa, reason)
        ends = float(self.kappa_low[index]), float(self.kappa_high[index])
        return percent, Figure(float(self.kappa[index]), *ends, n, self.told_kappa)


def undefined_pair(n: int, told: str) -> Figure:
    """Return the figure of two raters with too few shared tasks."""
    reason = "They share no task." if not n else "They share only 1 task; kappa needs at least 2."
    return Figure(None, None, None, n, told, reason)


def cohen_kappa(
    ratings: Ratings,
    a: Any = None,
    b: Any = None,
    *,
    categories: Sequence[Any] | None = None,
    weights: Weights | npt.ArrayLike = "identity",
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return Cohen's kappa of raters `a` and `b` over the units both rated.

    Use it for two fixed raters with habits of their own; for more raters alpha is one figure
    instead of many. `a` and `b` may be left out when there are exactly two raters. n counts
    shared units; with fewer than 2, or one category throughout, it is undefined with a reason.

    Args:
        weights: "identity", "linear", "quadratic", "ordinal", or a matrix of agreement weights
            (1 on the diagonal) in the order of the declared categories.

    Raises:
        ValueError: more than two raters and no `a` and `b`.

    Source: Cohen (1960), Educational and Psychological Measurement 20; weights: Cohen (1968).
    """
    coded = code(of_two_raters(ratings, a, b), categories)
    if len(coded.raters) > 2:
        raise ValueError(
            f"Cohen's kappa is for two raters and here are {len(coded.raters)}: name two."
        )
    pairs = _pairs(coded, weights, confidence)
    if not len(pairs):
        return undefined_pair(0, pairs.told_kappa)
    return pairs.figures(0)[1]


def cohen_kappa_pairs(
    ratings: Ratings | Coded,
    *,
    categories: Sequence[Any] | None = None,
    weights: Weights | npt.ArrayLike = "identity",
    confidence: float = CONFIDENCE,
) -> RaterPairs:
    """Return Cohen's kappa and percent agreement of every pair of raters that shares a unit.

    Time is linear in the pairs of ratings; 100 raters at a million ratings take a fraction of a
    second. Intervals as everywhere: jackknife over prompts (see `labeling.stats.jackknife`).
    """
    return _pairs(code(ratings, categories), weights, confidence)


def _pairs(coded: Coded, weights: Weights | npt.ArrayLike, confidence: float) -> RaterPairs:
    """Compute all pairs at once."""
    weight = weight_matrix(weights, scores(coded.categories), len(coded.categories))
    shared = contingency(coded)
    n, percent, percent_low, percent_high, kappa, kappa_low, kappa_high = pair_columns(
        shared, weight, confidence
    )
    over = "tasks" if coded.cluster is None else "prompts"
    ends = f"n counts tasks that both judged; {100 * confidence:g}% interval over {over}"
    jackknife = "jackknife-t on the Fisher z scale, Wilson limits where nothing varies"
    return RaterPairs(
        raters=coded.raters,
        first=shared.first,
        second=shared.second,
        n=n.astype(np.int64),
        percent=percent,
        percent_low=percent_low,
        percent_high=percent_high,
        kappa=kappa,
        kappa_low=kappa_low,
        kappa_high=kappa_high,
        told_percent=f"share of tasks on which both gave the same category; {ends}, "
        + ("Wilson" if coded.cluster is None else jackknife),
        told_kappa=f"Cohen's kappa{weights_told(weights)}; {ends}, {jackknife}",
    )
