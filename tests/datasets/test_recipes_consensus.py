"""Consensus: a reviewer's word, else what a model of the raters believes."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.datasets.formats import FORMATS
from labeling.datasets.judging import preview
from labeling.datasets.recipes import ConsensusRecipe, Majority, RecipeOptions
from labeling.datasets.recipes.posterior import RaterLearner
from labeling.datasets.recipes.votes import count_votes
from labeling.stats import Ratings, dawid_skene
from tests.datasets.release_rows import ORDER, OVERALL, judgment, ranked, release, task, votes

ANSWERS = {"good": 0.95, "fair": 0.8, "poor": 0.55}


def crowd(count=150, seed=5, ties=0.0):
    """Tasks judged by two good raters, a fair one and two poor ones; the first is better in all."""
    draw = random.Random(seed)
    raters = [("g1", "good"), ("g2", "good"), ("f", "fair"), ("p1", "poor"), ("p2", "poor")]
    return [
        task(
            f"t{i:04d}",
            *(
                judgment(
                    0 if draw.random() < ties else -1 if draw.random() < ANSWERS[kind] else 1,
                    rater,
                    id=f"{i}-{rater}",
                )
                for rater, kind in raters
            ),
        )
        for i in range(count)
    ]


def learned(recipe, tasks):
    for record in tasks:
        recipe.learner.learn(record)
    recipe.learner.settle()
    return recipe


def pairs(recipe, tasks):
    learned(recipe, tasks)
    return {record.id: recipe.apply(record).pairs for record in tasks}


def test_the_probability_is_the_posterior_of_the_model():
    tasks = crowd()
    made = pairs(ConsensusRecipe(OVERALL), tasks)
    rows = [(t.id, j.rater, j.values["overall"]) for t in tasks for j in t.judgments]
    model = dawid_skene(
        Ratings(*zip(*rows, strict=True)), categories=(-1, 1), mirrored=True, shrinkage=20
    ).consensus
    for name, weight in zip(model.tasks, model.weight, strict=True):
        (pair,) = made[name]
        assert pair.chosen == int(weight[1] > weight[0])
        assert pair.chosen_prob == pytest.approx(weight.max(), abs=1e-6)


def test_good_raters_outvote_more_poor_ones():
    tasks = [*crowd(), task("odd", *_said(g1=-1, g2=-1, f=1, p1=1, p2=1))]
    (pair,) = pairs(ConsensusRecipe(OVERALL), tasks)["odd"]
    assert (pair.chosen, pair.votes_chosen, pair.votes_rejected) == (0, 2, 3)
    assert 0.5 < pair.chosen_prob < 1


def _said(**values):
    return [judgment(value, rater, id=f"odd-{rater}") for rater, value in values.items()]


def test_a_posterior_beside_the_majority_may_be_below_a_half():
    tasks = [*crowd(), task("odd", *_said(g1=-1, g2=-1, f=1, p1=1, p2=1))]
    recipe = Majority(OVERALL, options=RecipeOptions(soft="posterior"))
    (pair,) = pairs(recipe, tasks)["odd"]
    assert (pair.chosen, pair.votes_chosen) == (1, 3)
    assert pair.chosen_prob < 0.5


def test_the_model_does_not_depend_on_the_order_of_tasks_or_judgments():
    tasks = crowd(ties=0.2)
    mixed = [task(t.id, *reversed(t.judgments)) for t in reversed(tasks)]
    ordered, shuffled = (
        pairs(ConsensusRecipe(OVERALL), tasks),
        pairs(ConsensusRecipe(OVERALL), mixed),
    )
    for name, kept in ordered.items():
        assert [p.chosen_prob for p in kept] == [p.chosen_prob for p in shuffled[name]]


def test_a_reviewers_newest_word_decides():
    older = judgment(-3, "rev", adjudicates=True, created_at="2026-01-01T00:00:00Z", id="a")
    newer = judgment(2, "rev2", adjudicates=True, created_at="2026-01-02T00:00:00Z", id="b")
    (pair,) = ConsensusRecipe(OVERALL).apply(task("bread", *votes(-1, -1), newer, older)).pairs
    assert (pair.chosen, pair.strength, pair.chosen_prob, pair.value) == (1, 2, 1.0, 2)
    assert pair.voters == 4


def test_a_final_word_decides_and_is_none_of_the_votes():
    word = judgment(2, "rev", adjudicates=True, purpose="adjudication")
    record = task("bread", *votes(-1, -1), word)
    (pair,) = ConsensusRecipe(OVERALL).apply(record).pairs
    assert (pair.chosen, pair.strength, pair.chosen_prob, pair.value) == (1, 2, 1.0, 2)
    assert (pair.voters, pair.votes_chosen, pair.votes_rejected) == (2, 0, 2)
    assert "rev" not in {vote.rater for vote in pair.judgments}
    (alone,) = ConsensusRecipe(OVERALL).apply(task("bread", word)).pairs
    assert (alone.chosen, alone.voters, alone.agreement, alone.chosen_prob) == (1, 0, 0, 1)


def test_of_a_vote_from_before_and_a_final_word_the_newer_decides():
    vote = judgment(-3, "rev", adjudicates=True, created_at="2026-01-01T00:00:00Z", id="a")
    word = judgment(
        2, "rev", adjudicates=True, purpose="adjudication", created_at="2026-01-02T00:00:00Z"
    )
    (pair,) = ConsensusRecipe(OVERALL).apply(task("bread", *votes(-1), vote, word)).pairs
    assert (pair.chosen, pair.voters) == (1, 2)


def test_a_final_word_that_a_task_cannot_be_judged_leaves_it_out():
    word = judgment(None, "rev", adjudicates=True, purpose="adjudication", stopped=True)
    assert ConsensusRecipe(OVERALL).apply(task("bread", *votes(-1, -1), word)).drops == (
        "stopped_at_gate",
    )


def test_a_reviewers_tie_decides_too():
    word = judgment(0, "rev", adjudicates=True, tie_kind="equal_bad")
    outcome = ConsensusRecipe(OVERALL).apply(task("bread", *votes(-1, -1), word))
    assert outcome.drops == ("tie_equal_bad",)


def test_a_reviewer_who_says_nothing_on_the_criterion_decides_nothing():
    word = judgment(None, "rev", adjudicates=True)
    (pair,) = ConsensusRecipe(OVERALL).apply(task("bread", *votes(-1, -1), word)).pairs
    assert (pair.chosen, pair.voters) == (0, 2)


def test_ties_are_an_answer_and_cannot_tell_is_none():
    tie = task("tie", *[judgment(0, r, tie_kind="equal_good") for r in ("g1", "g2", "f")])
    unknown = [judgment(None, r, tie_kind="cannot_tell", id=r) for r in ("f", "p1")]
    clear = task("clear", *_said(g1=-1), *unknown)
    made = learned(ConsensusRecipe(OVERALL), [*crowd(ties=0.2), tie, clear])
    assert made.apply(tie).drops == ("tie_equal_good",)
    (pair,) = made.apply(clear).pairs
    assert (pair.chosen, pair.votes_tie) == (0, 2)


def test_a_task_without_a_likely_answer_is_counted_as_unsure():
    assert ConsensusRecipe(OVERALL).apply(task("bread", *votes(-1, 1))).drops == ("unsure",)


@pytest.mark.parametrize("values", [[(-1,), (1,)], [(-2,)]])
def test_too_little_data_falls_back_to_the_shares_and_says_so(values):
    tasks = [task(f"t{i}", *votes(*said)) for i, said in enumerate(values)]
    recipe = learned(ConsensusRecipe(OVERALL), tasks)
    assert [pair.chosen_prob for t in tasks for pair in recipe.apply(t).pairs] == [1.0] * len(tasks)
    (note,) = recipe.notes
    assert "No task was judged by two raters" in note
    assert note.endswith("The shares of the votes stand in its place.")


def test_a_model_that_does_not_settle_falls_back_and_says_so():
    model = RaterLearner(ConsensusRecipe(OVERALL), iterations=1)
    for record in crowd(20):
        model.learn(record)
    model.settle()
    assert "did not settle" in model.notes[0]
    record = task("new", *votes(-1, -1, 1))
    counted = count_votes(ConsensusRecipe(OVERALL), record.judgments)
    assert model.belief(record, counted).probability(0) == pytest.approx(2 / 3)


def test_what_became_of_the_model_stands_in_manifest_and_card(tmp_path):
    result = release(crowd(40), tmp_path / "r", recipe="consensus")
    (note,) = [note for note in result.manifest["notes"] if "posteriors" in note]
    assert "5 raters on 40 comparisons" in note
    assert note in (result.path / "README.md").read_text("utf-8")


def test_nothing_to_learn_from_is_no_note():
    ledger, _ = preview(lambda: [], recipe=ConsensusRecipe(OVERALL), shape=FORMATS["native"])
    assert ledger.rows_in == 0


def test_orders_of_several_responses_have_a_consensus_for_each_two():
    record = ranked("bread", {"rui": (1, 2, 3), "sam": (1, 3, 2), "tao": (1, 2, 3)})
    recipe = learned(ConsensusRecipe(ORDER), [record])
    pairs = recipe.apply(record).pairs
    assert [(pair.chosen, pair.rejected) for pair in pairs] == [(0, 1), (0, 2), (1, 2)]
    assert {pair.weight for pair in pairs} == {1 / 3}


@given(
    st.lists(
        st.lists(st.sampled_from([-3, -1, 0, 1, 2, None]), min_size=1, max_size=4),
        min_size=1,
        max_size=8,
    )
)
def test_a_consensus_is_always_more_likely_than_not(values):
    tasks = [task(f"t{i}", *votes(*said)) for i, said in enumerate(values)]
    for kept in pairs(ConsensusRecipe(OVERALL), tasks).values():
        for pair in kept:
            assert 0.5 < pair.chosen_prob <= 1
            assert pair.strength >= 1
