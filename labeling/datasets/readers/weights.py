"""How much memory a value takes: of what is read already, and of JSON before it is read.

Text of a megabyte may hold half a million empty lists, each of which takes thirty times the memory
of its two signs. So what is long is looked at before a decoder makes values of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from sys import getsizeof
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import astuple

from labeling.datasets.readers import limits

RowT = TypeVar("RowT")

#: What is shorter takes no more than 30 MB, whatever it holds.
_SHORT = 1 << 20
_BYTE_MARKS, _TEXT_MARKS = (b",", b"[", b"{"), (",", "[", "{")
# Possessive: a text that is never closed is looked at once, not from each of its escapes again.
_BYTE_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_TEXT = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
#: Each value may be a text and have a key.
_MOST_QUOTES = 4 * limits.MAX_ROW_VALUES
#: Bytes of a value that is no text, with its place in the one that holds it.
_VALUE = 64


class TooManyValues(ValueError):
    """A text of JSON holds more values than a row may have."""

    def __init__(self) -> None:
        super().__init__(f"Holds more than {limits.MAX_ROW_VALUES:,} values.")


def check_values(written: bytes | str, start: int = 0) -> None:
    """Raises TooManyValues for JSON, from `start` on, that holds more values than a row may."""
    if len(written) - start <= _SHORT or _marks(written, start) <= limits.MAX_ROW_VALUES:
        return
    quotes, bare = _without_texts(written, start)
    if quotes > _MOST_QUOTES or _marks(bare, 0) > limits.MAX_ROW_VALUES:
        raise TooManyValues


def _without_texts(written: bytes | str, start: int) -> tuple[int, bytes | str]:
    """How many quotes there are, and what stands outside of texts: there alone a comma separates
    values. Nothing where there are too many to be looked at one by one."""
    if isinstance(written, bytes):
        quotes = written.count(b'"', start) - written.count(b'\\"', start)
        return quotes, b"" if quotes > _MOST_QUOTES else _BYTE_TEXT.sub(b"", written[start:])
    quotes = written.count('"', start) - written.count('\\"', start)
    return quotes, "" if quotes > _MOST_QUOTES else _TEXT.sub("", written[start:])


def _marks(written: bytes | str, start: int) -> int:
    if isinstance(written, bytes):
        return sum(written.count(mark, start) for mark in _BYTE_MARKS)
    return sum(written.count(mark, start) for mark in _TEXT_MARKS)


def cell_json(written: str, **how: Any) -> Any:
    """The JSON value of a cell, as `json.loads`. Raises ValueError or RecursionError."""
    check_values(written)
    return json.loads(written, **how)


def size_of(value: object) -> int:
    """About how many bytes a row, raw or read, or any value in it takes, whatever it holds."""
    size = 0
    waiting: list[Any] = [value]
    while waiting:
        item = waiting.pop()
        kind = type(item)
        if kind is str:
            size += getsizeof(item)
            continue
        size += _VALUE
        if kind is dict:
            size += sum(map(getsizeof, item))
            waiting += item.values()
        elif kind is list or kind is tuple:
            waiting += item
        elif isinstance(item, Struct):
            waiting += astuple(item)
    return size


def up_to(rows: Iterable[RowT], most: int, size: int) -> Iterator[RowT]:
    """At most so many rows, and no more after those that take so many bytes together."""
    for row in islice(rows, most):
        yield row
        size -= size_of(row)
        if size < 0:
            return
