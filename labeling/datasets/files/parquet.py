"""Parquet with a declared schema, zstd, a row group a batch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from labeling.datasets.arrow import pa, pq
from labeling.datasets.files.base import OpenFile, Sink
from labeling.datasets.formats.base import Values
from labeling.datasets.formats.columns import FileTable

#: The rows of one task repeat its texts. A dictionary that holds a whole batch stores each once.
_DICTIONARY_BYTES = 8 << 20
#: What a file says about its row groups stays in memory until it ends. So many of long texts are
#: half a gigabyte unpacked, which is what `datasets` makes a file of too.
_GROUPS = 128


def _has_order(kind: pa.DataType) -> bool:
    """Whether a least and a largest value say anything: of texts they would be whole texts."""
    return pa.types.is_primitive(kind)


class _ParquetFile(OpenFile["pa.Table"]):
    def __init__(self, path: Path, table: FileTable) -> None:
        self._groups = 0
        self._stream = pa.OSFile(str(path), "wb")
        self._writer = pq.ParquetWriter(
            self._stream,
            table.schema,
            compression="zstd",
            write_page_index=True,
            write_statistics=[name for name, kind in table.columns if _has_order(kind.arrow)],
            dictionary_pagesize_limit=_DICTIONARY_BYTES,
        )

    def append(self, batch: pa.Table) -> None:
        self._writer.write_table(batch, row_group_size=batch.num_rows)
        self._groups += 1

    @property
    def crowded(self) -> bool:
        return self._groups >= _GROUPS

    def size(self) -> int:
        return self._stream.tell()

    def close(self) -> None:
        self._writer.close()
        self._stream.close()


class ParquetSink(Sink["pa.Table"]):
    """Parquet as `datasets` and pyarrow read it, with types that never depend on the rows."""

    suffix = "parquet"
    batch_rows = 5_000
    batch_chars = 4_000_000

    def encode(self, rows: Sequence[Values]) -> pa.Table:
        """An Arrow table, built column by column."""
        columns = zip(*rows, strict=True)
        arrays = [
            kind.build(values)
            for (_, kind), values in zip(self.table.columns, columns, strict=True)
        ]
        return pa.Table.from_arrays(arrays, schema=self.table.schema)

    def open(self, path: Path) -> OpenFile[pa.Table]:
        """A new Parquet file."""
        return _ParquetFile(path, self.table)
