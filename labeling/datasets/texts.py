"""Texts that a file cannot hold as they are: halves of character pairs, cells with formulas."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

_Item = TypeVar("_Item", bound=msgspec.Struct)
_encode = msgspec.json.Encoder().encode
_EXECUTED = re.compile(r"'*[\s\ufeff\u200b]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")


def clean(value: Any) -> Any:
    """The value with unpaired surrogates in its texts replaced by U+FFFD; pairs are joined.

    Lists and tuples come back as tuples, structs and mappings as what they were.
    """
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, msgspec.Struct):
        return clean_struct(value)
    if isinstance(value, dict):
        return {clean(key): clean(inner) for key, inner in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(clean, value))
    if isinstance(value, (list, tuple)):
        return tuple(map(clean, value))
    return value


def clean_struct(item: _Item) -> _Item:
    """A copy of the item with clean texts."""
    return type(item)(**{name: clean(getattr(item, name)) for name in item.__struct_fields__})


def sound(item: _Item) -> _Item:
    """The item as files can hold it: itself, or a copy with clean texts."""
    try:
        _encode(item)
    except UnicodeEncodeError:
        return clean_struct(item)
    return item


def defuse(text: str) -> str:
    """The text as a CSV cell: one that a spreadsheet would execute gets an apostrophe in front.

    That is a text whose first character, after any white space, is = + - @ or the full-width form
    of one, or which begins with a tab or a carriage return (OWASP, CSV injection). A text of that
    kind that has apostrophes in front already gets one more, so that `restore` can undo it. NUL,
    at which many readers of CSV stop, becomes U+FFFD.
    """
    text = text.replace("\0", "\ufffd")
    if text[:1].isalnum():
        return text
    return "'" + text if _EXECUTED.match(text) else text


def restore(cell: str) -> str:
    """The text that `defuse` made the cell from."""
    return cell[1:] if cell.startswith("'") and _EXECUTED.match(cell) else cell
