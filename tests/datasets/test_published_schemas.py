"""Rows obey the published schema of a format whose program or service cannot be run in a test.

Each schema names its source and version. Where the program can run, tests/training runs it.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.datasets.release_rows import read_table, task, votes
from tests.training.examples import dialogues, talks, written

jsonschema: Any = importlib.import_module("jsonschema")

PUBLISHED = {path.stem: path for path in Path(__file__).with_name("published").glob("*.json")}


@pytest.fixture(params=sorted(PUBLISHED))
def shape(request: pytest.FixtureRequest) -> str:
    """A format with a published schema."""
    name: str = request.param
    return name


def breaches(shape: str, rows: list[dict[str, Any]]) -> list[str]:
    """What the schema does not allow in these rows."""
    schema = json.loads(PUBLISHED[shape].read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    checker = jsonschema.Draft202012Validator(schema)
    return [
        f"{error.json_path}: {error.message}" for row in rows for error in checker.iter_errors(row)
    ]


def test_every_row_obeys_the_published_schema(tmp_path: Path, shape: str) -> None:
    """Conversations, system turns, ties and, where it has a place for them, tool dialogues."""
    said = [record for record, _ in talks()]
    ties = [task(f"tie{number}", *votes(0, 0, number % 2)) for number in range(6)]
    tasks = [*said, *ties, *dialogues()]
    result = written(shape, tmp_path / "r", tasks=tasks, file_type="jsonl")
    rows = read_table(result.path, "data")
    assert len(rows) >= len(said)
    assert breaches(shape, rows) == []


def test_the_schema_refuses_what_the_program_refuses(tmp_path: Path, shape: str) -> None:
    """A row that lacks any of its required columns, or holds a text where more is wanted."""
    (row, *_) = read_table(written(shape, tmp_path / "r", file_type="jsonl").path, "data")
    for name in json.loads(PUBLISHED[shape].read_text("utf-8"))["required"]:
        assert breaches(shape, [{key: value for key, value in row.items() if key != name}])
        assert breaches(shape, [{**row, name: None}])
