"""Turns keep all that they say on their way to JSON and back."""

from __future__ import annotations

import json

from labeling.datasets.records import ContentPart, FunctionCall, Message, ToolCall
from labeling.datasets.turns import json_of, turns_of

ALL_OF_IT = (
    Message("user", "one\ntwo", parts=(ContentPart("text", "one"), ContentPart("text", "two"))),
    Message(
        "assistant",
        "",
        tool_calls=(ToolCall(FunctionCall("lookup", '{"q": 1}'), "c1"),),
        reasoning_content="Look it up.",
    ),
    Message("tool", "7-21", tool_call_id="c1", name="lookup"),
    Message("assistant", "From 7 to 21."),
)


def test_turns_come_back_from_json_as_they_were() -> None:
    assert turns_of(json.loads(json.dumps(json_of(ALL_OF_IT)))) == ALL_OF_IT


def test_a_plain_turn_is_its_role_and_its_content() -> None:
    assert json_of([Message("user", "Hi")]) == [{"role": "user", "content": "Hi"}]


def test_a_call_has_the_shape_of_chat_files() -> None:
    assert json_of(ALL_OF_IT)[1]["tool_calls"] == [
        {"id": "c1", "type": "function", "function": {"name": "lookup", "arguments": '{"q": 1}'}}
    ]
