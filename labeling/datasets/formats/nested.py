"""Columns beyond single values: objects, lists of objects, and numbers that may be missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from operator import attrgetter
from typing import Any

from labeling.datasets.arrow import pa
from labeling.datasets.formats.columns import (
    FLOAT,
    LONG,
    SHORT,
    STRING,
    STRINGS,
    ColumnType,
    scalar_column,
)


def record_column(**fields: ColumnType) -> ColumnType:
    """A column of `Struct`s that have these fields, in this order."""
    struct = cache(lambda: pa.struct([(name, kind.arrow) for name, kind in fields.items()]))
    parts = [(attrgetter(name), kind) for name, kind in fields.items()]

    def build(values: Sequence[Any]) -> pa.Array[Any]:
        columns = [kind.build(list(map(get, values))) for get, kind in parts]
        return pa.StructArray.from_arrays(columns, fields=list(struct()))

    features = [{"name": name, **kind.feature} for name, kind in fields.items()]
    column = ColumnType(struct, {"struct": features}, build)
    if not any(kind.dialogue for kind in fields.values()):
        return column
    inner = {name: kind.dialogue or kind for name, kind in fields.items()}

    def plain(value: Any) -> dict[str, Any]:
        named = {name: getattr(value, name) for name in inner}
        return {name: (inner[name].plain or _same)(part) for name, part in named.items()}

    return replace(column, dialogue=replace(record_column(**inner), plain=plain))


def _same(value: Any) -> Any:
    return value


def list_column(kind: ColumnType) -> ColumnType:
    """A column of lists of what the other column holds."""

    def build(values: Sequence[Sequence[Any]]) -> pa.Array[Any]:
        offsets = [0]
        flat: list[Any] = []
        for value in values:
            flat.extend(value)
            offsets.append(len(flat))
        return pa.ListArray.from_arrays(pa.array(offsets, type=pa.int32()), kind.build(flat))

    feature = kind.feature.get("struct") or kind.feature["dtype"]
    plain, richer = kind.plain, kind.dialogue
    return ColumnType(
        cache(lambda: pa.list_(kind.arrow)),
        {"list": feature},
        build,
        (lambda value: list(map(plain, value))) if plain else None,
        list_column(richer) if richer else None,
    )


#: One turn of a conversation by itself.
MESSAGE = record_column(role=STRING, content=STRING)
#: Scores as the published sets write them, in 64 bits.
DOUBLE = scalar_column("float64")


@dataclass(frozen=True, slots=True)
class OptionalKind(ColumnType):
    """A column of numbers in which null says that nobody gave one."""


def _optional(kind: ColumnType) -> OptionalKind:
    return OptionalKind(kind.declared, kind.feature, kind.build, kind.plain)


OPTIONAL_SHORT = _optional(SHORT)
OPTIONAL_LONG = _optional(LONG)
OPTIONAL_FLOAT = _optional(FLOAT)


#: What stands in place of pictures where no bytes do: the names of their files.
_NAMES = {"image": STRINGS.feature, str({"list": "image"}): {"list": STRINGS.feature}}


def feature_of(kind: ColumnType, file_type: str) -> Mapping[str, object]:
    """What the front matter of a card says of a column in a file of this type.

    A cell of CSV holds a list as JSON and a missing number as nothing, and both are read as text.
    """
    if file_type != "parquet" and (names := _NAMES.get(str(kind.feature.get("list")))):
        return names
    if file_type != "csv":
        return kind.feature
    if isinstance(kind, OptionalKind) or kind.feature.get("dtype", "json") == "json":
        return STRING.feature
    return kind.feature
