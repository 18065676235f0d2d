"""Columns of Arrow data as the values that JSON would hold, converted only where they differ."""

from __future__ import annotations

import datetime as dt
import math
import uuid
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

from labeling.datasets.arrow import pa
from labeling.datasets.readers.fields import Broken
from labeling.datasets.readers.jsonrows import decoded_json
from labeling.datasets.readers.pictures import EmbeddedBytes
from labeling.datasets.rows import RefusalCode

#: From a value as pyarrow gives it, never None, to the value; None where it is the same.
Convert = Callable[[Any], object]

#: An Arrow array; what it offers beside depends on its type, which the stubs do not tell.
ArrowColumn = Any
#: Kinds of Arrow types, as functions that know one.
ArrowTests = tuple[Callable[["pa.DataType"], bool], ...]


def _unreadable() -> tuple[type[Exception], ...]:
    """What pyarrow and we raise for a value that Python or JSON cannot hold."""
    return (
        ValueError,
        OverflowError,
        KeyError,
        TypeError,
        RecursionError,
        pa.ArrowException,
    )


@cache
def _same_kinds() -> ArrowTests:
    return (
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_string_view,
        pa.types.is_boolean,
        pa.types.is_null,
        pa.types.is_int8,
        pa.types.is_int16,
        pa.types.is_int32,
        pa.types.is_int64,
        pa.types.is_uint8,
        pa.types.is_uint16,
        pa.types.is_uint32,
        pa.types.is_uint64,
    )


@cache
def _lists() -> ArrowTests:
    kinds = pa.types
    return (kinds.is_list, kinds.is_large_list, kinds.is_fixed_size_list, *list_views())


@cache
def list_views() -> ArrowTests:
    """Lists that say where each begins and how long it is."""
    return (pa.types.is_list_view, pa.types.is_large_list_view)


def is_any(kind: pa.DataType, tests: ArrowTests) -> bool:
    """Whether a type is of one of these kinds."""
    return any(test(kind) for test in tests)


def _number(value: float) -> float | None:
    """Not a number means missing, as data frames write it."""
    return None if math.isnan(value) else float(value)


def _other(value: object) -> object:
    """A value of a kind that JSON has no form of its own for, as text where that loses nothing."""
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal | uuid.UUID):
        return str(value)
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    if isinstance(value, str | bool):
        return value
    if isinstance(value, bytes):
        return EmbeddedBytes(value)
    return Broken(
        f"Holds {type(value).__name__}, which has no form in JSON. Leave it out.",
        RefusalCode.UNSUPPORTED,
    )


def _listed(inner: Convert | None) -> Convert | None:
    if inner is None:
        return None
    return lambda value: [None if item is None else inner(item) for item in value]


def _struct(array: ArrowColumn) -> Convert | None:
    """A missing key of a struct is null in Arrow, so null is a missing key again."""
    kind = array.type
    fields = [array.field(i) for i in range(kind.num_fields)]
    inner = {
        field.name: convert
        for field, child in zip(kind, fields, strict=True)
        if (convert := converter(child)) is not None
    }
    if not inner and not any(child.null_count for child in fields):
        return None

    def plain(value: dict[str, Any]) -> dict[str, object]:
        kept = {name: item for name, item in value.items() if item is not None}
        for name in inner.keys() & kept.keys():
            kept[name] = inner[name](kept[name])
        return kept

    return plain


def _map(array: ArrowColumn) -> Convert:
    inner = converter(array.items)

    def plain(pairs: list[tuple[object, Any]]) -> object:
        named = {
            key: value if inner is None or value is None else inner(value) for key, value in pairs
        }
        if not all(isinstance(key, str) for key in named):
            return Broken(
                "Holds a map whose keys are not text. Leave it out.", RefusalCode.UNSUPPORTED
            )
        if len(named) < len(pairs):
            return Broken("Holds a map that has a key twice. Keep one of them.", RefusalCode.TWICE)
        return named

    return plain


def _of_extension(array: ArrowColumn) -> Convert | None:
    if array.type.extension_name == "arrow.json":
        return decoded_json
    return _other


def converter(array: ArrowColumn) -> Convert | None:
    """What makes plain values of those that `array.to_pylist()` gives; None where nothing must."""
    kind = array.type
    if is_any(kind, _same_kinds()):
        return None
    if isinstance(kind, pa.BaseExtensionType):
        return _of_extension(array)
    if pa.types.is_floating(kind):
        return _number
    if pa.types.is_dictionary(kind):
        return converter(array.dictionary)
    if is_any(kind, _lists()):
        return _listed(converter(array.values))
    if pa.types.is_struct(kind):
        return _struct(array)
    if pa.types.is_map(kind):
        return _map(array)
    return _other


def _cell(array: ArrowColumn, row: int, convert: Convert | None) -> object:
    try:
        value = array[row].as_py()
        return value if convert is None or value is None else convert(value)
    except _unreadable() as error:
        return Broken(
            f"Holds a value that cannot be read ({error}). Leave it out.", RefusalCode.MALFORMED
        )


def values(array: ArrowColumn) -> list[object]:
    """The plain values of a column; a single one that cannot be read is `Broken`."""
    if pa.types.is_timestamp(array.type) and array.type.unit == "ns":
        # Python's times have microseconds; pandas, where it is there, would have more of them.
        array = array.cast(pa.timestamp("us", array.type.tz), safe=False)
    convert = converter(array)
    try:
        cells: list[object] = array.to_pylist()
        if convert is None:
            return cells
        return [None if value is None else convert(value) for value in cells]
    except _unreadable():
        return [_cell(array, row, convert) for row in range(len(array))]
