"""HelpSteer rows: two responses, an overall strength, votes that name nobody."""

from __future__ import annotations

import pytest

from labeling.datasets.records import Message
from labeling.datasets.rows import Refusal
from tests.datasets.kinds import ASK, HELPSTEER2, HELPSTEER3


def said(row):
    """(rater, overall value, kind of tie, rationale) of each label."""
    return [
        (j.rater, j.values["overall"], j.tie_kinds.get("overall", ""), j.rationale)
        for j in row.judgments
    ]


def test_votes_are_labels_only_under_a_name_that_the_user_gives(rows):
    (unnamed,) = rows(HELPSTEER3)
    assert unnamed.judgments == ()
    assert unnamed.metadata == {
        "overall_preference": -2,
        "individual_preference": HELPSTEER3["individual_preference"],
    }


def test_each_vote_is_named_by_its_place_and_not_taken_for_a_person(rows):
    (row,) = rows(HELPSTEER3, rater="HelpSteer3")
    assert said(row) == [
        ("HelpSteer3 vote 1", -3, "", "Only @Response 1 is a fish."),
        ("HelpSteer3 vote 2", -1, "", "Fish."),
    ]


def test_the_aggregate_and_the_feedback_stay_beside_the_votes(rows):
    (row,) = rows(HELPSTEER3, rater="HelpSteer3")
    assert row.metadata["overall_preference"] == -2
    assert row.metadata["feedback"] == [
        {
            "feedback1": "The response is perfectly helpful.",
            "feedback2": "The response is not helpful.",
        },
        {},
    ]
    assert (row.category, row.language) == ("stem", "english")


def test_without_votes_the_overall_preference_is_the_label(rows):
    (row,) = rows({**HELPSTEER3, "individual_preference": None}, rater="HelpSteer3")
    assert said(row) == [("HelpSteer3", -2, "", "")]


def test_neither_valid_is_a_tie_of_two_bad_responses(rows):
    vote = {"score": -100, "reasoning": "Both refuse."}
    (row,) = rows({**HELPSTEER3, "individual_preference": [vote]}, rater="HelpSteer3")
    assert said(row) == [("HelpSteer3 vote 1", 0, "equal_bad", "Both refuse.")]


def test_helpsteer2_has_one_strength_a_row(rows):
    (row,) = rows(HELPSTEER2, rater="HelpSteer2")
    assert said(row) == [("HelpSteer2", -2, "", "")]
    assert row.metadata["preference_statement"] == "Response 1 is better than Response 2."


def test_turns_of_a_helpsteer2_prompt_are_told_apart(rows):
    turns = "Hi\n<extra_id_1>Assistant\nHello.\n<extra_id_1>User\nName a fish."
    (row,) = rows({**HELPSTEER2, "prompt": turns})
    assert row.messages == (
        Message("user", "Hi"),
        Message("assistant", "Hello."),
        Message("user", "Name a fish."),
    )


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"overall_preference": 4, "individual_preference": None}, "overall_preference", "-3"),
        ({"overall_preference": "x", "individual_preference": None}, "overall_preference", "whole"),
        ({"individual_preference": "x"}, "individual_preference", "list of votes, not text"),
        ({"individual_preference": ["x"]}, "individual_preference[0]", "not text"),
        ({"individual_preference": [{}]}, "individual_preference[0].score", "whole number"),
        ({"individual_preference": [{"score": -4}]}, "individual_preference[0].score", "-100"),
        (
            {"individual_preference": [{"score": 1, "reasoning": 7}]},
            "individual_preference[0].reasoning",
            "Must be text",
        ),
        ({"context": "Name a fish."}, "context", "Must be a list of messages, not text."),
        ({"context": [ASK, {"role": "narrator", "content": "x"}]}, "context[1].role", "message 2"),
        (
            {"context": [{"role": "user", "content": " "}]},
            "context[0].content",
            "Message 1 is empty",
        ),
        ({"response1": None}, "response1", "Missing."),
    ],
)
def test_a_row_at_fault_is_refused_by_field(rows, change, field, reason):
    _, refusal = rows({**HELPSTEER3, "id": "1"}, {**HELPSTEER3, "id": "2", **change}, rater="x")
    assert isinstance(refusal, Refusal)
    assert refusal.field == field
    assert reason in refusal.reason
