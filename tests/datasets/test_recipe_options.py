"""What each option leaves out, what it changes, and what is no option at all."""

from __future__ import annotations

from typing import Any

import pytest

from labeling.datasets.build import NothingToRelease
from labeling.datasets.formats import FORMATS
from labeling.datasets.judging import preview
from labeling.datasets.recipes import RECIPES, Majority, OptionError, Raw, RecipeOptions
from labeling.datasets.recipes.sentences import options_in_words
from labeling.datasets.records import CriterionRecord, TaskRecord
from tests.datasets.release_rows import (
    ORDER,
    OVERALL,
    judgment,
    project,
    ranked,
    release,
    task,
    votes,
)

NATIVE = FORMATS["native"]


def left(
    recipe: str, *records: TaskRecord, criterion: CriterionRecord = OVERALL, **options: Any
) -> Any:
    """Rows out and the reasons of the rest."""
    shape = FORMATS[options.pop("shape", "native")]
    made = RECIPES[recipe](criterion, options=RecipeOptions(**options))
    ledger, _ = preview(lambda: records, recipe=made, shape=shape)
    assert ledger.balanced()
    return ledger.rows_out, dict(ledger.drops)


def test_a_strength_floor_leaves_out_weaker_preferences():
    record = task("bread", *votes(-1, -2, -3, 0))
    assert left("raw", record, min_strength=2) == (3, {"below_strength": 1})
    assert left("majority", record, min_strength=2) == (1, {})
    assert left("majority", record, min_strength=3) == (0, {"below_strength": 1})
    assert left("kto", task("b", *votes(-1)), min_strength=2) == (0, {"below_strength": 2})


def test_a_votes_floor_counts_the_votes_that_answer():
    record = task("bread", *votes(-1, -2, None))
    for recipe, lost in (("raw", 3), ("majority", 1), ("kto", 2)):
        assert left(recipe, record, min_votes=3) == (0, {"too_few_votes": lost})
    assert left("majority", record, min_votes=2) == (1, {})


def test_an_agreement_floor_is_about_all_votes_ties_among_them():
    record = task("bread", *votes(-1, -2, -2, 3, 0))
    assert left("majority", record, min_agreement=0.6) == (1, {})
    assert left("majority", record, min_agreement=0.61) == (0, {"below_agreement": 1})
    assert left("raw", record, min_agreement=0.61) == (0, {"below_agreement": 5})
    ties = task("bread", *votes(0, 0, 0, -1))
    assert left("majority", ties, min_agreement=0.75) == (0, {"tie_unspecified": 1})


def test_agreement_on_orders_is_that_of_their_pairs():
    record = ranked("bread", {"rui": (1, 2, 3), "sam": (1, 3, 2)})
    assert left("instructgpt", record, criterion=ORDER, min_agreement=0.83) == (6, {})
    assert left("instructgpt", record, criterion=ORDER, min_agreement=0.84) == (
        0,
        {"below_agreement": 6},
    )


def test_only_judgments_under_the_named_guideline_versions_vote():
    record = task("bread", judgment(-1, guideline_version=1), judgment(2, guideline_version=2))
    kept = RecipeOptions(guideline_versions=frozenset({2}))
    lost = {"other_guideline_version": 1}
    assert left("raw", record, guideline_versions=kept.guideline_versions) == (1, lost)
    (pair,) = Majority(OVERALL, options=kept).apply(record).pairs
    assert pair.chosen == 1


def test_only_tasks_of_the_named_categories_are_released(tmp_path):
    assert left("raw", task("bread", *votes(1, 2)), categories=frozenset({"chat"})) == (
        0,
        {"other_category": 2},
    )
    assert left("majority", task("bread"), categories=frozenset({"chat"})) == (
        0,
        {"other_category": 1},
    )


def test_judgments_on_tasks_that_a_filter_leaves_out_are_not_written():
    options = RecipeOptions(min_votes=3)
    made = Raw(OVERALL, options=options)
    _, excluded = preview(lambda: [task("bread", *votes(1))], recipe=made, shape=NATIVE)
    assert excluded == {"too_few_votes": 1}


def test_adjudicated_only_keeps_the_newest_word_of_each_task():
    record = task(
        "bread",
        judgment(-1),
        judgment(2, "rev", adjudicates=True, created_at="2026-01-01T00:00:00Z"),
        judgment(3, "rev", adjudicates=True, created_at="2026-01-02T00:00:00Z"),
    )
    lost = {"not_adjudicated": 1, "older_word": 1}
    assert left("raw", record, adjudicated_only=True) == (1, lost)
    assert left("raw", task("tides", *votes(1)), adjudicated_only=True) == (
        0,
        {"not_adjudicated": 1},
    )
    for recipe in ("majority", "consensus"):
        made = RECIPES[recipe](OVERALL, options=RecipeOptions(adjudicated_only=True))
        (pair,) = made.apply(record).pairs
        assert (pair.chosen, pair.strength, pair.voters) == (1, 3, 1)


def test_final_words_are_rows_where_they_alone_are_asked_for_and_elsewhere_counted():
    word = judgment(2, "rev", adjudicates=True, purpose="adjudication")
    record = task("bread", judgment(-1), judgment(-2, "sam"), word)
    assert left("raw", record) == (2, {"purpose_adjudication": 1})
    assert left("raw", record, adjudicated_only=True) == (1, {"not_adjudicated": 2})
    made = RECIPES["majority"](OVERALL, options=RecipeOptions(adjudicated_only=True))
    (pair,) = made.apply(record).pairs
    assert (pair.chosen, pair.voters) == (1, 1)
    asked = RecipeOptions(min_votes=3)
    assert RECIPES["consensus"](OVERALL, options=asked).apply(record).drops == ("too_few_votes",)


def test_ties_are_kept_or_dropped_as_asked():
    record = task("bread", judgment(0, tie_kind="equal_good"))
    assert left("raw", record) == (1, {})
    assert left("raw", record, ties="drop") == (0, {"tie_equal_good": 1})
    assert left("majority", record) == (0, {"tie_equal_good": 1})
    assert left("majority", record, ties="keep", shape="lmarena") == (1, {})
    assert left("majority", record, ties="keep") == (0, {"tie_equal_good": 1})
    assert left("kto", record) == (2, {})
    assert left("kto", record, ties="drop") == (0, {"tie_equal_good": 2})


def test_dropped_ties_label_no_response():
    record = task("bread", judgment(0, tie_kind="equal_good"))
    assert Majority(OVERALL).apply(record).labels
    assert not Majority(OVERALL, options=RecipeOptions(ties="drop")).apply(record).labels


@pytest.mark.parametrize(("source", "chosen"), [("human", 0), ("ai", 1), ("human_after_ai", 1)])
def test_one_source_is_released_and_the_others_are_counted(source, chosen):
    record = task(
        "bread",
        judgment(-1),
        judgment(2, "m", source="ai"),
        judgment(3, "sam", source="human_after_ai"),
    )
    options = RecipeOptions(sources=frozenset({source})).checked()
    made = Majority(OVERALL, options=options)
    ledger, excluded = preview(lambda: [record], recipe=made, shape=NATIVE)
    assert ledger.rows_out == 1
    others = {"human", "ai", "human_after_ai"} - {source}
    assert excluded == {f"source_{other}": 1 for other in others}
    assert made.apply(record).pairs[0].chosen == chosen


def test_more_votes_than_any_task_has_leave_nothing_and_say_so(tmp_path):
    with pytest.raises(NothingToRelease, match="fewer votes than asked for") as caught:
        release(project(5), tmp_path / "r", options=RecipeOptions(min_votes=99))
    assert str(caught.value).startswith("No row is left of 5 tasks: ")
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("min_strength", -1),
        ("min_strength", 1.5),
        ("min_strength", True),
        ("min_votes", -1),
        ("min_votes", float("nan")),
        ("min_agreement", -0.1),
        ("min_agreement", 1.01),
        ("min_agreement", float("nan")),
        ("min_agreement", float("inf")),
        ("min_agreement", "0.5"),
        ("adjudicated_only", "yes"),
        ("edits", 1),
        ("ties", "maybe"),
        ("ties", None),
        ("soft", "hard"),
        ("sources", frozenset()),
        ("sources", frozenset({"dog"})),
        ("sources", frozenset({"human", 3})),
        ("guideline_versions", frozenset({-1})),
        ("guideline_versions", frozenset({"1"})),
        ("categories", frozenset({7})),
    ],
)
def test_a_value_without_meaning_is_refused_by_the_name_of_its_field(field, value):
    option: dict[str, Any] = {field: value}
    with pytest.raises(ValueError, match=f"^{field}: ") as caught:
        RecipeOptions(**option).checked()
    assert isinstance(caught.value, OptionError)
    assert caught.value.field == field
    assert str(caught.value).endswith(".")


def test_the_defaults_say_nothing_and_every_choice_says_a_sentence():
    assert options_in_words(RecipeOptions().checked()) == {}
    said = RecipeOptions(
        min_strength=2,
        min_votes=1,
        min_agreement=0.667,
        guideline_versions=frozenset({1, 2}),
        categories=frozenset({"", "chat"}),
        adjudicated_only=True,
        ties="drop",
        soft="posterior",
        edits=False,
        sources=frozenset({"ai"}),
        threshold=3,
        low_is_good=True,
        least_margin=0.5,
        rejected_drafts=True,
        own_words=True,
    ).checked()
    sentences = options_in_words(said)
    assert len(sentences) == 15
    assert sentences["Threshold"] == "A response rated 3 or higher is bad, one rated lower is good."
    assert all(text.endswith(".") for text in sentences.values())
    assert "fewer than 1 vote " in sentences["Votes floor"]
    assert "66.7%" in sentences["Agreement floor"]
    assert sentences["Categories"] == "Only tasks of the categories (none), chat."
    assert sentences["Sources"] == "Only judgments by a model."
