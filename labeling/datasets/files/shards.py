"""The files of one split of one table: rows gathered into batches, batches into shards."""

from __future__ import annotations

import os
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

from labeling.datasets.files.background import Background
from labeling.datasets.files.base import OpenFile, Sink
from labeling.datasets.files.disk import FileInfo, hash_file
from labeling.datasets.formats.base import FileRow
from labeling.datasets.texts import clean

#: A shard ends before it could pass 500 MB on disk.
SHARD_BYTES = 450_000_000
#: So much is on its way to the disk at most: the last `fsync` of a large release stays short, and
#: the pages of everything else on the machine stay in memory.
_SYNC_BYTES = 64 << 20


@dataclass(slots=True)
class _Shard:
    """A shard under a name of its own until the number of all shards is known."""

    path: Path
    rows: int = 0
    sha256: str = ""


class ShardWriter:
    """Opens a file with its first row, so none is empty.

    Rows are taken and encoded here; everything that touches the disk is done in the background.
    """

    def __init__(
        self, root: Path, split: str, sink: Sink[Any], background: Background, shard_bytes: int
    ) -> None:
        self._root, self._split, self._sink = root, split, sink
        self._folder = root / sink.table.folder
        self._background, self._shard_bytes = background, shard_bytes
        self._buffer: list[FileRow] = []
        self._chars = 0
        self._shards: list[_Shard] = []
        self._file: OpenFile[Any] | None = None
        self._synced = 0

    def write(self, row: FileRow, chars: int) -> None:
        """Takes one row; `chars` is about how much text it holds."""
        self._buffer.append(row)
        self._chars += chars
        if len(self._buffer) >= self._sink.batch_rows or self._chars >= self._sink.batch_chars:
            self._flush()

    def finish(self) -> None:
        """Sends what is left on its way; `files` may be called when the background has settled."""
        if self._buffer:
            self._flush()
        self._background.run(self._close)

    def files(self) -> list[FileInfo]:
        """Names every shard and describes it."""
        total = len(self._shards)
        described = []
        for number, shard in enumerate(self._shards):
            name = f"{self._split}-{number:05d}-of-{total:05d}.{self._sink.suffix}"
            path = shard.path.rename(self._folder / name)
            relative = path.relative_to(self._root).as_posix()
            described.append(FileInfo(relative, path.stat().st_size, shard.sha256, shard.rows))
        return described

    def _flush(self) -> None:
        if self._sink.table.shuffled:
            # Tasks come in the order of a hash already, so mixing the rows of some thousand
            # neighbours is as good as mixing the whole file, and needs no memory.
            self._buffer.sort(key=attrgetter("key"))
        rows = [row.values for row in self._buffer]
        self._buffer, self._chars = [], 0
        try:
            batch = self._sink.encode(rows)
        except UnicodeEncodeError:
            # Half of a character pair cannot be written as UTF-8; the rest of the text can.
            batch = self._sink.encode([clean(values) for values in rows])
        self._background.run(self._append, batch, len(rows))

    def _append(self, batch: Any, rows: int) -> None:
        file = self._file
        if file is None or file.crowded or file.size() > self._shard_bytes:
            self._close()
            file = self._open()
        file.append(batch)
        shard = self._shards[-1]
        shard.rows += rows
        if file.size() - self._synced > _SYNC_BYTES:
            self._synced = file.size()
            _sync(shard.path)

    def _open(self) -> OpenFile[Any]:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{self._split}-{len(self._shards):05d}.part"
        self._file, self._synced = self._sink.open(path), 0
        self._shards.append(_Shard(path))
        return self._file

    def _close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None
            shard = self._shards[-1]
            _sync(shard.path)
            shard.sha256 = hash_file(shard.path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fdatasync(handle)
    finally:
        os.close(handle)
