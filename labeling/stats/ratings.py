"""What every statistic reads (`Ratings`) and what every statistic returns (`Figure`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NO_JUDGMENTS = "There are no judgments yet."

_EXACT = 2.0**53  # Below it floating point holds every whole number.
_NOT_RATED = "which is not a rating. Leave the row out where nothing was rated."


class RatingsError(ValueError):
    """The data cannot be read: the message names the array and the position."""


class ConvergenceError(RuntimeError):
    """An iteration did not settle within its limit: the message says how far it came."""


class Interval(NamedTuple):
    """The two ends of an interval, on the scale of the figure it belongs to."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One statistic, ready to be shown.

    Attributes:
        value: the estimate, or None where it is undefined.
        low, high: ends of the interval (95 % unless the convention says otherwise), or None.
        n: how many things the figure rests on; the convention says which things.
        convention: what was computed, over what, and how the interval was made.
        reason: a sentence saying why the value, or only its interval, is undefined; else None.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    convention: str
    reason: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON: value, low, high, n, convention, and reason where there is one."""
        plain: dict[str, Any] = {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "n": self.n,
            "convention": self.convention,
        }
        if self.reason is not None:
            plain["reason"] = self.reason
        return plain


class Ratings:
    """Ratings in long form, one row per rating; nothing is missing, absent rows are absent.

    Attributes:
        unit: what was rated (a task), any integers or strings, shape (n,).
        rater: who rated, shape (n,). A rater rates a unit at most once.
        value: the rating, a member of the declared scale, shape (n,).
        cluster: what the unit was drawn with (its prompt), shape (n,), or None when every unit
            was drawn on its own. All ratings of a unit share one cluster.
    """

    __slots__ = ("cluster", "rater", "unit", "value")

    def __init__(
        self,
        unit: npt.ArrayLike,
        rater: npt.ArrayLike,
        value: npt.ArrayLike,
        cluster: npt.ArrayLike | None = None,
    ) -> None:
        """Take the columns as arrays or sequences and refuse what cannot be read.

        Raises:
            RatingsError: unequal lengths, more than one dimension, a missing or not-a-number
                entry; the message names the column and the position.
        """
        self.unit: Final = column("unit", unit)
        self.rater: Final = column("rater", rater)
        self.value: Final = column("value", value)
        self.cluster: Final = None if cluster is None else column("cluster", cluster)
        same_length(unit=self.unit, rater=self.rater, value=self.value, cluster=self.cluster)

    def __len__(self) -> int:
        """Return the number of ratings."""
        return len(self.value)


def column(name: str, values: Any, absent: str = _NOT_RATED) -> Array:
    """Return `values` as a one-dimensional array without holes.

    Args:
        absent: how the message about a hole goes on after "name at position i is nan, ".

    Raises:
        RatingsError: more than one dimension, or a hole; the column and position are named.
    """
    array = _array(values)
    if array.ndim != 1:
        raise RatingsError(f"{name} must have one dimension, not {array.ndim}.")
    bad = _holes(array)
    if isinstance(values, np.ma.MaskedArray):
        bad = bad | np.ma.getmaskarray(values)
    if bad.any():
        position = int(np.argmax(bad))
        raise RatingsError(f"{name} at position {position} is {values[position]}, {absent}")
    return _native(array) if array.dtype.kind == "O" else array


def number_column(name: str, values: Any, absent: str = _NOT_RATED) -> Array:
    """Return `values` as `column` does, refusing what is no number.

    Raises:
        RatingsError: as for `column`, or words.
    """
    array = column(name, values, absent)
    if len(array) and array.dtype.kind not in "iufb":
        raise RatingsError(f"{name} at position 0 is {array[0]!r}, which is not a number.")
    return array


def require_option(name: str, choice: object, options: Sequence[str]) -> None:
    """Refuse an option that is none of those there are, which would pass for the last of them.

    Raises:
        ValueError: the message names the options.
    """
    if choice not in options:
        raise ValueError(f"{name} must be one of {', '.join(options)}, not {choice}.")


def same_length(**columns: Array | None) -> None:
    """Refuse columns of different lengths; None stands for a column that was not given.

    Raises:
        RatingsError: the message names every column with its length.
    """
    lengths = {name: len(entries) for name, entries in columns.items() if entries is not None}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise RatingsError(f"The columns must have equal lengths: {listed}.")


def of_two_raters(ratings: Ratings, a: Any, b: Any) -> Ratings:
    """Return the ratings by `a` and `b`, or all where neither is named.

    Raises:
        ValueError: only one of the two is named.
    """
    if (a is None) != (b is None):
        raise ValueError("Name two raters, or none where there are only two.")
    if a is None:
        return ratings
    chosen = np.isin(ratings.rater, np.array([a, b]))
    cluster = None if ratings.cluster is None else ratings.cluster[chosen]
    return Ratings(ratings.unit[chosen], ratings.rater[chosen], ratings.value[chosen], cluster)


def plural(n: int, noun: str) -> str:
    """Return a number of things in words: 1 task, 2 tasks."""
    return f"{n} {noun}" if n == 1 else f"{n:,} {noun}s"


def unpaired(tasks: int) -> str:
    """Return the reason why nothing can be compared where no task has two judgments."""
    if not tasks:
        return NO_JUDGMENTS
    subject = "The one task was" if tasks == 1 else f"All {tasks} tasks were"
    return f"No two raters judged the same task. {subject} judged by one rater only."


def _array(values: Any) -> Array:
    """Return `values` as an array in which different things stay different.

    Beside a word numpy turns numbers, and holes, into words, and it rounds whole numbers that no
    integer type holds together: such columns are kept as the objects they are.
    """
    array = np.asarray(values)
    if array.dtype.kind == "T":
        return array.astype(object)
    if hasattr(values, "dtype") or array.ndim != 1:
        return array
    if array.dtype.kind == "U":
        changed = not all(issubclass(kind, str) for kind in set(map(type, values)))
    else:
        changed = array.dtype.kind == "f" and bool((np.abs(array) >= _EXACT).any())
    return np.fromiter(values, dtype=object, count=len(array)) if changed else array


def _holes(array: Array) -> npt.NDArray[np.bool_]:
    """Return where nothing stands."""
    if array.dtype.kind in "fc":
        return ~np.isfinite(array)
    if array.dtype.kind in "mM":
        return np.isnat(array)
    if array.dtype.kind == "O":
        return np.array([_hole(item) for item in array], dtype=bool)
    return np.zeros(len(array), dtype=bool)


def _hole(item: Any) -> bool:
    return item is None or bool(item != item) or item in (np.inf, -np.inf)


def _native(array: Array) -> Array:
    """Return objects as the numpy type that holds them all without a change, if there is one."""
    kinds = {type(item) for item in array}
    if not kinds:
        return array
    if all(issubclass(kind, str) for kind in kinds):
        return np.array(array.tolist())
    if all(issubclass(kind, int | float | np.number | np.bool_) for kind in kinds):
        native = np.array(array.tolist())
        exact = native.dtype.kind == "f" and bool((np.abs(native) < _EXACT).all())
        return native if exact or native.dtype.kind in "biu" else array
    return array
