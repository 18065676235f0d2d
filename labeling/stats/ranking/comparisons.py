"""What every ranking reads: `Comparisons`, one row per comparison of two items, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from labeling.stats.coding import DIRECT, codes, joined, plain, shifted
from labeling.stats.ratings import (
    Array,
    Floats,
    Ints,
    RatingsError,
    column,
    number_column,
    same_length,
)

FIRST, TIE, SECOND = 0, 1, 2  # The outcomes of a comparison, as columns of a table.

_ABSENT = "which nothing can be compared with. Leave the row out where nothing was compared."


class Comparisons:
    """Comparisons in long form: which two items met, and which of them was better.

    Values follow the sign of a preference: negative where the first is better, 0 for a tie,
    positive where the second is better. Rankings use the sign alone: how strong a preference is
    says nothing about how often it would be the other way.

    Attributes:
        first, second: the two items (models), integers or strings, shape (n,).
        value: the preference, numbers, shape (n,).
        cluster: what the comparison was drawn with (its prompt), shape (n,), or None when every
            comparison was drawn on its own.
        left: 1 where the first item stood on the left, -1 where the second did, 0 where unknown,
            shape (n,), or None when it is unknown throughout.
        features: differences in style, first less second, shape (n, F), or None.
        weight: how much a comparison matters, at least 0, shape (n,), or None for equal weights.
        count: how many comparisons alike the row stands for, whole numbers, shape (n,), or None
            for one each. A row counted twice is two rows; a row weighed twice is still one.
    """

    __slots__ = ("cluster", "count", "features", "first", "left", "second", "value", "weight")

    def __init__(
        self,
        first: npt.ArrayLike,
        second: npt.ArrayLike,
        value: npt.ArrayLike,
        *,
        cluster: npt.ArrayLike | None = None,
        left: npt.ArrayLike | None = None,
        features: npt.ArrayLike | None = None,
        weight: npt.ArrayLike | None = None,
        count: npt.ArrayLike | None = None,
    ) -> None:
        """Take the columns as arrays or sequences and refuse what cannot be read.

        Raises:
            RatingsError: unequal lengths, a hole, an item compared with itself, a value that is
                no number, a side other than -1, 0 and 1, a negative weight, a count that is no
                whole number; the message names the column and the position.
        """
        self.first: Final = column("first", first, _ABSENT)
        self.second: Final = column("second", second, _ABSENT)
        self.value: Final = _numbers("value", value)
        self.cluster: Final = None if cluster is None else column("cluster", cluster, _ABSENT)
        self.left: Final = None if left is None else _numbers("left", left)
        self.features: Final = None if features is None else matrix("features", features)
        self.weight: Final = None if weight is None else _numbers("weight", weight)
        self.count: Final = None if count is None else _numbers("count", count)
        names = ("first", "second", "value", "cluster", "left", "features", "weight", "count")
        same_length(**{name: getattr(self, name) for name in names})
        self._require_two_items()
        if self.left is not None:
            _refuse(~np.isin(self.left, (-1, 0, 1)), "left", self.left, "is not -1, 0 or 1")
        if self.weight is not None:
            _refuse(self.weight < 0, "weight", self.weight, "is below 0")
        if self.count is not None:
            off = (self.count < 0) | (self.count != np.floor(self.count))
            _refuse(off, "count", self.count, "is not a whole number of comparisons")

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.value)

    @classmethod
    def from_counts(
        cls, items: Sequence[Any], wins: npt.ArrayLike, ties: npt.ArrayLike | None = None
    ) -> Comparisons:
        """Return comparisons from tables of counts, whole numbers up to any size.

        Args:
            items: the items in the order of the rows and columns.
            wins: how often the item of the row was better than that of the column, shape (M, M).
            ties: how often the two tied, a symmetric table, shape (M, M).

        Raises:
            RatingsError: a table of another shape, a count on its diagonal, an asymmetric table
                of ties, a count that is no whole number.
        """
        won = _square("wins", wins, len(items))
        tied = np.zeros_like(won) if ties is None else _square("ties", ties, len(items))
        if not np.array_equal(tied, tied.T):
            raise RatingsError("ties must be symmetric: A tied with B as often as B with A.")
        names = np.asarray(items)
        better, worse = np.nonzero(won)
        first, second = np.nonzero(np.triu(tied))
        return cls(
            names[np.concatenate([better, first])],
            names[np.concatenate([worse, second])],
            np.repeat([-1, 0], [len(better), len(first)]),
            count=np.concatenate([won[better, worse], tied[first, second]]),
        )

    def _require_two_items(self) -> None:
        words = [items.dtype.kind == "U" for items in (self.first, self.second)]
        if len(self) and words[0] != words[1]:
            raise RatingsError("first and second must both be numbers or both be names.")
        alike = np.asarray(self.first == self.second)
        if len(self) and alike.any():
            position = int(np.argmax(alike))
            raise RatingsError(
                f"first and second at position {position} are both {self.first[position]}: "
                "an item cannot be compared with itself."
            )


@dataclass(frozen=True, eq=False)
class CodedComparisons:
    """Comparisons as small integers.

    Attributes:
        items: the items behind the codes, sorted; M of them.
        first, second: codes of the items, shape (n,).
        outcome: 0 where the first is better, 1 for a tie, 2 where the second is, shape (n,).
        cluster: codes of the clusters, shape (n,), or None when each comparison stands alone.
        left, features, weight, count: as given.
    """

    items: tuple[Any, ...]
    first: Ints
    second: Ints
    outcome: Ints
    cluster: Ints | None
    left: Floats | None
    features: Floats | None
    weight: Floats | None
    count: Floats | None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.outcome)

    def keep(self, chosen: Any) -> CodedComparisons:
        """Return the rows of a mask or of positions, with the same items and codes."""
        fields: dict[str, Any] = {
            name: None if getattr(self, name) is None else getattr(self, name)[chosen]
            for name in (
                "first",
                "second",
                "outcome",
                "cluster",
                "left",
                "features",
                "weight",
                "count",
            )
        }
        return CodedComparisons(items=self.items, **fields)

    @property
    def comparisons(self) -> int:
        """How many comparisons the rows stand for."""
        return len(self) if self.count is None else round(float(self.count.sum()))


def code_comparisons(comparisons: Comparisons) -> CodedComparisons:
    """Turn comparisons into codes; rows with weight or count 0 are left out, not their items."""
    first, second, levels = item_codes(comparisons.first, comparisons.second)
    cluster = None
    if comparisons.cluster is not None and len(comparisons):
        cluster, clusters = codes(comparisons.cluster)
        if len(clusters) == len(comparisons) and comparisons.count is None:
            cluster = None
    outcome = np.sign(comparisons.value).astype(np.int64, copy=False)
    outcome += TIE
    coded = CodedComparisons(
        items=plain(levels),
        first=first,
        second=second,
        outcome=outcome,
        cluster=cluster,
        left=comparisons.left,
        features=comparisons.features,
        weight=comparisons.weight,
        count=comparisons.count,
    )
    multipliers = [
        column for column in (comparisons.weight, comparisons.count) if column is not None
    ]
    if all(column.all() for column in multipliers):
        return coded
    return coded.keep(np.all([column > 0 for column in multipliers], axis=0))


def item_codes(first: Array, second: Array) -> tuple[Ints, Ints, Array]:
    """Return codes of both columns on one common, sorted set of levels, and the levels."""
    if first.dtype.kind in "iu" and second.dtype.kind in "iu" and len(first):
        low = min(int(first.min()), int(second.min()))
        high = max(int(first.max()), int(second.max()))
        if high - low < max(DIRECT, 4 * len(first)) and high < 2**62:
            return _looked_up(shifted(first, low), shifted(second, low), low)
    both = joined(first, second)
    if both.dtype.kind == "U":
        names = both.astype(str).tolist()
        known = sorted(dict.fromkeys(names))
        place = {name: index for index, name in enumerate(known)}
        coded = np.fromiter(map(place.__getitem__, names), dtype=np.int64, count=len(names))
        return coded[: len(first)], coded[len(first) :], np.asarray(known, dtype=object)
    coded, levels = codes(both)
    return coded[: len(first)], coded[len(first) :], levels


def _looked_up(first: Ints, second: Ints, low: int) -> tuple[Ints, Ints, Array]:
    """Return codes for columns of integers from 0 on, through a table of those that occur."""
    size = max(int(first.max()), int(second.max())) + 1
    present = np.zeros(size, dtype=bool)
    present[first] = present[second] = True
    levels = np.flatnonzero(present) + low
    if len(levels) == size:
        return first, second, levels
    lookup = np.cumsum(present) - 1
    return lookup[first], lookup[second], levels


def _numbers(name: str, values: Any) -> Array:
    """Return a column of finite numbers; integers stay integers."""
    array = number_column(name, values, "which is not a number.")
    return array if array.dtype.kind in "iu" else array.astype(np.float64)


def matrix(name: str, values: Any) -> Floats:
    """Return finite numbers of shape (n, F); one column may be given as (n,)."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2:
        raise RatingsError(f"{name} must have two dimensions, not {array.ndim}.")
    refuse_cells(~np.isfinite(array), name, array, "is not a number")
    return array


def refuse_cells(bad: Array, name: str, array: Floats, fault: str, row: str = "position") -> None:
    """Refuse a table some cells of which are bad, naming the first.

    Raises:
        RatingsError: with `fault` as what is wrong and `row` as what a row is called.
    """
    if bad.any():
        at, place = np.argwhere(bad)[0].tolist()
        raise RatingsError(
            f"{name} at {row} {at}, column {place} is {array[at, place]}, which {fault}."
        )


def _square(name: str, counts: Any, size: int) -> Floats:
    array = np.asarray(counts, dtype=np.float64)
    if array.shape != (size, size):
        raise RatingsError(f"{name} must have shape ({size}, {size}), not {array.shape}.")
    off = ~np.isfinite(array) | (array < 0) | (array != np.floor(array))
    refuse_cells(off, name, array, "is not a whole number of comparisons", "row")
    if np.diagonal(array).any():
        raise RatingsError(f"{name} has counts on its diagonal: an item does not meet itself.")
    return array


def _refuse(bad: Any, name: str, array: Array, fault: str) -> None:
    if len(array) and bad.any():
        position = int(np.argmax(bad))
        raise RatingsError(f"{name} at position {position} is {array[position]}, which {fault}.")
