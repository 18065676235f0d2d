"""Files that trainers take: OpenAI, LLaMA-Factory, Axolotl, OpenRLHF."""

from __future__ import annotations

import pytest

from labeling.datasets.records import Message
from labeling.datasets.rows import Refusal
from tests.datasets.kinds import (
    ALPACA,
    ASK,
    AXOLOTL,
    AXOLOTL_CHAT,
    COD,
    COW,
    LLAMAFACTORY,
    OPENAI,
    TRL,
)

CHOSEN_FIRST = pytest.mark.parametrize("row", [OPENAI, LLAMAFACTORY, ALPACA, AXOLOTL, AXOLOTL_CHAT])


@CHOSEN_FIRST
def test_each_is_a_prompt_and_two_replies_the_better_first(rows, row):
    (read,) = rows(row)
    assert read.messages == (Message("user", "Name a fish."),)
    assert [response.content for response in read.responses] == ["Cod.", "Cow."]


@CHOSEN_FIRST
def test_the_better_one_is_a_label_only_under_a_name(rows, row):
    (unnamed,), (named,) = rows(row), rows(row, rater="team")
    assert unnamed.judgments == ()
    assert [(j.rater, dict(j.values)) for j in named.judgments] == [("team", {"overall": -1})]


def test_the_other_settings_of_an_openai_row_are_metadata(rows):
    (row,) = rows(OPENAI)
    assert row.metadata == {"input": {"parallel_tool_calls": True}}


def test_an_instruction_and_its_input_are_one_prompt(rows):
    (row,) = rows({**ALPACA, "input": "In a river."})
    assert row.messages == (Message("user", "Name a fish.\nIn a river."),)


@pytest.mark.parametrize("text", ["[3, 1, 2]", '{"a": 1}', "[a] first", "[]"])
def test_text_that_only_looks_like_structure_stays_text(rows, text):
    (row,) = rows({**ALPACA, "input": text, "chosen": text})
    assert row.messages[0].content == f"Name a fish.\n{text}"
    assert row.responses[0].content == text


def test_an_input_beside_a_prompt_of_another_name_is_part_of_it_where_the_user_says_so(rows):
    row = {"prompt": "Hi", "input": "x", "chosen": "a", "rejected": "b"}
    (joined,) = rows(row, mapping={"input": "input"})
    (apart,) = rows(row, mapping={"input": ""})
    assert (joined.messages[0].content, joined.metadata) == ("Hi\nx", {})
    assert (apart.messages[0].content, apart.metadata) == ("Hi", {"input": "x"})


def test_a_system_text_comes_before_the_prompt(rows):
    (row,) = rows({**AXOLOTL, "system": "Be brief."})
    assert row.messages == (Message("system", "Be brief."), Message("user", "Name a fish."))


def test_the_names_of_older_files_are_known(rows):
    (row,) = rows({"instruction": "Hi", "chosen_response": "a", "rejected_response": "b"})
    assert [response.content for response in row.responses] == ["a", "b"]


@pytest.mark.parametrize(
    ("row", "change", "field", "reason"),
    [
        (OPENAI, {"input": "Hi"}, "input", "not text"),
        (OPENAI, {"input": {}}, "input.messages", "Must be a list of messages, not empty."),
        (OPENAI, {"preferred_output": "Cod."}, "preferred_output", "list of messages, not text"),
        (OPENAI, {"preferred_output": []}, "preferred_output", "Has no messages."),
        (OPENAI, {"preferred_output": [COD, ASK]}, "preferred_output", "not the user's"),
        (OPENAI, {"non_preferred_output": [ASK]}, "non_preferred_output", "not the user's"),
        (
            OPENAI,
            {"preferred_output": [{"role": "assistant", "content": None, "tool_calls": []}]},
            "preferred_output[0].content",
            "Missing.",
        ),
        (LLAMAFACTORY, {"chosen": {"from": "narrator", "value": "x"}}, "chosen.role", "“narrator”"),
        (LLAMAFACTORY, {"chosen": {"from": "human", "value": "x"}}, "chosen", "not the user's"),
        (LLAMAFACTORY, {"chosen": {"from": "gpt"}}, "chosen.content", "Missing."),
        (LLAMAFACTORY, {"rejected": None}, "rejected", "Missing."),
        (ALPACA, {"instruction": ""}, "instruction", "Is empty."),
        (ALPACA, {"input": 7}, "input", "not a number"),
        (AXOLOTL, {"system": 7}, "system", "not a number"),
        (
            TRL,
            {"prompt": [ASK, {"role": "king", "content": "x"}]},
            "prompt[1].role",
            "message 2 has “king”",
        ),
        (TRL, {"prompt": [{"content": "x"}]}, "prompt[0].role", "message 1 has none"),
        (
            TRL,
            {"prompt": [ASK, COW, {**ASK, "content": ""}]},
            "prompt[2].content",
            "Message 3 is empty",
        ),
        (TRL, {"prompt": [ASK, "x"]}, "prompt[1]", "Must be a message"),
        (TRL, {"chosen": ["Cod.", "Carp."]}, "chosen[0]", "a row for each of several answers"),
        (TRL, {"chosen": [[COD]]}, "chosen[0]", "Must be a message"),
        (TRL, {"chosen": 7}, "chosen", "Must be text, not a number."),
    ],
)
def test_a_row_at_fault_is_refused_by_field(rows, row, change, field, reason):
    _, refusal = rows(row, {**row, "id": "2", **change})
    assert isinstance(refusal, Refusal)
    assert refusal.field == field
    assert reason in refusal.reason
