"""How far the strengths would move with other comparisons or prompts: sandwich and bootstrap.

In the comments: A the information and B the sum of outer products of scores, as White (1982,
Econometrica 50) has them but as sums, A^-1 B A^-1 his covariance C; x_c the design row of a cell
and I = A, as in `labeling.stats.ranking.likelihood`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf
from typing import Literal

import numpy as np
from scipy import sparse

from labeling.stats.intervals.proportions import t_quantile
from labeling.stats.ranking.cells import Cells, rows_of
from labeling.stats.ranking.comparisons import CodedComparisons
from labeling.stats.ranking.connections import components, edges_of
from labeling.stats.ranking.likelihood import DENSE, Design, Maximum, maximise
from labeling.stats.ranking.outcomes import Curvature
from labeling.stats.ratings import Floats, Ints

IntervalMethod = Literal["auto", "sandwich", "cluster", "bootstrap", "model"]

_BLOCK = 100_000  # Cells of resamples at work at once: few enough to stay near the processor.
_CHORDS = 40  # Steps with the one inverse before a resample gets Newton steps of its own.
_STILL = 1e-5  # Of a logit; what is left after such a step is below what resamples resolve.
_FEWEST = 0.9  # The share of resamples that must be defined for their percentiles to mean much.


@dataclass(frozen=True, eq=False)
class Variation:
    """What is known about the sampling variation of all parameters.

    Attributes:
        covariance: shape (P, P), or None where there is none.
        freedom: degrees of freedom of the t that an estimate over its error follows.
        draws: the parameters in each bootstrap resample, shape (R, P), or None.
        convention: how the intervals were made.
        reason: why there are none, or None.
    """

    covariance: Floats | None
    freedom: float
    convention: str
    draws: Floats | None = None
    reason: str | None = None

    def reach(self, confidence: float) -> float:
        """Return how many standard errors an interval reaches to either side."""
        return float(t_quantile(self.freedom, confidence))


def variation_of(
    maximum: Maximum,
    coded: CodedComparisons,
    interval: IntervalMethod,
    confidence: float,
    resamples: int,
    seed: int,
) -> Variation:
    """Return the sampling variation of the parameters at the maximum.

    Where every comparison is a cluster of its own, "cluster" is "sandwich".
    """
    if coded.cluster is None and interval in ("auto", "cluster"):
        interval = "sandwich"
    elif interval == "auto":
        interval = "cluster"
    percent = f"{100 * confidence:g}%"
    if maximum.inverse is None:
        reason = f"No interval: above {DENSE} items the covariance of strengths is not computed."
        return Variation(None, inf, "no interval", reason=reason)
    if interval == "model":
        convention = (
            f"{percent} interval from the model's information, comparisons being independent"
        )
        return Variation(maximum.inverse, inf, convention)
    if interval == "bootstrap":
        return _bootstrap(maximum, maximum.inverse, coded, confidence, resamples, seed)
    if interval == "cluster":
        return _cluster_sandwich(maximum, maximum.inverse, coded, confidence)
    n = maximum.design.cells.total
    convention = f"{percent} sandwich interval over {n:,} comparisons"
    if n < 2:
        return Variation(
            None, inf, convention, reason="No interval: it needs at least 2 comparisons."
        )
    # White's A^-1 B A^-1; n / (n - 1) because the scores are taken about their own mean, 0.
    covariance = maximum.inverse @ _meat(maximum) @ maximum.inverse * (n / (n - 1))
    return Variation(covariance, n - 1, convention)


def _meat(maximum: Maximum) -> Floats:
    """Return the sum over comparisons of the outer product of their scores.

    A tie enters with the square of its own score, (1/2 - p)^2 under Bradley-Terry; as two half
    comparisons it would count as varying where it does not, and intervals would be too wide.
    """
    design = maximum.design
    by_eta, by_tie = design.outcomes.scores(maximum.eta, maximum.tie)
    square = design.cells.square
    # B: a score is s x_c, s = dl / d eta times the weight; s^2 x x' sums as curvature does.
    products = (by_eta * by_eta, by_eta * by_tie, by_tie * by_tie)
    return design.gram(Curvature(*((square * product).sum(axis=0) for product in products)))


def _cluster_sandwich(
    maximum: Maximum, inverse: Floats, coded: CodedComparisons, confidence: float
) -> Variation:
    """Return the sandwich whose filling sums scores within clusters first."""
    scores = _cluster_scores(maximum, coded)
    clusters = scores.shape[0]
    convention = f"{100 * confidence:g}% sandwich interval over {clusters:,} prompts"
    if clusters < 2:
        reason = f"No interval: it is over prompts and needs at least 2; there is {clusters}."
        return Variation(None, inf, convention, reason=reason)
    return Variation(sandwich(inverse, scores), clusters - 1, convention)


def sandwich(inverse: Floats, scores: sparse.csr_matrix) -> Floats:
    """Return the covariance of parameters (P, P) from the summed scores of clusters (G, P)."""
    clusters = scores.shape[0]
    # B is the sum of U_g U_g' over clusters, U_g summed first: Liang and Zeger (1986, Biometrika).
    meat = np.asarray((scores.T @ scores).toarray())
    # A^-1 B A^-1, times G / (G - 1): the clusters' scores, too, add up to 0.
    return np.asarray(inverse @ meat @ inverse * (clusters / (clusters - 1)))


def _cluster_scores(maximum: Maximum, coded: CodedComparisons) -> sparse.csr_matrix:
    """Return the summed scores of each cluster, sparse (G, P)."""
    design = maximum.design
    cells = design.cells
    cell, outcome, cluster, times = _kept_rows(cells, coded)
    levels, cluster = np.unique(cluster, return_inverse=True)
    by_eta, by_tie = design.outcomes.scores(maximum.eta, maximum.tie)
    # U_g = sum of s x_c: plus s at a, minus s at b, s z at the extras, dl / d tie at the tie.
    pull = by_eta[outcome, cell] * times
    rows, columns, values = [cluster, cluster], [cells.a[cell], cells.b[cell]], [pull, -pull]
    for place in range(cells.extras.shape[1]):
        rows.append(cluster)
        columns.append(np.full(len(cell), cells.items + place))
        values.append(pull * cells.extras[cell, place])
    if design.outcomes.has_tie:
        rows.append(cluster)
        columns.append(np.full(len(cell), design.size - 1))
        values.append(by_tie[outcome, cell] * times)
    coordinates = (np.concatenate(rows), np.concatenate(columns))
    shape = (len(levels), design.size)
    return sparse.csr_matrix((np.concatenate(values), coordinates), shape=shape)


def _kept_rows(cells: Cells, coded: CodedComparisons) -> tuple[Ints, Ints, Ints, Floats]:
    """Return cell, outcome, cluster and weight of the rows that the cells hold."""
    cell, outcome = rows_of(cells, coded)
    used = cell >= 0
    used[used] = cells.count[outcome[used], cell[used]] > 0
    cluster = np.arange(len(coded)) if coded.cluster is None else coded.cluster
    times = np.ones(len(coded))
    for multiplier in (coded.weight, coded.count):
        if multiplier is not None:
            times = times * multiplier
    return cell[used], outcome[used], cluster[used], times[used]


def _bootstrap(
    maximum: Maximum,
    inverse: Floats,
    coded: CodedComparisons,
    confidence: float,
    resamples: int,
    seed: int,
) -> Variation:
    """Return percentile intervals of strengths fitted again to resampled comparisons or prompts.

    Every comparison (every prompt) enters a resample a Poisson number of times, mean 1, which for
    more than a handful is the usual drawing with replacement, and much faster (Hanley and
    MacGibbon 2006, Computer Methods and Programs in Biomedicine 83).
    """
    over = "comparisons" if coded.cluster is None else "prompts"
    convention = (
        f"{100 * confidence:g}% percentile bootstrap interval over {over}, "
        f"{resamples} resamples, seed {seed}"
    )
    chord = _Chord.of(maximum.design, inverse)
    parts = [_refit(maximum, chord, drawn) for drawn in _resampled(maximum, coded, resamples, seed)]
    draws = np.concatenate(parts)
    defined = draws[np.isfinite(draws).all(axis=1)]
    if len(defined) < resamples:
        convention += f", of which {resamples - len(defined)} undefined and left out"
    if len(defined) < max(2, _FEWEST * resamples):
        reason = (
            f"No interval: in {resamples - len(defined)} of {resamples} resamples some strength "
            "has no finite estimate; there are too few comparisons."
        )
        return Variation(None, inf, convention, reason=reason)
    # Over resamples; the ends come from percentiles, this serves tests and differences.
    covariance = np.atleast_2d(np.cov(defined, rowvar=False))
    return Variation(covariance, inf, convention, draws=defined)


def _resampled(
    maximum: Maximum, coded: CodedComparisons, resamples: int, seed: int
) -> Iterator[Floats]:
    """Yield the weights of resampled cells in blocks, each of shape (3, block, C)."""
    cells = maximum.design.cells
    rng = np.random.default_rng(seed)
    count = len(cells.a)
    if coded.cluster is None and not cells.weighted:
        step = max(1, _BLOCK // max(1, 3 * count))
        for start in range(0, resamples, step):
            size = min(step, resamples - start)
            yield np.stack([rng.poisson(row, (size, count)) for row in cells.count]).astype(float)
        return
    cell, outcome, cluster, times = _kept_rows(cells, coded)
    levels, cluster = np.unique(cluster, return_inverse=True)
    mean = np.ones((len(levels), 1))
    if coded.cluster is None and coded.count is not None:
        mean = coded.count[levels, None]
        times = times / coded.count[levels]
    # What one cluster adds to each outcome of each cell; a resample is this times its draws.
    held = sparse.csr_matrix(
        (times, (outcome * count + cell, cluster)), shape=(3 * count, len(levels))
    )
    step = max(1, _BLOCK // max(1, len(levels), 3 * count))
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        drawn = rng.poisson(mean, (len(levels), size)).astype(float)
        yield np.ascontiguousarray((held @ drawn).reshape(3, count, size).transpose(0, 2, 1))


def _refit(maximum: Maximum, chord: _Chord, weight: Floats) -> Floats:
    """Return the parameters of resamples (3, R, C) as (R, P); NaN where they have no maximum.

    All take steps with the inverse of the full data at once, until each is still; those that are
    not after many steps, because they differ much from the full data, are fitted on their own.
    """
    drawn = np.tile(maximum.parameters, (weight.shape[1], 1))
    moving, held = np.arange(len(drawn)), weight
    for _ in range(_CHORDS):
        here = drawn[moving]
        step = chord.step(here, held)
        drawn[moving] = chord.taken(here, step)
        goes_on = np.abs(step).max(axis=1, initial=0.0) > _STILL
        if not goes_on.all():
            moving, held = moving[goes_on], held[:, goes_on]
        if not len(moving):
            break
    # Nothing was drawn: only a ridge still says something, and that of strengths alone.
    if not maximum.design.ridge or maximum.design.outcomes.has_tie:
        empty = np.asarray(weight.sum(axis=(0, 2)) == 0)
        drawn[empty] = np.nan
        moving = moving[~empty[moving]]
    for place in moving:
        drawn[place] = _fitted_alone(maximum.design, weight[:, place])
    return drawn


@dataclass(frozen=True, eq=False)
class _Chord:
    """Newton's steps of many resamples with one inverse.

    Attributes:
        design: of the full data.
        inverse: of the full data's information, (P, P).
        by_eta: how the parameters follow from derivatives by eta, (C, P).
    """

    design: Design
    inverse: Floats
    by_eta: Floats

    @classmethod
    def of(cls, design: Design, inverse: Floats) -> _Chord:
        """Return the chord of a maximum."""
        items = design.cells.items
        # X I^-1 once, (C, P): the step I^-1 X' g of a resample is then g (X I^-1), one product.
        of_items = np.asarray(design.ends @ inverse[:items])
        of_extras = design.cells.extras @ inverse[items : design.slopes]
        return cls(design, inverse, of_items + of_extras)

    def step(self, here: Floats, weight: Floats) -> Floats:
        """Return the steps from parameters (R, P) with weights (3, R, C)."""
        design, items = self.design, self.design.cells.items
        tied = design.outcomes.has_tie
        by_eta, by_tie = design.outcomes.gradient(
            design.eta(here[:, : design.slopes]), here[:, -1:] if tied else 0.0, weight
        )
        # g (X I^-1), all resamples at once; the tie parameter's own derivative comes by its row.
        step = by_eta @ self.by_eta
        if tied:
            step += by_tie.sum(axis=1, keepdims=True) * self.inverse[-1]
        if design.ridge:
            # Minus 2 lambda theta, the ridge's part of the gradient, through I^-1 as well.
            step -= 2 * design.ridge * here[:, :items] @ self.inverse[:items]
        return np.asarray(step)

    def taken(self, here: Floats, step: Floats) -> Floats:
        """Return the parameters a step on, the tie parameter kept where it may lie."""
        there = here + step
        if self.design.outcomes.has_tie:
            inside = there[:, -1] > self.design.outcomes.floor
            there[:, -1] = np.where(inside, there[:, -1], here[:, -1] / 2)
        return there


def _fitted_alone(design: Design, weight: Floats) -> Floats:
    """Return the parameters of one resample, all NaN where it has no maximum."""
    cells = replace(design.cells, weight=weight, count=weight)
    nothing = np.full(design.size, np.nan)
    if not design.ridge:
        linked = components(*edges_of(cells), cells.items)
        if not np.array_equal(linked, design.component):
            return nothing
    fitted = maximise(replace(design, cells=cells))
    return nothing if fitted is None else fitted.parameters
