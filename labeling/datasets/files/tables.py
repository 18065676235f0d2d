"""Every data file of a release: rows go to the shards of their table and split."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from labeling.datasets.files.background import Background
from labeling.datasets.files.disk import FileInfo
from labeling.datasets.files.shards import SHARD_BYTES, ShardWriter
from labeling.datasets.files.sinks import SINKS
from labeling.datasets.formats.base import FileRow
from labeling.datasets.layout import Layout
from labeling.datasets.splits import SPLITS


class DataFiles:
    """The files of one release while they are written, as a context that ends its thread."""

    def __init__(
        self, root: Path, layout: Layout, file_type: str, shard_bytes: int = SHARD_BYTES
    ) -> None:
        self.file_type = file_type
        self._root, self._layout, self._shard_bytes = root, layout, shard_bytes
        self._background = Background()
        self._writers: dict[tuple[str, str], dict[str, ShardWriter]] = {}
        self._shared: dict[tuple[str, str], ShardWriter] = {}

    def write(self, rows: Iterable[FileRow], criterion: str, split: str, chars: int) -> None:
        """Takes the rows of a task; `chars` is how much text one holds at most. Raises OSError."""
        writers = self._writers.setdefault((criterion, split), {})
        for row in rows:
            writer = writers.get(row.table)
            if writer is None:
                writer = writers[row.table] = self._writer(row.table, criterion, split)
            writer.write(row, chars)

    def close(self) -> tuple[dict[str, dict[str, int]], list[FileInfo]]:
        """Rows by table and split, and every data file, in order. Raises OSError."""
        order = [table.name for table in self._layout.tables()]
        rows: dict[str, dict[str, int]] = {name: {} for name in order}
        files: list[FileInfo] = []
        places = sorted(
            self._shared, key=lambda place: (order.index(place[0]), SPLITS.index(place[1]))
        )
        for place in places:
            self._shared[place].finish()
        self._background.settle()
        for place in places:
            shards = self._shared[place].files()
            table, split = place
            rows[table][split] = sum(shard.rows or 0 for shard in shards)
            files += shards
        return rows, files

    def _writer(self, name: str, criterion: str, split: str) -> ShardWriter:
        table = self._layout.table(name, criterion)
        writer = self._shared.get((table.name, split))
        if writer is None:
            sink = SINKS[self.file_type](table)
            writer = ShardWriter(self._root, split, sink, self._background, self._shard_bytes)
            self._shared[table.name, split] = writer
        return writer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._background.stop()
