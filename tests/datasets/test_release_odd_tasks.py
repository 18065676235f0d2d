"""Tasks that nobody expects: broken names, crowds of raters, criteria answered by some only."""

from __future__ import annotations

import random
import time
from collections import defaultdict

import pytest
from msgspec.structs import replace as changed

from labeling.datasets.formats import FORMATS
from labeling.datasets.judging import preview
from labeling.datasets.recipes import RECIPES, RecipeOptions
from labeling.datasets.records import CriterionRecord, JudgmentRecord
from tests.datasets.release_rows import (
    ORDER,
    OVERALL,
    judgment,
    project,
    ranked,
    read_table,
    release,
    task,
    votes,
)

STYLE = CriterionRecord("style", "Which reads better?", "helpsteer7", 3, primary=False)
HALF = "half \ud800 a character"


@pytest.mark.parametrize("recipe", ["raw", "consensus"])
def test_names_that_hold_half_a_character_stand_in_no_ones_way(tmp_path, recipe):
    broken = changed(
        task("bread", judgment(-2, HALF), judgment(-1, "rui")),
        id=HALF,
        prompt_id=HALF,
        category=HALF,
        language=HALF,
    )
    result = release([broken, *project(20)], tmp_path / "r", recipe=recipe)
    rows = [row for row in read_table(result.path, "judgments") if "�" in row["task_id"]]
    assert {row["prompt_id"] for row in rows} == {"half � a character"}
    assert {row["rater"] for row in rows} == {"half � a character", "rui"}


def test_a_preview_sees_texts_as_they_will_be_written(tmp_path):
    tasks = [task("same", *votes(-1), responses=("\ud800", "\udfff")), task("bread", *votes(-1))]
    recipe = RECIPES["majority"](OVERALL)
    shown, _ = preview(lambda: tasks, recipe=recipe, shape=FORMATS["trl"])
    assert shown == release(tasks, tmp_path / "r", shape="trl").ledger
    assert shown.drops == {"identical_responses": 1}


@pytest.mark.slow
@pytest.mark.walk
def test_a_task_may_have_more_votes_than_sixteen_bits_count(tmp_path):
    crowd = [judgment(-1, f"rater-{place}", id=f"{place:05d}") for place in range(33_000)]
    result = release([task("bread", *crowd)], tmp_path / "r")
    assert [row["n_raters"] for row in read_table(result.path, "preference")] == [33_000]


@pytest.mark.parametrize("file_per_criterion", [False, True])
def test_judgments_that_only_a_later_criterion_takes_are_written(tmp_path, file_per_criterion):
    judgments = (
        JudgmentRecord("one", "rui", {"overall": 1, "style": 1}),
        JudgmentRecord("two", "ana", {"style": 1}),
    )
    result = release(
        [task("bread", *judgments)],
        tmp_path / "r",
        criteria=(OVERALL, STYLE),
        options=RecipeOptions(min_votes=2),
        file_per_criterion=file_per_criterion,
    )
    table = "judgments-style" if file_per_criterion else "judgments"
    rows = read_table(result.path, table)
    assert [(row["judgment_id"], row["criterion"]) for row in rows] == [
        ("one", "style"),
        ("two", "style"),
    ]


@pytest.mark.parametrize("recipe", ["raw", "instructgpt", "majority"])
def test_the_pairs_that_are_left_of_an_order_share_a_weight_of_one(tmp_path, recipe):
    record = ranked("bread", {"rui": (1, 2, 3), "ana": (1, 2, 3)})
    first, second, third = record.responses
    same = changed(record, responses=(first, changed(second, content=first.content), third))
    result = release([same], tmp_path / "r", recipe=recipe, criteria=(ORDER,))
    weights = defaultdict(list)
    for row in read_table(result.path, "preference"):
        weights[row["rater"]].append(row["pair_weight"])
    assert set(map(tuple, weights.values())) == {(0.5, 0.5)}


def test_tasks_without_a_category_are_not_lost_beside_one_of_that_name(tmp_path):
    named = [
        changed(task(f"bread{i}", *votes(-1)), category=c) for i, c in enumerate(["", "(none)"])
    ]
    figures = release(named, tmp_path / "r").manifest["figures"]
    assert figures["tasks_per_category"] == {"(none)": 2}


def test_orders_of_many_responses_by_many_raters_are_put_together_in_a_moment(tmp_path):
    places = random.Random(7)
    crowd = {f"rater-{n}": tuple(places.sample(range(1, 41), 40)) for n in range(40)}
    began = time.process_time()
    release([ranked("bread", crowd)], tmp_path / "r", criteria=(ORDER,), shape="trl")
    assert time.process_time() - began < 10
