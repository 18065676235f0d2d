"""One task in everything a format can be asked to write, and the files it becomes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from labeling.datasets.files import SHARD_BYTES, SINKS, Sink
from labeling.datasets.formats import Format, TaskRows
from labeling.datasets.recipes import Demonstration, Label, Pair, Ranking
from labeling.datasets.records import JudgmentRecord, TaskRecord
from tests.datasets.release_rows import OVERALL, judgment, read_table, task

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
        "labels": [Label(0, True), Label(1, False)],
        "rankings": [Ranking((1, 2), said[0])],
        "demonstrations": [Demonstration(0)],
        **more,
    }
    given = [decided(-2, said[0])] if pairs is None else pairs
    record = record or task("tides", *said, messages=CHAT)
    return TaskRows(record, OVERALL, "group-1", given, judgments=said, **parts)


def write(
    shape: Format, items: Iterable[TaskRows], folder: Path, file_type: str = "jsonl"
) -> dict[str, list[dict[str, Any]]]:
    """Writes what the format makes of the items, and reads back the rows of each table."""
    tables = {table.name: table for table in shape.tables}
    sinks: dict[str, Sink] = {}
    for one in items:
        for row in shape.rows(one):
            if row.table not in sinks:
                sinks[row.table] = SINKS[file_type](folder, tables[row.table], "train", SHARD_BYTES)
            sinks[row.table].write(row, 100)
    for sink in sinks.values():
        sink.close()
    return {name: read_table(folder, tables[name].folder) for name in sinks}
