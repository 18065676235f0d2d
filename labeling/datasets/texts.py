"""Texts that UTF-8 cannot hold: halves of character pairs, joined or replaced before writing."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

Item = TypeVar("Item", bound=msgspec.Struct)


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


def clean_struct(item: Item) -> Item:
    """A copy of the item with clean texts."""
    return type(item)(**{name: clean(getattr(item, name)) for name in item.__struct_fields__})
