"""Parquet as rows, a batch at a time; memory is bounded by one row group."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import Broken
from labeling.datasets.readers.jsonrows import RawRow
from labeling.datasets.rows import UnreadableFile

_MAGIC = b"PAR1"
_BATCH = 500


def is_parquet(path: Path) -> bool:
    """Whether the file begins as Parquet does."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def parquet_rows(path: Path) -> Iterator[RawRow]:
    """The rows, numbered from 1; empty values are missing keys, as in the other kinds of files.

    Raises UnreadableFile for a damaged file, or one that unpacks beyond the limits.
    """
    number = 0
    try:
        with pq.ParquetFile(path, memory_map=False, pre_buffer=False) as file:
            _check_sizes(file.metadata)
            for batch in file.iter_batches(batch_size=_BATCH):
                for row in batch.to_pylist():
                    number += 1
                    plain = {name: _plain(value) for name, value in row.items()}
                    yield number, {name: v for name, v in plain.items() if v is not None}
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(
            f"The Parquet file is damaged after row {number:,} ({error}). Write it again and "
            "retry.",
            line=number,
        ) from None


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


def _plain(value: object) -> object:
    """The value as JSON would hold it; not a number means missing, as data frames write it."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return Broken(f"Holds {type(value).__name__}, which has no form in JSON. Leave it out.")
