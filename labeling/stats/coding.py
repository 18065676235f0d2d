"""From columns of ratings to small integers, checked against the declared scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labeling.stats.ratings import Array, Ints, Ratings, RatingsError

DIRECT = 4_000_000  # Up to this many cells a lookup table beats sorting.
_CHUNK = 1 << 15


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
    value, scale = place_values(ratings, categories)
    unit, unit_levels = codes(ratings.unit)
    rater, rater_levels = codes(ratings.rater)
    refuse_repeats(ratings, unit, rater, len(unit_levels), len(rater_levels))
    cluster = cluster_of_unit(ratings, unit, len(unit_levels))
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


def codes(column: Array) -> tuple[Ints, Array]:
    """Return integer codes for a column and the levels behind them, in sorted order.

    Integers without gaps, as they come from a database or an earlier coding, are not copied.
    """
    coded, levels, _ = counted_codes(column)
    return coded, levels


def counted_codes(column: Array) -> tuple[Ints, Array, Ints]:
    """Return codes, levels, and how often each level occurs."""
    if column.dtype.kind in "iu" and len(column):
        low, high = int(column.min()), int(column.max())
        if high < 2**63 and high - low < max(DIRECT, 4 * len(column)):
            shifted = _shifted(column, low)
            times = np.bincount(shifted)
            present = np.flatnonzero(times)
            if len(present) == len(times):
                return shifted, present + low, times
            places = np.cumsum(times > 0) - 1
            return places[shifted], present + low, times[present]
    if column.dtype.kind == "O":
        column = column.astype(str)
    levels, coded, times = np.unique(column, return_inverse=True, return_counts=True)
    return coded.astype(np.int64), levels, times


def _shifted(column: Array, low: int) -> Ints:
    """Return integers counted from `low`, as int64, without a copy where they already are."""
    whole = column.astype(np.int64, copy=False)
    return whole - low if low else whole


def place_values(
    ratings: Ratings, categories: Sequence[Any] | None
) -> tuple[Ints, tuple[Any, ...]]:
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
    if declared.dtype.kind in "iu" and ratings.value.dtype.kind in "iu":
        return _whole_values(ratings, declared, scale), scale
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
        shifted = _shifted(ratings.value, low)
        if np.array_equal(declared, np.arange(low, high + 1)):
            return shifted
        places = np.full(high - low + 1, -1)
        places[declared - low] = np.arange(len(scale))
        coded = places[shifted]
        wrong = coded < 0
    if wrong.any():
        raise _off_scale(ratings, int(np.argmax(wrong)), scale)
    return coded


def _off_scale(ratings: Ratings, position: int, scale: tuple[Any, ...]) -> RatingsError:
    told = ", ".join(str(item) for item in scale)
    return RatingsError(
        f"value {ratings.value[position]} at position {position} (unit {ratings.unit[position]}, "
        f"rater {ratings.rater[position]}) is not on the scale: {told}."
    )


def refuse_repeats(ratings: Ratings, unit: Ints, rater: Ints, units: int, raters: int) -> None:
    """Refuse a second rating of a unit by a rater: a pair must come from two raters."""
    if not _any_twice(unit, rater, units, raters):
        return
    order = np.lexsort((rater, unit))
    same = (np.diff(unit[order]) == 0) & (np.diff(rater[order]) == 0)
    again = int(order[1:][same].min())
    raise RatingsError(
        f"rater {ratings.rater[again]} rates unit {ratings.unit[again]} a second time "
        f"at position {again}."
    )


def _any_twice(unit: Ints, rater: Ints, units: int, raters: int) -> bool:
    """Whether some (unit, rater) occurs twice.

    Every unit has a set of bits, one a rater, filled by addition: a bit added twice carries, so
    that fewer bits are set than were added.
    """
    words = -(-raters // 64)
    if units * words > max(DIRECT, 16 * len(unit)):
        if units * raters >= 2**62:
            rater, levels = codes(rater)
            raters = len(levels)
        return len(np.unique(unit * raters + rater)) < len(unit)
    seen = np.zeros(units * words, dtype=np.int64)
    for part in chunks(len(unit)):
        place = unit[part] if words == 1 else unit[part] * words + (rater[part] >> 6)
        np.add.at(seen, place, np.left_shift(1, rater[part] & 63))
    return int(np.bitwise_count(seen.view(np.uint64)).sum()) < len(unit)


def chunks(length: int) -> Iterator[slice]:
    """Cut a length into slices whose temporary arrays stay in the processor's cache."""
    for start in range(0, length, _CHUNK):
        yield slice(start, start + _CHUNK)


def numbered(column: Array) -> tuple[Ints, int]:
    """Return distinct numbers below a bound for the levels of a column; some may be unused."""
    if column.dtype.kind in "iu" and len(column):
        low, high = int(column.min()), int(column.max())
        if high < 2**62 and low > -(2**62):
            return _shifted(column, low), high - low + 1
    coded, levels = codes(column)
    return coded, len(levels)


def cluster_of_unit(ratings: Ratings, unit: Ints, units: int) -> Ints | None:
    """Return the cluster of each unit, or None when every cluster holds one unit."""
    if ratings.cluster is None or not len(unit):
        return None
    cluster, levels = codes(ratings.cluster)
    of_unit = np.zeros(units, dtype=np.int64)
    of_unit[unit] = cluster
    differs = of_unit[unit] != cluster
    if differs.any():
        position = int(np.argmax(differs))
        raise RatingsError(
            f"unit {ratings.unit[position]} at position {position} is in two clusters."
        )
    return None if len(levels) == units else of_unit
