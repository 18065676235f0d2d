"""Typed columns: every file is written with declared types, never with guessed ones.

A column whose first values are all null must not change its type from file to file (that breaks
`datasets.load_dataset`), so text columns hold "" instead of null and the rest is declared both in
the Parquet schema and in the front matter of the card.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from operator import attrgetter
from typing import Any, Literal

from msgspec import Raw, Struct
from msgspec.json import Encoder

from labeling.datasets.arrow import pa
from labeling.datasets.formats.chatjson import pictured_turns, spoken_turns, template_turns
from labeling.datasets.records import Message

_encode = Encoder().encode
_SAMPLE = 100
#: The types of single values, which Arrow and the front matter of a card call the same.
DType = Literal["string", "bool", "int16", "int32", "int64", "float32", "float64"]
_Fields = Sequence[tuple[str, DType]]
_MESSAGE: _Fields = (("role", "string"), ("content", "string"))
_ANSWER: _Fields = (("criterion", "string"), ("response", "int16"), ("value", "int16"))
_RULE: _Fields = (
    ("criterion", "string"),
    ("principle", "string"),
    ("response", "int16"),
    ("value", "int16"),
)
_UNSAID: _Fields = (
    ("criterion", "string"),
    ("principle", "string"),
    ("response", "int16"),
    ("unsaid", "string"),
)
_SPAN: _Fields = (
    ("response", "int16"),
    ("message", "int32"),
    ("start", "int32"),
    ("end", "int32"),
    ("quote", "string"),
    ("polarity", "string"),
    ("criterion", "string"),
    ("flag", "string"),
    ("principle", "string"),
    ("note", "string"),
)
_REGION: _Fields = (
    ("response", "int16"),
    ("message", "int32"),
    ("image", "int16"),
    ("x", "float64"),
    ("y", "float64"),
    ("w", "float64"),
    ("h", "float64"),
    ("polarity", "string"),
    ("criterion", "string"),
    ("flag", "string"),
    ("principle", "string"),
    ("note", "string"),
)
_TIE: _Fields = (("criterion", "string"), ("tie_kind", "string"))


class AnswerCell(Struct, frozen=True, gc=False):
    """A value on a criterion; `response` is 0 for a comparison, else counts from 1."""

    criterion: str
    response: int
    value: int


class TieCell(Struct, frozen=True, gc=False):
    """Which tie the answer on a criterion is."""

    criterion: str
    tie_kind: str


class RuleCell(Struct, frozen=True, gc=False):
    """A value on a principle, by its number; `response` counts from 1."""

    criterion: str
    principle: str
    response: int
    value: int


class UnsaidCell(Struct, frozen=True, gc=False):
    """Why there is no value; `response` is 0 for a comparison, `principle` "" for none."""

    criterion: str
    principle: str
    response: int
    unsaid: str


class SpanCell(Struct, frozen=True, gc=False):
    """A passage that was marked; `response` counts from 1, 0 is the prompt.

    One of `criterion`, `flag` and `principle` says what it is attached to, the others are "";
    `note` is what the rater said of it.
    """

    response: int
    message: int
    start: int
    end: int
    quote: str
    polarity: str
    criterion: str
    flag: str
    principle: str
    note: str


class RegionCell(Struct, frozen=True, gc=False):
    """A region of a picture that was marked, in shares of it; the rest is as in `SpanCell`."""

    response: int
    message: int
    image: int
    x: float
    y: float
    w: float
    h: float
    polarity: str
    criterion: str
    flag: str
    principle: str
    note: str


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A column type: as Arrow, as front matter of a card, and how values become Arrow or JSON.

    `declared` gives the Arrow type, which is made at its first use, as Arrow is loaded then;
    `build` turns the values of a batch into an array; `plain` turns one into what JSON has a form
    for, None where every value has one already (texts, numbers, structs and lists of those).
    `dialogue` is its type in a release with messages of more keys than `role` and `content`.
    """

    declared: Callable[[], pa.DataType]
    feature: Mapping[str, object]
    build: Callable[[Sequence[Any]], pa.Array[Any]]
    plain: Callable[[Any], Any] | None = None
    dialogue: ColumnType | None = None

    @property
    def arrow(self) -> pa.DataType:
        """The Arrow type."""
        return self.declared()


@cache
def _named(dtype: DType) -> pa.DataType:
    return pa.type_for_alias(dtype)


def scalar_column(dtype: DType, plain: Callable[[Any], Any] | None = None) -> ColumnType:
    """A column of single values."""
    return ColumnType(
        lambda: _named(dtype),
        {"dtype": dtype},
        lambda values: pa.array(values, type=_named(dtype)),
        plain,
    )


def _list(dtype: DType) -> ColumnType:
    kind = cache(lambda: pa.list_(_named(dtype)))
    return ColumnType(
        kind,
        {"list": dtype},
        lambda values: _once_each(values, lambda some: pa.array(some, type=kind())),
    )


def _struct_list(dtypes: _Fields) -> ColumnType:
    """Lists of records: `Struct`s whose fields are those of the Arrow type, in order."""
    struct = cache(lambda: pa.struct([(name, _named(dtype)) for name, dtype in dtypes]))
    feature = {"list": [{"name": name, "dtype": dtype} for name, dtype in dtypes]}
    return ColumnType(
        cache(lambda: pa.list_(struct())),
        feature,
        lambda values: _once_each(values, lambda some: _structs(struct(), some)),
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


@cache
def _json() -> pa.BaseExtensionType:
    return pa.json_()


def _chat(turns: Callable[[Sequence[Message]], list[Raw]]) -> ColumnType:
    """Lists of messages as one JSON value, in which each message has its own keys alone.

    As records, every key would be there in every message, empty in most, and some chat templates
    take an empty `tool_calls` for one. As a list of JSON values, `datasets` 5.2 would cut the text
    that a program puts in its place into characters.
    """

    def build(values: Sequence[Sequence[Message]]) -> pa.Array[Any]:
        texts = pa.array([_encode(turns(value)).decode() for value in values], type=pa.string())
        return pa.ExtensionArray.from_storage(_json(), texts)

    return ColumnType(_json, {"dtype": "json"}, build, turns)


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


STRING = scalar_column("string")
BOOL = scalar_column("bool")
SHORT = scalar_column("int16")
INT = scalar_column("int32")
LONG = scalar_column("int64")
FLOAT = scalar_column("float32", _decimal)
STRINGS = _list("string")
SHORTS = _list("int16")
#: Message lists of `role` and `content`, whatever a release holds.
PLAIN_MESSAGES = _struct_list(_MESSAGE)
#: Message lists for chat templates, with the pictures' places in prompts, and those that a service
#: or a record holds.
MESSAGES = replace(PLAIN_MESSAGES, dialogue=_chat(template_turns))
PROMPT_MESSAGES = replace(PLAIN_MESSAGES, dialogue=_chat(pictured_turns))
SPOKEN_JSON = _chat(spoken_turns)
SPOKEN_MESSAGES = replace(PLAIN_MESSAGES, dialogue=SPOKEN_JSON)
ANSWERS = _struct_list(_ANSWER)
TIE_CELLS = _struct_list(_TIE)
RULE_CELLS = _struct_list(_RULE)
UNSAID_CELLS = _struct_list(_UNSAID)
SPAN_CELLS = _struct_list(_SPAN)
REGION_CELLS = _struct_list(_REGION)


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

    def with_columns(self, *columns: tuple[str, ColumnType]) -> FileTable:
        """The table with more columns after its own."""
        return replace(self, columns=(*self.columns, *columns))

    def with_metadata(self) -> FileTable:
        """The table with what an import kept of each task, as JSON, in a last column."""
        return replace(self, columns=(*self.columns, ("metadata", STRING)))

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
