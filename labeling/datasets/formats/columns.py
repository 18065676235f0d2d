"""Typed columns: every file is written with declared types, never with guessed ones.

A column whose first values are all null must not change its type from file to file (that breaks
`datasets.load_dataset`), so text columns hold "" instead of null and the rest is declared both in
the Parquet schema and in the front matter of the card.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

import pyarrow as pa
from msgspec import Raw, Struct
from msgspec.json import Encoder

from labeling.datasets.formats.chatjson import spoken_turns, template_turns
from labeling.datasets.records import Message

_encode = Encoder().encode
_SAMPLE = 100
_MESSAGE = pa.struct([("role", pa.string()), ("content", pa.string())])
_JSON = pa.json_()
_ANSWER = pa.struct(
    [("criterion", pa.string()), ("response", pa.int16()), ("value", pa.int16())],
)
_TIE = pa.struct([("criterion", pa.string()), ("tie_kind", pa.string())])


class AnswerCell(Struct, frozen=True, gc=False):
    """A value on a criterion; `response` is 0 for a comparison, else counts from 1."""

    criterion: str
    response: int
    value: int


class TieCell(Struct, frozen=True, gc=False):
    """Which tie the answer on a criterion is."""

    criterion: str
    tie_kind: str


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A column type: as Arrow, as front matter of a card, and how values become Arrow or JSON.

    `build` turns the values of a batch into an array; `plain` turns one into what JSON has a form
    for, None where every value has one already (texts, numbers, structs and lists of those).
    `dialogue` is its type in a release with messages of more keys than `role` and `content`.
    """

    arrow: pa.DataType
    feature: Mapping[str, object]
    build: Callable[[Sequence[Any]], pa.Array[Any]]
    plain: Callable[[Any], Any] | None = None
    dialogue: ColumnType | None = None


def _scalar(
    arrow: pa.DataType, dtype: str, plain: Callable[[Any], Any] | None = None
) -> ColumnType:
    return ColumnType(arrow, {"dtype": dtype}, lambda values: pa.array(values, type=arrow), plain)


def _list(arrow: pa.DataType, dtype: str) -> ColumnType:
    kind = pa.list_(arrow)
    return ColumnType(
        kind,
        {"list": dtype},
        lambda values: _once_each(values, lambda some: pa.array(some, type=kind)),
    )


def _struct_list(struct: pa.StructType, dtypes: Sequence[tuple[str, str]]) -> ColumnType:
    """Lists of records: `Struct`s whose fields are those of the Arrow type, in order."""
    feature = {"list": [{"name": name, "dtype": dtype} for name, dtype in dtypes]}
    return ColumnType(
        pa.list_(struct),
        feature,
        lambda values: _once_each(values, lambda some: _structs(struct, some)),
    )


def _structs(struct: pa.StructType, values: Sequence[Sequence[Any]]) -> pa.Array[Any]:
    """A list<struct> array from lists of records, an order of magnitude faster than from dicts."""
    offsets = [0]
    flat: list[Any] = []
    for value in values:
        flat.extend(value)
        offsets.append(len(flat))
    fields = [struct.field(i) for i in range(struct.num_fields)]
    columns = [
        pa.array(list(map(attrgetter(field.name), flat)), type=field.type) for field in fields
    ]
    items = pa.StructArray.from_arrays(columns, fields=fields)
    return pa.ListArray.from_arrays(pa.array(offsets, type=pa.int32()), items)


def _chat(turns: Callable[[Sequence[Message]], list[Raw]]) -> ColumnType:
    """Lists of messages as one JSON value, in which each message has its own keys alone.

    As records, every key would be there in every message, empty in most, and some chat templates
    take an empty `tool_calls` for one. As a list of JSON values, `datasets` 5.2 would cut the text
    that a program puts in its place into characters.
    """

    def build(values: Sequence[Sequence[Message]]) -> pa.Array[Any]:
        texts = pa.array([_encode(turns(value)).decode() for value in values], type=pa.string())
        return pa.ExtensionArray.from_storage(_JSON, texts)

    return ColumnType(_JSON, {"dtype": "json"}, build, turns)


def _once_each(
    values: Sequence[Any], build: Callable[[Sequence[Any]], pa.Array[Any]]
) -> pa.Array[Any]:
    """The array of these values, each different one among them converted once.

    The rows of one task repeat its prompt and its responses, and copying inside Arrow costs a
    tenth of converting.
    """
    try:
        # Where the first hundred differ, the column is of those that do not repeat.
        if len(set(values[:_SAMPLE])) > _SAMPLE // 2:
            return build(values)
        place = {value: number for number, value in enumerate(dict.fromkeys(values))}
    except TypeError:  # A list among them has no hash.
        return build(values)
    return build(list(place)).take(pa.array([place[value] for value in values]))


def _decimal(value: float | None) -> float | None:
    """A number that JSON shows with a point, so that no reader takes the column for integers."""
    return None if value is None else float(value)


STRING = _scalar(pa.string(), "string")
BOOL = _scalar(pa.bool_(), "bool")
SHORT = _scalar(pa.int16(), "int16")
INT = _scalar(pa.int32(), "int32")
LONG = _scalar(pa.int64(), "int64")
FLOAT = _scalar(pa.float32(), "float32", _decimal)
STRINGS = _list(pa.string(), "string")
SHORTS = _list(pa.int16(), "int16")
#: Message lists of `role` and `content`, whatever a release holds.
PLAIN_MESSAGES = _struct_list(_MESSAGE, (("role", "string"), ("content", "string")))
#: Message lists for chat templates, and those that a service or a record holds.
MESSAGES = replace(PLAIN_MESSAGES, dialogue=_chat(template_turns))
SPOKEN_JSON = _chat(spoken_turns)
SPOKEN_MESSAGES = replace(PLAIN_MESSAGES, dialogue=SPOKEN_JSON)
ANSWERS = _struct_list(
    _ANSWER, (("criterion", "string"), ("response", "int16"), ("value", "int16"))
)

TIE_CELLS = _struct_list(_TIE, (("criterion", "string"), ("tie_kind", "string")))


@dataclass(frozen=True, slots=True)
class FileTable:
    """One configuration of a release: a name, the folder of its files, and its columns.

    A row is a tuple of values in the order of the columns. With `shuffled`, the rows of a task do
    not stay neighbours: they are mixed by a hash of their own. `dialogues` says that a message may
    have more keys than `role` and `content`.
    """

    name: str
    folder: str
    columns: tuple[tuple[str, ColumnType], ...]
    default: bool = False
    shuffled: bool = False
    dialogues: bool = False

    def with_dialogues(self) -> FileTable:
        """The table for messages of more keys than `role` and `content`."""
        columns = tuple((name, kind.dialogue or kind) for name, kind in self.columns)
        return replace(self, columns=columns, dialogues=True)

    @property
    def schema(self) -> pa.Schema:
        """The declared Arrow schema."""
        return pa.schema([(name, kind.arrow) for name, kind in self.columns])

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(name for name, _ in self.columns)

    def plain(self, rows: Sequence[tuple[Any, ...]]) -> Sequence[tuple[Any, ...]]:
        """The rows with values that JSON has a form for."""
        kinds = [kind.plain for _, kind in self.columns]
        if not any(kinds):
            return rows
        columns = zip(*rows, strict=True)
        changed = [
            map(plain, values) if plain else values
            for plain, values in zip(kinds, columns, strict=True)
        ]
        return list(zip(*changed, strict=True))
