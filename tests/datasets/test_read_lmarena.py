"""LMArena votes, in the three generations in which they were published."""

from __future__ import annotations

import datetime as dt

import pytest

from labeling.datasets.records import Message
from labeling.datasets.rows import Refusal
from tests.datasets.kinds import ASK, COD, COW, LMARENA_55K, LMARENA_100K, LMARENA_140K


def said(row):
    """(rater, overall value, kind of tie) of each label."""
    return [(j.rater, j.values["overall"], j.tie_kinds.get("overall", "")) for j in row.judgments]


@pytest.mark.parametrize("row", [LMARENA_55K, LMARENA_100K, LMARENA_140K])
def test_the_prompt_is_shared_and_the_last_answers_are_compared(rows, row):
    (read,) = rows(row)
    assert read.messages == (Message("user", "Name a fish."),)
    assert [(r.model, r.content) for r in read.responses] == [("m1", "Cod."), ("m2", "Cow.")]
    assert read.external_id == row.get("id", row.get("question_id"))


def test_the_judge_of_the_row_is_the_rater(rows):
    (row,) = rows(LMARENA_100K)
    assert said(row) == [("f99812e1", 1, "")]
    assert row.judgments[0].at == dt.datetime(2024, 7, 1, 8, 0, 0, 500_000, dt.UTC)


def test_a_session_is_no_person_so_the_user_names_the_voters(rows):
    (unnamed,), (named,) = rows(LMARENA_140K), rows(LMARENA_140K, rater="arena")
    assert unnamed.judgments == ()
    assert unnamed.metadata["winner"] == "both_bad"
    assert said(named) == [("arena", 0, "equal_bad")]
    assert named.metadata["evaluation_session_id"] == "s-17"


@pytest.mark.parametrize(
    ("winner", "value", "tie"),
    [
        ("model_a", -1, ""),
        ("model_b", 1, ""),
        ("tie", 0, "equal_good"),
        ("both_bad", 0, "equal_bad"),
        ("tie (bothbad)", 0, "equal_bad"),
    ],
)
def test_every_vote_has_its_meaning(rows, winner, value, tie):
    (row,) = rows({**LMARENA_100K, "winner": winner})
    assert said(row) == [("f99812e1", value, tie)]


@pytest.mark.parametrize(
    ("flags", "value"), [(("1", "0", "0"), -1), (("0", "1", "0"), 1), (("0", "0", "1"), 0)]
)
def test_the_winner_of_the_55k_file_is_one_of_three_flags(rows, flags, value):
    names = ("winner_model_a", "winner_model_b", "winner_tie")
    (row,) = rows({**LMARENA_55K, **dict(zip(names, flags, strict=True))}, rater="arena")
    assert said(row)[0][1] == value


def test_a_row_without_a_vote_carries_no_label(rows):
    _, row = rows(LMARENA_100K, {**LMARENA_100K, "question_id": "2", "winner": None})
    assert row.judgments == ()


def test_a_models_verdict_is_never_a_human_label(rows):
    (row,) = rows({**LMARENA_100K, "judge_hash": "gpt4_pair"}, rater="arena")
    assert row.judgments == ()
    (vote,) = row.model_votes
    assert (vote.rater, vote.values, vote.side_only) == ("gpt4_pair", {"overall": 1}, ("overall",))


def test_earlier_turns_of_a_session_are_counted_where_they_are_not_in_the_chats(rows):
    turn = LMARENA_140K["full_conversation"][0]
    (row,) = rows({**LMARENA_140K, "full_conversation": [turn, turn, turn]})
    assert row.metadata["earlier_turns"] == 2
    assert "full_conversation" not in row.metadata


def test_texts_that_are_no_lists_are_taken_as_they_stand(rows):
    plain = {"prompt": "[draft] Hi", "response_a": "Hello.", "response_b": "[1, 2]"}
    (row,) = rows({**LMARENA_55K, **plain})
    assert row.messages[0].content == "[draft] Hi"
    assert [response.content for response in row.responses] == ["Hello.", "[1, 2]"]


@pytest.mark.parametrize(
    ("row", "change", "field", "reason"),
    [
        (LMARENA_100K, {"winner": "model_c"}, "winner", "model_a, model_b, tie or both_bad"),
        (LMARENA_100K, {"winner": ["model_a"]}, "winner", "Must be text, not a list."),
        (LMARENA_100K, {"conversation_b": [COD, COW]}, "conversation_b", "differ before the last"),
        (
            LMARENA_100K,
            {"conversation_a": [ASK, COD], "conversation_b": [{**ASK, "content": "Hm?"}, COW]},
            "conversation_b",
            "so they do not answer the same prompt",
        ),
        (LMARENA_100K, {"turn": 2}, "turn", "from 1 to 1"),
        (LMARENA_100K, {"conversation_a": None}, "conversation_a", "not empty"),
        (LMARENA_100K, {"conversation_a": [ASK], "conversation_b": [ASK]}, "conversation_a", "end"),
        (LMARENA_100K, {"conversation_a": [COD], "conversation_b": [COW]}, "conversation_a", "no"),
        (
            LMARENA_100K,
            {
                "conversation_a": [
                    {"role": "user", "content": [{"type": "audio"}]},
                    COD,
                ]
            },
            "conversation_a[0].content",
            "Holds a part that is not text; only text is taken.",
        ),
        (
            LMARENA_100K,
            {"conversation_a": [{"role": "bot", "content": "x"}]},
            "conversation_a[0]",
            "“bot”",
        ),
        (LMARENA_100K, {"tstamp": 1e30}, "tstamp", "Must be a time"),
        (
            LMARENA_55K,
            {"winner_tie": "1"},
            "winner_model_a",
            "Exactly one winner must be 1, not 2.",
        ),
        (LMARENA_55K, {"winner_tie": "maybe"}, "winner_tie", "whole number"),
        (LMARENA_55K, {"response_a": "[null]"}, "response_a[0]", "Missing."),
        (LMARENA_55K, {"response_a": "[]"}, "response_a", "Has 0 turns; the prompt has 1."),
    ],
)
def test_a_row_at_fault_is_refused_by_field(rows, row, change, field, reason):
    _, refusal = rows(row, {**row, "id": "2", **change}, rater="arena")
    assert isinstance(refusal, Refusal)
    assert refusal.field.startswith(field)
    assert reason in refusal.reason


def test_models_that_nobody_named_are_left_open(rows):
    (row,) = rows({**LMARENA_100K, "model_a": None, "model_b": None})
    assert [response.model for response in row.responses] == ["", ""]
