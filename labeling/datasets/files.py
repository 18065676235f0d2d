"""Writing tables to disk: Parquet or JSON Lines, in shards, typed, never an empty file."""

from __future__ import annotations

import hashlib
import json
import os
from abc import ABC, abstractmethod
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from labeling.datasets.formats.base import Row, Values
from labeling.datasets.formats.columns import Table
from labeling.datasets.texts import clean

#: A shard is closed before it could pass 500 MB on disk.
SHARD_BYTES = 450_000_000
_GROUP_ROWS = 5_000
_GROUP_CHARS = 4_000_000
#: JSON allows these in a string, but many readers of lines take them for the end of one.
_LINE_ENDS = (("\x85", "\\u0085"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029"))


class FileInfo(NamedTuple):
    """One file of a release: its path inside the folder, and its rows (None for other files)."""

    name: str
    size: int
    sha256: str
    rows: int | None = None


class Sink(ABC):
    """The files of one split of one table. Opens a file with its first row, so none is empty."""

    suffix: str

    def __init__(self, root: Path, table: Table, split: str, shard_bytes: int) -> None:
        self._folder = root / table.folder
        self._table = table
        self._split = split
        self._shard_bytes = shard_bytes
        self._buffer: list[Row] = []
        self._chars = 0
        self._shard_rows: list[int] = []

    @property
    def rows(self) -> int:
        """Rows taken so far."""
        return sum(self._shard_rows) + len(self._buffer)

    def write(self, row: Row, chars: int) -> None:
        """Takes one row; `chars` is about how much text it holds."""
        self._buffer.append(row)
        self._chars += chars
        if len(self._buffer) >= _GROUP_ROWS or self._chars >= _GROUP_CHARS:
            self._flush()

    def close(self) -> list[tuple[Path, int]]:
        """Finishes the last shard and names all of them; returns (path, rows) of each."""
        self._flush()
        self._close()
        total = len(self._shard_rows)
        finished = []
        for number, rows in enumerate(self._shard_rows):
            path = self._folder / f"{self._split}-{number:05d}-of-{total:05d}.{self.suffix}"
            self._part(number).rename(path)
            finished.append((path, rows))
        return finished

    def _flush(self) -> None:
        if not self._buffer:
            return
        if not self._shard_rows or self._written() > self._shard_bytes:
            self._close()
            self._folder.mkdir(parents=True, exist_ok=True)
            self._open(self._part(len(self._shard_rows)))
            self._shard_rows.append(0)
        if self._table.shuffled:
            # Tasks come in the order of a hash already, so mixing the rows of some thousand
            # neighbours is as good as mixing the whole file, and needs no memory.
            self._buffer.sort(key=attrgetter("key"))
        rows = [row.values for row in self._buffer]
        try:
            self._append(rows)
        except UnicodeEncodeError:
            # Half of a character pair cannot be written as UTF-8; the rest of the text can.
            self._append([clean(values) for values in rows])
        self._shard_rows[-1] += len(self._buffer)
        self._buffer, self._chars = [], 0

    def _part(self, number: int) -> Path:
        return self._folder / f"{self._split}-{number:05d}.part"

    @abstractmethod
    def _open(self, path: Path) -> None: ...

    @abstractmethod
    def _append(self, rows: list[Values]) -> None: ...

    @abstractmethod
    def _written(self) -> int: ...

    @abstractmethod
    def _close(self) -> None: ...


class ParquetSink(Sink):
    """Parquet with a declared schema, zstd, a row group per flush."""

    suffix = "parquet"
    _writer: pq.ParquetWriter | None = None
    _bytes = 0

    def _open(self, path: Path) -> None:
        self._writer = pq.ParquetWriter(
            path, self._table.schema, compression="zstd", write_page_index=True
        )
        self._bytes = 0

    def _append(self, rows: list[Values]) -> None:
        columns = zip(*rows, strict=True)
        arrays = [
            kind.build(values)
            for (_, kind), values in zip(self._table.columns, columns, strict=True)
        ]
        data = pa.Table.from_arrays(arrays, schema=self._table.schema)
        if self._writer:
            self._writer.write_table(data, row_group_size=len(rows))
        self._bytes += data.nbytes

    def _written(self) -> int:
        # Before compression: the file is smaller than this.
        return self._bytes

    def _close(self) -> None:
        if self._writer:
            self._writer.close()
        self._writer = None


class JsonlSink(Sink):
    """JSON Lines in UTF-8, one object a row."""

    suffix = "jsonl"
    _file: BinaryIO | None = None

    def _open(self, path: Path) -> None:
        self._file = path.open("wb")

    def _append(self, rows: list[Values]) -> None:
        columns = [(name, kind.plain) for name, kind in self._table.columns]
        lines = []
        for values in rows:
            row = {
                name: plain(value) if plain else value
                for (name, plain), value in zip(columns, values, strict=True)
            }
            lines.append(json.dumps(row, ensure_ascii=False) + "\n")
        text = "".join(lines)
        for mark, escaped in _LINE_ENDS:
            text = text.replace(mark, escaped)
        data = text.encode()
        if self._file:
            self._file.write(data)

    def _written(self) -> int:
        return self._file.tell() if self._file else 0

    def _close(self) -> None:
        if self._file:
            self._file.close()
        self._file = None


SINKS: dict[str, type[Sink]] = {"parquet": ParquetSink, "jsonl": JsonlSink}


def describe_file(root: Path, path: Path, rows: int | None = None) -> FileInfo:
    """Size and SHA-256 of a finished file."""
    with path.open("rb") as file:
        whole = hashlib.file_digest(file, "sha256").hexdigest()
    return FileInfo(path.relative_to(root).as_posix(), path.stat().st_size, whole, rows)


def sync_tree(root: Path) -> None:
    """Makes every file and folder below `root`, and `root` itself, survive a power cut."""
    for path in (*sorted(root.rglob("*")), root, root.parent):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
