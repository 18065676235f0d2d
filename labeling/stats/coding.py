"""From columns of ratings to small integers, checked against the declared scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labeling.stats.ratings import Array, Floats, Ints, Ratings, RatingsError

DIRECT = 4_000_000  # Up to this many cells a lookup table beats sorting.
_CHUNK = 1 << 15


@dataclass(frozen=True, eq=False)
class Coded:
    """Ratings as small integers, checked against the scale.

    Attributes:
        unit, rater, value: codes, shape (n,); `value` indexes `categories`.
        cluster: cluster code of each unit, shape (units,), or None when each stands alone.
        units: how many units there are.
        names: the column of units that was coded, shape (n,).
        raters: the raters behind the codes.
        categories: the scale in its declared order.
        declared: whether the scale was declared.
    """

    unit: Ints
    rater: Ints
    value: Ints
    cluster: Ints | None
    units: int
    names: Array
    raters: tuple[Any, ...]
    categories: tuple[Any, ...]
    declared: bool

    @property
    def unit_levels(self) -> Array:
        """The units behind the codes, shape (units,)."""
        levels = np.empty(self.units, dtype=self.names.dtype)
        levels[self.unit] = self.names
        return levels


def code(
    ratings: Ratings | Coded, categories: Sequence[Any] | None = None, *, repeats: bool = False
) -> Coded:
    """Turn ratings into codes on the declared scale; codes are returned as they are.

    Without `categories` the scale is the sorted set of observed values: right for figures that
    do not depend on unused categories, and named in the convention of those that do. `repeats`
    allows a rater several ratings of a unit: right for models of each rater, wrong for agreement.

    Raises:
        RatingsError: a value off the scale, a rater twice on a unit, a unit in two clusters, a
            scale that names a category twice; the message names the position.
    """
    if isinstance(ratings, Coded):
        return ratings
    value, scale = place_values(ratings, categories)
    if repeats:
        unit, levels = codes(ratings.unit)
        units = len(levels)
    else:
        unit, votes = units_and_votes(ratings)
        units = len(votes)
    rater, rater_levels = codes(ratings.rater)
    cluster = cluster_of_unit(ratings, unit, units)
    return Coded(
        unit=unit,
        rater=rater,
        value=value,
        cluster=cluster,
        units=units,
        names=ratings.unit,
        raters=plain(rater_levels),
        categories=scale,
        declared=categories is not None,
    )


def codes(column: Array) -> tuple[Ints, Array]:
    """Return integer codes for a column and the levels behind them, in sorted order.

    Integers without gaps, as they come from a database or an earlier coding, are not copied.
    """
    if column.dtype.kind in "iu" and len(column):
        low, high = int(column.min()), int(column.max())
        if high < 2**63 and high - low < max(DIRECT, 4 * len(column)):
            place = shifted(column, low)
            present = np.bincount(place) > 0
            levels = np.flatnonzero(present) + low
            if len(levels) == len(present):
                return place, levels
            return (np.cumsum(present) - 1)[place], levels
    if column.dtype.kind == "O":
        return _coded_objects(column)
    levels, coded = np.unique(column, return_inverse=True)
    return coded.astype(np.int64), levels


def plain(levels: Array) -> tuple[Any, ...]:
    """Return the levels behind codes as plain Python values."""
    return tuple(levels.tolist())


def counted(code: Ints, size: int, weight: Array | None = None) -> Floats:
    """Return the sum of `weight` (or the number of rows) at each code, shape (size,)."""
    return np.bincount(code, weights=weight, minlength=size).astype(np.float64, copy=False)


def crossed(row: Ints, column: Ints, rows: int, columns: int) -> Ints:
    """Return how often each code of `row` comes with each of `column`, shape (rows, columns)."""
    cells = np.bincount(row * columns + column, minlength=rows * columns)
    return cells.reshape(rows, columns)


def divide(over: Floats, under: Floats, otherwise: float = np.nan) -> Floats:
    """Return over / under, and `otherwise` (without a warning) where `under` is not positive."""
    positive = under > 0
    return np.where(positive, over / np.where(positive, under, 1.0), otherwise)


def joined(first: Array, second: Array) -> Array:
    """Return two columns end to end, in which different things stay different.

    numpy would turn numbers beside words into words, and round whole numbers that no integer
    type holds together.
    """
    both = np.concatenate([first, second])
    words = (first.dtype.kind == "U") != (second.dtype.kind == "U") and len(first) and len(second)
    large = both.dtype.kind == "f" and bool((np.abs(both) >= 2.0**53).any())
    if words or large:
        return np.concatenate([first.astype(object), second.astype(object)])
    return both


def _coded_objects(column: Array) -> tuple[Ints, Array]:
    """Return codes and levels of things of no numpy type; what is equal is one level."""
    items = column.tolist()
    known = dict.fromkeys(items)
    try:
        levels = sorted(known)
    except TypeError:
        levels = sorted(known, key=lambda item: (type(item).__name__, str(item)))
    place = {item: index for index, item in enumerate(levels)}
    coded = np.fromiter((place[item] for item in items), dtype=np.int64, count=len(items))
    return coded, np.fromiter(levels, dtype=object, count=len(levels))


def shifted(column: Array, low: int) -> Ints:
    """Return integers counted from `low`, as int64, without a copy where they already are."""
    whole = column.astype(np.int64, copy=False)
    return whole - low if low else whole


def place_values(
    ratings: Ratings, categories: Sequence[Any] | None
) -> tuple[Ints, tuple[Any, ...]]:
    """Return the place of every value on the scale, and the scale."""
    if categories is None:
        coded, levels = codes(ratings.value)
        return coded, plain(levels)
    scale = tuple(categories)
    if len(set(scale)) != len(scale):
        raise RatingsError(f"The scale {scale} names a category twice.")
    if not len(ratings):
        return np.zeros(0, dtype=np.int64), scale
    declared = np.asarray(scale)
    if declared.dtype.kind in "iu" and ratings.value.dtype.kind in "iu":
        return _whole_values(ratings, declared, scale), scale
    numbers = declared.dtype.kind in "biuf" and ratings.value.dtype.kind in "biuf"
    words = ratings.value.dtype.kind == "U" and all(isinstance(item, str) for item in scale)
    if not scale or not (numbers or words):
        return _listed_values(ratings, scale), scale
    order = np.argsort(declared, kind="stable")
    place = np.searchsorted(declared, ratings.value, sorter=order).clip(max=len(scale) - 1)
    coded = order[place]
    wrong = declared[coded] != ratings.value
    if wrong.any():
        raise _off_scale(ratings, int(np.argmax(wrong)), scale)
    return coded.astype(np.int64), scale


def _whole_values(ratings: Ratings, declared: Array, scale: tuple[Any, ...]) -> Ints:
    """Return the places of whole numbers on a scale of whole numbers, by a table of places."""
    low, high = int(declared.min()), int(declared.max())
    if ratings.value.min() < low or ratings.value.max() > high:
        beyond = (ratings.value < low) | (ratings.value > high)
        raise _off_scale(ratings, int(np.argmax(beyond)), scale)
    if high - low >= DIRECT:
        order = np.argsort(declared)
        coded = order[np.searchsorted(declared, ratings.value, sorter=order)]
        wrong = declared[coded] != ratings.value
    else:
        place = shifted(ratings.value, low)
        if np.array_equal(declared, np.arange(low, high + 1)):
            return place
        places = np.full(high - low + 1, -1)
        places[declared - low] = np.arange(len(scale))
        coded = places[place]
        wrong = coded < 0
    if wrong.any():
        raise _off_scale(ratings, int(np.argmax(wrong)), scale)
    return coded


def _listed_values(ratings: Ratings, scale: tuple[Any, ...]) -> Ints:
    """Return the places of anything on a scale of anything, one by one."""
    place = {category: index for index, category in enumerate(scale)}
    items = ratings.value.tolist()
    coded = np.array([place.get(item, -1) for item in items], dtype=np.int64)
    wrong = np.flatnonzero(coded < 0)
    if len(wrong):
        known = {str(item) for item in scale}
        foreign = (int(at) for at in wrong if str(items[at]) not in known)
        raise _off_scale(ratings, next(foreign, int(wrong[0])), scale)
    return coded


def _off_scale(ratings: Ratings, position: int, scale: tuple[Any, ...]) -> RatingsError:
    listed = ", ".join(str(item) for item in scale)
    return RatingsError(
        f"value {ratings.value[position]} at position {position} (unit {ratings.unit[position]}, "
        f"rater {ratings.rater[position]}) is not on the scale: {listed}."
    )


def units_and_votes(ratings: Ratings) -> tuple[Ints, Ints]:
    """Return the code of each rating's unit, and how many ratings each unit has.

    Every unit has a set of bits, one a rater, filled by addition: a bit added twice carries, so
    that fewer bits are set than were added. The bits set are the unit's votes.

    Raises:
        RatingsError: a rater rates a unit twice: a pair must come from two raters.
    """
    unit, units = numbered(ratings.unit)
    rater, raters = numbered(ratings.rater)
    words = max(-(-raters // 64), 1)
    if units * words > max(DIRECT, 16 * len(unit)):
        return _sparse_units(ratings)
    bits = np.zeros(units * words, dtype=np.int64)
    for part in chunks(len(unit)):
        place = unit[part] if words == 1 else unit[part] * words + (rater[part] >> 6)
        np.add.at(bits, place, np.left_shift(1, rater[part] & 63))
    filled = np.bitwise_count(bits.view(np.uint64)).reshape(units, words)
    votes = filled[:, 0].astype(np.int64)
    for word in range(1, words):
        votes += filled[:, word]
    if int(votes.sum()) < len(unit):
        raise _repeated(ratings)
    present = votes > 0
    if present.all():
        return unit, votes
    return (np.cumsum(present) - 1)[unit], votes[present]


def _sparse_units(ratings: Ratings) -> tuple[Ints, Ints]:
    """Do the same by sorting, where a bit for every unit and rater would be too many."""
    unit, units = codes(ratings.unit)
    rater, raters = codes(ratings.rater)
    if len(np.unique(unit * len(raters) + rater)) < len(unit):
        raise _repeated(ratings)
    return unit, np.bincount(unit, minlength=len(units))


def first_again(key: Ints) -> int | None:
    """Return the position of the first entry that stood before, or None where none did."""
    order = np.argsort(key, kind="stable")
    again = order[1:][np.diff(key[order]) == 0]
    return int(again.min()) if len(again) else None


def partners(code: Ints, size: int, other: Ints) -> tuple[Ints, int | None]:
    """Return which `other` goes with each code, and the first row that says otherwise, if any."""
    partner = np.zeros(size, dtype=np.int64)
    partner[code] = other
    differs = partner[code] != other
    return partner, int(np.argmax(differs)) if differs.any() else None


def places_within(group: Ints, item: Ints) -> Ints:
    """Return the place of each item among the items of its group, in the order of their codes."""
    span = int(item.max(initial=0)) + 1
    keys, inverse = np.unique(group * span + item, return_inverse=True)
    of = keys // span
    return np.asarray((np.arange(len(keys)) - np.searchsorted(of, of))[inverse], dtype=np.int64)


def _repeated(ratings: Ratings) -> RatingsError:
    """Return the error that names the first second rating of a unit by a rater."""
    rater, raters = codes(ratings.rater)
    again = first_again(codes(ratings.unit)[0] * len(raters) + rater) or 0
    return RatingsError(
        f"rater {ratings.rater[again]} rates unit {ratings.unit[again]} a second time "
        f"at position {again}."
    )


def chunks(length: int) -> Iterator[slice]:
    """Cut a length into slices whose temporary arrays stay in the processor's cache."""
    for start in range(0, length, _CHUNK):
        yield slice(start, start + _CHUNK)


def numbered(column: Array) -> tuple[Ints, int]:
    """Return distinct numbers below a bound for the levels of a column; some may be unused."""
    if column.dtype.kind in "iu" and len(column):
        low, high = int(column.min()), int(column.max())
        if high < 2**62 and low > -(2**62):
            return shifted(column, low), high - low + 1
    coded, levels = codes(column)
    return coded, len(levels)


def cluster_of_unit(ratings: Ratings, unit: Ints, units: int) -> Ints | None:
    """Return the cluster of each unit, or None when every cluster holds one unit."""
    if ratings.cluster is None or not len(unit):
        return None
    cluster, levels = codes(ratings.cluster)
    of_unit, position = partners(unit, units, cluster)
    if position is not None:
        raise RatingsError(
            f"unit {ratings.unit[position]} at position {position} is in two clusters."
        )
    return None if len(levels) == units else of_unit
