"""Parquet as rows, a batch at a time; memory is bounded by a few of them."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from labeling.datasets.arrow import pa, pq
from labeling.datasets.readers import limits
from labeling.datasets.readers.arrowsizes import at_most, row_sizes
from labeling.datasets.readers.arrowvalues import values
from labeling.datasets.readers.fields import visible
from labeling.datasets.readers.jsonrows import RawRow
from labeling.datasets.readers.pages import ColumnPage, longest_text, pages
from labeling.datasets.rows import Refusal, RefusalCode, UnreadableFile

_MAGIC = b"PAR1"
#: The last bytes of a file: how long its footer is, and again the magic number.
_END = struct.Struct("<I4s")
_BATCH = 200
#: With at least so many rows at once, reading is about as fast.
_FEW = 20
#: Bytes of a text that is long.
_LONG = 1 << 14
#: Bytes of a column that are read ahead; without it, all of a column of a row group.
_BUFFER = 1 << 16
_TOO_LONG = f"The row takes more than {limits.MAX_ROW_BYTES // 1024**2} MiB."
_AGAIN = "Write it again and retry."
#: How the library `datasets` is told to write row groups that are small, also of pictures.
_FEWER = "batch_size=10"


def _unreadable() -> tuple[type[Exception], ...]:
    """What Arrow and we raise for a file that is none."""
    return (pa.ArrowException, OSError, ValueError, RecursionError, MemoryError)


def is_parquet(path: Path) -> bool:
    """Whether the file begins as Parquet does."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def parquet_names(path: Path) -> list[str]:
    """The names of its columns. Raises UnreadableFile like `parquet_rows`."""
    try:
        with _open(path) as file:
            return list(file.schema_arrow.names)
    except _unreadable() as error:
        raise UnreadableFile(_problem(error, 0)) from None


def parquet_rows(path: Path) -> Iterator[RawRow | Refusal]:
    """The rows, numbered from 1; empty values are missing keys, as in the other kinds of files.

    A value that has no form in JSON is `Broken`, so that its row is refused by its column. Raises
    UnreadableFile for a damaged file, one that unpacks beyond the limits, or names used twice.
    """
    number = 0
    for batch in _batches(path):
        for part in _parts(batch):
            if part is None:
                number += 1
                yield Refusal(number, "", _TOO_LONG, code=RefusalCode.TOO_LONG)
                continue
            columns = [values(column) for column in part.columns]
            for cells in zip(*columns, strict=True):
                number += 1
                named = zip(part.schema.names, cells, strict=True)
                yield number, {name: cell for name, cell in named if cell is not None}


def parquet_count(path: Path) -> int:
    """How many rows a file has, read to its end. Raises UnreadableFile like `parquet_rows`."""
    return sum(batch.num_rows for batch in _batches(path))


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    read = unpacked = 0
    try:
        with path.open("rb") as raw, _open(path) as file:
            for group in range(file.num_row_groups):
                plan = _planned(file.metadata.row_group(group), file.schema, raw)
                unpacked += plan.unpacked
                if unpacked > limits.MAX_UNPACKED_BYTES:
                    gib = limits.MAX_UNPACKED_BYTES // 1024**3
                    raise UnreadableFile(f"The file unpacks to more than {gib} GiB. Split it.")
                for batch in _group(path, file, group, plan):
                    yield batch
                    read += batch.num_rows
    except _unreadable() as error:
        raise UnreadableFile(_problem(error, read), line=read) from None


def _group(path: Path, file: pq.ParquetFile, group: int, plan: _Plan) -> Iterator[pa.RecordBatch]:
    if not plan.by_dictionary:
        yield from file.iter_batches(plan.rows, [group], use_threads=False)
        return
    with _open(path, plan.by_dictionary) as other:
        yield from other.iter_batches(plan.rows, [group], use_threads=False)


def _parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch | None]:
    """The rows of a batch, as many at once as may be held; None for one that is too long."""
    if at_most(batch) <= limits.MAX_HELD_BYTES:
        yield batch
        return
    sizes = row_sizes(batch)
    if sizes.sum() <= limits.MAX_HELD_BYTES:
        yield batch
        return
    for row, size in enumerate(sizes):
        yield batch.slice(row, 1) if size <= limits.MAX_ROW_BYTES else None


def _problem(error: Exception, read: int) -> str:
    said = visible(str(error), limits.EXCERPT)
    if "encrypt" in said.lower() or "decrypt" in said.lower():
        return "The Parquet file is encrypted. Decrypt it and import that."
    if isinstance(error, pa.ArrowNotImplementedError):
        return f"The Parquet file uses what cannot be read here ({said}). Write it with zstd."
    if isinstance(error, RecursionError):
        return "The columns of the Parquet file are nested too deeply."
    if isinstance(error, MemoryError):
        return (
            f"The rows of the Parquet file after row {read:,} take more memory than there is. "
            f"Write fewer of them in a row group: with datasets, to_parquet(…, {_FEWER})."
        )
    if "magic bytes" in said or "footer" in said or "too small" in said:
        return f"The Parquet file has no footer: it was cut off or never finished. {_AGAIN}"
    return f"The Parquet file is damaged after row {read:,} ({said}). {_AGAIN}"


def _open(path: Path, by_dictionary: Sequence[str] = ()) -> pq.ParquetFile:
    """The file, where what it says about itself is within the limits."""
    with path.open("rb") as raw:
        size = path.stat().st_size
        raw.seek(-min(_END.size, size), 2)
        length, magic = _END.unpack(raw.read().rjust(_END.size))
        if magic == _MAGIC and limits.MAX_FOOTER_BYTES < length < size:
            mib = limits.MAX_FOOTER_BYTES // 1024**2
            raise UnreadableFile(
                f"The footer of the Parquet file is larger than {mib} MiB. Write it with fewer "
                "columns and larger row groups."
            )
    file = pq.ParquetFile(
        path,
        read_dictionary=list(by_dictionary) or None,
        memory_map=False,
        pre_buffer=False,
        buffer_size=_BUFFER,
    )
    metadata = file.metadata
    if metadata.num_columns > limits.MAX_COLUMNS:
        raise UnreadableFile(f"The file has more than {limits.MAX_COLUMNS} columns.")
    if metadata.num_rows > limits.MAX_ROWS:
        raise UnreadableFile(f"The file has more than {limits.MAX_ROWS:,} rows. Split it.")
    _check_names(file.schema_arrow)
    return file


@dataclass(slots=True)
class _Plan:
    """How a row group is read: so many rows at once, these columns by their dictionaries."""

    rows: int
    by_dictionary: tuple[str, ...]
    unpacked: int


def _planned(group: Any, schema: pq.ParquetSchema, raw: BinaryIO) -> _Plan:
    """Trusts no size that a hostile file may declare but those that the library holds it to."""
    columns = [
        _column_sizes(group.column(place), schema.column(place).max_repetition_level > 0, raw)
        for place in range(group.num_columns)
    ]
    _check_pages(columns)
    if _FEW * sum(column.longest for column in columns) > limits.MAX_PAGE_BYTES:
        # Most files have long dictionaries of short texts; to look at them takes time.
        for column in columns:
            column.look(raw)
    for column in columns:
        if column.expands and column.has_long_texts:
            column.look(raw)
    dictionaries = sum(column.longest for column in columns)
    by_dictionary = tuple(
        column.path for column in columns if column.expands and column.has_long_texts
    )
    a_row = sum(column.in_a_row(group.num_rows) for column in columns)
    rows = min(
        limits.MAX_HELD_BYTES / max(1.0, a_row), limits.MAX_PAGE_BYTES / max(1, dictionaries)
    )
    return _Plan(
        int(min(_BATCH, max(1.0, rows))),
        by_dictionary,
        sum(column.unpacked for column in columns),
    )


def _check_pages(columns: Iterable[_ColumnSizes]) -> None:
    if sum(column.largest for column in columns) > limits.MAX_PAGE_BYTES:
        mib = limits.MAX_PAGE_BYTES // 1024**2
        raise UnreadableFile(
            f"The pages of a row group unpack to more than {mib} MiB at a time. Write the file "
            "with smaller row groups."
        )
    if any(column.of_lists and column.most_values > limits.MAX_PAGE_VALUES for column in columns):
        raise UnreadableFile(
            f"A page of lists holds more than {limits.MAX_PAGE_VALUES:,} values. Write the file "
            "with smaller pages or row groups."
        )


@dataclass(slots=True)
class _ColumnSizes:
    """Bytes of a column of a row group, unpacked: all, of its largest page, of a value of the
    densest page, at most of a text of its dictionary; and the most values of a page."""

    path: str
    codec: str
    values: int
    of_lists: bool
    unpacked: int = 0
    largest: int = 0
    a_value: float = 0.0
    most_values: int = 0
    longest: int = 0
    dictionary: ColumnPage | None = None

    def look(self, raw: BinaryIO) -> None:
        """Finds the longest text of the dictionary, which may be much shorter than all of it."""
        if self.dictionary is not None:
            self.longest = longest_text(raw, self.dictionary, self.codec)

    @property
    def expands(self) -> bool:
        """Whether a list may name a text of the dictionary so often that it takes too much."""
        too_much = self.longest * self.values > limits.MAX_PAGE_BYTES
        return self.of_lists and too_much and self.unpacked <= limits.MAX_PAGE_BYTES

    @property
    def has_long_texts(self) -> bool:
        """Whether the dictionary has long texts and little else; where one long text is among many
        short ones, the memory of the process is the bound."""
        page = self.dictionary
        return page is not None and page.unpacked > _LONG * page.values

    def in_a_row(self, rows: int) -> float:
        """Bytes of the column in a row without those of the dictionary, more or less."""
        return self.unpacked / max(1, rows) if self.of_lists else self.a_value


def _column_sizes(column: Any, of_lists: bool, raw: BinaryIO) -> _ColumnSizes:
    sizes = _ColumnSizes(
        column.path_in_schema, column.compression, column.num_values, of_lists=of_lists
    )
    for page in pages(raw, column):
        sizes.unpacked += page.unpacked
        sizes.largest = max(sizes.largest, page.unpacked, page.packed)
        if sizes.largest > limits.MAX_PAGE_BYTES:
            break
        if not page.is_dictionary:
            sizes.most_values = max(sizes.most_values, page.values)
            sizes.a_value = max(sizes.a_value, page.unpacked / max(1, page.values))
        elif column.physical_type == "BYTE_ARRAY":
            sizes.dictionary, sizes.longest = page, page.unpacked
    return sizes


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
