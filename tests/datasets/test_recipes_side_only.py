"""Labels that tell the side only: taken where the side is enough, never read as a strength."""

from __future__ import annotations

from typing import Any

import pytest

from labeling.datasets.fitting import misfit
from labeling.datasets.formats import FORMATS
from labeling.datasets.judging import preview
from labeling.datasets.recipes import RECIPES, OptionError, RecipeOptions
from labeling.datasets.records import CriterionRecord, JudgmentRecord
from projects.scales import SCALES
from tests.datasets.card_rows import card
from tests.datasets.release_rows import (
    FOUR_LEVELS,
    OVERALL,
    judgment,
    read_table,
    release,
    task,
)

BINARY = CriterionRecord("overall", "Which response is better?", "arena4", 1)


def sided(value: int, rater: str = "rui", **more: Any) -> JudgmentRecord:
    """A label that tells which response is better and not how much."""
    return judgment(value, rater, side_only=("overall",), **more)


def made(recipe: str, *judgments: JudgmentRecord, criterion: CriterionRecord = OVERALL, **options):
    """What a recipe makes of one task."""
    return RECIPES[recipe](criterion, options=RecipeOptions(**options)).apply(
        task("bread", *judgments)
    )


@pytest.mark.parametrize(
    ("recipe", "criterion"),
    [("hh", OVERALL), ("llama3", OVERALL), ("llama2", FOUR_LEVELS), ("helpsteer", OVERALL)],
)
def test_a_recipe_that_needs_a_strength_counts_what_it_leaves_out(recipe, criterion):
    outcome = made(recipe, sided(-1), criterion=criterion)
    assert (outcome.pairs, outcome.drops) == ((), ("no_strength",))


@pytest.mark.parametrize(("counts_as", "strength"), [("2", 2), ("3", 3)])
def test_asked_for_a_side_counts_as_a_strength(counts_as, strength):
    (pair,) = made("hh", sided(1), side_only=counts_as).pairs
    assert (pair.chosen, pair.strength, pair.value) == (1, strength, strength)
    assert made("hh", sided(1), side_only="weakest").drops == ("weakest",)
    (row,) = made("raw", sided(-1), side_only=counts_as).pairs
    assert (row.strength, row.margin) == (strength, strength / 3)


def test_helpsteer_needs_three_votes_with_a_strength():
    graded = [judgment(-2, "a"), judgment(-3, "b")]
    assert made("helpsteer", *graded, sided(-1, "c")).drops == ("too_few_valid_votes",)
    (pair,) = made("helpsteer", *graded, sided(-1, "c"), side_only="2").pairs
    assert pair.value == -2


@pytest.mark.parametrize("recipe", ["raw", "majority", "consensus", "instructgpt"])
def test_a_recipe_of_sides_takes_them_without_a_strength(recipe):
    (pair,) = made(recipe, sided(-1)).pairs
    assert (pair.chosen, pair.strength, pair.margin) == (0, None, 0.0)


def test_the_strength_of_a_majority_is_that_of_the_votes_that_tell_one():
    (pair,) = made("majority", sided(-1, "a"), judgment(-3, "b"), judgment(2, "c")).pairs
    assert (pair.votes_chosen, pair.strength, pair.margin) == (2, 3, 1.0)


def test_a_reviewers_side_is_a_word_without_a_strength():
    word = judgment(1, "vera", side_only=("overall",), adjudicates=True)
    (pair,) = made("consensus", judgment(-3), word).pairs
    assert (pair.chosen, pair.strength, pair.value) == (1, None, 1)


@pytest.mark.parametrize("recipe", ["raw", "majority", "kto", "sft"])
def test_a_strength_floor_leaves_out_what_tells_none(recipe):
    outcome = made(recipe, sided(-1), min_strength=1)
    assert set(outcome.drops) == {"no_strength"}
    assert not made(recipe, sided(-1), min_strength=1, side_only="2").drops


def test_on_a_scale_of_one_strength_the_side_is_all_there_is_to_tell():
    (pair,) = made("raw", sided(-1), criterion=BINARY).pairs
    assert (pair.strength, pair.margin) == (1, 1.0)


def test_a_strength_beyond_the_scale_is_refused():
    options = RecipeOptions(side_only="4")
    problem = misfit(RECIPES["raw"], FORMATS["native"], options=options, criteria=[OVERALL])
    assert problem == (
        "side_only",
        "The scale of “overall” ends at 3: no answer is as strong as 4.",
    )
    with pytest.raises(OptionError, match="side_only"):
        RecipeOptions(side_only="much").checked()  # type: ignore[arg-type]


def test_every_strength_of_every_scale_can_be_asked_for():
    words = RecipeOptions.__dataclass_fields__["side_only"].metadata["choice"].words
    strongest = max(scale.strongest for scale in SCALES.values() if scale.answer == "preference")
    assert words == ("leave_out", "weakest", *map(str, range(2, strongest + 1)))


def test_a_format_of_strengths_refuses_a_side_by_name():
    shape, recipe = FORMATS["helpsteer3"], RECIPES["raw"](OVERALL)
    record = task("bread", sided(-1), judgment(2, "b"))
    ledger, _ = preview(lambda: [record], recipe=recipe, shape=shape)
    assert (ledger.rows_out, dict(ledger.drops)) == (1, {"no_strength": 1})


def test_files_leave_an_untold_strength_empty_and_judgments_say_which(tmp_path):
    tasks = [task(name, sided(-1)) for name in ("bread", "tides", "moss")]
    written = release(tasks, tmp_path / "r", recipe="raw")
    pairs = read_table(written.path, "preference")
    assert {(row["strength"], row["margin"]) for row in pairs} == {(None, 0.0)}
    said = read_table(written.path, "judgments")
    assert {(row["value"], *row["side_only"]) for row in said} == {(-1, "overall")}
    figures = written.manifest["figures"]
    assert (figures["values"], figures["side_only"]) == ({}, 3)
    _, body = card(written.path)
    assert "Strength of the preferences: not told: 3." in body
    assert "3 of 3 answers tell which response is better and not how much" in body
