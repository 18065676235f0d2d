"""Records of a CSV file, split by whole texts where they are regular, else by the csv module."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import chain

from labeling.datasets.readers import limits

# The module's default of 128 KiB is below one long answer. The limit is process-wide by design of
# the csv module; the bound on lines above it is ours.
csv.field_size_limit(limits.MAX_ROW_BYTES)
#: What a line takes beside its text: a record of millions of short lines is long too.
_LINE = 64
#: What is shorter takes no more than 30 MB, whatever it holds.
_SHORT = 1 << 20


class RecordTooLong(Exception):
    """The record holds more than a row may; `is_open` where one of its quotes is."""

    def __init__(self, *, is_open: bool = False) -> None:
        super().__init__()
        self.is_open = is_open


class _Irregular(Exception):
    """The record holds what only the csv module tells right, or refuses."""


class _Budget:
    """What one record may take, whoever splits it."""

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        self._size = self._marks = 0

    def take(self, line: str, *, is_open: bool) -> None:
        """Counts one more line. Raises RecordTooLong."""
        self._size += len(line) + _LINE
        if self._size <= _SHORT:
            return
        self._marks += line.count('"') + line.count(self._delimiter)
        if self._size > limits.MAX_ROW_BYTES or self._marks > limits.MAX_MARKS:
            raise RecordTooLong(is_open=is_open)

    def counted(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines, each counted as it is taken."""
        for line in lines:
            self.take(line, is_open=True)
            yield line


class _Record:
    """The cells of one record, line by line.

    Between two quotes a text is in turns outside and inside of a quoted cell; outside there may
    only be whole cells, each with its delimiter, or nothing, which is a quote written twice.
    """

    def __init__(self, delimiter: str, budget: _Budget) -> None:
        self._delimiter = delimiter
        self._budget = budget
        self.cells: list[str] = []
        self._quoted: list[str] = []
        self._any = self._inside = False

    def _bare(self, text: str) -> None:
        """Whole cells without quotes."""
        if "\r" in text:
            raise _Irregular
        self.cells += text.split(self._delimiter)

    def _open(self, before: str) -> None:
        """A quote opens, `before` standing between it and the last one or the record's begin."""
        if self._any and not before:
            self._quoted.append('"')
            return
        if before and before[-1] != self._delimiter:
            raise _Irregular
        if not self._any:
            if before:
                self._bare(before[:-1])
        else:
            self._close(before)
            if len(before) > 1:
                self._bare(before[1:-1])
        self._any = True

    def _close(self, after: str) -> None:
        """The quoted cell ends; only a delimiter may follow."""
        if after[:1] not in ("", self._delimiter):
            raise _Irregular
        self.cells.append("".join(self._quoted))
        self._quoted = []

    def add(self, line: str) -> bool:
        """Takes a line; True where the record ends with it. Raises _Irregular or RecordTooLong."""
        self._budget.take(line, is_open=self._inside)
        *parts, last = line.split('"')
        for part in parts:
            if self._inside:
                self._quoted.append(part)
            else:
                self._open(part)
            self._inside = not self._inside
        if self._inside:
            self._quoted.append(last)
            return False
        last = last.removesuffix("\n").removesuffix("\r")
        if not self._any:
            self._bare(last)
        else:
            self._close(last)
            if last:
                self._bare(last[1:])
        return True


class CsvRecords:
    """The cells of every record, as csv.reader with strict=True has them, at twice its speed.

    `lines` keep their line ends; `begins` is the line on which the last record began. Iterating
    raises csv.Error for a malformed record and may go on behind it, where a generator would be
    over. Raises RecordTooLong for one that takes more than a row may, and is over then.
    """

    def __init__(self, lines: Iterator[str], delimiter: str) -> None:
        self._lines = lines
        self._delimiter = delimiter
        self._read = 0
        self.begins = 1

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        self.begins = self._read + 1
        budget, taken = _Budget(self._delimiter), []
        record = _Record(self._delimiter, budget)
        try:
            for line in self._lines:
                taken.append(line)
                if record.add(line):
                    self._read += len(taken)
                    return record.cells
        except _Irregular:
            pass
        return self._by_module(taken, budget)

    def _by_module(self, taken: list[str], budget: _Budget) -> list[str]:
        """The record by the csv module, which wants all lines that were taken and maybe more."""
        lines = chain(taken, budget.counted(self._lines))
        reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
        try:
            return next(reader)
        finally:
            self._read += reader.line_num
