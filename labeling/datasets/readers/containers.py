"""What holds the rows of a file, told by its content and never by its name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from msgspec.structs import replace as replaced

from labeling.datasets.readers import limits
from labeling.datasets.readers.archives import is_archive, unpacked_table
from labeling.datasets.readers.jsonrows import RawRow, json_lines, json_lines_count, json_list
from labeling.datasets.readers.parquet import (
    is_parquet,
    parquet_count,
    parquet_names,
    parquet_rows,
)
from labeling.datasets.readers.shapes.argilla import lifted_record
from labeling.datasets.readers.shapes.labelstudio import lifted
from labeling.datasets.readers.source import ByteSource, open_source
from labeling.datasets.readers.tables import csv_rows, delimiter_of
from labeling.datasets.rows import Refusal, UnreadableFile

_HEAD = 1 << 20
#: A carriage return between two records: of a table anywhere, of JSON between two objects.
_OLD_ENDS = re.compile(rb"\A(?:[^{].*?\r.|\{.*?\}\s*\r\s*\{)", re.DOTALL)
#: What names the rows of a file by their numbers.
JSON_LIST = "JSON list"
#: Keys under which a file of one object has its rows, and the beginning of such a file.
_WRAPPERS = (
    *("data", "rows", "items", "examples", "instances", "records", "samples", "results"),
    *("tasks", "pairs", "comparisons"),
)
_WRAPPED = re.compile(rb'\s*\{\s*"(' + "|".join(_WRAPPERS).encode() + rb')"\s*:\s*\[\s*[{\]]')
#: What Excel writes before a header to say what parts the cells.
_SEP = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
#: Tables by the sign between their cells.
TABLES = {",": "CSV", "\t": "TSV", ";": "CSV with semicolons"}

#: Columns of which a row has one where values within it are columns of their own.
_LIFTED = frozenset({"data", "fields", "external_id"})

RawRows = Iterator[RawRow | Refusal]


@dataclass(frozen=True, slots=True)
class Opened:
    """An open file: what it is, and its raw rows, to be read or to be counted, once.

    `count` reads to the end and raises UnreadableFile like `rows`, but makes only what it must.
    `header` names the columns of a table, once its first row was read; `choice` says which table of
    an archive they are, where it holds several.
    """

    container: str
    compression: str
    encoding: str
    rows: RawRows
    count: Callable[[], int]
    header: Sequence[str] = ()
    choice: str = ""


def _counted(rows: RawRows) -> Callable[[], int]:
    return lambda: sum(1 for _ in islice(rows, limits.MAX_ROWS + 1))


def _container(source: ByteSource, names: list[str]) -> tuple[str, RawRows, Callable[[], int]]:
    """The file's kind by its first visible character, its raw rows, and how to count them."""
    head = source.stream.peek(_HEAD)
    start = head.lstrip()
    if not start:
        raise UnreadableFile("The file is empty.")
    if start[:1] == b"[" or is_wrapped(head):
        rows = json_list(source)
        return JSON_LIST, rows, _counted(rows)
    _refuse_carriage_returns(start)
    if start[:1] == b"{":
        if start.split(b"\n", 1)[0].strip() == b"{":
            raise UnreadableFile(
                "The file is one JSON object over several lines. Rows come as a list "
                "[{…}, {…}], in the file itself or as its “data”, or as one object a line."
            )
        return "JSON Lines", json_lines(source), partial(json_lines_count, source)
    header = start.split(b"\n", 1)[0].decode(errors="replace")
    delimiter = _delimiter(header)
    rows = csv_rows(source, delimiter, names)
    return TABLES[delimiter], rows, _counted(rows)


def is_wrapped(head: bytes) -> bool:
    """Whether a file that begins so is one object with its rows in a list, and no JSON Lines.

    A row may have such a list too: a line that is an object with more beside it is one.
    """
    if not _WRAPPED.match(head):
        return False
    first = head.lstrip().split(b"\n", 1)[0]
    try:
        return len(json.loads(first)) == 1
    except (ValueError, RecursionError):
        # The object goes on behind what was read, or over several lines.
        return True


def _refuse_carriage_returns(start: bytes) -> None:
    """Raises UnreadableFile where all of a file's beginning is one line by another sign."""
    if b"\n" not in start and _OLD_ENDS.search(start.rstrip()):
        raise UnreadableFile(
            "The lines of this file end with a carriage return alone, as old Macs wrote them. Save "
            "it with the line ends of Unix or Windows and import it again."
        )


def _delimiter(header: str) -> str:
    """The sign between the cells of a table; Excel may say it on a line of its own."""
    if not (said := _SEP.fullmatch(header)):
        return delimiter_of(header)
    if said[1] not in TABLES:
        raise UnreadableFile(
            f"The first line says that “{said[1]}” parts the cells. Save the file with commas, "
            "semicolons or tabs and import it again."
        )
    return said[1]


def _flat(rows: RawRows) -> RawRows:
    for row in rows:
        # A set's own look at the keys costs less than two calls, and few rows have any of them.
        if type(row) is tuple and not _LIFTED.isdisjoint(row[1]):
            row = row[0], lifted_record(lifted(row[1]))
        yield row


def _chained(first: RawRows, others: Sequence[Path]) -> RawRows:
    """The rows of the parts of a table, one after the other and numbered as of one file."""
    last = 0
    for row in first:
        last = row.line if isinstance(row, Refusal) else row[0]
        yield row
    for path in others:
        before = last
        with opened(path) as part:
            for row in part.rows:
                if isinstance(row, Refusal):
                    last = before + row.line
                    yield replaced(row, line=last)
                else:
                    last = before + row[0]
                    yield last, row[1]


def _rows_in(path: Path) -> int:
    with opened(path) as part:
        return part.count()


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """The file, open. Raises UnreadableFile for what is no file of rows."""
    if path.is_dir():
        raise UnreadableFile("This is a folder. Import its files one by one.")
    if is_archive(path):
        with unpacked_table(path) as (parts, choice), opened(parts[0]) as first:
            others = parts[1:]
            yield replace(
                first,
                rows=_chained(first.rows, others),
                count=lambda: first.count() + sum(map(_rows_in, others)),
                choice=choice,
            )
        return
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
