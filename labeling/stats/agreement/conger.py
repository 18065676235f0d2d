"""Conger's kappa: Cohen's kappa for any number of raters, each with habits of its own.

Chance agreement is the mean over all pairs of raters of what the habits of the two would give.
With P the sum of the raters' category shares p_g, and Q the sum of p_g' W p_g, it is
(P' W P - Q) / (r (r - 1)); leaving out a prompt changes only the shares of the raters who judged
it, so that the exact jackknife takes time linear in the ratings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.stats.agreement.coefficients import Weights, weight_matrix, weights_convention
from labeling.stats.agreement.mirror import (
    chance_convention,
    mirrored_scale,
    mirrored_weights,
    side_blind_weights,
)
from labeling.stats.coding import Coded, code, counted, crossed, divide
from labeling.stats.intervals.jackknife import carried_wilson, leave_one_out_interval
from labeling.stats.intervals.proportions import CONFIDENCE, normal_quantile
from labeling.stats.ratings import Figure, Floats, Ints, Ratings, unpaired
from labeling.stats.table import require_mirror, scores

_BLOCK = 4_000_000  # Cells of rater shares held at once.
_FLOOR = -1.0


def conger_kappa(
    ratings: Ratings | Coded,
    *,
    categories: Sequence[Any] | None = None,
    weights: Weights | npt.ArrayLike = "identity",
    symmetric: bool = False,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return Conger's kappa of all raters; with two raters on the same tasks, Cohen's kappa.

    Use it where a few known raters judge much the same tasks and their habits differ (one is
    stricter): unlike Fleiss' kappa it does not count those habits as chance agreement of one
    pool. Every rater weighs alike in chance agreement, however few tasks they judged: with a crowd
    of occasional raters use alpha or Gwet's AC1. Missing ratings as in Gwet's general form:
    agreement is the mean over tasks judged at least twice, a rater's shares come from all their
    ratings. n counts tasks judged at least twice.

    Args:
        weights: "identity", "linear", "quadratic", "ordinal", or a matrix of agreement weights
            (1 on the diagonal) in the order of the declared categories.
        symmetric: for preferences, as for `cohen_kappa`.

    The interval is the exact jackknife over prompts, as for every other coefficient.

    Raises:
        ValueError: a matrix of weights of the wrong shape, or `symmetric` on a scale that is
            not its own mirror image.
        RatingsError: anything that `code` refuses.

    Source: Conger (1980), Psychological Bulletin 88; missing ratings: Gwet, Handbook of
    Inter-Rater Reliability, 4th ed. (2014), chapter 2.
    """
    normal_quantile(confidence)
    coded = code(ratings, mirrored_scale(ratings, categories) if symmetric else categories)
    if symmetric:
        require_mirror(coded.categories)
    weight = weight_matrix(weights, scores(coded.categories), len(coded.categories))
    pooled = mirrored_weights(weight) if symmetric else weight
    weight = side_blind_weights(weight) if symmetric else weight
    convention = f"Conger's kappa{weights_convention(weights)}{chance_convention(symmetric)}"
    convention += f", raters: {len(coded.raters)}; n counts tasks judged at least twice"
    return _figure(_Sample.of(coded, weight, pooled), coded, convention, confidence)


_SAME = (
    "Every rater gave one and the same category throughout. Without variation, agreement cannot "
    "be told from chance."
)
_COMPLETE = "Chance agreement is complete, so that nothing is left to be corrected."


@dataclass(frozen=True, eq=False)
class _Sample:
    """The ratings as sums of clusters and of raters.

    Attributes:
        agree, paired: for each cluster the weighted agreement of its tasks, and how many of them
            were judged at least twice; shape (clusters,).
        counts: ratings of each rater in each category, shape (raters, K).
        cluster, rater, value: the ratings, in the order of clusters.
        pooled: weights of chance agreement, shape (K, K).
    """

    agree: Floats
    paired: Floats
    counts: Floats
    cluster: Ints
    rater: Ints
    value: Ints
    pooled: Floats

    @classmethod
    def of(cls, coded: Coded, weight: Floats, pooled: Floats) -> _Sample:
        """Sum the agreement of every task, and the ratings of every rater."""
        size, raters = len(coded.categories), len(coded.raters)
        of_unit = np.arange(coded.units) if coded.cluster is None else coded.cluster
        clusters = int(of_unit.max(initial=-1)) + 1
        counts = crossed(coded.unit, coded.value, coded.units, size).astype(np.float64)
        votes = counts.sum(axis=1)
        same = ((counts @ weight) * counts).sum(axis=1) - counts @ np.diagonal(weight)
        agree = np.nan_to_num(divide(same, votes * (votes - 1)))
        cluster = of_unit[coded.unit]
        order = np.argsort(cluster, kind="stable")
        return cls(
            agree=counted(of_unit, clusters, agree),
            paired=counted(of_unit, clusters, votes >= 2),
            counts=crossed(coded.rater, coded.value, raters, size).astype(np.float64),
            cluster=cluster[order],
            rater=coded.rater[order],
            value=coded.value[order],
            pooled=pooled,
        )

    @property
    def raters(self) -> int:
        """How many raters there are."""
        return len(self.counts)

    def habits(self) -> tuple[Floats, Floats]:
        """Return P' W P and Q."""
        shares = divide(self.counts, self.counts.sum(axis=1, keepdims=True))
        total = shares.sum(axis=0)
        own = ((shares @ self.pooled) * shares).sum(axis=1)
        return np.asarray(total @ self.pooled @ total), np.asarray(own.sum())

    def leave_one_out(self) -> Floats:
        """Return kappa without each cluster; clusters that hold no rating do not exist.

        A rater whose every rating lies in the cluster drops out with it.
        """
        shares = divide(self.counts, self.counts.sum(axis=1, keepdims=True))
        own = ((shares @ self.pooled) * shares).sum(axis=1)
        rest = []
        for first, last, span in self._blocks():
            held = np.arange(first, last)
            total = np.tile(shares.sum(axis=0), (len(held), 1))
            square = np.full(len(held), own.sum())
            raters = np.full(len(held), float(self.raters))
            self._without(span, first, shares, own, total, square, raters)
            both = ((total @ self.pooled) * total).sum(axis=1)
            rest.append(
                _kappa(
                    self.agree.sum() - self.agree[held],
                    self.paired.sum() - self.paired[held],
                    _chance(both, square, raters),
                )
            )
        return np.concatenate(rest)

    def _without(
        self,
        span: slice,
        first: int,
        shares: Floats,
        own: Floats,
        total: Floats,
        square: Floats,
        raters: Floats,
    ) -> None:
        """Take the ratings of `span` out of the sums of their clusters, in place."""
        size = len(self.pooled)
        pair, group = np.unique(
            (self.cluster[span] - first) * self.raters + self.rater[span], return_inverse=True
        )
        gone = crossed(group, self.value[span], len(pair), size)
        cluster, rater = np.divmod(pair, self.raters)
        left = self.counts[rater] - gone
        held = left.sum(axis=1, keepdims=True)
        anew = np.nan_to_num(divide(left, held))
        np.add.at(total, cluster, anew - shares[rater])
        change = ((anew @ self.pooled) * anew).sum(axis=1) - own[rater]
        square += np.bincount(cluster, change, minlength=len(square))
        raters -= np.bincount(cluster, held[:, 0] == 0, minlength=len(raters))

    def _blocks(self) -> Iterator[tuple[int, int, slice]]:
        """Yield ranges of clusters with their ratings, so that memory stays bounded."""
        clusters = len(self.agree)
        step = max(1, _BLOCK // max(1, len(self.pooled)))
        starts = np.searchsorted(self.cluster, np.arange(clusters + 1))
        first = 0
        while first < clusters:
            last = int(np.searchsorted(starts, starts[first] + step, side="right")) - 1
            last = min(max(last, first + 1), clusters)
            yield first, last, slice(int(starts[first]), int(starts[last]))
            first = last


def _figure(sample: _Sample, coded: Coded, convention: str, confidence: float) -> Figure:
    """Return kappa with its interval over clusters, or the sentence that says what is missing."""
    n = round(float(sample.paired.sum()))
    if not n:
        return Figure(None, None, None, 0, convention, unpaired(coded.units))
    chance = float(_chance(*sample.habits(), np.float64(sample.raters)))
    value = float(_kappa(sample.agree.sum(), sample.paired.sum(), np.float64(chance)))
    if not np.isfinite(value):
        single = np.count_nonzero(sample.counts.any(axis=0)) == 1
        return Figure(None, None, None, n, convention, _SAME if single else _COMPLETE)
    rest = sample.leave_one_out()
    over = "tasks" if coded.cluster is None else "prompts"
    if len(rest) < 2:
        reason = f"No interval: the figure rests on 1 of the {over}, and needs at least 2."
        return Figure(value, None, None, n, convention, reason)
    method = "jackknife-t on the Fisher z scale"
    ends = leave_one_out_interval(value, rest, np.ones(len(rest)), _FLOOR, confidence)
    if ends is None:
        method = "Wilson limits"
        ends = carried_wilson(value, chance, len(rest), _FLOOR, confidence)
    convention += f"; {100 * confidence:g}% interval over {len(rest):,} {over}, {method}"
    return Figure(value, ends.low, ends.high, n, convention)


def _chance(both: Floats, square: Floats, raters: Floats | np.float64) -> Floats:
    """Return chance agreement from P' W P, Q and the number of raters."""
    return divide(both - square, np.asarray(raters * (raters - 1)))


def _kappa(agree: Floats, paired: Floats, chance: Floats | np.float64) -> Floats:
    """Return (pa - pe) / (1 - pe); NaN where chance agreement is complete or nothing is paired."""
    left = 1 - np.asarray(chance)
    return divide(divide(agree, paired) - chance, np.where(left > 1e-12, left, 0.0))
