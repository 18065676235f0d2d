"""Which judgments become which pairs, and that the books balance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.datasets.formats import FORMATS
from labeling.datasets.judging import preview
from labeling.datasets.recipes import RECIPES, Majority, Raw, RecipeOptions
from labeling.datasets.recipes.outcome import ResponseLabel
from labeling.datasets.recipes.sentences import options_in_words
from labeling.datasets.records import CriterionRecord, JudgmentRecord
from tests.datasets.release_rows import OVERALL, judgment, task, votes

NATIVE, PAIRS = FORMATS["native"], FORMATS["trl"]


def drops(recipe, *records):
    """The reasons of a preview, as a plain dict."""
    ledger, _ = preview(lambda: records, recipe=recipe(OVERALL), shape=PAIRS)
    assert ledger.balanced()
    return dict(ledger.drops)


def test_raw_gives_a_row_for_each_decided_judgment():
    outcome = Raw(OVERALL).apply(task("bread", *votes(-3, 1, 2)))
    assert [(pair.chosen, pair.strength) for pair in outcome.pairs] == [(0, 3), (1, 1), (1, 2)]


def test_raw_keeps_the_three_ties_apart():
    record = task(
        "bread",
        judgment(0, "rui", tie_kind="equal_good"),
        judgment(0, "sam", tie_kind="equal_bad"),
        judgment(None, "tao", tie_kind="cannot_tell"),
        judgment(0, "vera"),
    )
    assert drops(Raw, record) == {
        "tie_equal_good": 1,
        "tie_equal_bad": 1,
        "tie_cannot_tell": 1,
        "tie_unspecified": 1,
    }


PLURALITY = RecipeOptions(wins_by="plurality")


def test_a_majority_is_more_than_half_of_all_votes_ties_counted():
    (pair,) = Majority(OVERALL).apply(task("bread", *votes(-1, -3, -2, 2, 0))).pairs
    assert (pair.chosen, pair.votes_chosen, pair.votes_rejected, pair.votes_tie) == (0, 3, 1, 1)
    assert (pair.strength, pair.agreement) == (2, 0.6)


@pytest.mark.parametrize("values", [(-1, -3, 2, 0), (-1, 2), (-1, 2, 0), (-1, 0), (-1, -1, 0, 0)])
def test_without_a_majority_a_task_is_no_pair_and_counted(values):
    assert drops(Majority, task("bread", *votes(*values))) == {"no_majority": 1}


def test_one_vote_beside_two_ties_is_a_tie_and_no_pair():
    record = task("bread", *votes(0, 0, -1))
    assert drops(Majority, record) == {"tie_unspecified": 1}
    kept = Majority(OVERALL, options=RecipeOptions(ties="keep"))
    (tie,) = kept.apply(record).pairs
    assert (tie.tie, tie.votes_chosen, tie.votes_tie) == ("unspecified", 1, 2)
    assert (tie.chosen_prob, tie.agreement) == (2 / 3, 2 / 3)


def test_plurality_of_preferences_is_asked_for_and_its_agreement_says_so():
    (pair,) = Majority(OVERALL, options=PLURALITY).apply(task("bread", *votes(0, 0, -1))).pairs
    assert pair.chosen == 0
    assert pair.agreement == pytest.approx(1 / 3)
    even = Majority(OVERALL, options=PLURALITY).apply(task("bread", *votes(-1, 2, 0)))
    assert even.drops == ("split",)
    assert "fewer than half of all votes" in options_in_words(PLURALITY)["What wins"]


def test_of_several_kinds_of_ties_the_one_that_more_than_half_of_all_votes_are_comes_out():
    kinds = ("equal_good", "equal_good", "equal_bad")
    good = [judgment(0, rater, tie_kind=kind) for rater, kind in zip("abc", kinds, strict=True)]
    assert drops(Majority, task("bread", *good)) == {"tie_equal_good": 1}
    split = [*good, judgment(-1, "d"), judgment(-1, "e")]
    assert drops(Majority, task("bread", *split)) == {"tie_mixed": 1}


def test_majority_counts_tasks_of_ties_by_kind():
    good = task("bread", *[judgment(0, r, tie_kind="equal_good") for r in ("rui", "sam")])
    mixed = task("tides", judgment(0, tie_kind="equal_good"), judgment(0, tie_kind="cannot_tell"))
    assert drops(Majority, good, mixed) == {"tie_equal_good": 1, "tie_mixed": 1}


def test_good_ties_label_two_goods_and_bad_ties_two_bads():
    good = Raw(OVERALL).apply(task("bread", judgment(0, tie_kind="equal_good")))
    bad = Raw(OVERALL).apply(task("bread", judgment(0, tie_kind="equal_bad")))
    neither = Raw(OVERALL).apply(task("bread", judgment(0, tie_kind="cannot_tell")))
    assert good.labels == (ResponseLabel(0, True), ResponseLabel(1, True))
    assert bad.labels == (ResponseLabel(0, False), ResponseLabel(1, False))
    assert neither.labels == ()


@pytest.mark.parametrize("purpose", ["gold", "repeat", "anchor", "training"])
def test_only_live_judgments_are_data_and_the_others_are_counted(purpose):
    record = task("bread", judgment(-1), judgment(2, "sam", purpose=purpose))
    assert drops(Raw, record) == {f"purpose_{purpose}": 1}
    ledger, excluded = preview(lambda: [record], recipe=Majority(OVERALL), shape=NATIVE)
    assert (ledger.rows_out, excluded) == (1, {f"purpose_{purpose}": 1})


def test_no_judgment_by_a_model_votes_with_people():
    record = task("bread", judgment(-1), judgment(2, "m", source="ai"))
    assert drops(Raw, record) == {"source_ai": 1}
    (pair,) = Majority(OVERALL).apply(record).pairs
    assert (pair.chosen, pair.voters) == (0, 1)


def test_another_criterion_ignores_the_kind_of_tie_of_the_primary():
    record = task("bread", judgment(0, tie_kind="equal_bad"))
    honesty = CriterionRecord("honesty", "Which is more honest?", "webgpt5", 2, primary=False)
    assert Raw(honesty).apply(record).drops == ("not_answered",)


def test_every_recipe_takes_the_tie_on_its_own_criterion():
    honesty = CriterionRecord("honesty", "Which is more honest?", "arena4", 1, primary=False)
    said = JudgmentRecord(
        "j", "rui", {"overall": 2, "honesty": 0}, tie_kinds={"honesty": "equal_bad"}
    )
    record = task("bread", said)
    bad = (ResponseLabel(0, False), ResponseLabel(1, False))
    (kept,) = Raw(honesty).apply(record).pairs
    assert kept.tie == "equal_bad"
    for recipe in (RECIPES["majority"], RECIPES["consensus"]):
        assert recipe(honesty).apply(record).drops == ("tie_equal_bad",)
    for recipe in (Raw, Majority, RECIPES["kto"]):
        assert recipe(honesty).apply(record).labels == bad
        assert recipe(OVERALL).apply(record).labels != bad


@pytest.mark.parametrize(
    ("responses", "reason"),
    [(("same", "same "), "identical_responses"), (("", " "), "identical_responses")],
)
def test_texts_that_teach_nothing_are_dropped_with_a_reason(responses, reason):
    assert drops(Raw, task("bread", *votes(1, 2), responses=responses)) == {reason: 2}
    assert drops(Majority, task("bread", *votes(1, 2), responses=responses)) == {reason: 1}


def test_margin_follows_the_published_margins_where_a_scale_has_them():
    llama = CriterionRecord("overall", "", "llama2_4", 4, margins={4: 3.0, 3: 2.0, 2: 1.0, 1: 0.0})
    pairs = Raw(llama).apply(task("bread", *votes(4, 3, 2, 1))).pairs
    assert [pair.margin for pair in pairs] == [1.0, 2 / 3, 1 / 3, 0.0]
    assert [pair.strength for pair in pairs] == [4, 3, 2, 1]


@pytest.mark.parametrize("recipe", RECIPES.values())
def test_every_recipe_speaks_for_itself(recipe):
    policy = recipe.explain()
    assert {"Rows", "Ties", "Both bad", "Aggregation", "Strength", "Whose judgments"} <= set(policy)
    assert all(text.endswith(".") for text in policy.values())


_judgments = st.lists(
    st.builds(
        judgment,
        st.sampled_from([None, -3, -1, 0, 1, 2]),
        tie_kind=st.sampled_from(["", "equal_good", "equal_bad", "cannot_tell"]),
        purpose=st.sampled_from(["live", "live", "gold", "repeat"]),
        source=st.sampled_from(["human", "human", "ai"]),
    ),
    max_size=6,
)


@given(
    records=st.lists(
        st.builds(
            lambda js, responses: task("x", *js, responses=responses),
            _judgments,
            st.sampled_from([("a", "b"), ("a", "a"), ("", "b")]),
        ),
        max_size=8,
    ),
    recipe=st.sampled_from([Majority, Raw]),
)
def test_rows_in_always_equal_rows_out_and_drops(records, recipe):
    ledger, _ = preview(lambda: records, recipe=recipe(OVERALL), shape=NATIVE)
    assert ledger.balanced()
    unit = len(records) if recipe.unit == "task" else sum(len(r.judgments) for r in records)
    assert ledger.rows_in == unit
