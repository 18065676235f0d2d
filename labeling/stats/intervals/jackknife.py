"""Intervals over prompts: the delete-one-cluster jackknife (the default) and the bootstrap.

The sampling unit is the cluster (the prompt), or the unit (the task) where every cluster holds
one: intervals say how far a figure would move with other prompts, the raters being the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from labeling.stats.coding import counted
from labeling.stats.intervals.proportions import (
    CONFIDENCE,
    normal_quantile,
    t_quantile,
    wilson_ends,
)
from labeling.stats.ratings import Figure, Floats, Interval, Ints, Ratings
from labeling.stats.table import Table, table_of

EndColumns = tuple[Floats, Floats]

_BLOCK = 4_000_000  # Cells of sums held at once.
_COMMON = 8  # A kind of so many clusters is drawn by its count, rarer ones cluster by cluster.
STILL = 1e-12  # A jackknife standard error below this is none at all.


class Coefficient(Protocol):
    """What the interval methods need to know of a coefficient."""

    @property
    def floor(self) -> float:
        """The least value it can take (0 for a share, -1 for a chance-corrected figure)."""

    def sums(self, counts: Floats, scores: Floats | None) -> Floats:
        """Return the sums of patterns `counts` (P, K) as (P, D); zero where nothing counts."""

    def value(self, sums: Floats, scores: Floats | None) -> Floats:
        """Return the figure for each row of `sums` (N, D); NaN where it is undefined."""

    def expected(self, sums: Floats, scores: Floats | None) -> Floats:
        """Return the nominal agreement expected by chance, for each row of `sums`."""


@dataclass(frozen=True)
class Estimate:
    """A coefficient on a table: value (None where undefined), n, and its interval.

    `method` names how the interval was made; `clusters` is how many sampling units it rests on;
    `trouble` says why there is no interval.
    """

    value: float | None
    n: int
    interval: Interval | None = None
    method: str = ""
    clusters: int = 0
    trouble: str | None = None


def jackknife(coefficient: Coefficient, table: Table, confidence: float = CONFIDENCE) -> Estimate:
    """Estimate a coefficient with the jackknife-t interval on the Fisher z scale.

    Every cluster is left out once; the standard error of the figure is carried to the scale of
    z = atanh (for a share, of twice the share less one: half its logit), where a Student t with
    clusters - 1 degrees of freedom gives the ends. Where leaving out a cluster changes nothing,
    or leaves the figure undefined, the ends come from Wilson's interval for the agreement over
    the clusters, carried over with chance agreement held fixed.

    Source: Efron and Stein (1981) for the jackknife; coverage for alpha: Hughes (2022,
    arXiv:2210.13265); Fisher's transformation as for intraclass correlations.
    """
    normal_quantile(confidence)
    kinds = _Kinds(coefficient, table)
    total = kinds.total()
    value = float(coefficient.value(total, table.scores)[0])
    n = round(float(total[0, 0]))
    if not np.isfinite(value):
        return Estimate(None, n)
    value = _snap(value)
    rest, weight = kinds.leave_one_out(total)
    clusters = round(float(weight.sum()))
    known = Estimate(value, n, clusters=clusters)
    if clusters < 2:
        return replace(known, trouble=_too_few(clusters, table))
    interval = leave_one_out_interval(value, rest, weight, coefficient.floor, confidence)
    if interval is not None:
        return replace(known, interval=interval, method="jackknife-t on the Fisher z scale")
    chance = float(coefficient.expected(total, table.scores)[0])
    interval = carried_wilson(value, chance, clusters, coefficient.floor, confidence)
    return replace(known, interval=interval, method="Wilson limits")


def leave_one_out_interval(
    value: float, rest: Floats, weight: Floats, floor: float, confidence: float = CONFIDENCE
) -> Interval | None:
    """Return the jackknife-t ends of a figure, taken on the Fisher z scale of [floor, 1].

    None where leaving out a cluster changes nothing or leaves the figure undefined, or where the
    figure stands at an end of its scale.

    Args:
        rest, weight: the figure without one cluster of each kind, and how many there are of it.
    """
    error, clusters = jackknife_errors(rest, np.zeros(len(rest), dtype=np.int64), weight, 1)
    low, high = jackknife_ends(np.array([value]), error, clusters, floor, confidence)
    return None if np.isnan(low[0]) else Interval(float(low[0]), float(high[0]))


def jackknife_errors(rest: Floats, of: Ints, weight: Floats, size: int) -> tuple[Floats, Floats]:
    """Return jackknife standard errors of many figures, and how many clusters each has.

    Args:
        rest, of, weight: a figure without one of its clusters, which figure that is, and how
            many clusters it has that are alike.
    """
    # (n - 1) / n times the sum of (S_(i) - S_(.))^2: Efron and Stein (1981), Annals of Stat. 9.
    clusters = counted(of, size, weight)
    mean = counted(of, size, weight * rest) / np.maximum(clusters, 1)
    square = counted(of, size, weight * (rest - mean[of]) ** 2)
    return np.sqrt(square * (clusters - 1) / np.maximum(clusters, 1)), clusters


def jackknife_ends(
    value: Floats, error: Floats, clusters: Floats, floor: float, confidence: float
) -> EndColumns:
    """Return the jackknife-t ends of many figures, taken on the Fisher z scale of [floor, 1].

    NaN where there is no error, or where a figure stands at an end of its scale.
    """
    span = 1 - floor
    centred = 2 * (value - floor) / span - 1
    smooth = np.isfinite(error) & (error > STILL) & (np.abs(centred) < 1 - STILL)
    safe = centred[smooth]
    reach = error[smooth] * t_quantile(clusters[smooth] - 1, confidence)
    # Delta method: with r = 2 (value - floor) / span - 1, dz / d value = (2 / span) / (1 - r^2).
    z, shift = np.arctanh(safe), reach * 2 / span / (1 - safe**2)
    low, high = np.full((2, len(value)), np.nan)
    low[smooth] = floor + span * (np.tanh(z - shift) + 1) / 2
    high[smooth] = floor + span * (np.tanh(z + shift) + 1) / 2
    return low, high


def jackknife_or_wilson_ends(
    value: Floats, error: Floats, clusters: Floats, chance: Floats, floor: float, confidence: float
) -> EndColumns:
    """Return `jackknife_ends`, and the limits of `carried_wilson` where there are none."""
    low, high = jackknife_ends(value, error, clusters, floor, confidence)
    wilson = _carried_wilson(value, chance, clusters, floor, confidence)
    return np.where(np.isnan(low), wilson[0], low), np.where(np.isnan(high), wilson[1], high)


def bootstrap_interval(
    ratings: Ratings | Table,
    coefficient: Coefficient,
    *,
    categories: Sequence[Any] | None = None,
    resamples: int = 1000,
    seed: int = 0,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return a coefficient with its percentile interval over resampled clusters.

    A second opinion beside the jackknife. Clusters, not pairs of ratings, are drawn: drawing
    pairs, as the KALPHA macro does, covers the truth 71 to 77 % of the time, not 95 %.

    Args:
        coefficient: for example `Alpha("ordinal")` or `Percent("half")`.
        resamples, seed: fixed and printed, so that the same ratings give the same interval.

    Raises:
        ValueError: fewer than one resample, or a confidence outside 0 to 1.

    Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap.
    """
    normal_quantile(confidence)
    if resamples < 1:
        raise ValueError(f"A bootstrap needs at least 1 resample, not {resamples}.")
    table = table_of(ratings, categories)
    convention = f"percentile bootstrap, {resamples} resamples, seed {seed}"
    kinds = _Kinds(coefficient, table)
    total = kinds.total()
    value = float(coefficient.value(total, table.scores)[0])
    n = round(float(total[0, 0]))
    if not np.isfinite(value):
        return Figure(None, None, None, n, convention, "The figure is undefined for these ratings.")
    sums = np.concatenate([rows for rows, _ in kinds])
    used = sums.any(axis=1)
    sums, frequency = sums[used], table.frequency[used]
    clusters = round(float(frequency.sum()))
    if clusters < 2:
        return Figure(value, None, None, n, convention, _too_few(clusters, table))
    draws = _resample(sums, frequency, resamples, np.random.default_rng(seed))
    drawn = coefficient.value(draws, table.scores)
    defined = drawn[np.isfinite(drawn)]
    if len(defined) < resamples:
        convention += f", of which {resamples - len(defined)} undefined and left out"
    if not len(defined):
        reason = "No interval: the figure is undefined in every resample."
        return Figure(_snap(value), None, None, n, convention, reason)
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Figure(_snap(value), float(low), float(high), n, convention)


def bootstrap_difference(
    first: Ratings | Table,
    second: Ratings | Table,
    coefficient: Coefficient,
    *,
    categories: Sequence[Any] | None = None,
    resamples: int = 1000,
    seed: int = 0,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return a coefficient of the second ratings less that of the first, as a `Figure`.

    The percentile interval is over clusters drawn of each by themselves: of two that share
    clusters it is too wide rather than too narrow. n counts the clusters of both.

    Args:
        coefficient: for example `Alpha("ordinal", symmetric=True)` or `Percent()`.
        resamples, seed: fixed and printed, so that the same ratings give the same interval.

    Raises:
        ValueError: fewer than one resample, or a confidence outside 0 to 1.
    """
    normal_quantile(confidence)
    if resamples < 1:
        raise ValueError(f"A bootstrap needs at least 1 resample, not {resamples}.")
    convention = f"second less first; percentile bootstrap, {resamples} resamples, seed {seed}"
    rng = np.random.default_rng(seed)
    parts = [_draws(r, coefficient, categories, resamples, rng) for r in (first, second)]
    (before, before_drawn, n_before), (after, after_drawn, n_after) = parts
    n, value = n_before + n_after, after - before
    if not np.isfinite(value):
        return Figure(None, None, None, n, convention, "One of the two figures is undefined.")
    drawn = after_drawn - before_drawn
    defined = drawn[np.isfinite(drawn)]
    if min(n_before, n_after) < 2 or not len(defined):
        reason = "No interval: one of the two has fewer than two clusters with pairs."
        return Figure(_snap(value), None, None, n, convention, reason)
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Figure(_snap(value), float(low), float(high), n, convention)


def _draws(
    ratings: Ratings | Table,
    coefficient: Coefficient,
    categories: Sequence[Any] | None,
    resamples: int,
    rng: np.random.Generator,
) -> tuple[float, Floats, int]:
    """Return a coefficient, its value in each resample, and how many clusters it rests on."""
    table = table_of(ratings, categories)
    kinds = _Kinds(coefficient, table)
    value = float(coefficient.value(kinds.total(), table.scores)[0])
    sums = np.concatenate([rows for rows, _ in kinds])
    used = sums.any(axis=1)
    clusters = round(float(table.frequency[used].sum()))
    if not clusters:
        return value, np.full(resamples, np.nan), 0
    draws = _resample(sums[used], table.frequency[used], resamples, rng)
    return value, np.asarray(coefficient.value(draws, table.scores)), clusters


def _resample(sums: Floats, frequency: Floats, resamples: int, rng: np.random.Generator) -> Floats:
    """Draw clusters with replacement: the total sums of each resample, (resamples, D).

    How often the kinds are drawn is multinomial. Common kinds are drawn as such; clusters of rare
    kinds one by one, which takes less time and has the same distribution.
    """
    clusters = round(float(frequency.sum()))
    order = np.argsort(-frequency, kind="stable")
    sums, frequency = sums[order], frequency[order]
    common = int(np.searchsorted(-frequency, -_COMMON, side="right"))
    owner = np.repeat(np.arange(common, len(frequency)), frequency[common:].astype(np.int64))
    odds = np.append(frequency[:common], len(owner)) / clusters
    step = max(1, _BLOCK // len(frequency))
    parts = []
    for start in range(0, resamples, step):
        times = np.zeros((min(step, resamples - start), len(frequency)))
        drawn = rng.multinomial(clusters, odds, size=len(times))
        times[:, :common] = drawn[:, :-1]
        for row, rare in zip(times, drawn[:, -1], strict=True):
            if rare:
                ones = owner[rng.integers(0, len(owner), rare)] - common
                row[common:] = np.bincount(ones, minlength=len(frequency) - common)
        # A resample's sums are those of the kinds, each as often as it was drawn (multinomial).
        parts.append(times @ sums)
    return np.concatenate(parts)


class _Kinds:
    """The sums of every kind of cluster, block by block, so that memory stays bounded.

    Where one block holds them all it is kept, and computed once.
    """

    def __init__(self, coefficient: Coefficient, table: Table) -> None:
        self.coefficient = coefficient
        self.table = table
        self.step = max(1, _BLOCK // max(1, len(table.categories) ** 2))
        fits = len(table.frequency) <= self.step
        self.kept = self._sums(slice(None)) if fits else None

    def __iter__(self) -> Iterator[tuple[Floats, Floats]]:
        """Yield sums (kinds, D) and how many clusters there are of each kind."""
        frequency = self.table.frequency
        if self.kept is not None:
            yield self.kept, frequency
            return
        for start in range(0, len(frequency), self.step):
            rows = slice(start, start + self.step)
            yield self._sums(rows), frequency[rows]

    def _sums(self, rows: slice) -> Floats:
        table, coefficient = self.table, self.coefficient
        if table.groups is None:
            return coefficient.sums(table.counts[rows], table.scores)
        # A cluster's sums are those of its units, so of its patterns times how often it has them.
        part = table.groups[rows]
        used = np.unique(part.indices)
        return np.asarray(part[:, used] @ coefficient.sums(table.counts[used], table.scores))

    def total(self) -> Floats:
        """Return the sums over all clusters, shape (1, D)."""
        total = self._sums(slice(0, 0)).sum(axis=0)
        for sums, frequency in self:
            # Sums over all clusters: kinds times how many there are of each.
            total = total + frequency @ sums
        return np.asarray(total[None, :])

    def leave_one_out(self, total: Floats) -> tuple[Floats, Floats]:
        """Return the figure without one cluster of each kind, and how many there are of the kind.

        Kinds of cluster that add nothing to the figure are no part of its sample and are left out.
        """
        values, weights = [], []
        for sums, frequency in self:
            used = sums.any(axis=1)
            # S_(i): sums add up, so that leaving a cluster out is taking its sums off, exactly.
            values.append(self.coefficient.value(total - sums[used], self.table.scores))
            weights.append(frequency[used])
        return np.concatenate(values), np.concatenate(weights)


def carried_wilson(
    value: float, chance: float, clusters: int, floor: float, confidence: float = CONFIDENCE
) -> Interval:
    """Return Wilson's limits for the agreement over clusters, on the figure's own scale.

    Units rated once can press a coefficient below its floor; the low end then stays with it.
    """
    values, chances, counts = np.array([[value], [chance], [clusters]])
    low, high = _carried_wilson(values, chances, counts, floor, confidence)
    return Interval(float(low[0]), float(high[0]))


def _carried_wilson(
    value: Floats, chance: Floats, clusters: Floats, floor: float, confidence: float
) -> EndColumns:
    # pa = pe + kappa (1 - pe), Wilson's limits of pa, and back: d kappa / d pa = 1 / (1 - pe).
    agree = np.clip(chance + value * (1 - chance), 0, 1)
    low, high = wilson_ends(agree, clusters, confidence)
    stretch = 1 / np.maximum(1 - chance, STILL)
    return (
        np.maximum(value - (agree - low) * stretch, np.minimum(floor, value)),
        np.minimum(value + (high - agree) * stretch, 1.0),
    )


def _snap(value: float) -> float:
    """Return -1, 0 or 1 for what differs from it by rounding only."""
    near = round(value)
    return float(near) if abs(value - near) < STILL else value


def _too_few(clusters: int, table: Table) -> str:
    what = "prompt" if table.clustered else "task"
    return (
        f"No interval: the figure rests on {clusters:,} {what}, and an interval over {what}s "
        "needs at least 2."
    )
