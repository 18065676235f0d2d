"""Parquet as rows, a batch at a time; memory is bounded by one row group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from labeling.datasets.readers import limits
from labeling.datasets.readers.arrowvalues import values
from labeling.datasets.readers.fields import visible
from labeling.datasets.readers.jsonrows import RawRow
from labeling.datasets.rows import UnreadableFile

_MAGIC = b"PAR1"
_BATCH = 200
_AGAIN = "Write it again and retry."


def is_parquet(path: Path) -> bool:
    """Whether the file begins as Parquet does."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def parquet_names(path: Path) -> list[str]:
    """The names of its columns. Raises UnreadableFile like `parquet_rows`."""
    try:
        return list(pq.read_schema(path).names)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UnreadableFile(_problem(error, visible(str(error), limits.EXCERPT), 0)) from None


def parquet_rows(path: Path) -> Iterator[RawRow]:
    """The rows, numbered from 1; empty values are missing keys, as in the other kinds of files.

    A value that has no form in JSON is `Broken`, so that its row is refused by its column. Raises
    UnreadableFile for a damaged file, one that unpacks beyond the limits, or names used twice.
    """
    number = 0
    for batch in _batches(path):
        columns = [values(column) for column in batch.columns]
        for cells in zip(*columns, strict=True):
            number += 1
            named = zip(batch.schema.names, cells, strict=True)
            yield number, {name: cell for name, cell in named if cell is not None}


def parquet_count(path: Path) -> int:
    """How many rows a file has, read to its end. Raises UnreadableFile like `parquet_rows`."""
    return sum(batch.num_rows for batch in _batches(path))


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    read = 0
    try:
        with pq.ParquetFile(path, memory_map=False, pre_buffer=False) as file:
            _check_sizes(file.metadata)
            _check_names(file.schema_arrow)
            for batch in file.iter_batches(batch_size=_BATCH):
                _check_batch(batch, read)
                yield batch
                read += batch.num_rows
    except (pa.ArrowException, OSError, ValueError) as error:
        said = visible(str(error), limits.EXCERPT)
        raise UnreadableFile(_problem(error, said, read), line=read) from None


def _problem(error: Exception, said: str, read: int) -> str:
    if "encrypt" in said.lower() or "decrypt" in said.lower():
        return "The Parquet file is encrypted. Decrypt it and import that."
    if isinstance(error, pa.ArrowNotImplementedError):
        return f"The Parquet file uses what cannot be read here ({said}). Write it with zstd."
    if "magic bytes" in said or "footer" in said or "too small" in said:
        return f"The Parquet file has no footer: it was cut off or never finished. {_AGAIN}"
    return f"The Parquet file is damaged after row {read:,} ({said}). {_AGAIN}"


def _check_sizes(metadata: pq.FileMetaData) -> None:
    """Trusts no size that a hostile file may have: what it declares is looked at before reading."""
    if metadata.num_columns > limits.MAX_COLUMNS:
        raise UnreadableFile(f"The file has more than {limits.MAX_COLUMNS} columns.")
    sizes = [metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups)]
    if max(sizes, default=0) > limits.MAX_ROW_GROUP_BYTES:
        gib = limits.MAX_ROW_GROUP_BYTES // 1024**3
        raise UnreadableFile(
            f"A row group of the file unpacks to more than {gib} GiB. Write it with smaller groups."
        )
    if sum(sizes) > limits.MAX_UNPACKED_BYTES:
        gib = limits.MAX_UNPACKED_BYTES // 1024**3
        raise UnreadableFile(f"The file unpacks to more than {gib} GiB. Split it.")


def _check_batch(batch: pa.RecordBatch, read: int) -> None:
    """A dictionary may make gigabytes of a few bytes, whatever the file declares."""
    if batch.nbytes > limits.MAX_BATCH_BYTES:
        mib = limits.MAX_BATCH_BYTES // 1024**2
        raise UnreadableFile(
            f"The {batch.num_rows:,} rows after row {read:,} hold more than {mib} MiB. Leave out "
            "the columns that are not needed.",
            line=read,
        )


def _check_names(fields: Iterable[pa.Field[Any]], above: str = "") -> None:
    """One of two columns of one name would be lost without a word."""
    seen: set[str] = set()
    for field in fields:
        name = f"{above}{field.name}"
        if field.name in seen:
            raise UnreadableFile(
                f"The file names the column “{visible(name, limits.MAX_FIELD_NAME)}” twice. "
                "Rename one of them."
            )
        seen.add(field.name)
        _check_names(_inner(field.type), f"{name}.")


def _inner(kind: pa.DataType) -> list[pa.Field[Any]]:
    if pa.types.is_nested(kind) or pa.types.is_struct(kind):
        return [kind.field(i) for i in range(kind.num_fields)]
    return []
