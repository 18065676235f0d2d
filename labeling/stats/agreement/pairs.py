"""Cohen's kappa and percent agreement with their intervals, for all pairs of raters at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from labeling.stats.agreement.contingency import Contingency
from labeling.stats.agreement.mirror import mirrored_weights, side_blind_weights
from labeling.stats.coding import crossed, divide
from labeling.stats.intervals.jackknife import jackknife_errors, jackknife_or_wilson_ends
from labeling.stats.intervals.proportions import wilson_ends
from labeling.stats.ratings import Figure, Floats, Ints

AT_ONCE = 1 << 16  # Pairs whose sums are in memory together: a thousand raters make half a million.


@dataclass(frozen=True, eq=False)
class KappaColumns:
    """Percent agreement and Cohen's kappa of many pairs of columns of answers, as arrays.

    Attributes:
        raters: whose answers they are.
        n: answers in both columns of a pair, shape (pairs,).
        percent, kappa: estimates; kappa is NaN where undefined (use `figures` to show them).
        percent_low, percent_high, kappa_low, kappa_high: ends; NaN where there is no interval.
        percent_convention, kappa_convention: the conventions.
    """

    TOO_FEW: ClassVar[str]
    ONE_CATEGORY: ClassVar[str]

    raters: tuple[Any, ...]
    n: Ints
    percent: Floats
    percent_low: Floats
    percent_high: Floats
    kappa: Floats
    kappa_low: Floats
    kappa_high: Floats
    percent_convention: str
    kappa_convention: str

    def __len__(self) -> int:
        """Return the number of pairs of columns."""
        return len(self.n)

    def figures(self, index: int) -> tuple[Figure, Figure]:
        """Return percent agreement and kappa of one pair, ready to be shown."""
        n = int(self.n[index])
        ends = float(self.percent_low[index]), float(self.percent_high[index])
        percent = Figure(float(self.percent[index]), *ends, n, self.percent_convention)
        if n < 2:
            return percent, Figure(None, None, None, n, self.kappa_convention, self.TOO_FEW)
        if np.isnan(self.kappa[index]):
            reason = self.ONE_CATEGORY.format(n=n)
            return percent, Figure(None, None, None, n, self.kappa_convention, reason)
        ends = float(self.kappa_low[index]), float(self.kappa_high[index])
        return percent, Figure(float(self.kappa[index]), *ends, n, self.kappa_convention)


@dataclass(frozen=True, eq=False)
class PairSums:
    """The sums over each pair's table from which kappa and its jackknife are made.

    Attributes:
        n: shared units; agree, same: (weighted) agreements and equal answers, shape (pairs,).
        chance: agreement expected by chance times n squared, shape (pairs,).
        as_row, as_column: what chance loses with one rating in a category, shape (pairs, size).
        rows, columns: the margins, shape (pairs, size).
        weight, pooled: weights of agreement, and those of chance agreement, shape (size, size).
    """

    n: Floats
    agree: Floats
    same: Floats
    chance: Floats
    as_row: Floats
    as_column: Floats
    rows: Floats
    weight: Floats
    pooled: Floats


def kappa_columns(
    tables: Contingency, weight: Floats, confidence: float, *, symmetric: bool = False
) -> dict[str, Any]:
    """Return n, percent and kappa with their ends, by their names in `KappaColumns`.

    NaN where kappa is undefined. With `symmetric` chance comes from the mirrored pool. The ends
    are those of the jackknife-t interval on the Fisher z scale over units or, where `tables` has
    them, clusters; Wilson's where nothing varies.
    """
    parts = [
        _kappa_columns(part, weight, confidence, symmetric=symmetric)
        for part in tables.some(AT_ONCE)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _kappa_columns(
    tables: Contingency, weight: Floats, confidence: float, *, symmetric: bool
) -> dict[str, Any]:
    """Return the same of pairs whose sums are in memory together."""
    rows, columns = tables.margins()
    pooled = mirrored_weights(weight) if symmetric else weight
    weight = side_blind_weights(weight) if symmetric else weight
    sums = PairSums(
        n=tables.by_pair(tables.times),
        agree=tables.by_pair(tables.times * weight[tables.row, tables.column]),
        same=tables.by_pair(tables.times * (tables.row == tables.column)),
        chance=((rows @ pooled) * columns).sum(axis=1),
        as_row=columns @ pooled.T,
        as_column=rows @ pooled,
        rows=rows,
        weight=weight,
        pooled=pooled,
    )
    kappa, percent = _kappa(sums.agree, sums.chance, sums.n), sums.same / sums.n
    if tables.clusters is None:
        spread, groups = _leave_one_rating_out(tables, sums)
        percent_ends = wilson_ends(percent, sums.n, confidence)
    else:
        spread, percent_error, groups = _leave_one_cluster_out(tables.clusters, sums)
        none = np.zeros(len(percent))
        percent_ends = jackknife_or_wilson_ends(
            percent, percent_error, groups, none, 0.0, confidence
        )
    chance = np.clip(divide(sums.chance, sums.n**2), 0, 1)
    kappa_ends = jackknife_or_wilson_ends(kappa, spread, groups, chance, -1.0, confidence)
    return {
        "n": sums.n.astype(np.int64),
        "percent": percent,
        "percent_low": percent_ends[0],
        "percent_high": percent_ends[1],
        "kappa": kappa,
        "kappa_low": kappa_ends[0],
        "kappa_high": kappa_ends[1],
    }


def interval_conventions(over: str, *, clustered: bool, confidence: float) -> tuple[str, str, str]:
    """Return how the intervals were made: over what, of percent agreement, and of kappa."""
    interval = f"{100 * confidence:g}% interval over {'prompts' if clustered else over}"
    jackknife = "jackknife-t on the Fisher z scale, Wilson limits where nothing varies"
    return interval, jackknife if clustered else "Wilson", jackknife


def _leave_one_rating_out(tables: Contingency, sums: PairSums) -> tuple[Floats, Floats]:
    """Return jackknife standard errors of kappa, and units; the ratings of one cell are alike."""
    pair, size = tables.pair, tables.size
    weight = sums.weight[tables.row, tables.column]
    lost = sums.as_row.ravel()[pair * size + tables.row]
    lost += sums.as_column.ravel()[pair * size + tables.column]
    lost -= sums.pooled[tables.row, tables.column]
    rest = _kappa(sums.agree[pair] - weight, sums.chance[pair] - lost, sums.n[pair] - 1)
    return jackknife_errors(rest, pair, tables.times, len(sums.n))


def _leave_one_cluster_out(
    clusters: tuple[Ints, Ints, Ints], sums: PairSums
) -> tuple[Floats, Floats, Floats]:
    """Return jackknife standard errors of kappa and percent, and clusters of each pair."""
    pair, cluster, cell = clusters
    weight, size = sums.weight, len(sums.weight)
    keys, group = np.unique(pair * (int(cluster.max(initial=0)) + 1) + cluster, return_inverse=True)
    of = np.zeros(len(keys), dtype=np.int64)
    of[group] = pair
    first, second = np.divmod(cell, size)
    groups = len(keys)
    row, column = (crossed(group, place, groups, size) for place in (first, second))
    held = np.bincount(group, minlength=groups)
    agreed = np.bincount(group, weight[first, second], minlength=groups)
    matched = np.bincount(group, first == second, minlength=groups)
    lost = (row * sums.as_row[of]).sum(axis=1) + (sums.as_column[of] * column).sum(axis=1)
    lost -= ((row @ sums.pooled) * column).sum(axis=1)
    left = sums.n[of] - held
    kappa_rest = _kappa(sums.agree[of] - agreed, sums.chance[of] - lost, left)
    percent_rest = divide(sums.same[of] - matched, left)
    alone, pairs = np.ones(groups), len(sums.n)
    kappa_error, count = jackknife_errors(kappa_rest, of, alone, pairs)
    return kappa_error, jackknife_errors(percent_rest, of, alone, pairs)[0], count


def _kappa(agree: Floats, chance: Floats, n: Floats) -> Floats:
    """Return (po - pe) / (1 - pe) from po n and pe n squared; NaN where pe is 1 or n is 0."""
    left = n * n - chance
    left = np.where(left > 1e-9, left, 0.0)
    return divide(n * agree - chance, left)
