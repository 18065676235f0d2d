"""What holds the rows of a file, told by its content and never by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from labeling.datasets.readers import limits
from labeling.datasets.readers.jsonrows import RawRow, json_lines, json_lines_count, json_list
from labeling.datasets.readers.parquet import (
    is_parquet,
    parquet_count,
    parquet_names,
    parquet_rows,
)
from labeling.datasets.readers.shapes.labelstudio import lifted
from labeling.datasets.readers.source import ByteSource, open_source
from labeling.datasets.readers.tables import csv_rows, delimiter_of
from labeling.datasets.rows import Refusal, UnreadableFile

_HEAD = 1 << 20
#: Tables by the sign between their cells.
TABLES = {",": "CSV", "\t": "TSV", ";": "CSV with semicolons"}

RawRows = Iterator[RawRow | Refusal]


@dataclass(frozen=True, slots=True)
class Opened:
    """An open file: what it is, and its raw rows, to be read or to be counted, once.

    `count` reads to the end and raises UnreadableFile like `rows`, but makes only what it must.
    `header` names the columns of a table, once its first row was read.
    """

    container: str
    compression: str
    encoding: str
    rows: RawRows
    count: Callable[[], int]
    header: Sequence[str] = ()


def _counted(rows: RawRows) -> Callable[[], int]:
    return lambda: sum(1 for _ in islice(rows, limits.MAX_ROWS + 1))


def _container(source: ByteSource, names: list[str]) -> tuple[str, RawRows, Callable[[], int]]:
    """The file's kind by its first visible character, its raw rows, and how to count them."""
    head = source.stream.peek(_HEAD)
    start = head.lstrip()
    if not start:
        raise UnreadableFile("The file is empty.")
    if start[:1] == b"[":
        rows = json_list(source)
        return "JSON list", rows, _counted(rows)
    if start[:1] == b"{":
        if start.split(b"\n", 1)[0].strip() == b"{":
            raise UnreadableFile(
                "The file is one JSON object over several lines. Rows come as a list "
                "[{…}, {…}] or as one object a line."
            )
        return "JSON Lines", json_lines(source), partial(json_lines_count, source)
    header = start.split(b"\n", 1)[0].decode(errors="replace")
    delimiter = delimiter_of(header)
    rows = csv_rows(source, delimiter, names)
    return TABLES[delimiter], rows, _counted(rows)


def _flat(rows: RawRows) -> RawRows:
    for row in rows:
        if type(row) is tuple and "annotations" in row[1]:
            row = row[0], lifted(row[1])
        yield row


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """The file, open. Raises UnreadableFile for what is no file of rows."""
    if path.is_dir():
        raise UnreadableFile("This is a folder. Import its files one by one.")
    if is_parquet(path):
        rows: RawRows = _flat(parquet_rows(path))
        counting = partial(parquet_count, path)
        yield Opened("Parquet", "", "UTF-8", rows, counting, parquet_names(path))
        return
    with open_source(path) as source:
        header: list[str] = []
        container, rows, count = _container(source, header)
        encoding = "UTF-8 with a byte order mark" if source.bom else "UTF-8"
        yield Opened(container, source.compression, encoding, _flat(rows), count, header)
