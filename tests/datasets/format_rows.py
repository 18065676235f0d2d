"""One task in everything a format can be asked to write, and the files it becomes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from labeling.datasets.files import DataFiles
from labeling.datasets.formats import Format, TaskRows
from labeling.datasets.formats.carrying import Needs
from labeling.datasets.formats.columns import FileTable
from labeling.datasets.layout import Layout
from labeling.datasets.recipes import Demonstration, Pair, RankedResponses, ResponseLabel, RowKind
from labeling.datasets.recipes.outcome import ResponseRatings, RuleLabel
from labeling.datasets.records import JudgmentRecord, TaskRecord
from labeling.datasets.texts import restore
from tests.datasets.release_rows import CRITERION, HELPFUL, KIND_RULE, OVERALL, RULE, judgment, task

csv.field_size_limit(1 << 24)

CHAT = [("user", "Hi"), ("assistant", "Hello"), ("user", "Why tides?")]


def decided(
    value: int = -2,
    by: JudgmentRecord | None = None,
    *,
    chosen: int | None = None,
    rejected: int = 0,
    **more: Any,
) -> Pair:
    """A pair of one vote for the side that the sign names."""
    said = by or judgment(value, "rui")
    first = (0, 1) if value < 0 else (1, 0)
    sides = first if chosen is None else (chosen, rejected)
    size = abs(value)
    return Pair(*sides, size, size / 3, 1, 0, 0, said, value=value, **more)


def tied(kind: str, by: JudgmentRecord | None = None) -> Pair:
    """A pair of one vote that prefers neither."""
    said = by or judgment(0, "rui", tie_kind="" if kind in ("unspecified", "mixed") else kind)
    return Pair(0, 1, 0, 0.0, 0, 0, 1, said, tie=kind)


def item(
    record: TaskRecord | None = None,
    *,
    pairs: Sequence[Pair] | None = None,
    judgments: Sequence[JudgmentRecord] | None = None,
    **more: Any,
) -> TaskRows:
    """The task "tides" with one pair, two labels, a ranking and a demonstration."""
    said = judgments or [judgment(-2, "rui", rationale="Clearer.", active_ms=5)]
    parts: dict[str, Any] = {
        "labels": [ResponseLabel(0, True), ResponseLabel(1, False)],
        "rankings": [RankedResponses((1, 2), said[0])],
        "demonstrations": [Demonstration(0)],
        "ratings": [ResponseRatings(0, (3.5,), (2,)), ResponseRatings(1, (1.0,), (2,))],
        "rules": [RuleLabel(0, KIND_RULE.name, True, 1.5, 2, 0, 0)],
        **more,
    }
    decisions = [decided(-2, said[0])] if pairs is None else pairs
    record = record or task("tides", *said, messages=CHAT)
    criterion = replace(OVERALL, principles=RULE.principles)
    return TaskRows(record, criterion, "group-1", decisions, judgments=said, **parts)


def write(
    shape: Format, items: Iterable[TaskRows], folder: Path, file_type: str = "jsonl"
) -> dict[str, list[dict[str, Any]]]:
    """Writes what the format makes of the items, and reads back the rows of each table."""
    kind = next((kind for kind in CRITERION if kind in shape.main), RowKind.PAIRS)
    needs = Needs(kind=kind, attributes=(HELPFUL.key,) * (kind == RowKind.RATINGS))
    with DataFiles(folder, Layout(shape, (OVERALL,), needs=needs), file_type) as data:
        for task_rows in items:
            data.write(shape.rows(task_rows), OVERALL.key, "train", 100)
        counts, _ = data.close()
    tables = shape.tables_for(needs)
    return {table.name: read_files(folder, table) for table in tables if counts[table.name]}


def read_files(root: Path, table: FileTable) -> list[dict[str, Any]]:
    """Every row of a table's files, of whatever type; cells of CSV as they were meant."""
    rows: list[dict[str, Any]] = []
    for path in sorted((root / table.folder).iterdir()):
        if path.suffix == ".parquet":
            rows += pq.read_table(path).to_pylist()
            continue
        with pa.input_stream(path, compression="detect") as stream:
            text = stream.read().decode()
        if path.suffix == ".csv":
            rows += [_meant(row, table) for row in csv.DictReader(io.StringIO(text, newline=""))]
        else:
            rows += [json.loads(line) for line in text.split("\n")[:-1]]
    return rows


def _meant(cells: dict[str, str], table: FileTable) -> dict[str, Any]:
    listed = {name for name, kind in table.columns if "dtype" not in kind.feature} | {"messages"}
    return {
        name: json.loads(cell) if cell and name in listed else restore(cell)
        for name, cell in cells.items()
    }
