"""Rows without tools, turns of their own or reasoning are written as they always were, to the byte.

`tests/golden/plain_rows.json` holds a hash of each table's lines and declared types, over all
recipes that fit. A hash changes only where a table is meant to change for everybody.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace as changed

from labeling.datasets.files.jsonl import JsonLinesSink
from labeling.datasets.fitting import misfit, row_kind_of
from labeling.datasets.formats import FORMATS
from labeling.datasets.judging import Books, judge_task
from labeling.datasets.recipes import RECIPES, Recipe, RecipeOptions
from labeling.datasets.records import TaskRecord, canonical_json, digest
from tests.datasets.release_rows import FOUR_LEVELS, ORDER, OVERALL, edited, ranked, task, votes

GOLDEN = json.loads(Path(__file__).parents[1].joinpath("golden/plain_rows.json").read_text("utf-8"))
PROMPTS = (
    None,
    [("user", "Hi"), ("assistant", "Hello"), ("user", "Why tides?")],
    [("system", "Be brief."), ("user", "What is \u2028 🦉?")],
    [("user", "Compute."), ("assistant", "Let me see."), ("tool", "42")],
)


def plain_tasks() -> list[TaskRecord]:
    """Comparisons whose votes are clear, with prompts of all kinds and an edit."""
    tasks = [
        task(
            f"topic{number:03d}",
            *votes(*((-2, -1, 3) if number % 3 else (2, 3, 3))),
            messages=PROMPTS[number % len(PROMPTS)],
            responses=(f"All **about** {number}.\n- ä", f"Nothing on {number}: longer"),
        )
        for number in range(12)
    ]
    return [*tasks[:4], edited(tasks[4], "Better by a person.", original=0), *tasks[5:]]


def orders() -> list[TaskRecord]:
    """Rankings of three."""
    return [ranked(f"rank{number}", {"rui": (1, 2, 3), "ana": (1, 1, 3)}) for number in range(4)]


def recipes_for(shape: str) -> Iterator[tuple[Recipe, list[TaskRecord]]]:
    """Every recipe that fits the format, with the tasks it reads."""
    plain = plain_tasks()
    for criterion, tasks in ((OVERALL, plain), (FOUR_LEVELS, plain), (ORDER, orders())):
        for recipe in RECIPES.values():
            options = RecipeOptions()
            if misfit(recipe, FORMATS[shape], options=options, criteria=[criterion]) is None:
                kind = row_kind_of(recipe, FORMATS[shape])
                yield recipe(criterion, kind=kind), tasks


def table_hashes(shape: str) -> dict[str, str]:
    """A hash of the lines of each table of the format, and of its declared types."""
    tables = {table.name: table for table in FORMATS[shape].tables}
    hashes = {name: hashlib.sha256(str(table.schema).encode()) for name, table in tables.items()}
    for recipe, tasks in recipes_for(shape):
        if recipe.learner:
            for record in tasks:
                recipe.learner.learn(record)
            recipe.learner.settle()
        for record in tasks:
            books = Books(recipe)
            item = judge_task(record, books, FORMATS[shape], group="group")
            for row in FORMATS[shape].rows(item):
                hashes[row.table].update(JsonLinesSink(tables[row.table]).encode([row.values]))
    return {f"{shape} {name}": made.hexdigest()[:16] for name, made in hashes.items()}


@pytest.mark.parametrize("shape", sorted({key.split()[0] for key in GOLDEN}))
def test_plain_rows_are_written_as_they_always_were(shape):
    expected = {key: value for key, value in GOLDEN.items() if key.split()[0] == shape}
    assert table_hashes(shape) == expected


def test_the_key_that_orders_the_files_is_that_of_the_texts_alone():
    record = task("tides", *votes(-1))
    expected = "ab574dbaa4039fb04b991a7174e1bb7aac748dd8b27fa4d9d598dd411c0466bc"
    assert record.content_key() == expected
    assert changed(record, category="other").content_key() == record.content_key()


def test_what_releases_of_comparisons_say_of_themselves_is_what_they_always_said():
    """Cards and manifests hold these texts: one changes only where it changes for everybody."""
    later = {"margin", "ratings", "rules", "demonstrations", "helpsteer2"}
    spoken = [
        sorted((key, speaker.explain()) for key, speaker in speakers.items() if key not in later)
        for speakers in (RECIPES, FORMATS)
    ]
    words = canonical_json([list(pair) for said in spoken for pair in said])
    assert digest(words).hex()[:16] == "85b7e889bdaaaa6f"
