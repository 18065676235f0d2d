"""Rows from what raters say of each response by itself: ratings, labels, rules, reviews."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec.structs import replace as changed

from labeling.datasets.formats import FORMATS
from labeling.datasets.judging import preview
from labeling.datasets.recipes import RECIPES, RecipeOptions
from labeling.datasets.records import CriterionRecord, Rating, TaskRecord
from tests.datasets.release_rows import (
    HELPFUL,
    KIND_RULE,
    ORDER,
    OVERALL,
    RULE,
    edited,
    judgment,
    rated,
    read_table,
    release,
    task,
)

THUMB = CriterionRecord("good", "Good?", "thumb", 1, False, levels=(0, 1), answer="rate")
HARM = replace(THUMB, key="harm", scale="dices")
HONEST = replace(HELPFUL, key="honest")
DECISION = CriterionRecord(
    "decision", "Take it?", "decision", 2, True, levels=(0, 1, 2), answer="rate"
)


def made(recipe: str, record: TaskRecord, criterion: CriterionRecord = HELPFUL, **options):
    outcome = RECIPES[recipe](criterion, options=RecipeOptions(**options)).apply(record)
    rows = (outcome.pairs, outcome.labels, outcome.demonstrations, outcome.ratings, outcome.rules)
    assert outcome.rows_in == sum(map(len, rows)) + len(outcome.drops)
    return outcome


def labels(record: TaskRecord, criterion: CriterionRecord, **options):
    outcome = made("kto", record, criterion, **options)
    return [label.good for label in outcome.labels], list(outcome.drops)


def review(name: str, decision: int, edit: str = "", **more) -> TaskRecord:
    """A demonstration that vera reviewed, and what she made of it."""
    record = rated(name, {"vera": (decision,)}, criterion=DECISION, **more)
    if not edit:
        return record
    (draft,) = record.responses
    text = changed(draft, id=f"{name}-e", content=edit, edited_from=draft.id, judgment="")
    text = changed(text, judgment=record.judgments[0].id)
    said = changed(record.judgments[0], text=edit)
    return changed(record, edits=(text,), judgments=(said,))


FIVE = [
    *(review(f"demo{number}", 2) for number in range(3)),
    review("demo3", 1, "What the reviewer made of it."),
    review("demo4", 0),
]


def test_a_response_has_the_mean_of_its_ratings_on_every_criterion(tmp_path):
    record = rated("tides", {"rui": (4, 1), "ana": (3, 1), "bo": (3, "unsure")})
    honest = [Rating("honest", place, 2) for place in range(2)]
    first, *others = record.judgments
    first = changed(first, ratings=(*first.ratings, *honest))
    record = changed(record, judgments=(first, *others))
    lonely = rated("moons", {"rui": ("not_applicable", 2)})
    settings: dict[str, Any] = {
        "recipe": "ratings",
        "criteria": [HELPFUL, HONEST],
        "file_type": "jsonl",
    }
    result = release([record, lonely], tmp_path / "native", **settings)
    rows = {row["response_id"]: row for row in read_table(result.path, "ratings")}
    assert {name: (row["helpful"], row["honest"]) for name, row in rows.items()} == {
        "tides-0": (pytest.approx(10 / 3), 2.0),
        "tides-1": (1.0, 2.0),
        "moons-1": (2.0, None),
    }
    assert list(rows["tides-0"])[:4] == ["prompt", "response", "helpful", "honest"]
    assert (result.ledger.rows_in, result.ledger.rows_out) == (4, 3)
    assert result.ledger.drops == {"not_answered": 1}
    assert list(result.manifest["criteria"]) == ["helpful", "honest"]
    figures = result.manifest["criteria"]["helpful"]["figures"]
    assert figures["values"] == {"1": 2, "2": 1, "3": 2, "4": 1}
    assert figures["without_value"] == {"not_applicable": 1, "unsure": 1}
    card = (result.path / "README.md").read_text()
    assert "Values on `helpful`: 1: 2, 2: 1, 3: 2, 4: 1, not applicable: 1, unsure: 1." in card
    assert "Values on `honest`: 2: 2." in card

    steered = release([record, lonely], tmp_path / "hs", shape="helpsteer2", **settings)
    assert [(row["helpful"], row["honest"]) for row in read_table(steered.path, "data")] == [
        (3, 2),
        (1, 2),
    ]
    assert steered.ledger.drops == {"not_answered": 1, "not_rated_on_all": 1}


def test_two_responses_rated_apart_are_a_pair_as_strong_as_they_differ(tmp_path):
    record = rated("tides", {"rui": (4, 2, 2), "ana": (4, 3, 2)})
    outcome = made("margin", record)
    assert [(p.chosen, p.rejected, p.strength, p.margin) for p in outcome.pairs] == [
        (0, 1, 1.5, 0.375),
        (0, 2, 2.0, 0.5),
        (1, 2, 0.5, 0.125),
    ]
    votes = [(p.votes_chosen, p.votes_rejected, p.votes_tie) for p in outcome.pairs]
    assert votes == [(2, 0, 0), (2, 0, 0), (1, 0, 1)]
    assert {(round(p.weight, 4), p.group_size) for p in outcome.pairs} == {(0.3333, 3)}
    close = made("margin", record, least_margin=1.0)
    assert (len(close.pairs), close.drops) == (2, ("below_margin",))
    low = made("margin", record, low_is_good=True)
    assert [(p.chosen, p.rejected) for p in low.pairs] == [(1, 0), (2, 0), (2, 1)]
    result = release(
        [record],
        tmp_path / "r",
        recipe="margin",
        criteria=[HELPFUL],
        shape="ultrafeedback",
        file_type="jsonl",
    )
    scores = {(r["score_chosen"], r["score_rejected"]) for r in read_table(result.path, "data")}
    assert scores == {(4.0, 2.5), (4.0, 2.0), (2.5, 2.0)}
    assert "mean ratings on the scale" in (result.path / "README.md").read_text()


@pytest.mark.parametrize(
    ("ratings", "reason"),
    [
        ({"rui": (3, 3)}, "rated_alike"),
        ({"rui": (3, 1), "ana": (1, 3)}, "rated_alike"),
        ({"rui": (3, "unsure")}, "not_rated_both"),
        ({"rui": (3,)}, "single_response"),
    ],
)
def test_what_is_not_rated_apart_is_no_pair_and_counted(ratings, reason):
    assert made("margin", rated("tides", ratings)).drops == (reason,)


def test_a_thumb_or_a_threshold_calls_a_response_good_or_bad():
    thumbs = rated(
        "t", {"rui": (1, 0, 1), "ana": (1, 0, 0), "bo": (0, 0, "unsure")}, criterion=THUMB
    )
    assert labels(thumbs, THUMB) == ([True, False], ["label_split"])
    harms = rated("t", {"rui": (1, 0)}, criterion=HARM)
    assert labels(harms, HARM) == ([False, True], [])
    stars = rated("t", {"rui": (4, 3, 1)})
    assert labels(stars, HELPFUL, threshold=3) == ([True, True, False], [])
    assert labels(stars, HELPFUL, threshold=3, low_is_good=True) == ([False, False, True], [])
    unsure = rated("t", {"rui": (1,), "ana": ("unsure",)}, criterion=THUMB)
    assert labels(unsure, THUMB) == ([], ["no_majority"])
    assert labels(unsure, THUMB, wins_by="plurality") == ([True], [])
    beside = rated("t", {"rui": (1,), "ana": ("not_applicable",)}, criterion=THUMB)
    assert labels(beside, THUMB) == ([True], [])


def test_the_best_rated_response_is_the_one_to_imitate():
    best = made("sft", rated("t", {"rui": (4, 2, 3), "ana": (3, 2, 3)}))
    assert [shown.response for shown in best.demonstrations] == [0]
    assert made("sft", rated("t", {"rui": (2, 1)}), threshold=3).drops == ("below_threshold",)
    assert made("sft", rated("t", {"rui": (4, 4)})).drops == ("no_best_response",)
    assert made("sft", rated("t", {"rui": (4,)})).drops == ("single_response",)
    assert len(made("sft", rated("t", {"rui": (4,)}), threshold=3).demonstrations) == 1
    up = rated("t", {"rui": (1,), "ana": (1,), "bo": (0,)}, criterion=THUMB)
    assert len(made("sft", up, THUMB).demonstrations) == 1
    torn = rated("t", {"rui": (1,), "ana": (0,)}, criterion=THUMB)
    assert made("sft", torn, THUMB).drops == ("below_threshold",)


def test_a_rule_is_kept_or_broken_as_most_raters_say(tmp_path):
    def on_rule(name, **ratings):
        return rated(name, ratings, criterion=RULE, principle=KIND_RULE.name, guideline_version=1)

    tasks = [
        on_rule("kept", rui=(2,), ana=(1,), bo=(-1,)),
        on_rule("broken", rui=(-2,), ana=(-1,)),
        on_rule("unclear", rui=(0,), ana=("unsure",), bo=(2,)),
        on_rule("even", rui=(2,), ana=(-2,)),
    ]
    settings: dict[str, Any] = {"criteria": [RULE], "recipe": "rules"}
    result = release(tasks, tmp_path / "r", shape="rules", file_type="jsonl", **settings)
    rows = {row["task_id"]: row for row in read_table(result.path, "data")}
    assert {name: (row["label"], row["level"]) for name, row in rows.items()} == {
        "kept": (True, pytest.approx(2 / 3)),
        "broken": (False, -1.5),
    }
    assert rows["kept"]["rule"] == "Say nothing unkind."
    assert result.ledger.drops == {"raters_unsure": 1, "split": 1}
    native = release(tasks, tmp_path / "n", file_type="jsonl", **settings)
    assert len(read_table(native.path, "rules")) == 2
    said = {row["task_id"]: row for row in read_table(native.path, "judgments")}
    assert said["even"]["answers"] == []
    assert said["even"]["rule_answers"][0]["principle"] == "1"
    unsure = [row["unsaid"] for row in read_table(native.path, "judgments") if row["unsaid"]]
    assert unsure == [[{"criterion": "rule", "principle": "1", "response": 1, "unsaid": "unsure"}]]


def test_of_five_reviewed_demonstrations_four_are_rows_and_the_edited_one_is_the_reviewers(
    tmp_path,
):
    settings: dict[str, Any] = {
        "recipe": "demonstrations",
        "criteria": [DECISION],
        "file_type": "jsonl",
    }
    result = release(FIVE, tmp_path / "r", shape="messages", **settings)
    rows = read_table(result.path, "data")
    assert (result.ledger.rows_in, result.ledger.rows_out) == (5, 4)
    assert result.ledger.drops == {"draft_rejected": 1}
    (changed_row,) = [row for row in rows if row["edited"]]
    assert changed_row["messages"][-1]["content"] == "What the reviewer made of it."
    assert sorted(row["decision"] for row in rows) == ["approved"] * 3 + ["approved_with_edits"]
    everything = release(
        FIVE,
        tmp_path / "all",
        shape="trl-prompt-completion",
        options=RecipeOptions(rejected_drafts=True),
        **settings,
    )
    rows = read_table(everything.path, "data")
    assert [row["decision"] for row in rows].count("rejected") == 1
    native = release(FIVE, tmp_path / "n", **settings)
    assert sorted(row["edited"] for row in read_table(native.path, "sft")) == [False] * 3 + [True]
    texts = {row["text"] for row in read_table(native.path, "judgments")}
    assert texts == {"", "What the reviewer made of it."}


def test_an_edit_of_white_space_leaves_a_demonstration_as_it_was():
    blank = review("demo", 1, "Answer  0 on demo.\n")
    (shown,) = made("demonstrations", blank, DECISION).demonstrations
    assert (shown.edited, shown.response) == (False, 0)
    (shown,) = made("demonstrations", review("demo", 1), DECISION).demonstrations
    assert (shown.edited, shown.decision) == (False, "approved")
    assert made("demonstrations", rated("d", {"v": (2, 2)}), DECISION).drops == ("not_one_text",)


@pytest.mark.parametrize(
    ("kind", "recipe", "criterion"),
    [
        ("rank", "majority", OVERALL),
        ("compare", "instructgpt", ORDER),
        ("write", "ratings", HELPFUL),
        ("write", "kto", THUMB),
        ("rate", "rules", replace(RULE, asked_on=frozenset({"rule"}))),
        ("rate", "demonstrations", replace(DECISION, asked_on=frozenset({"review"}))),
    ],
)
def test_tasks_that_do_not_ask_the_criterion_are_no_rows_in(kind, recipe, criterion):
    other = changed(task("other", judgment(-1)), kind=kind)
    ledger, left = preview(
        lambda: [other], recipe=RECIPES[recipe](criterion), shape=FORMATS["native"]
    )
    assert (ledger.rows_in, ledger.drops, left) == (0, {}, {"other_kind": 1})


def test_an_edit_of_a_rated_response_stands_in_its_place():
    better = edited(rated("t", {"rui": (4, 2)}), "A person made it better.")
    (shown,) = made("sft", better).demonstrations
    assert (shown.response, shown.edited) == (2, True)
    nothing = edited(rated("t", {"rui": (4, 2)}), "Answer 0  on t.")
    outcome = made("sft", nothing)
    assert ([shown.response for shown in outcome.demonstrations], outcome.drops) == (
        [0],
        ("edit_no_op",),
    )


def test_filters_by_votes_and_agreement_read_ratings():
    record = rated("t", {"rui": (4, 2), "ana": (4, 3)})
    assert made("ratings", record, min_votes=3).drops == ("too_few_votes",) * 2
    assert made("ratings", record, min_agreement=0.9).drops == ("below_agreement",) * 2
    assert len(made("ratings", record, min_agreement=0.7).ratings) == 2
