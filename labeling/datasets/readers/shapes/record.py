"""A raw row seen through a mapping of fields to columns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from labeling.datasets.readers.fields import Broken
from labeling.datasets.rows import RowError

#: Fields that hold structure; a table writes them as JSON in a cell.
_STRUCTURED = frozenset(
    (
        *("messages", "responses", "judgments", "metadata", "context", "conversation_a"),
        *("conversation_b", "individual_preference", "completions", "models", "ranks"),
        *("preferred_output", "non_preferred_output", "annotations", "response_ids", "answers"),
    )
)
_OF_MESSAGE = frozenset({"role", "from"})
#: Fields that hold text or structure, and the keys by which structure in a cell is told from text.
_EITHER = {
    "prompt": _OF_MESSAGE,
    "chosen": _OF_MESSAGE,
    "rejected": _OF_MESSAGE,
    "input": frozenset({"messages"}),
}


@dataclass(slots=True)
class Record:
    """One raw row: the mapped fields, and the columns that nobody claimed."""

    line: int
    values: dict[str, object]
    rest: dict[str, object]
    mapping: Mapping[str, str]
    label_rater: str = ""

    def get(self, name: str) -> object:
        """The value of a field; None where the row has none."""
        return self.values.get(name)

    def column(self, name: str) -> str:
        """What the file calls a field, for messages."""
        return self.mapping.get(name, name)

    def keep(self, name: str) -> None:
        """A field that plays no part after all stays with the metadata."""
        value = self.values.pop(name, None)
        if value is not None:
            self.rest[self.column(name)] = value


def look(line: int, raw: dict[str, object], mapping: Mapping[str, str], rater: str) -> Record:
    """The raw row through the mapping."""
    rest = dict(raw)
    values: dict[str, object] = {}
    for name, column in mapping.items():
        value = rest.pop(column, None)
        if value is None:
            continue
        if type(value) is str and value.startswith(("[", "{")):
            if name in _STRUCTURED:
                value = _cell(value, column)
            elif name in _EITHER:
                value = _structure_or_text(value, _EITHER[name])
        values[name] = value
    return Record(line, values, rest, mapping, rater)


def _structure_or_text(value: str, keys: frozenset[str]) -> object:
    """The objects that a cell holds; the text itself where it holds anything else."""
    try:
        decoded = json.loads(value)
    except (ValueError, RecursionError):
        return value
    objects = decoded if isinstance(decoded, list) else [decoded]
    told = all(isinstance(one, dict) and keys & one.keys() for one in objects)
    return decoded if objects and told else value


def _cell(value: str, column: str) -> object:
    """The structure that a table wrote as JSON in a cell. Raises RowError for what is no JSON."""
    try:
        return json.loads(value, parse_constant=lambda name: Broken(f"{name} is not JSON."))
    except (ValueError, RecursionError):
        raise RowError(column, "Must be JSON in this cell.", value) from None
