"""JSON Lines in UTF-8, plain or packed: one object a row, its keys in the order of the columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import starmap
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from labeling.datasets.files.base import OpenFile, Sink
from labeling.datasets.files.text import Packing, TextFile
from labeling.datasets.formats.base import Values
from labeling.datasets.formats.columns import FileTable


class JsonLinesSink(Sink[bytes]):
    """Each object on a line of its own for every reader, whatever that takes for the end of one."""

    suffix = "jsonl"
    batch_rows = 5_000
    batch_chars = 4_000_000
    packing: ClassVar[Packing] = ""

    def __init__(self, table: FileTable) -> None:
        super().__init__(table)
        # Fields are numbered and renamed: a column may be called what no Python name can be.
        fields = {f"c{i}": name for i, name in enumerate(table.names)}
        self._row = msgspec.defstruct(
            "Row", [(field, Any) for field in fields], rename=fields, gc=False
        )
        self._json = msgspec.json.Encoder().encode

    def encode(self, rows: Sequence[Values]) -> bytes:
        """The lines, each with its line feed."""
        lines = list(map(_one_line, map(self._json, starmap(self._row, self.table.plain(rows)))))
        lines.append(b"")
        return b"\n".join(lines)

    def open(self, path: Path) -> OpenFile[bytes]:
        """A new file."""
        return TextFile(path, self.packing)


class GzipLinesSink(JsonLinesSink):
    """JSON Lines packed with gzip."""

    suffix = "jsonl.gz"
    packing = "gzip"


class ZstdLinesSink(JsonLinesSink):
    """JSON Lines packed with zstd, in one frame."""

    suffix = "jsonl.zst"
    packing = "zstd"


def _one_line(line: bytes) -> bytes:
    """The line with NEL, LINE SEPARATOR and PARAGRAPH SEPARATOR escaped.

    JSON allows them in a string, but many readers of lines take them for the end of one. Looking
    for the one byte that must come first is several times faster than looking for all of them.
    """
    if line.isascii():
        return line
    if b"\xc2" in line:
        line = line.replace(b"\xc2\x85", b"\\u0085")
    if b"\xe2" in line:
        line = line.replace(b"\xe2\x80\xa8", b"\\u2028").replace(b"\xe2\x80\xa9", b"\\u2029")
    return line
