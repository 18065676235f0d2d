"""CSV and TSV as rows: quotes and line ends inside cells, several delimiters."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from labeling.datasets.readers import limits
from labeling.datasets.readers.csvrecords import CsvRecords, RecordTooLong
from labeling.datasets.readers.fields import excerpt_of
from labeling.datasets.readers.jsonrows import RawRow
from labeling.datasets.readers.source import ByteSource, EmptyLines, numbered_lines
from labeling.datasets.rows import Refusal, TornRow, UnreadableFile
from labeling.datasets.texts import restore

#: Delimiters in the order in which ties between them are settled.
DELIMITERS = (",", "\t", ";")


def delimiter_of(header: str) -> str:
    """The delimiter that occurs most in a header line, outside quotes."""
    bare = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=lambda mark: (bare.count(mark), -DELIMITERS.index(mark)))


def _lines(source: ByteSource) -> Iterator[str]:
    for number, line in numbered_lines(source):
        if line is None:
            mib = limits.MAX_ROW_BYTES // 1024**2
            raise UnreadableFile(f"Line {number} is longer than {mib} MiB.", line=number)
        yield line


def _header(cells: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    if len(names) > limits.MAX_COLUMNS:
        raise UnreadableFile(f"The header has more than {limits.MAX_COLUMNS} columns.", line=1)
    twice = {name for name in names if name and names.count(name) > 1}
    if twice:
        raise UnreadableFile(
            f"The header names the column “{excerpt_of(min(twice))}” twice. Rename one of them.",
            line=1,
        )
    return [name or f"column {i}" for i, name in enumerate(names, 1)]


def _row(line: int, names: list[str], cells: list[str]) -> RawRow | Refusal:
    if len(cells) != len(names):
        reason = f"Has {len(cells)} cells where the header has {len(names)}. " + (
            # The missing ones may be empty, or the rest of a text that was cut at a line end.
            "It is too short: quote a text that holds a line end, or write the delimiters of empty "
            "cells at its end too."
            if len(cells) < len(names)
            else "Quote cells that hold a delimiter or a line end."
        )
        first = excerpt_of(cells[0] if cells else "")
        named = dict(zip(names, cells, strict=False))
        return TornRow(line, "", reason, first, cells=named)
    # An empty cell says nothing, as a missing key in JSON does.
    filled = ((name, cell) for name, cell in zip(names, cells, strict=True) if cell != "")
    return line, {name: restore(cell) if cell[0] == "'" else cell for name, cell in filled}


def _says_delimiter(cells: list[str], delimiter: str) -> bool:
    """Whether a line is Excel's own before the header, which says what parts the cells."""
    return delimiter.join(cells).strip().lower() == f"sep={delimiter}".strip()


def _too_long(line: int, *, is_open: bool) -> str:
    mib = limits.MAX_ROW_BYTES // 1024**2
    if is_open:
        return (
            f"A quote is opened in the row that begins on line {line} and not closed in the {mib} "
            "MiB that follow. Close it and import the file again."
        )
    return (
        f"The row that begins on line {line} is longer than {mib} MiB, or holds more than "
        f"{limits.MAX_MARKS:,} quotes and delimiters."
    )


def csv_rows(source: ByteSource, delimiter: str, header: list[str]) -> Iterator[RawRow | Refusal]:
    """The rows of a CSV file under its header, whose names are put there.

    Lines without a text in any cell are no rows.

    Raises UnreadableFile where a quote is opened and never closed: all that follows would silently
    become one cell.
    """
    rows, empty = CsvRecords(_lines(source), delimiter), EmptyLines()
    names: list[str] | None = None
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except RecordTooLong as error:
            reason = _too_long(rows.begins, is_open=error.is_open)
            raise UnreadableFile(reason, line=rows.begins) from None
        except csv.Error as error:
            line = rows.begins
            if "unexpected end" in str(error) or "field larger" in str(error):
                raise UnreadableFile(
                    f"A quote is opened in the row that begins on line {line} and never closed. "
                    "Close it and import the file again.",
                    line=line,
                ) from None
            if names is None:
                raise UnreadableFile(f"The header is malformed: {error}.", line=line) from None
            yield Refusal(line, "", f"Malformed CSV: {error}.")
            continue
        if not any(map(str.strip, cells)) or (names is None and _says_delimiter(cells, delimiter)):
            empty.note(rows.begins)
            continue
        if names is None:
            names = _header(cells)
            header += names
        else:
            yield _row(rows.begins, names, cells)
