"""From comparisons to cells: counts of outcomes by pair of items, all that a likelihood sees.

A million comparisons of 50 items make 1,225 cells. Only differences in style, which are different
in every comparison, keep one cell a row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from labeling.stats.coding import counted
from labeling.stats.ranking.comparisons import FIRST, SECOND, TIE, CodedComparisons
from labeling.stats.ratings import Array, Floats, Ints

_DIRECT = 2_000_000  # Up to this many possible cells a table beats sorting.


@dataclass(frozen=True, eq=False)
class Cells:
    """Comparisons that a likelihood cannot tell apart, counted together.

    Attributes:
        items: how many items there are, M.
        a, b: the two items of each cell, shape (C,).
        extras: what else moves the outcome towards a (its side, differences in style), (C, E).
        weight, square, count: sums of weights, of squared weights, and of comparisons with each
            outcome (a better, tie, b better), shape (3, C).
        key: what identifies each cell, ascending, shape (C,): its row where every row is a cell.
        rowwise: whether every row is a cell.
        sides: whether the side is told apart.
    """

    items: int
    a: Ints
    b: Ints
    extras: Floats
    weight: Floats
    square: Floats
    count: Floats
    key: Ints
    rowwise: bool
    sides: bool

    @property
    def total(self) -> int:
        """How many comparisons the cells hold."""
        return round(float(self.count.sum()))

    @property
    def weighted(self) -> bool:
        """Whether some comparison weighs other than 1."""
        return self.weight is not self.count

    def without_ties(self) -> Cells:
        """Return the cells with ties left out."""
        decided = np.array([1.0, 0.0, 1.0])[:, None]
        weight, square = self.weight * decided, self.square * decided
        count = self.count * decided if self.weighted else weight
        kept = replace(self, weight=weight, square=square, count=count)
        return kept.keep(count.sum(axis=0) > 0)

    def keep(self, chosen: Array) -> Cells:
        """Return some of the cells."""
        if chosen.all():
            return self
        weight = self.weight[:, chosen]
        return replace(
            self,
            a=self.a[chosen],
            b=self.b[chosen],
            extras=self.extras[chosen],
            weight=weight,
            square=self.square[:, chosen],
            count=self.count[:, chosen] if self.weighted else weight,
            key=self.key[chosen],
        )

    def met(self) -> Ints:
        """Return how many comparisons each item took part in, shape (M,)."""
        of_cell = self.count.sum(axis=0)
        met = counted(self.a, self.items, of_cell) + counted(self.b, self.items, of_cell)
        return np.rint(met).astype(np.int64)


def cells_of(coded: CodedComparisons, *, side: bool = False, style: bool = False) -> Cells:
    """Count comparisons by cell, in time linear in the rows.

    Args:
        side: tell apart which item stood on the left; the first extra.
        style: keep the differences in style; the extras after it, and a cell for every row.
    """
    if style:
        return _cell_a_row(coded, side=side)
    size = len(coded.items)
    sides = side and coded.left is not None
    key = coded.first * size
    key += coded.second
    if sides and coded.left is not None:
        key *= 3
        key += coded.left.astype(np.int64)
        key += 1
    possible = size * size * (3 if sides else 1)
    levels = None
    if possible > _DIRECT:
        levels, key = np.unique(key, return_inverse=True)
        possible = len(levels)
    key += coded.outcome * possible
    tables = _tables(coded, key, 3 * possible)
    used = np.flatnonzero(tables[-1].any(axis=0))
    tables = [table[:, used] for table in tables]
    return _folded(size, used if levels is None else levels[used], tables, sides=sides)


def _folded(size: int, key: Ints, tables: list[Floats], *, sides: bool) -> Cells:
    """Return cells whose first item is the lower one, from cells of either order."""
    pair, left = np.divmod(key, 3) if sides else (key, np.ones_like(key))
    first, second = np.divmod(pair, size)
    turned = first > second
    low, high = np.where(turned, second, first), np.where(turned, first, second)
    left = np.where(turned, 2 - left, left)
    key = low * size + high
    if sides:
        key = key * 3 + left
    levels, place = np.unique(key, return_inverse=True)
    folded: list[Floats] = []
    for table in tables:
        seen = np.where(turned, table[::-1], table)
        folded.append(np.stack([counted(place, len(levels), row) for row in seen]))
    count, weight, square = folded if len(folded) == 3 else folded * 3
    pair, left = np.divmod(levels, 3) if sides else (levels, np.ones_like(levels))
    extras = (left - 1).astype(np.float64)[:, None][:, : int(sides)]
    ends = np.divmod(pair, size)
    return Cells(size, *ends, extras, weight, square, count, levels, False, sides)


def rows_of(cells: Cells, coded: CodedComparisons) -> tuple[Ints, Ints]:
    """Return the cell of every row, -1 where it is in none, and its outcome seen from there."""
    if cells.rowwise:
        place = np.full(len(coded), -1)
        place[cells.key] = np.arange(len(cells.key))
        return place, coded.outcome
    low, high, outcome, left = oriented(coded, side=cells.sides)
    key = low * cells.items + high
    if left is not None:
        key = key * 3 + left + 1
    place = np.searchsorted(cells.key, key).clip(max=max(len(cells.key) - 1, 0))
    return np.where(cells.key[place] == key, place, -1), outcome


def oriented(coded: CodedComparisons, *, side: bool) -> tuple[Ints, Ints, Ints, Ints | None]:
    """Return the lower and the higher code, the outcome and the side as the lower sees them."""
    turn = 1 - 2 * (coded.first > coded.second)
    low, high = np.minimum(coded.first, coded.second), np.maximum(coded.first, coded.second)
    outcome = (coded.outcome - TIE) * turn + TIE
    if not side or coded.left is None:
        return low, high, outcome, None
    return low, high, outcome, coded.left.astype(np.int64) * turn


def _tables(coded: CodedComparisons, flat: Ints, size: int) -> list[Floats]:
    """Return sums by flat position, (3, size / 3): comparisons, weights, squared weights.

    Where nothing is weighted, comparisons alone.
    """
    count = counted(flat, size, coded.count)
    tables = [count]
    if coded.weight is not None:
        times = 1.0 if coded.count is None else coded.count
        tables.append(counted(flat, size, coded.weight * times))
        tables.append(counted(flat, size, coded.weight**2 * times))
    return [table.reshape(3, -1) for table in tables]


def _cell_a_row(coded: CodedComparisons, *, side: bool) -> Cells:
    """Return every row as a cell of its own, with its differences in style."""
    rows = len(coded)
    extras = np.zeros((rows, 0)) if coded.features is None else coded.features
    if side and coded.left is not None:
        extras = np.column_stack([coded.left, extras])
    chosen = coded.outcome == np.array([FIRST, TIE, SECOND])[:, None]
    count = chosen * (np.ones(rows) if coded.count is None else coded.count)
    if coded.weight is None:
        weight = square = count
    else:
        weight, square = count * coded.weight, count * coded.weight**2
    ends = coded.first, coded.second
    return Cells(
        len(coded.items), *ends, extras, weight, square, count, np.arange(rows), True, side
    )
