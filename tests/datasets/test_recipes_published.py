"""The recipes named after published practice give the published numbers of rows."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path

import pytest

from labeling.datasets.formats import FORMATS
from labeling.datasets.judging import preview
from labeling.datasets.recipes import RECIPES, RecipeOptions
from labeling.datasets.records import CriterionRecord
from tests.datasets.release_rows import (
    FOUR_LEVELS,
    ORDER,
    OVERALL,
    edited,
    judgment,
    ranked,
    task,
    votes,
)

GOLDEN = {
    case["id"]: case["expected"]
    for case in json.loads(
        (Path(__file__).parents[1] / "golden" / "science_vectors.json").read_text("utf-8")
    )
}
#: Significantly better 5, better 6, slightly better 4, negligibly better 3, tie 2.
TWENTY = [
    task(f"t{i}", judgment(value))
    for i, value in enumerate([4, -4] * 2 + [4] + [-3, 3] * 3 + [2, -2] * 2 + [1] * 3 + [0] * 2)
]


def rows_of(recipe, shape="native", criterion=FOUR_LEVELS, tasks=TWENTY):
    ledger, _ = preview(lambda: tasks, recipe=RECIPES[recipe](criterion), shape=FORMATS[shape])
    assert ledger.balanced()
    return ledger


def pairs_of(recipe, criterion=FOUR_LEVELS, tasks=TWENTY):
    made = RECIPES[recipe](criterion)
    return [pair for record in tasks for pair in made.apply(record).pairs]


@pytest.mark.parametrize("recipe", ["raw", "instructgpt", "hh", "llama3"])
def test_the_twenty_judgments_of_the_published_recipes(recipe):
    ledger = rows_of(recipe)
    assert (ledger.rows_in, ledger.rows_out) == (20, GOLDEN["G22"][recipe])


def test_llama2_has_the_published_margins():
    margins = Counter(f"{pair.margin:g}" for pair in pairs_of("llama2"))
    assert margins == GOLDEN["G22"]["llama2_margin_hist"]
    published = CriterionRecord(
        "overall", "", "llama2_4", 4, margins={4: 3.0, 3: 2.0, 2: 1.0, 1: 0.0}
    )
    assert pairs_of("llama2", published) == pairs_of("llama2")


def test_what_the_twenty_judgments_lose_has_a_reason():
    assert dict(rows_of("hh").drops) == {"weakest": 3, "tie_unspecified": 2}
    assert dict(rows_of("llama3").drops) == {"weaker_level": 7, "tie_unspecified": 2}
    assert dict(rows_of("instructgpt").drops) == {"tie_unspecified": 2}
    assert dict(rows_of("raw", "trl").drops) == {"tie_unspecified": 2}


@pytest.mark.parametrize("recipe", ["hh", "instructgpt", "llama3"])
def test_strength_stays_beside_a_loss_without_margin(recipe):
    pairs = pairs_of(recipe)
    assert {pair.margin for pair in pairs} == {0.0}
    assert {pair.strength for pair in pairs} <= {1, 2, 3, 4}
    assert max(pair.strength for pair in pairs) == 4


def test_the_four_published_losses_can_be_computed_from_one_release():
    """Strength is kept and no loss is baked in: a difference of rewards of 1, significantly."""
    (pair,) = pairs_of("llama2", tasks=[task("bread", judgment(-4))])

    def loss(margin=0.0, scale=1.0):
        return round(-scale * math.log(1 / (1 + math.exp(-(1 - margin)))), 4)

    assert {
        "plain": loss(),
        "margin_small_sig": loss(margin=pair.margin / 3),
        "margin_large_sig": loss(margin=pair.margin),
        "scaled_bt_m3": loss(scale=pair.margin),
    } == GOLDEN["G17"]


def test_a_ranking_of_four_with_a_tie_gives_five_pairs():
    record = ranked("bread", {"rui": (1, 2, 2, 3)})
    recipe = RECIPES["instructgpt"](ORDER)
    outcome = recipe.apply(record)
    names = "abcd"
    assert [[names[p.chosen], names[p.rejected]] for p in outcome.pairs] == GOLDEN["G18"][
        "K4_pairs"
    ]
    assert outcome.drops == ("tie_unspecified",)
    assert {pair.weight for pair in outcome.pairs} == {0.2}
    assert recipe.unit == "comparison"


def test_a_ranking_of_nine_gives_36_pairs_that_share_a_weight_of_one():
    record = ranked("bread", {"rui": tuple(range(1, 10))})
    recipe = RECIPES["instructgpt"](ORDER)
    pairs = recipe.apply(record).pairs
    assert len(pairs) == GOLDEN["G18"]["K9_pairs"]
    assert {round(pair.weight, 4) for pair in pairs} == {GOLDEN["G18"]["K9_weight_per_pair"]}
    assert {pair.group_size for pair in pairs} == {9}


def test_an_edit_gives_edited_over_chosen_over_rejected():
    record = edited(task("bread", judgment(-4)), "All about bread, and butter.")
    outcome = RECIPES["llama3"](FOUR_LEVELS).apply(record)
    names = ["chosen", "rejected", "edited"]
    pairs = [[names[pair.chosen], names[pair.rejected]] for pair in outcome.pairs]
    assert sorted(pairs) == sorted(GOLDEN["G19"]["pairs"])
    assert [pair.edited for pair in outcome.pairs] == [False, True, True]
    assert outcome.rows_in == 3


def test_as_helpful_and_harmless_an_edit_is_one_pair_over_its_original_and_all_weigh_alike():
    record = edited(task("bread", judgment(-4)), "All about bread, and butter.")
    outcome = RECIPES["hh"](FOUR_LEVELS).apply(record)
    assert [(p.chosen, p.rejected, p.edited, p.margin) for p in outcome.pairs] == [
        (0, 1, False, 0.0),
        (2, 0, True, 0.0),
    ]
    assert (outcome.rows_in, outcome.drops) == (2, ())
    same = edited(task("bread", judgment(-4)), " All about\n bread. ")
    assert RECIPES["hh"](FOUR_LEVELS).apply(same).drops == ("edit_no_op",)


def test_an_edit_that_moves_white_space_gives_no_pair_and_is_counted():
    record = edited(task("bread", judgment(-4)), " All about\n bread. ")
    outcome = RECIPES["llama3"](FOUR_LEVELS).apply(record)
    assert (len(outcome.pairs), outcome.drops) == (1, ("edit_no_op",) * 2)


def test_an_edit_of_a_response_that_the_votes_do_not_prefer_gives_no_pair():
    for values in ([4], [4, -4], [-2], [None]):
        record = edited(task("bread", *votes(*values)), "All about bread, and butter.")
        outcome = RECIPES["llama3"](FOUR_LEVELS).apply(record)
        assert not any(pair.edited for pair in outcome.pairs)
        assert outcome.drops[-2:] == ("edit_not_preferred",) * 2


def test_llama3_without_edits_counts_them():
    record = edited(task("bread", judgment(-4)), "All about bread, and butter.")
    outcome = RECIPES["llama3"](FOUR_LEVELS, options=RecipeOptions(edits=False)).apply(record)
    assert (len(outcome.pairs), outcome.drops) == (1, ("edits_not_wanted",) * 2)


@pytest.mark.parametrize("recipe", ["hh", "llama2", "llama3"])
def test_a_criterion_without_the_needed_scale_is_refused_with_a_sentence(recipe):
    one_strength = CriterionRecord("overall", "", "arena4", 1)
    reason = RECIPES[recipe].needs(one_strength) or ""
    assert "“overall”" in reason
    assert reason.endswith(".")
    assert "needs a criterion that compares two" in (RECIPES[recipe].needs(ORDER) or "")
    assert RECIPES[recipe].needs(FOUR_LEVELS) is None


def test_ties_label_no_response_where_the_practice_has_none():
    for recipe in ("hh", "instructgpt", "llama2", "llama3"):
        outcome = RECIPES[recipe](FOUR_LEVELS).apply(
            task("bread", judgment(0, tie_kind="equal_good"))
        )
        assert outcome.labels == ()
    assert RECIPES["raw"](OVERALL).apply(task("b", judgment(0, tie_kind="equal_good"))).labels
