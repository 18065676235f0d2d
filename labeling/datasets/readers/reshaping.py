"""What a mapping asks of a row before its columns are looked at.

A value within a column becomes a column of its own, a column is left out, every row says the same,
numbered columns become one list.

In a mapping, `data.prompt` is the key `prompt` of the objects in `data`, `=GPT-4` is that text in
every row, and `leave_out` names what is left out, with `|` between names. A column of the file that
is called so is meant where there is one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Self

from msgspec import Struct

from labeling.datasets.readers.candidates import folded, is_series
from labeling.datasets.readers.fields import is_storable
from labeling.datasets.readers.shapes.base import Rows, decoded_cell
from labeling.datasets.readers.taskkinds import KIND_WORD
from labeling.datasets.rows import MappingError

#: The word of a mapping that names no column but those which are left out.
LEAVE_OUT = "leave_out"
#: Begins what stands in every row in place of a column.
SAME = "="
#: How deep within a column a value is named, how many are offered, and keys that are looked at.
_DEPTH = 4
_OFFERED = 100
_KEYS = 200
#: Characters of a cell that is taken for JSON.
_DECODED = 100_000
#: Nothing stands there.
_ABSENT = object()


class Reshaping(Struct, frozen=True):
    """What becomes of every row: `within` are values within columns, by name, each with the column
    and the keys that lead to it, `left_out` the ways to what is left out, `same` the texts that
    stand in every row, by field, `series` the numbered columns that become a list."""

    within: Mapping[str, tuple[str, ...]] = {}
    left_out: Mapping[str, tuple[str, ...]] = {}
    same: Mapping[str, str] = {}
    series: str = ""

    @classmethod
    def of(cls, mapping: Mapping[str, str], columns: Sequence[str], rows: Rows) -> Self:
        """What a mapping asks of these columns, of which the rows are the first.

        Raises MappingError for what is to be left out and is not there, or is mapped too.
        """
        words = LEAVE_OUT, KIND_WORD
        fields = {name: column for name, column in mapping.items() if name not in words}
        same = {
            name: column.removeprefix(SAME)
            for name, column in fields.items()
            if column.startswith(SAME) and column not in columns
        }
        if empty := next((name for name, text in same.items() if not text.strip()), None):
            raise MappingError(f"“{empty}” has no text behind =. Write it, such as {empty}==GPT-4.")
        within = {
            name: way
            for column in fields.values()
            for name in _columns_in(column)
            if name not in columns and (way := _way(name, columns, rows))
        }
        left_out = {
            name: _way(name, columns, rows) or (name,)
            for name in _named(mapping.get(LEAVE_OUT, ""), columns, rows)
        }
        if twice := next((column for column in fields.values() if column in left_out), None):
            raise MappingError(f"“{twice}” is mapped and left out. Keep one of them.")
        responses = fields.get("responses", "")
        return cls(within, left_out, same, responses if is_series(responses) else "")

    def __bool__(self) -> bool:
        return bool(self.within or self.left_out or self.same or self.series)

    def applied(self, row: Mapping[str, object]) -> dict[str, object]:
        """The row as it is looked at and read."""
        shaped = dict(row)
        for way in self.left_out.values():
            _take(shaped, way)
        for name, way in self.within.items():
            if (value := _take(shaped, way)) is not _ABSENT:
                shaped[name] = value
        if self.series:
            shaped = folded(shaped, self.series)
        return shaped | {_column(name, text): text for name, text in self.same.items()}

    def plain(self, mapping: Mapping[str, str]) -> dict[str, str]:
        """The mapping with a column of its own for what stands in every row."""
        return {
            name: _column(name, self.same[name])
            if name in self.same and column == f"{SAME}{self.same[name]}"
            else column
            for name, column in mapping.items()
        }

    def spelled(self, mapping: Mapping[str, str]) -> dict[str, str]:
        """A plain mapping as the user writes it."""
        columns = {_column(name, text): f"{SAME}{text}" for name, text in self.same.items()}
        return {name: columns.get(column, column) for name, column in mapping.items()}

    @property
    def made(self) -> tuple[str, ...]:
        """The columns that no file has: those of the texts that stand in every row."""
        return tuple(_column(name, text) for name, text in self.same.items())


def _column(field: str, text: str) -> str:
    return f"{field}={text}"


def _columns_in(spelled: str) -> set[str]:
    """What may be a column in a mapping's word: a winner has a counting behind it, or several."""
    texts = spelled, spelled.rpartition(":")[0]
    return {spelled, *(name for text in texts for name in text.split("|"))}


def _way(name: str, columns: Collection[str], rows: Rows) -> tuple[str, ...]:
    """The column and the keys that a name leads through; none where it leads nowhere."""
    parts = name.split(".")
    for end in range(1, min(len(parts), _KEYS)):
        column, keys = ".".join(parts[:end]), parts[end:]
        if column in columns and len(keys) <= _DEPTH:
            way = (column, *keys)
            if any(_take(dict(row), way) is not _ABSENT for row in rows):
                return way
    return ()


def _take(row: dict[str, object], way: Sequence[str]) -> object:
    """What stands at the end of a way, taken out of the row; what stands in a list stays there."""
    column, *keys = way
    if column not in row:
        return _ABSENT
    if not keys:
        return row.pop(column)
    value, rest = _parted(_meant(row[column]), keys)
    if value is not _ABSENT:
        row[column] = rest
        if rest == {}:
            del row[column]
    return value


def _meant(cell: object) -> object:
    return cell if isinstance(cell, str) and len(cell) > _DECODED else decoded_cell(cell)


def _parted(value: object, keys: Sequence[str]) -> tuple[object, object]:
    """What the keys lead to, and the value without it."""
    key, *more = keys
    if isinstance(value, dict) and key in value:
        inner, rest = _parted(_meant(value[key]), more) if more else (value[key], {})
        if inner is _ABSENT:
            return inner, value
        others = {name: said for name, said in value.items() if name != key}
        return inner, others if rest == {} else {**value, key: rest}
    if isinstance(value, list) and key.isdecimal() and int(key) < len(value):
        inner = value[int(key)]
        return (_parted(inner, more)[0] if more else inner), value
    return _ABSENT, value


def _named(text: str, columns: Collection[str], rows: Rows) -> Iterator[str]:
    """The names between bars, each as long as may be: a name may hold a bar itself.

    Raises MappingError for one that is not there.
    """
    parts = text.split("|") if text else []
    while parts:
        for end in range(len(parts), 0, -1):
            name = "|".join(parts[:end])
            if name in columns or _way(name, columns, rows):
                yield name
                parts = parts[end:]
                break
        else:
            raise MappingError(
                f"There is no column “{parts[0]}” to leave out. Columns: {', '.join(columns)}."
            )


def names_within(columns: Sequence[str], rows: Rows) -> tuple[str, ...]:
    """The names of the values within objects of the first rows, as many as are offered."""
    names: dict[str, None] = {}
    for row in rows:
        for column in columns:
            if len(names) < _OFFERED:
                below = islice(_below(column, row.get(column), 1), _OFFERED)
                names |= dict.fromkeys(filter(is_storable, below))
    return tuple(name for name in islice(names, _OFFERED) if name not in columns)


def _below(name: str, value: object, depth: int) -> Iterator[str]:
    value = _meant(value)
    if not isinstance(value, dict) or depth > _DEPTH:
        return
    for key, inner in islice(value.items(), _KEYS):
        yield f"{name}.{key}"
        yield from _below(f"{name}.{key}", inner, depth + 1)
