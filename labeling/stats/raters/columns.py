"""Checks the columns that rater statistics read, and numbers the raters behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.stats.coding import codes, plain
from labeling.stats.ratings import Array, Floats, Ints, RatingsError, column

Bools = npt.NDArray[np.bool_]
Sides = npt.ArrayLike | Sequence[bool | None]  # None: the side of the screen is not known.


def numbers(name: str, values: npt.ArrayLike, least: float | None = None) -> Floats:
    """Return a column of finite numbers, shape (n,), none of them below `least`.

    Raises:
        RatingsError: more than one dimension, words, a missing or infinite entry, or one below
            `least`; the message names the column and the position.
    """
    array = column(name, values)
    if array.dtype.kind not in "biuf":
        raise RatingsError(f"{name} must hold numbers, not {array.dtype}.")
    floats = array.astype(np.float64)
    if least is not None and (floats < least).any():
        position = int(np.argmax(floats < least))
        raise RatingsError(
            f"{name} at position {position} is {floats[position]:g}, below {least:g}."
        )
    return floats


def flags(name: str, values: npt.ArrayLike) -> Bools:
    """Return a column of yes and no, shape (n,): booleans, or the numbers 0 and 1.

    Raises:
        RatingsError: anything else, named by column and position.
    """
    array = column(name, values)
    if array.dtype.kind == "b":
        return array
    if array.dtype.kind in "iuf":
        wrong = (array != 0) & (array != 1)
    else:
        wrong = np.array([item not in (0, 1) for item in array.tolist()], dtype=np.bool_)
    if wrong.any():
        position = int(np.argmax(wrong))
        raise RatingsError(
            f"{name} at position {position} is {array[position]}, which is neither yes nor no."
        )
    return array.astype(np.bool_)


def sides(name: str, values: Sides) -> tuple[Bools, Bools]:
    """Return a column of yes, no and None (not known) as two: the yes, and what is known.

    Raises:
        RatingsError: anything else, named by column and position.
    """
    array = np.asarray(values)
    if array.dtype.kind != "O":
        yes = flags(name, array)
        return yes, np.ones(len(yes), dtype=np.bool_)
    known = np.array([item is not None for item in array], dtype=np.bool_)
    return flags(name, np.where(known, array, False).astype(object)), known


def coded(name: str, values: npt.ArrayLike) -> tuple[Ints, tuple[Any, ...]]:
    """Return codes of a column of names (raters, tasks, prompts), and the names, sorted.

    Raises:
        RatingsError: a missing entry, named by column and position.
    """
    code, levels = codes(column(name, values))
    return code, plain(levels)


def parts(rows: Array, code: Ints, size: int) -> list[Array]:
    """Return `rows`, which are sorted by `code`, as one part per code."""
    ends = np.cumsum(np.bincount(code, minlength=size))
    return np.split(rows, ends[:-1]) if size else []
