"""CSV as RFC 4180 has it, under a header, with cells that no spreadsheet executes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from labeling.datasets.files.base import OpenFile, Sink
from labeling.datasets.files.text import TextFile
from labeling.datasets.formats.base import Values
from labeling.datasets.texts import defuse

_json = msgspec.json.Encoder().encode


class CsvSink(Sink[bytes]):
    """Texts stand in quotes, so that an empty one is not null, which is an empty cell.

    Lists and objects are JSON, true and false are words; `defuse` says what becomes of texts.
    """

    suffix = "csv"
    batch_rows = 5_000
    batch_chars = 4_000_000

    def encode(self, rows: Sequence[Values]) -> bytes:
        """The lines, each with its line end."""
        return _lines(map(_cell, values) for values in self.table.plain(rows))

    def open(self, path: Path) -> OpenFile[bytes]:
        """A new file, which begins with the header."""
        return TextFile(path, head=_lines([map(_text, self.table.names)]))


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    return "".join([",".join(cells) + "\r\n" for cells in rows]).encode()


def _cell(value: Any) -> str:
    return _CELLS.get(type(value), _nested)(value)


def _text(value: str) -> str:
    return _quoted(defuse(value))


def _nested(value: Any) -> str:
    return _quoted(_json(value).decode())


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


#: Numbers are as JSON writes them: what they are is told by the column, not by the cell.
_CELLS: dict[type, Callable[[Any], str]] = {
    str: _text,
    int: str,
    float: repr,
    bool: lambda value: "true" if value else "false",
    type(None): lambda value: "",
}
