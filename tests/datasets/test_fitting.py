"""What does not go together is refused before anything is written, by field and sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from labeling.datasets.fitting import misfit
from labeling.datasets.formats import FORMATS
from labeling.datasets.recipes import RECIPES, RecipeOptions
from labeling.datasets.records import CriterionRecord
from tests.datasets.release_rows import FOUR_LEVELS, HELPFUL, ORDER, OVERALL, RULE

THUMB = CriterionRecord("good", "Good?", "thumb", 1, False, levels=(0, 1), answer="rate")
REVIEW = CriterionRecord("decision", "Take it?", "decision", 2, levels=(0, 1, 2), answer="rate")
#: A criterion for recipes that do not fit every comparison.
SUITED = {
    "llama2": FOUR_LEVELS,
    "margin": HELPFUL,
    "ratings": HELPFUL,
    "rules": RULE,
    "demonstrations": REVIEW,
}
COMPARING = [key for key, recipe in RECIPES.items() if "compare" in recipe.answers]


def refused(recipe, shape="native", criteria=(OVERALL,), file_per_criterion=False, **options):
    wrong = misfit(
        RECIPES[recipe],
        FORMATS[shape],
        options=RecipeOptions(**options),
        criteria=criteria,
        file_per_criterion=file_per_criterion,
    )
    if wrong is None:
        return None
    field, sentence = wrong
    assert sentence.endswith(".")
    return field


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_fits_the_native_folder_on_a_scale_that_suits_it(recipe):
    criterion = SUITED.get(recipe, OVERALL)
    assert refused(recipe, criteria=[criterion]) is None


@pytest.mark.parametrize("recipe", ["hh", "instructgpt", "llama2", "llama3", "helpsteer", "sft"])
def test_ties_are_not_kept_where_the_practice_has_none(recipe):
    criterion = SUITED.get(recipe, OVERALL)
    assert refused(recipe, criteria=[criterion], ties="keep") == "ties"
    assert refused(recipe, criteria=[criterion], ties="drop") is None


def test_ties_need_a_format_that_has_a_place_for_them():
    assert refused("raw", "trl", ties="keep") == "ties"
    assert refused("raw", "trl") is None
    assert refused("raw", "native", ties="keep") is None
    assert refused("kto", "trl-unpaired", ties="keep") is None
    assert refused("majority", "native", ties="keep") == "ties"
    assert refused("majority", "lmarena", ties="keep") is None


@pytest.mark.parametrize("recipe", [key for key in RECIPES if key not in ("majority", "consensus")])
def test_a_posterior_is_for_recipes_that_put_raters_together(recipe):
    criterion = SUITED.get(recipe, OVERALL)
    assert refused(recipe, criteria=[criterion], soft="posterior") == "soft"


@pytest.mark.parametrize("recipe", ["majority", "consensus"])
def test_a_posterior_beside_aggregated_rows_is_fine(recipe):
    assert refused(recipe, soft="posterior") is None


@pytest.mark.parametrize("recipe", RECIPES)
def test_most_preferences_win_only_where_a_majority_is_counted(recipe):
    criterion = SUITED.get(recipe, OVERALL)
    counted = recipe in ("majority", "kto", "sft", "rules")
    expected = None if counted else "wins_by"
    assert refused(recipe, criteria=[criterion], wins_by="plurality") == expected


def test_three_similar_votes_are_not_one_final_word():
    assert refused("helpsteer", adjudicated_only=True) == "adjudicated_only"
    assert refused("raw", adjudicated_only=True) is None


def test_sources_are_never_mixed():
    assert refused("raw", sources=frozenset({"human", "ai"})) == "sources"
    assert refused("raw", sources=frozenset({"ai"})) is None


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_criterion_that_rates_is_for_recipes_that_read_ratings_and_no_other(recipe):
    rates = "rate" in RECIPES[recipe].answers
    assert refused(recipe, criteria=[SUITED.get(recipe, THUMB)] if rates else [HELPFUL]) == (
        None if rates else "criteria"
    )
    assert (refused(recipe, criteria=[ORDER]) == "criteria") == (
        "rank" not in RECIPES[recipe].answers
    )


def test_a_label_from_a_rating_needs_a_threshold_on_its_scale_and_a_thumb_none():
    assert refused("kto", criteria=[HELPFUL]) == "threshold"
    assert refused("kto", criteria=[HELPFUL], threshold=3) is None
    assert refused("kto", criteria=[HELPFUL], threshold=5) == "threshold"
    assert refused("kto", criteria=[THUMB]) is None
    assert refused("kto", criteria=[replace(THUMB, scale="yes_no")]) == "threshold"
    assert refused("kto", criteria=[replace(THUMB, scale="dices")]) is None
    assert refused("sft", criteria=[HELPFUL]) is None
    assert refused("kto", threshold=3) == "threshold"
    assert refused("kto", low_is_good=True) == "low_is_good"


def test_an_option_is_refused_by_recipes_that_do_not_read_it():
    assert refused("majority", least_margin=1.0) == "least_margin"
    assert refused("raw", threshold=2) == "threshold"
    assert refused("sft", rejected_drafts=True) == "rejected_drafts"
    assert refused("margin", criteria=[HELPFUL], least_margin=1.5) is None
    assert refused("margin", criteria=[HELPFUL], min_strength=1) == "min_strength"


def test_ratings_on_several_criteria_stand_side_by_side_in_columns_of_their_own_names():
    both = [HELPFUL, replace(HELPFUL, key="honest")]
    assert refused("ratings", "helpsteer2", both) is None
    assert refused("ratings", "native", both) is None
    assert refused("ratings", "native", both, file_per_criterion=True) == "file_per_criterion"
    for shape, key in (("helpsteer2", "prompt"), ("native", "model")):
        assert refused("ratings", shape, [replace(HELPFUL, key=key)]) == "criteria"


def test_demonstrations_are_read_from_a_reviewers_decision_alone():
    assert refused("demonstrations", criteria=[HELPFUL]) == "criteria"


@pytest.mark.parametrize(
    ("recipe", "criterion"),
    [
        ("hh", CriterionRecord("overall", "", "arena4", 1)),
        ("llama2", OVERALL),
        ("llama3", CriterionRecord("overall", "", "webgpt5", 2)),
        ("helpsteer", FOUR_LEVELS),
        ("hh", ORDER),
        ("helpsteer", ORDER),
    ],
)
def test_a_criterion_without_the_needed_scale_is_refused(recipe, criterion):
    assert refused(recipe, criteria=[criterion]) == "criteria"


def test_a_strength_floor_lies_on_the_scale():
    assert refused("majority", min_strength=3) is None
    assert refused("majority", min_strength=4) == "min_strength"
    assert refused("majority", criteria=[OVERALL, FOUR_LEVELS], min_strength=4) == "min_strength"


def test_an_order_has_no_strength_to_set_a_floor_to():
    assert refused("instructgpt", criteria=[ORDER], min_strength=1) == "min_strength"


@pytest.mark.parametrize(
    ("recipe", "shape"),
    [
        *[("majority", "trl-unpaired"), ("kto", "trl"), ("sft", "hh"), ("llama3", "listwise")],
        *[("ratings", "trl"), ("rules", "messages"), ("margin", "helpsteer2")],
    ],
)
def test_rows_of_one_kind_do_not_go_into_a_format_of_another(recipe, shape):
    assert refused(recipe, shape) == "format"


def test_a_row_a_rater_is_not_made_of_raters_put_together():
    assert refused("majority", "judgments") == "format"
    assert refused("raw", "judgments") is None


def test_several_criteria_need_rows_that_name_theirs_or_files_of_their_own():
    both = [OVERALL, CriterionRecord("honesty", "Which is more honest?", "webgpt5", 2, False)]
    assert refused("majority", "native", both) is None
    assert refused("majority", "trl", both) == "criteria"
    assert refused("majority", "trl", both, file_per_criterion=True) is None
