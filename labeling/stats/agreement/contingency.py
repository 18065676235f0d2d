"""Contingency tables of all pairs of raters, kept as the cells that are not empty.

A thousand raters make half a million pairs, most of which share a handful of tasks: their tables
are mostly zeros. Sums over tables are sums over cells grouped by pair.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from labeling.stats.coding import Coded, counted
from labeling.stats.ratings import Floats, Ints

_DENSE = 4_000_000  # Up to this many cells all are counted in one array, empty ones too.
_BLOCK = 1 << 15
_BATCH = 2_000_000  # Cells of whole tables made at once.

Clusters = tuple[Ints, Ints, Ints]


@dataclass(frozen=True, eq=False)
class Contingency:
    """What pairs of raters said of the units that both rated.

    Attributes:
        first, second: the raters of each pair, first below second, shape (pairs,).
        pair, row, column, times: the cells that are not empty, ordered by pair, shape (cells,);
            the first rater said category `row` and the second `column` on `times` units.
        size: how many categories there are.
        clusters: for every shared rating its pair, cluster and cell (row * size + column); None
            where every unit was drawn on its own.
    """

    first: Ints
    second: Ints
    pair: Ints
    row: Ints
    column: Ints
    times: Floats
    size: int
    clusters: Clusters | None

    @classmethod
    def of_answers(
        cls, pair: Ints, row: Ints, column: Ints, size: int, cluster: Ints | None = None
    ) -> Contingency:
        """Count answers given twice, as by raters on repeats; shape (answers,) each.

        Args:
            pair: whose table an answer belongs to, from 0 on without gaps.
            row, column: the first answer and the second, from 0 to size - 1.
            cluster: what each answer was drawn with, or None.
        """
        cell = row * size + column
        distinct, times = _distinct(pair * size**2 + cell)
        of, cells = np.divmod(distinct, size**2)
        names = np.arange(int(pair.max(initial=-1)) + 1)
        return cls(
            first=names,
            second=names,
            pair=of,
            row=cells // size,
            column=cells % size,
            times=times.astype(np.float64),
            size=size,
            clusters=None if cluster is None else (pair, cluster, cell),
        )

    def by_pair(self, weights: Floats) -> Floats:
        """Return the sum of `weights` (cells,) over the cells of each pair."""
        return counted(self.pair, len(self.first), weights)

    def batches(self) -> Iterator[tuple[Floats, Clusters | None]]:
        """Yield whole tables (pairs, size, size), some pairs at a time, and their clusters."""
        pairs, cells = len(self.first), self.size**2
        step = max(1, _BATCH // max(cells, 1))
        order = None if self.clusters is None else np.argsort(self.clusters[0], kind="stable")
        for start in range(0, pairs, step):
            stop = min(start + step, pairs)
            span = slice(*np.searchsorted(self.pair, [start, stop]))
            flat = np.zeros((stop - start) * cells)
            place = (self.pair[span] - start) * self.size + self.row[span]
            flat[place * self.size + self.column[span]] = self.times[span]
            tables = flat.reshape(-1, self.size, self.size)
            if self.clusters is None or order is None:
                yield tables, None
                continue
            pair, cluster, cell = (entries[order] for entries in self.clusters)
            span = slice(*np.searchsorted(pair, [start, stop]))
            yield tables, (pair[span] - start, cluster[span], cell[span])

    def some(self, most: int) -> Iterator[Contingency]:
        """Yield the same tables up to `most` pairs at a time, each numbering its pairs from 0."""
        pairs = len(self.first)
        if pairs <= most:
            yield self
            return
        order = None if self.clusters is None else np.argsort(self.clusters[0], kind="stable")
        owner = None if self.clusters is None else self.clusters[0][order]
        for start in range(0, pairs, most):
            ends = [start, min(start + most, pairs)]
            of, cells = slice(*ends), slice(*np.searchsorted(self.pair, ends))
            clusters = None
            if self.clusters is not None and order is not None and owner is not None:
                entries = order[slice(*np.searchsorted(owner, ends))]
                pair, cluster, cell = (column[entries] for column in self.clusters)
                clusters = (pair - start, cluster, cell)
            yield Contingency(
                self.first[of],
                self.second[of],
                self.pair[cells] - start,
                self.row[cells],
                self.column[cells],
                self.times[cells],
                self.size,
                clusters,
            )

    def margins(self) -> tuple[Floats, Floats]:
        """Return how often first and second rater used each category, both (pairs, size)."""
        pairs, size = len(self.first), self.size
        ends = (
            np.bincount(self.pair * size + place, self.times, minlength=pairs * size)
            for place in (self.row, self.column)
        )
        rows, columns = (end.astype(np.float64).reshape(pairs, size) for end in ends)
        return rows, columns


def contingency(coded: Coded) -> Contingency:
    """Count what every pair of raters said of the units they share.

    Time is linear in the pairs of ratings of one unit, of which a unit with m ratings has
    m (m - 1) / 2.
    """
    raters, size = max(len(coded.raters), 1), len(coded.categories)
    cells = size * size
    bound = raters * raters * cells
    if coded.cluster is None and bound <= _DENSE:
        total = np.zeros(bound, dtype=np.int64)
        for key, _ in _shared(coded, raters, size):
            np.add.at(total, key, 1)
        distinct = np.flatnonzero(total)
        times, clusters = total[distinct], None
    else:
        parts = list(_shared(coded, raters, size))
        none = np.zeros(0, dtype=np.int64)
        keys = np.concatenate([none, *(key for key, _ in parts)])
        unit = np.concatenate([none, *(unit for _, unit in parts)])
        clusters = None if coded.cluster is None else (keys, coded.cluster[unit], keys % cells)
        distinct, times = _distinct(keys)
    names, pair = _distinct_sorted(distinct // cells)
    row, column = np.divmod(distinct % cells, size)
    if clusters is not None:
        clusters = (np.searchsorted(names, clusters[0] // cells), *clusters[1:])
    first, second = np.divmod(names, raters)
    return Contingency(first, second, pair, row, column, times.astype(np.float64), size, clusters)


def _shared(coded: Coded, raters: int, size: int) -> Iterator[tuple[Ints, Ints]]:
    """Yield all pairs of ratings of one unit: keys of pair and cell, and their units.

    Ratings of a unit stand together, and each is paired with the one so many places on, for every
    distance. A key orders by first rater, second rater and the two categories.
    """
    unit, rater, value = coded.unit, coded.rater, coded.value
    if (unit[1:] < unit[:-1]).any():
        order = np.argsort(unit)
        unit, rater, value = unit[order], rater[order], value[order]
    kind = np.dtype(np.int32 if raters * raters * size * size < 2**31 else np.int64)
    for block in _blocks(unit):
        own = unit[block]
        by: Ints = rater[block].astype(kind)
        said: Ints = value[block].astype(kind)
        first = by * (raters * size * size) + said * size
        second = by * (size * size) + said
        for lag in range(1, len(own)):
            same = own[lag:] == own[:-lag]
            if not same.any():
                break
            ahead = first[:-lag] + second[lag:]
            behind = second[:-lag] + first[lag:]
            yield np.minimum(ahead, behind)[same], own[lag:][same]


def _blocks(unit: Ints) -> Iterator[slice]:
    """Cut ordered units into slices that fit the processor's cache and split no unit."""
    start = 0
    while start < len(unit):
        stop = min(start + _BLOCK, len(unit))
        stop = int(np.searchsorted(unit, unit[stop - 1], side="right"))
        yield slice(start, stop)
        start = stop


def _distinct(keys: Ints) -> tuple[Ints, Ints]:
    """Return the distinct keys in order and how often each occurs."""
    ordered = np.sort(keys)
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    return ordered[starts], np.diff(starts, append=len(ordered))


def _distinct_sorted(keys: Ints) -> tuple[Ints, Ints]:
    """Return the distinct keys of an ordered array, and which of them each entry is."""
    fresh = np.diff(keys, prepend=-1) != 0
    return keys[fresh], np.cumsum(fresh) - 1
