"""Releases of many judgments of long responses: time, peak memory, and writers beside plain ones.

Each release is built in a process of its own, so that its peak of memory is its own (Linux only).
The records are made on the fly; what making them takes is measured apart and stays in the time. The
prompts are placed before the clock starts (`bench.datasets_splits` measures that), and the table
of memory is of the build, with the finished plan in it.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from bench.datasets_records import JUDGES, corpus, prompts, tasks
from bench.timing import Row, best
from labeling.datasets.build import build_release
from labeling.datasets.context import ReleaseContext
from labeling.datasets.files import DataFiles
from labeling.datasets.formats import FORMATS
from labeling.datasets.formats import base as formats
from labeling.datasets.formats.columns import FileTable
from labeling.datasets.judging import Books, judge_task
from labeling.datasets.layout import Layout
from labeling.datasets.recipes import RECIPES
from labeling.datasets.records import CriterionRecord
from labeling.datasets.splits import plan_splits

#: Seconds and megabytes that a million judgments may take.
AIM_SECONDS, AIM_MEGABYTES = 60.0, 400.0
CRITERION = CriterionRecord("overall", "Which response is better?", "helpsteer7", 3)
HEAD = [
    "file type",
    "judgments",
    "s",
    "of it making records",
    "processor, s",
    "aim, s",
    "peak, MB",
    "aim, MB",
    "files, MB",
]


@dataclass(frozen=True)
class Measured:
    """What one release took: wall and processor seconds, making records apart, and megabytes."""

    file_type: str
    judgments: int
    seconds: float
    records: float
    processor: float
    peak: float
    size: float

    def cells(self) -> list[str]:
        """Return a row of the table; aims are for a million judgments."""
        aims = self.judgments >= 1_000_000
        return [
            self.file_type,
            f"{self.judgments:,}",
            f"{self.seconds:.1f}",
            f"{self.records:.1f}",
            f"{self.processor:.1f}",
            f"{AIM_SECONDS:.0f}" if aims else "",
            f"{self.peak:.0f}",
            f"{AIM_MEGABYTES:.0f}" if aims and self.file_type == "parquet" else "",
            f"{self.size:,.0f}",
        ]


def releases(judgments: int, file_types: Sequence[str] = ("parquet", "jsonl")) -> list[Measured]:
    """Build releases of a hundredth, a tenth and all of so many judgments, as each file type."""
    sizes = [judgments // share for share in (100, 10, 1)]
    return [measured(file_type, size) for file_type in file_types for size in sizes]


def measured(file_type: str, judgments: int) -> Measured:
    """Build one release in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_measure, file_type, judgments).result()


def _measure(file_type: str, judgments: int) -> Measured:
    count = max(1, judgments // JUDGES)
    corpus()
    began = perf_counter()
    for _ in tasks(count):
        pass
    records = perf_counter() - began
    plan = plan_splits(prompts(count))
    _forget_peak()
    with tempfile.TemporaryDirectory() as folder:
        began, busy = perf_counter(), process_time()
        result = build_release(
            tasks(count),
            plan=plan,
            recipes=[RECIPES["majority"](CRITERION)],
            shape=FORMATS["native"],
            file_type=file_type,
            out=Path(folder) / "release",
            context=ReleaseContext("bench", "bench", {}),
        )
        seconds, busy = perf_counter() - began, process_time() - busy
    size = sum(file.size for file in result.files) / 1e6
    return Measured(file_type, count * JUDGES, seconds, records, busy, _peak(), size)


def _forget_peak() -> None:
    """Let the kernel count the peak of this process from here on."""
    Path("/proc/self/clear_refs").write_text("5")


def _peak() -> float:
    """Return the largest resident set since, in MB."""
    status = Path("/proc/self/status").read_text().splitlines()
    return float(next(line.split()[1] for line in status if line.startswith("VmHWM"))) / 1024


def rows(count: int = 20_000) -> list[Row]:
    """Return the rows of the table of writers: ours beside the plain ways to write the same rows.

    Ours hashes its files and brings them to the disk, the plain ones do not; their rows are objects
    from the start, ours are made to them where a file type needs it.
    """
    tables = {table.name: table for table in FORMATS["native"].tables}
    return [
        line
        for name in ("preference", "judgments")
        for line in _beside(tables[name], list(islice(_rows_of(tables[name]), count)))
    ]


def _beside(table: FileTable, format_rows: Sequence[formats.Row]) -> Iterator[Row]:
    """Yield a row for each file type that has a plain way."""
    plain = _objects(table, format_rows)
    for file_type, peer, call in _PEERS:
        name = f"{len(format_rows):,} rows of `{table.name}` as {file_type}"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder)
            theirs = best(partial(call, path / "plain", table, plain), 3)
            mine = best(partial(_write, path, table, format_rows, file_type), 3)
        yield Row(name, mine, theirs, peer, 2 * theirs)


def _rows_of(table: FileTable) -> Iterator[formats.Row]:
    """Yield rows of a table of the native folder."""
    shape, book = FORMATS["native"], Books(RECIPES["raw"](CRITERION))
    for task in tasks(1_000_000):
        item = judge_task(task, book, shape)
        yield from (row for row in shape.rows(item) if row.table == table.name)


def _objects(table: FileTable, format_rows: Sequence[formats.Row]) -> list[dict[str, Any]]:
    """Return the same rows as a program that knows no schema would hold them."""
    arrays = [
        kind.build(values)
        for (_, kind), values in zip(
            table.columns, zip(*[row.values for row in format_rows], strict=True), strict=True
        )
    ]
    return pa.Table.from_arrays(arrays, schema=table.schema).to_pylist()


def _write(
    root: Path, table: FileTable, format_rows: Sequence[formats.Row], file_type: str
) -> None:
    layout = Layout(FORMATS["native"], (CRITERION,))
    with DataFiles(root, layout, file_type) as data:
        data.write(format_rows, CRITERION.key, "train", 4_000)
        data.close()


def _by_pyarrow(path: Path, table: FileTable, format_rows: Sequence[dict[str, Any]]) -> None:
    schema = table.schema
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for start in range(0, len(format_rows), 5_000):
            batch = list(format_rows[start : start + 5_000])
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))


def _by_json(path: Path, table: FileTable, format_rows: Sequence[dict[str, Any]]) -> None:
    with path.open("w") as file:
        for row in format_rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


_PEERS: Sequence[tuple[str, str, Callable[[Path, FileTable, Sequence[dict[str, Any]]], None]]] = (
    ("parquet", "pyarrow, from_pylist", _by_pyarrow),
    ("jsonl", "json.dumps", _by_json),
)
