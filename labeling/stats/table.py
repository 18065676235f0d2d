"""From ratings to patterns: the histogram from which every agreement figure is computed.

A unit matters to an agreement figure only through how many of its ratings fall in each category.
A million ratings of five categories make a few hundred such patterns, so that coefficients,
jackknife and bootstrap work on those few hundred rows whatever the number of ratings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from labeling.stats.coding import (
    Coded,
    chunks,
    cluster_of_unit,
    codes,
    crossed,
    place_values,
    units_and_votes,
)
from labeling.stats.ratings import Floats, Ints, Ratings, RatingsError, same_length


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


def tabulate(coded: Coded) -> Table:
    """Count the patterns of coded ratings, in time linear in the ratings."""
    return _tabulated(
        coded.unit,
        np.bincount(coded.unit, minlength=coded.units),
        coded.value,
        coded.cluster,
        coded.categories,
        coded.declared,
    )


def table_of(ratings: Ratings | Table, categories: Sequence[Any] | None = None) -> Table:
    """Return the patterns of `ratings` on the scale `categories`; a table brings its own.

    Raises:
        RatingsError: what `code` refuses.
    """
    if isinstance(ratings, Table):
        return ratings
    value, scale = place_values(ratings, categories)
    unit, votes = units_and_votes(ratings)
    cluster = cluster_of_unit(ratings, unit, len(votes))
    return _tabulated(unit, votes, value, cluster, scale, categories is not None)


def table_from_patterns(
    counts: npt.ArrayLike, frequency: npt.ArrayLike, categories: Sequence[Any]
) -> Table:
    """Return the table of patterns that were counted elsewhere, as by a GROUP BY of a database.

    Args:
        counts: shape (P, K); ratings in each category of the declared scale, a row a pattern.
        frequency: shape (P,); how many units show each pattern.

    Raises:
        RatingsError: shapes that do not fit, a scale that names a category twice, or a count
            that is negative or not whole; the position is named.
    """
    rows = _whole_counts("counts", counts)
    times = _whole_counts("frequency", frequency)
    size = len(categories)
    if rows.ndim != 2 or rows.shape[1] != size or times.shape != (len(rows),):
        raise RatingsError(
            f"counts must have shape (P, {size}) and frequency shape (P,), not {rows.shape} and "
            f"{times.shape}."
        )
    if len(set(categories)) != size:
        raise RatingsError(f"The scale {tuple(categories)} names a category twice.")
    used = (times > 0) & rows.any(axis=1)
    rows, times = rows[used], times[used]
    return Table(
        categories=tuple(categories),
        declared=True,
        scores=scores(categories),
        counts=rows,
        groups=None,
        frequency=times,
        units=round(float(times.sum())),
        ratings=round(float(times @ rows.sum(axis=1))),
    )


def table_from_units(
    counts: npt.ArrayLike, pattern: npt.ArrayLike, cluster: npt.ArrayLike, categories: Sequence[Any]
) -> Table:
    """Return the table of units whose patterns were told apart elsewhere, as in a stream of tasks.

    Args:
        counts: shape (P, K); ratings in each category of the declared scale, a row a pattern.
        pattern: which pattern each unit shows, shape (units,).
        cluster: what each unit was drawn with (its prompt), shape (units,).

    Raises:
        RatingsError: what `table_from_patterns` refuses, or a pattern that is not in `counts`.
    """
    shown, of = np.asarray(pattern, dtype=np.int64), np.asarray(cluster)
    rows = np.asarray(counts, dtype=np.float64).reshape(-1, len(categories))
    if len(shown) and not 0 <= shown.min() <= shown.max() < len(rows):
        raise RatingsError(f"A unit shows a pattern beyond the {len(rows)} that were counted.")
    same_length(pattern=shown, cluster=of)
    alone = table_from_patterns(rows, np.bincount(shown, minlength=len(rows)), categories)
    coded, levels = codes(of)
    if len(levels) == len(shown):
        return alone
    groups, frequency = kinds_of_cluster(coded, shown, len(rows))
    return replace(alone, counts=rows, groups=groups, frequency=frequency.astype(np.float64))


def _tabulated(
    unit: Ints,
    votes: Ints,
    value: Ints,
    cluster: Ints | None,
    categories: tuple[Any, ...],
    declared: bool,
) -> Table:
    """Return the table of codes; `votes` counts the ratings of each unit."""
    patterns, pattern = patterns_of(unit, votes, value, len(categories))
    if cluster is None:
        groups, frequency = None, np.bincount(pattern, minlength=len(patterns))
    else:
        groups, frequency = kinds_of_cluster(cluster, pattern, len(patterns))
    return Table(
        categories=categories,
        declared=declared,
        scores=scores(categories),
        counts=patterns.astype(np.float64),
        groups=groups,
        frequency=frequency.astype(np.float64),
        units=len(votes),
        ratings=len(value),
    )


def _whole_counts(name: str, counts: npt.ArrayLike) -> Floats:
    """Return counts as floats, which hold whole numbers exactly up to 2 ** 53."""
    array = np.asarray(counts, dtype=np.float64)
    bad = ~((array >= 0) & (array == np.floor(array)) & np.isfinite(array))
    if bad.any():
        place = np.argwhere(bad)[0].tolist()
        raise RatingsError(f"{name} at position {place} is {array[tuple(place)]}, not a count.")
    return array


def scores(categories: Sequence[Any]) -> Floats | None:
    """Return the categories as numbers, or None where some category is not a number.

    Raises:
        RatingsError: a category that is nan or infinite.
    """
    if not all(isinstance(item, int | float | np.number) for item in categories):
        return None
    numbers = np.array(categories, dtype=np.float64)
    if not np.isfinite(numbers).all():
        raise RatingsError(f"The scale {tuple(categories)} names a category that is no number.")
    return numbers


def require_mirror(categories: Sequence[Any]) -> None:
    """Refuse a scale that is not its own mirror image about 0.

    Raises:
        ValueError: the message names the categories.
    """
    places = scores(categories)
    if places is None or not np.array_equal(places, -places[::-1]):
        listed = ", ".join(map(str, categories))
        raise ValueError(
            "Only a preference scale that mirrors itself around 0, in order, has a mirror image; "
            f"this one is {listed}."
        )


def patterns_of(unit: Ints, votes: Ints, value: Ints, size: int) -> tuple[Ints, Ints]:
    """Return the distinct patterns (P, K) and the pattern that each unit shows.

    `unit` and `value` are codes, `votes` counts the ratings of each unit, `size` is K.

    A pattern is written as one number whose digits are its counts; sums of digits never carry,
    since the base is above the most ratings that a unit has.
    """
    units = len(votes)
    if not units:
        return np.zeros((0, size), dtype=np.int64), np.zeros(0, dtype=np.int64)
    base = int(votes.max()) + 1
    if base**size < 2**62:
        digits = base ** np.arange(size, dtype=np.int64)
        keys = np.zeros(units, dtype=np.int64)
        for part in chunks(len(unit)):
            np.add.at(keys, unit[part], digits[value[part]])
        pattern, levels = codes(keys)
        return levels[:, None] // digits % base, pattern
    rows, inverse = np.unique(crossed(unit, value, units, size), axis=0, return_inverse=True)
    return rows, inverse.ravel()


def kinds_of_cluster(cluster: Ints, pattern: Ints, patterns: int) -> tuple[sparse.csr_matrix, Ints]:
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
