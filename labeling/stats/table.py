"""From ratings to patterns: the histogram from which every agreement figure is computed.

A unit matters to an agreement figure only through how many of its ratings fall in each category.
A million ratings of five categories make a few hundred such patterns, so that coefficients,
jackknife and bootstrap work on those few hundred rows whatever the number of ratings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from labeling.stats.ratings import Array, Floats, Ints, Ratings, RatingsError

_DIRECT = 4_000_000  # Up to this many cells a lookup table beats sorting.


@dataclass(frozen=True, eq=False)
class Table:
    """Category-count patterns of the units, and how the units were drawn.

    Attributes:
        categories: the scale, in its declared order; K of them.
        declared: whether the scale was declared; if not, it is what was observed, sorted.
        scores: the categories as numbers, shape (K,), or None where they are not numbers.
        counts: shape (P, K); distinct patterns, ratings in each category.
        groups: sparse (G, P); how many units of each pattern a kind of cluster holds. None means
            that every unit was drawn on its own, so kinds of cluster and patterns are the same.
        frequency: shape (G,); how many clusters there are of each kind.
        units, ratings: totals.
    """

    categories: tuple[Any, ...]
    declared: bool
    scores: Floats | None
    counts: Floats
    groups: sparse.csr_matrix | None
    frequency: Floats
    units: int
    ratings: int

    @property
    def clustered(self) -> bool:
        """Whether some cluster holds several units, so that intervals go over clusters."""
        return self.groups is not None

    @property
    def pattern_frequency(self) -> Floats:
        """How many units show each pattern, shape (P,)."""
        if self.groups is None:
            return self.frequency
        return np.asarray(self.frequency @ self.groups, dtype=np.float64).ravel()

    @property
    def marginals(self) -> Floats:
        """Ratings in each category, over all units, shape (K,)."""
        return np.asarray(self.pattern_frequency @ self.counts, dtype=np.float64)

    def position(self, category: Any) -> int | None:
        """Return where `category` stands on the scale, or None when it is not on it."""
        return self.categories.index(category) if category in self.categories else None


@dataclass(frozen=True, eq=False)
class Coded:
    """Ratings as small integers, checked against the scale.

    Attributes:
        unit, rater, value: codes, shape (n,); `value` indexes `categories`.
        cluster: cluster code of each unit, shape (units,), or None when each stands alone.
        raters: the raters behind the codes.
        categories: the scale in its declared order.
        declared: whether the scale was declared.
    """

    unit: Ints
    rater: Ints
    value: Ints
    cluster: Ints | None
    units: int
    raters: tuple[Any, ...]
    categories: tuple[Any, ...]
    declared: bool


def code(ratings: Ratings, categories: Sequence[Any] | None = None) -> Coded:
    """Turn ratings into codes on the declared scale.

    Without `categories` the scale is the sorted set of observed values: right for figures that
    do not depend on unused categories, and named in the convention of those that do.

    Raises:
        RatingsError: a value off the scale, a rater twice on a unit, a unit in two clusters, a
            scale that names a category twice; the message names the position.
    """
    value, scale = _values(ratings, categories)
    unit, unit_levels = codes(ratings.unit)
    rater, rater_levels = codes(ratings.rater)
    _refuse_repeats(ratings, unit, rater, len(unit_levels), len(rater_levels))
    cluster = None
    if ratings.cluster is not None and len(unit):
        cluster = _cluster_of_unit(ratings, ratings.cluster, unit, len(unit_levels))
    return Coded(
        unit=unit,
        rater=rater,
        value=value,
        cluster=cluster,
        units=len(unit_levels),
        raters=tuple(item.item() if hasattr(item, "item") else item for item in rater_levels),
        categories=scale,
        declared=categories is not None,
    )


def tabulate(coded: Coded) -> Table:
    """Count the patterns of coded ratings, in time linear in the ratings."""
    size = len(coded.categories)
    counts = np.bincount(coded.unit * size + coded.value, minlength=coded.units * size)
    patterns, pattern = distinct_rows(counts.reshape(coded.units, size))
    if coded.cluster is None:
        groups, frequency = None, np.bincount(pattern, minlength=len(patterns))
    else:
        groups, frequency = _kinds_of_cluster(coded.cluster, pattern, len(patterns))
    return Table(
        categories=coded.categories,
        declared=coded.declared,
        scores=scores(coded.categories),
        counts=patterns.astype(np.float64),
        groups=groups,
        frequency=frequency.astype(np.float64),
        units=coded.units,
        ratings=len(coded.value),
    )


def table_of(ratings: Ratings, categories: Sequence[Any] | None = None) -> Table:
    """Return the patterns of `ratings` on the scale `categories` (see `code`)."""
    return tabulate(code(ratings, categories))


def scores(categories: Sequence[Any]) -> Floats | None:
    """Return the categories as numbers, or None where some category is not a number."""
    if all(isinstance(item, int | float | np.number) for item in categories):
        return np.array(categories, dtype=np.float64)
    return None


def codes(column: Array) -> tuple[Ints, Array]:
    """Return integer codes for a column and the levels behind them, in sorted order."""
    if column.dtype.kind in "iu" and len(column):
        low, high = int(column.min()), int(column.max())
        if high - low < max(_DIRECT, 4 * len(column)):
            shifted = column.astype(np.int64) - low
            present = np.bincount(shifted) > 0
            lookup = np.cumsum(present) - 1
            return lookup[shifted], np.flatnonzero(present) + low
    if column.dtype.kind == "O":
        column = column.astype(str)
    levels, coded = np.unique(column, return_inverse=True)
    return coded.astype(np.int64), levels


def _values(ratings: Ratings, categories: Sequence[Any] | None) -> tuple[Ints, tuple[Any, ...]]:
    """Return the place of every value on the scale, and the scale."""
    if categories is None:
        coded, levels = codes(ratings.value)
        return coded, tuple(item.item() if hasattr(item, "item") else item for item in levels)
    scale = tuple(categories)
    if len(set(scale)) != len(scale):
        raise RatingsError(f"The scale {scale} names a category twice.")
    if not len(ratings):
        return np.zeros(0, dtype=np.int64), scale
    declared = np.asarray(scale)
    if (declared.dtype.kind in "USO") != (ratings.value.dtype.kind in "USO") or not scale:
        known = {str(item) for item in scale}
        foreign = (place for place, item in enumerate(ratings.value) if str(item) not in known)
        raise _off_scale(ratings, next(foreign, 0), scale)
    order = np.argsort(declared, kind="stable")
    place = np.searchsorted(declared, ratings.value, sorter=order).clip(max=len(scale) - 1)
    coded = order[place]
    wrong = declared[coded] != ratings.value
    if wrong.any():
        raise _off_scale(ratings, int(np.argmax(wrong)), scale)
    return coded.astype(np.int64), scale


def _off_scale(ratings: Ratings, position: int, scale: tuple[Any, ...]) -> RatingsError:
    told = ", ".join(str(item) for item in scale)
    return RatingsError(
        f"value {ratings.value[position]} at position {position} (unit {ratings.unit[position]}, "
        f"rater {ratings.rater[position]}) is not on the scale: {told}."
    )


def _refuse_repeats(ratings: Ratings, unit: Ints, rater: Ints, units: int, raters: int) -> None:
    """Refuse a second rating of a unit by a rater: a pair must come from two raters."""
    keys = unit * raters + rater
    if units * raters <= max(_DIRECT, 32 * len(keys)):
        twice = int(np.bincount(keys).max(initial=0)) > 1
    else:
        twice = len(np.unique(keys)) < len(keys)
    if not twice:
        return
    order = np.argsort(keys, kind="stable")
    again = order[1:][keys[order][1:] == keys[order][:-1]].min()
    raise RatingsError(
        f"rater {ratings.rater[again]} rates unit {ratings.unit[again]} a second time "
        f"at position {int(again)}."
    )


def _cluster_of_unit(ratings: Ratings, column: Array, unit: Ints, units: int) -> Ints | None:
    """Return the cluster of each unit, or None when every cluster holds one unit."""
    cluster, levels = codes(column)
    of_unit = np.zeros(units, dtype=np.int64)
    of_unit[unit] = cluster
    differs = of_unit[unit] != cluster
    if differs.any():
        position = int(np.argmax(differs))
        raise RatingsError(
            f"unit {ratings.unit[position]} at position {position} is in two clusters."
        )
    return None if len(levels) == units else of_unit


def distinct_rows(counts: Ints) -> tuple[Ints, Ints]:
    """Return the distinct rows of a count matrix and the row each unit shows."""
    units, size = counts.shape
    if not units:
        return counts, np.zeros(0, dtype=np.int64)
    base = int(counts.max()) + 1
    if base**size >= 2**62:
        rows, inverse = np.unique(counts, axis=0, return_inverse=True)
        return rows, inverse.ravel()
    keys = counts @ (base ** np.arange(size, dtype=np.int64))
    coded, levels = codes(keys)
    first = np.zeros(len(levels), dtype=np.int64)
    first[coded] = np.arange(units)
    return counts[first], coded


def _kinds_of_cluster(
    cluster: Ints, pattern: Ints, patterns: int
) -> tuple[sparse.csr_matrix, Ints]:
    """Return the distinct clusters as counts of patterns, and how often each kind occurs.

    Clusters are told apart by a 64-bit sum of fixed random numbers, one a pattern: with a million
    clusters the odds that two different kinds share a sum are below one in ten million.
    """
    order = np.argsort(cluster, kind="stable")
    starts = np.flatnonzero(np.diff(cluster[order], prepend=-1))
    marks = np.random.default_rng(20240101).integers(0, 2**63, patterns, dtype=np.uint64)
    sums = np.add.reduceat(marks[pattern[order]], starts)
    _, first, frequency = np.unique(sums, return_index=True, return_counts=True)
    kind_of_cluster = np.full(int(cluster.max()) + 1, -1, dtype=np.int64)
    kind_of_cluster[cluster[order][starts[first]]] = np.arange(len(first))
    kind = kind_of_cluster[cluster]
    chosen = kind >= 0
    ones = np.ones(int(chosen.sum()))
    matrix = sparse.csr_matrix(
        (ones, (kind[chosen], pattern[chosen])), shape=(len(first), patterns)
    )
    return matrix, frequency
