"""What an import kept of a task goes with Concord's own rows, and other formats say that it does
not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from labeling.datasets.formats import FORMATS
from labeling.datasets.metadata import released_metadata
from labeling.datasets.readers import read
from labeling.datasets.recipes import RECIPES
from labeling.datasets.records import TaskRecord
from labeling.datasets.rows import ImportRow
from tests.datasets.release_rows import project, read_table, release, task, votes

ABOUT = {"source": "quiz ✓", "score": 1.5, "nested": {"b": [1, None], "a": "ü"}}

#: Between them they make rows of every kind.
RECIPES_TRIED = ("majority", "raw", "kto", "sft", "ratings", "rules")


def described(count: int = 6) -> list[TaskRecord]:
    first, *others = project(count)
    return [replace(first, metadata=released_metadata(ABOUT)), *others]


@pytest.mark.parametrize("recipe", ["majority", "kto", "sft"])
def test_every_row_of_the_native_folder_says_what_the_import_kept(tmp_path, recipe):
    tables = {"majority": "preference", "kto": "kto", "sft": "sft"}
    built = release(described(), tmp_path / "r", recipe=recipe)
    for name in (tables[recipe], "judgments"):
        rows = read_table(built.path, name)
        said = {row["task_id"]: json.loads(row["metadata"]) for row in rows}
        assert said == {**{name: {} for name in said}, "topic000": ABOUT}


def test_without_metadata_no_table_has_a_place_for_it(tmp_path):
    built = release(project(6), tmp_path / "r")
    assert all("metadata" not in row for row in read_table(built.path, "judgments"))
    assert "Metadata" not in (built.path / "README.md").read_text()


def test_metadata_comes_back_by_an_import_of_the_judgments(tmp_path):
    built = release(described(), tmp_path / "r", recipe="raw", shape="judgments", file_type="jsonl")
    made = [row for path in built.path.glob("data/*.jsonl") for row in read(path)]
    rows = [row for row in made if isinstance(row, ImportRow)]
    assert len(rows) == len(made) == 18
    assert {
        row.external_id for row in rows if ABOUT.items() <= {**row.metadata, **row.about}.items()
    } == {"topic000"}


@pytest.mark.parametrize("shape", FORMATS)
def test_the_card_of_every_format_says_what_becomes_of_metadata(tmp_path, shape):
    fitting = (name for name in RECIPES_TRIED if _fits(name, shape))
    built = release(described(), tmp_path / "r", recipe=next(fitting), **_written(shape))
    card = (built.path / "README.md").read_text()
    carried = "what the import kept of the task beyond its texts, as JSON" in card
    assert carried == FORMATS[shape].carries_metadata
    assert carried != ("has no place in these files" in card)


def _written(shape: str) -> dict[str, Any]:
    return {"shape": shape, "file_type": FORMATS[shape].file_types[0]}


def _fits(recipe: str, shape: str) -> bool:
    kinds = FORMATS[shape].main
    made = RECIPES[recipe]
    return any(kind in kinds for kind in made.kinds) and (
        made.per_vote or not FORMATS[shape].needs_votes
    )


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, ""),
        ({"annotator": "kim", "worker_id": 7, "WorkerId": "A1"}, ""),
        ({"other_rows": [{"worker": "B2", "seconds": 90}]}, '{"other_rows":[{"seconds":90}]}'),
        ({"other_results": {"annotator-7": [{"a": 1}]}}, '{"other_results":[[{"a":1}]]}'),
        ({"q.responses.users": ["u1"], "q.responses": [4]}, '{"q.responses":[4]}'),
        ({"user": {"role": "user", "content": "Hi"}}, '{"user":{"content":"Hi","role":"user"}}'),
        ({"trip": 1, "judgement": "x"}, '{"judgement":"x","trip":1}'),
    ],
)
def test_whoever_judged_elsewhere_is_named_in_no_release(values, said):
    assert released_metadata(values) == said


def test_pairs_without_a_prompt_are_in_concords_own_tables_alone(tmp_path):
    alone = [replace(record, messages=()) for record in project(4)]
    asked = task("asked", *votes(-2, -1, 3))
    built = release([*alone, asked], tmp_path / "native")
    assert [row["task_id"] for row in read_table(built.path, "preference")] == ["asked"]
    judged = [row for row in read_table(built.path, "judgments") if row["task_id"] != "asked"]
    assert [row["prompt"] for row in judged] == [[]] * 12
    assert built.ledger.drops["no_prompt"] == 4
    table = release([*alone, asked], tmp_path / "pairs", shape="pairs", file_type="csv")
    assert (table.ledger.rows_out, table.ledger.drops) == (5, {})


@pytest.mark.parametrize("shape", FORMATS)
def test_no_format_breaks_on_a_task_without_a_prompt(tmp_path, shape):
    alone = [replace(record, messages=()) for record in project(2)]
    fitting = next(name for name in RECIPES_TRIED if _fits(name, shape))
    tasks = [*alone, task("asked", *votes(-2, -1, 3))]
    built = release(tasks, tmp_path / "r", recipe=fitting, **_written(shape))
    assert ("no_prompt" in built.ledger.drops) != FORMATS[shape].takes_no_prompt
