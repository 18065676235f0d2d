"""Cohen's kappa of two raters, and of all pairs of raters at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy.typing as npt

from labeling.stats.agreement.coefficients import Weights, weight_matrix, weights_convention
from labeling.stats.agreement.contingency import contingency
from labeling.stats.agreement.mirror import chance_convention, mirrored_scale
from labeling.stats.agreement.pairs import KappaColumns, interval_conventions, kappa_columns
from labeling.stats.coding import Coded, code
from labeling.stats.intervals.proportions import CONFIDENCE
from labeling.stats.ratings import Figure, Ints, Ratings, of_two_raters
from labeling.stats.table import require_mirror, scores


@dataclass(frozen=True, eq=False)
class RaterPairs(KappaColumns):
    """Cohen's kappa and percent agreement of pairs of raters, as arrays of one length.

    Attributes:
        raters: the raters; `first` and `second` index it, first below second.
        n: units that both rated, shape (pairs,); only pairs with at least one are listed.
        percent, kappa: estimates; kappa is NaN where undefined (use `figures` to show them).
        percent_low, percent_high, kappa_low, kappa_high: ends; NaN where there is no interval.
        percent_convention, kappa_convention: the conventions.
    """

    TOO_FEW: ClassVar[str] = "They share only 1 task; kappa needs at least 2."
    ONE_CATEGORY: ClassVar[str] = "Both gave one and the same category on the {n} tasks they share."

    first: Ints
    second: Ints

    def figures(self, index: int) -> tuple[Figure, Figure]:
        """Return percent agreement and kappa of one pair, ready to be shown."""
        if not self.n[index]:
            return no_shared_task(self.percent_convention), no_shared_task(self.kappa_convention)
        return super().figures(index)


def no_shared_task(convention: str) -> Figure:
    """Return the figure of two raters who judged no task in common."""
    return Figure(None, None, None, 0, convention, "They share no task.")


def cohen_kappa(
    ratings: Ratings,
    a: Any = None,
    b: Any = None,
    *,
    categories: Sequence[Any] | None = None,
    weights: Weights | npt.ArrayLike = "identity",
    symmetric: bool = False,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return Cohen's kappa of raters `a` and `b` over the units both rated.

    Use it for two fixed raters with habits of their own; for more raters alpha is one figure
    instead of many. `a` and `b` may be left out when there are exactly two raters. n counts
    shared units; with fewer than 2, or one category throughout, it is undefined with a reason.

    Args:
        weights: "identity", "linear", "quadratic", "ordinal", or a matrix of agreement weights
            (1 on the diagonal) in the order of the declared categories.
        symmetric: for preferences. Each rater's shares are taken over their judgments and the
            mirror images of those, so that kappa does not depend on which response is called
            the first: it is the plain one of all tasks once as they stand and once mirrored.

    Raises:
        ValueError: more than two raters and no `a` and `b`, or only one of the two; `symmetric`
            on a scale that is not its own mirror image.

    Source: Cohen (1960), Educational and Psychological Measurement 20; weights: Cohen (1968).
    """
    chosen = of_two_raters(ratings, a, b)
    coded = code(chosen, mirrored_scale(chosen, categories) if symmetric else categories)
    if len(coded.raters) > 2:
        raise ValueError(
            f"Cohen's kappa is for two raters and here are {len(coded.raters)}: name two."
        )
    pairs = _pairs(coded, weights, confidence, symmetric=symmetric)
    if not len(pairs):
        return no_shared_task(pairs.kappa_convention)
    return pairs.figures(0)[1]


def cohen_kappa_pairs(
    ratings: Ratings | Coded,
    *,
    categories: Sequence[Any] | None = None,
    weights: Weights | npt.ArrayLike = "identity",
    symmetric: bool = False,
    confidence: float = CONFIDENCE,
) -> RaterPairs:
    """Return Cohen's kappa and percent agreement of every pair of raters that shares a unit.

    Time is linear in the pairs of ratings; 100 raters at a million ratings take a fraction of a
    second. Intervals as everywhere: jackknife over prompts (see
    `labeling.stats.intervals.jackknife`). `weights` and `symmetric` as for `cohen_kappa`.
    """
    coded = code(ratings, mirrored_scale(ratings, categories) if symmetric else categories)
    return _pairs(coded, weights, confidence, symmetric=symmetric)


def _pairs(
    coded: Coded, weights: Weights | npt.ArrayLike, confidence: float, *, symmetric: bool
) -> RaterPairs:
    """Compute all pairs at once."""
    if symmetric:
        require_mirror(coded.categories)
    weight = weight_matrix(weights, scores(coded.categories), len(coded.categories))
    shared = contingency(coded)
    clustered = coded.cluster is not None
    over, percent, kappa = interval_conventions("tasks", clustered=clustered, confidence=confidence)
    ends = f"n counts tasks that both judged; {over}"
    return RaterPairs(
        raters=coded.raters,
        first=shared.first,
        second=shared.second,
        percent_convention=(
            f"share of tasks on which both gave the same category; {ends}, {percent}"
        ),
        kappa_convention=(
            f"Cohen's kappa{weights_convention(weights)}{chance_convention(symmetric)}; "
            f"{ends}, {kappa}"
        ),
        **kappa_columns(shared, weight, confidence, symmetric=symmetric),
    )
