"""Responses of several turns, tool calls and reasoning: what of them counts as text, and where."""

from __future__ import annotations

from msgspec.structs import replace as changed

from labeling.datasets.records import FunctionCall, Message, ResponseRecord, ToolCall
from labeling.datasets.splits import SplitPrompt, plan_splits
from tests.datasets.dialogue_rows import ASKED, CALL, CALLING, TOLD, compared, spoken


def test_the_text_of_a_response_is_all_that_its_turns_say_aloud():
    thought = Message("assistant", "It opens at 7.", reasoning_content="The tool says so.")
    assert spoken(CALLING, TOLD, thought).text == (
        'lookup({"q": "pool"})\n\n{"open": "7-21"}\n\nIt opens at 7.'
    )
    assert ResponseRecord("a", "Plain.").text == "Plain."


def test_tasks_that_differ_in_a_call_alone_have_different_keys():
    other = changed(CALLING, tool_calls=(changed(CALL, function=FunctionCall("search", "{}")),))
    plain = spoken(Message("assistant", "No."), name="b")
    keys = {
        compared(spoken(CALLING), plain).content_key(),
        compared(spoken(other), plain).content_key(),
        compared(plain, plain, ASKED, CALLING, TOLD).content_key(),
        compared(plain, plain, ASKED, other, TOLD).content_key(),
    }
    assert len(keys) == 4


def test_prompts_that_call_alike_are_near_duplicates_and_others_are_not():
    def prompt(key: str, arguments: str) -> SplitPrompt:
        call = ToolCall(FunctionCall("lookup", arguments))
        turns = (Message("user", key), Message("assistant", "", tool_calls=(call,)))
        return SplitPrompt(key, turns, len(key))

    words = " ".join(f"word{number}" for number in range(40))
    plan = plan_splits(
        [prompt("a", f"{words} 1"), prompt("bb", f"{words} 2"), prompt("ccc", "trains to Rome")]
    )
    groups = [plan.group_of(key) for key in ("a", "bb", "ccc")]
    assert groups[0] == groups[1] != groups[2]
