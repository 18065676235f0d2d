"""Rows of several responses become their pairs: UltraFeedback, rankings, NeMo-RL."""

from __future__ import annotations

import json

import pytest

from labeling.datasets.readers import check, limits, read
from labeling.datasets.records import Message
from labeling.datasets.rows import ImportRow, Refusal
from tests.datasets.kinds import (
    ASK,
    COD,
    COW,
    LISTWISE,
    NEMO,
    ULTRAFEEDBACK,
    ULTRAFEEDBACK_BINARIZED,
    completion,
)
from tests.datasets.several_kinds import BEST_OF_N, NECTAR

PAIRED = {"task_kind": "compare"}


def said(made):
    """The overall value of each row's one label."""
    return [row.judgments[0].values["overall"] for row in made]


def contents(made):
    return [tuple(response.content for response in row.responses) for row in made]


def test_four_completions_are_six_tasks_of_one_prompt(rows):
    made = rows({**ULTRAFEEDBACK, "id": "uf-1"}, mapping=PAIRED)
    assert [row.external_id for row in made] == [
        *("uf-1-1-2", "uf-1-1-3", "uf-1-1-4", "uf-1-2-3", "uf-1-2-4", "uf-1-3-4")
    ]
    assert {row.messages for row in made} == {(Message("user", "Name a fish."),)}
    assert contents(made)[4] == ("Cow.", "Crow.")
    assert [response.model for response in made[4].responses] == ["m2", "m4"]


def test_pairs_of_a_row_without_an_id_have_ids_of_their_own(rows):
    made = rows(ULTRAFEEDBACK, mapping=PAIRED)
    assert len({row.external_id for row in made}) == 6


def test_a_models_scores_are_metadata_and_never_judgments(rows):
    made = rows(ULTRAFEEDBACK, rater="vera", mapping=PAIRED)
    assert all(row.judgments == () for row in made)
    first = made[0].metadata["responses"]
    assert [kept["overall_score"] for kept in first] == [8.0, 1.0]
    assert first[0]["annotations"]["honesty"]["Rating"] == "4"
    assert "response" not in first[0]
    assert "models" not in made[0].metadata


def test_a_pair_of_the_same_text_is_refused_and_the_others_are_taken(rows):
    twice = [completion("m1", "Cod.", 1), completion("m2", "Cod.", 2), completion("m3", "Cow.", 3)]
    made = rows({**ULTRAFEEDBACK, "completions": twice}, mapping=PAIRED)
    assert [type(row) for row in made] == [Refusal, ImportRow, ImportRow]
    assert made[0].field == "completions[1].response"


def test_the_progress_of_such_a_file_counts_its_pairs(tmp_path):
    path = tmp_path / "uf.jsonl"
    bad = {**ULTRAFEEDBACK, "completions": "none"}
    short = {**ULTRAFEEDBACK, "completions": ULTRAFEEDBACK["completions"][:3]}
    path.write_text("\n".join(json.dumps(row) for row in (ULTRAFEEDBACK, bad, short)))
    for mapping, count in (PAIRED, 6 + 1 + 3), ({}, 3):
        assert check(path, format="ultrafeedback", mapping=mapping).rows == count
        assert len(list(read(path, mapping=mapping))) == count


def test_ultrafeedback_binarized_says_its_prompt_twice_and_means_it_once(rows):
    history = [{"role": "system", "content": "Be brief."}, ASK, COW, {**ASK, "content": "Sure?"}]
    row = {
        **ULTRAFEEDBACK_BINARIZED,
        "chosen": [*history, COD],
        "rejected": [*history, COW],
        "messages": [*history, COD],
    }
    (read_row,) = rows(row)
    assert [message.role for message in read_row.messages] == [
        *("system", "user", "assistant", "user")
    ]
    assert read_row.external_id == "4f2c"
    assert read_row.metadata == {"score_chosen": 8.5, "score_rejected": 2.0}


def test_a_ranking_gives_a_label_a_pair_by_the_rater_it_names(rows):
    made = rows({**LISTWISE, "id": "r", "rater": "vera"}, mapping=PAIRED)
    assert contents(made) == [("Cow.", "Cod."), ("Cow.", "Carp."), ("Cod.", "Carp.")]
    assert said(made) == [1, 1, 0]
    assert {row.judgments[0].rater for row in made} == {"vera"}


def test_a_ranking_by_nobody_keeps_its_ranks_as_metadata(rows):
    made = rows(LISTWISE, mapping=PAIRED)
    assert [row.judgments for row in made] == [(), (), ()]
    assert [row.metadata["ranks"] for row in made] == [[2, 1], [2, 1], [1, 1]]


def test_a_ranking_of_two_is_one_task_under_its_own_id(rows):
    (row,) = rows({"id": "r", "prompt": "p", "responses": ["a", "b"], "ranks": [1, 2]}, rater="v")
    assert (row.external_id, said([row])) == ("r", [-1])


def test_nemo_prefers_the_lower_rank(rows):
    swapped = [{"rank": 3, "completion": [COW]}, {"rank": 1, "completion": [COD]}]
    (first,) = rows(NEMO, rater="team")
    (second,) = rows({**NEMO, "completions": swapped}, rater="team")
    assert said([first, second]) == [-1, 1]
    assert first.messages == (Message("user", "Name a fish."),)


@pytest.mark.parametrize(
    ("row", "change", "field", "reason"),
    [
        (LISTWISE, {"ranks": [1]}, "ranks", "Has 1 ranks for 3 responses."),
        (LISTWISE, {"ranks": ["a", 1, 2]}, "ranks[0]", "whole number"),
        (LISTWISE, {"ranks": 3}, "ranks", "list of ranks, not a number"),
        (LISTWISE, {"responses": ["a"], "ranks": [1], "kind": "rank"}, "responses", "3 to 9"),
        (LISTWISE, {"responses": ["a"], "ranks": [1], "kind": "compare"}, "responses", "exactly 2"),
        (LISTWISE, {"responses": ["a", 7, "b"]}, "responses[1]", "not a number"),
        (ULTRAFEEDBACK, {"completions": ["Cod."]}, "completions[0]", "not text"),
        (ULTRAFEEDBACK, {"completions": []}, "responses", "Has 0 responses"),
        (
            ULTRAFEEDBACK,
            {"completions": [{"model": "m"}] * 2},
            "completions[0].response",
            "Missing",
        ),
        (ULTRAFEEDBACK, {"completions": [completion("m", "a", 1)] * 10}, "responses", "at most 9"),
        (ULTRAFEEDBACK, {"instruction": None}, "instruction", "Missing."),
        (
            NEMO,
            {"completions": [{"rank": 0, "completion": "Cod."}]},
            "completions[0].completion",
            "not text",
        ),
        (
            NEMO,
            {"completions": [{"rank": 0, "completion": [ASK]}]},
            "completions[0].completion",
            "assistant",
        ),
        (NEMO, {"completions": [{"rank": 0, "completion": []}]}, "completions[0]", "no messages"),
        (
            NEMO,
            {"completions": [{"rank": None, "completion": [COD]}]},
            "completions[0].rank",
            "whole",
        ),
    ],
)
def test_a_row_at_fault_is_one_refusal(rows, row, change, field, reason):
    *_, refusal = rows(row, {**row, "id": "2", **change})
    assert isinstance(refusal, Refusal)
    assert refusal.field.startswith(field)
    assert reason in refusal.reason


def test_an_id_leaves_room_for_the_numbers_of_its_pairs(rows):
    just = "x" * (limits.MAX_ID - len("-1-2"))
    made = rows({**LISTWISE, "id": just}, {**LISTWISE, "id": f"{just}x"}, mapping=PAIRED)
    assert [type(row) for row in made] == [ImportRow] * 3 + [Refusal] * 3


@pytest.mark.parametrize(
    ("row", "kind", "texts", "bands"),
    [
        (LISTWISE, "listwise", ["Cow.", "Cod.", "Carp."], [["Carp.", "Cod."], ["Cow."]]),
        (NECTAR, "nectar", ["Cow.", "Cod.", "Crow."], [["Cod."], ["Cow.", "Crow."]]),
        (BEST_OF_N, "bestofn", ["Cod.", "Cow.", "Ox."], [["Cod."], ["Cow.", "Ox."]]),
    ],
)
def test_three_ranked_responses_are_one_task_whose_order_is_a_label_under_a_name(
    rows, seen, row, kind, texts, bands
):
    assert seen(row).format == kind
    (unnamed,), (named,), (voted,) = (rows(row, rater=name) for name in ("", "vera", "gpt-4"))
    assert (unnamed.kind, unnamed.judgments, len(unnamed.metadata["ranks"])) == ("rank", (), 3)
    assert [response.content for response in named.responses] == texts
    assert [message.content for message in named.messages] == ["Name a fish."]
    by_id = {response.external_id: response.content for response in named.responses}
    (judgment,) = named.judgments
    order = judgment.answers["overall"]
    assert [sorted(by_id[name] for name in band) for band in order] == bands
    # Nobody's word but the model's, as every vote of a model.
    assert (voted.judgments, voted.model_votes[0].answers) == ((), judgment.answers)


@pytest.mark.parametrize("row", [BEST_OF_N, ULTRAFEEDBACK])
def test_a_ranking_knows_the_ids_of_its_pairs_and_each_pair_the_id_of_the_ranking(rows, row):
    (whole,), pairs = rows(row), rows(row, mapping=PAIRED)
    assert {pair.external_id for pair in pairs} <= {*whole.apart}
    assert {pair.apart for pair in pairs} == {(whole.external_id,)}


def test_best_of_n_compares_right_answers_with_wrong_ones_alone(rows):
    row = {**BEST_OF_N, "chosen": ["Cod.", "Carp."], "rejected": ["Cow."]}
    made = rows(row, rater="vera", mapping=PAIRED)
    assert contents(made) == [("Cod.", "Cow."), ("Carp.", "Cow.")]
    assert said(made) == [-1, -1]
    assert [response.model for response in made[1].responses] == ["m2", "m3"]


@pytest.mark.parametrize("side", ["chosen", "rejected"])
def test_best_of_n_without_one_of_its_sides_is_refused(rows, side):
    *_, refused = rows(BEST_OF_N, {**BEST_OF_N, "id": "8", side: []})
    assert (refused.line, refused.field, refused.code) == (2, side, "empty")


def test_a_row_of_two_ranked_answers_is_compared_unless_it_is_to_be_ranked(rows):
    row = {**NECTAR, "answers": NECTAR["answers"][:2]}
    (compared,) = rows(row, rater="vera")
    assert (compared.kind, compared.judgments[0].values) == ("compare", {"overall": 1})
    (refused,) = rows(row, mapping={"task_kind": "rank"})
    assert refused.reason == "Has 2 responses; a ranking takes 3 to 9."
