"""Lines of JSON decoded fast where it is certain that nothing of them is lost."""

from __future__ import annotations

import re
from collections.abc import Collection

import msgspec

from labeling.datasets.readers import limits
from labeling.datasets.readers.weights import check_values

_decode = msgspec.json.Decoder(dict[str, object]).decode
_MARK = re.compile(rb'"[ \t\r\n]*:')
_ESCAPED = re.compile(rb'\\"[ \t\r\n]*:')
_DOUBTFUL = re.compile(rb'\\\\"[ \t\r\n]*:')
_LEAST, _MOST = limits.MIN_WHOLE, limits.MAX_WHOLE
#: So far below any count that nothing added to it makes a count.
_LOST = -(1 << 62)


def quick(line: bytes) -> dict[str, object] | None:
    """The JSON object of a line; None where it takes the standard library's decoder to tell.

    msgspec refuses what is no UTF-8, no JSON, NaN, or half a character, but takes the last of two
    values of one key without a word. Every key ends in a quote before a colon, so that a line has
    at least as many of these marks as keys: where it has just as many as keys were decoded, no key
    came twice.
    """
    try:
        check_values(line)
        row = _decode(line)
        keys = _keys(row.values(), len(row), 1)
    except (ValueError, RecursionError):
        return None
    marks = len(_MARK.findall(line))
    return row if keys == marks or keys == _outside(line, marks) else None


def _outside(line: bytes, marks: int) -> int:
    """How many marks there are without those whose quote is escaped, which stand inside a text; -1
    where a backslash before the quote may be escaped itself."""
    return -1 if _DOUBTFUL.search(line) else marks - len(_ESCAPED.findall(line))


def _keys(values: Collection[object], count: int, depth: int) -> int:
    """`count` and the keys in all values; negative for numbers or nesting beyond the limits."""
    for value in values:
        if type(value) is str:
            continue
        if type(value) is dict:
            count = _keys(value.values(), count + len(value), depth + 1)
        elif type(value) is list:
            count = _keys(value, count, depth + 1)
        elif type(value) is int and not _LEAST <= value <= _MOST:
            return _LOST
    return count if depth <= limits.MAX_DEPTH else _LOST
