"""HelpSteer's most similar votes, labels, demonstrations, and orders put together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace as changed

from labeling.datasets.recipes import HelpSteer, Kto, Majority, RecipeOptions, Sft
from labeling.datasets.recipes.kto import TRL_WIDEST, kto_weights
from labeling.datasets.recipes.outcome import Demonstration, ResponseLabel
from labeling.datasets.records import Message, Rating
from tests.datasets.release_rows import (
    ORDER,
    OVERALL,
    edited,
    judgment,
    project,
    ranked,
    read_table,
    release,
    task,
    votes,
)

GOLDEN = {
    case["id"]: case
    for case in json.loads(
        (Path(__file__).parents[1] / "golden" / "science_vectors.json").read_text("utf-8")
    )
}
AGGREGATION = list(
    zip(GOLDEN["G21"]["input"]["votes"], GOLDEN["G21"]["expected"]["out"], strict=True)
)
TOO_FAR = {"drop: spread 4": "votes_too_far_apart", "drop: overall 0": "comes_out_as_tie"}


def said(vote, place):
    """A vote as published: -100 says that neither response is valid."""
    name = f"rater-{place}"
    return judgment(0, name, tie_kind="equal_bad") if vote == -100 else judgment(vote, name)


@pytest.mark.parametrize(("published", "expected"), AGGREGATION)
def test_the_published_aggregation_of_helpsteer(published, expected):
    record = task("bread", *(said(vote, place) for place, vote in enumerate(published)))
    outcome = HelpSteer(OVERALL).apply(record)
    if isinstance(expected, str):
        assert outcome.drops == (TOO_FAR[expected],)
    else:
        (pair,) = outcome.pairs
        assert (pair.value, pair.strength) == (expected, abs(expected))
        assert pair.chosen == int(expected > 0)


def test_helpsteer_keeps_the_votes_that_count():
    (pair,) = HelpSteer(OVERALL).apply(task("bread", *votes(3, 3, 2, -1))).pairs
    assert sorted(vote.values["overall"] for vote in pair.votes) == [2, 3, 3]
    assert (pair.votes_chosen, pair.votes_rejected, pair.chosen_prob) == (3, 0, 1.0)


def test_helpsteer_keeps_every_vote_of_equally_close_threes():
    (pair,) = HelpSteer(OVERALL).apply(task("bread", *votes(0, 1, 2, 3))).pairs
    assert sorted(vote.values["overall"] for vote in pair.votes) == [0, 1, 2, 3]
    assert pair.value == 2


def test_helpsteer_needs_three_valid_votes():
    few = task("bread", *votes(1, 2), judgment(0, "c", tie_kind="equal_bad"))
    assert HelpSteer(OVERALL).apply(few).drops == ("too_few_valid_votes",)
    bad = task("bread", *(judgment(0, f"r{i}", tie_kind="equal_bad") for i in range(3)))
    assert HelpSteer(OVERALL).apply(bad).drops == ("tie_equal_bad",)


def test_kto_labels_each_response_by_the_majority_of_what_is_said_of_it():
    assert Kto(OVERALL).apply(task("bread", *votes(-1, -2, 3))).labels == (
        ResponseLabel(0, True),
        ResponseLabel(1, False),
    )


def test_kto_has_two_good_for_a_good_tie_and_two_bad_for_both_bad():
    for kind, good in (("equal_good", True), ("equal_bad", False)):
        outcome = Kto(OVERALL).apply(task("bread", judgment(0, tie_kind=kind)))
        assert outcome.labels == (ResponseLabel(0, good), ResponseLabel(1, good))


def test_kto_counts_responses_that_raters_contradict_each_other_on():
    bad = judgment(0, "sam", tie_kind="equal_bad")
    outcome = Kto(OVERALL).apply(task("bread", judgment(-1), bad))
    assert outcome.labels == (ResponseLabel(1, False),)
    assert outcome.drops == ("label_split",)
    assert Kto(OVERALL).apply(task("bread", *votes(-1, 1))).drops == ("label_split",) * 2


def test_kto_labels_the_ends_of_an_order():
    outcome = Kto(ORDER).apply(ranked("bread", {"rui": (2, 1, 3)}))
    assert outcome.labels == (ResponseLabel(1, True), ResponseLabel(2, False))
    assert (outcome.rows_in, outcome.drops) == (3, ("label_none",))


def test_kto_rows_are_what_its_table_holds(tmp_path):
    result = release(project(30), tmp_path / "r", recipe="kto", shape="native")
    assert (result.ledger.rows_in, result.ledger.rows_out) == (60, 60)
    labels = [row["label"] for row in read_table(result.path, "kto")]
    assert (len(labels), sum(labels)) == (60, 30)


def test_kto_weights_even_out_the_classes():
    expected = GOLDEN["G36"]["expected"]
    numbers = GOLDEN["G36"]["input"]
    weights = kto_weights(numbers["desirable"], numbers["undesirable"])
    assert weights is not None
    assert weights.undesirable == pytest.approx(expected["w_undesirable_range"])
    trl = kto_weights(900, 100, widest=TRL_WIDEST)
    assert trl is not None
    assert trl.undesirable == pytest.approx(expected["with_TRL_constant_1.33"], abs=0.01)
    assert weights.desirable == pytest.approx((1 / 9, 4 / 27))
    assert kto_weights(5, 0) is None
    assert kto_weights(0, 5) is None


def test_sft_takes_the_response_that_most_prefer():
    outcome = Sft(OVERALL).apply(task("bread", *votes(2, 1, -3)))
    assert outcome.demonstrations == (Demonstration(1),)


@pytest.mark.parametrize("kind", ["equal_good", "equal_bad", "cannot_tell"])
def test_sft_imitates_no_tie(kind):
    outcome = Sft(OVERALL).apply(task("bread", judgment(0, tie_kind=kind)))
    assert (outcome.demonstrations, outcome.drops) == ((), (f"tie_{kind}",))


def test_sft_takes_an_edit_in_place_of_its_original():
    record = edited(task("bread", *votes(-2)), "All about bread, and butter.")
    outcome = Sft(OVERALL).apply(record)
    assert outcome.demonstrations == (Demonstration(2, edited=True),)
    assert outcome.rows_in == 1


def test_sft_takes_an_edit_of_two_bad_responses():
    record = edited(task("bread", judgment(0, tie_kind="equal_bad")), "All about bread, at last.")
    assert Sft(OVERALL).apply(record).demonstrations == (Demonstration(2, edited=True),)


@pytest.mark.parametrize(
    ("content", "original", "reason"),
    [("All  about bread.\n", 0, "edit_no_op"), ("Something on bread.", 1, "edit_not_preferred")],
)
def test_sft_counts_edits_that_do_not_count(content, original, reason):
    outcome = Sft(OVERALL).apply(edited(task("bread", *votes(-2)), content, original=original))
    assert outcome.demonstrations == (Demonstration(0),)
    assert (outcome.rows_in, outcome.drops) == (2, (reason,))


def test_sft_without_edits_counts_them():
    record = edited(task("bread", *votes(-2)), "All about bread, and butter.")
    outcome = Sft(OVERALL, options=RecipeOptions(edits=False)).apply(record)
    assert outcome.demonstrations == (Demonstration(0),)
    assert outcome.drops == ("edits_not_wanted",)


def test_sft_takes_no_edit_that_no_vote_stands_for():
    gold = edited(task("bread", judgment(-2, purpose="gold")), "All about bread, and butter.")
    outcome = Sft(OVERALL).apply(gold)
    assert outcome.demonstrations == ()
    assert set(outcome.drops) == {"purpose_gold"}


def test_sft_of_an_order_is_what_is_preferred_to_every_other():
    clear = ranked("bread", {"rui": (2, 1, 3), "sam": (3, 1, 2)})
    circle = ranked("tides", {"rui": (1, 2, 3), "sam": (3, 1, 2), "tao": (2, 3, 1)})
    recipe = Sft(ORDER)
    assert recipe.apply(clear).demonstrations == (Demonstration(1),)
    assert recipe.apply(circle).drops == ("no_best_response",)


def test_majority_of_orders_is_that_of_each_two_responses():
    record = ranked("bread", {"rui": (1, 2, 3), "sam": (1, 3, 2), "tao": (2, 2, 1)})
    outcome = Majority(ORDER).apply(record)
    votes_of = {
        (p.chosen, p.rejected): (p.votes_chosen, p.votes_rejected, p.votes_tie)
        for p in outcome.pairs
    }
    assert votes_of == {(0, 1): (2, 0, 1), (0, 2): (2, 1, 0), (2, 1): (2, 1, 0)}
    assert {pair.weight for pair in outcome.pairs} == {1 / 3}
    assert outcome.labels == (ResponseLabel(0, True), ResponseLabel(1, False))


def test_an_order_that_leaves_a_response_out_is_no_answer():
    record = ranked("bread", {"rui": (1, 2, 3)})
    part = changed(record.judgments[0], ratings=(Rating("order", 0, 1), Rating("order", 1, 2)))
    outcome = Majority(ORDER).apply(changed(record, judgments=(part,)))
    assert outcome.drops == ("not_answered",) * 3


def test_each_judged_turn_of_a_dialogue_is_a_row_after_the_turns_that_were_chosen(tmp_path):
    first = [("user", "Tell me about tides and moons")]
    second = [*first, ("assistant", "Chosen one."), ("user", "And about ebb and flow?")]
    third = [*second, ("assistant", "Chosen two."), ("user", "Thank you; and spring tides?")]
    turns = [
        task(name, *votes(-1), messages=messages, responses=(f"Chosen {name}.", f"Not {name}."))
        for name, messages in (("one", first), ("two", second), ("three", third))
    ]
    rows = read_table(release(turns, tmp_path / "r").path, "preference")
    assert len(rows) == 3
    said = {len(row["prompt"]): [turn["content"] for turn in row["prompt"]] for row in rows}
    assert said[3][1] == "Chosen one."
    assert said[5][1::2] == ["Chosen one.", "Chosen two."]
    assert Message("assistant", "Not one.") not in [
        Message(**turn) for row in rows for turn in row["prompt"]
    ]
