"""A question that a model answers with a tool: the turns, and tasks made of them."""

from __future__ import annotations

from msgspec.structs import replace as changed

from labeling.datasets.records import FunctionCall, Message, ResponseRecord, TaskRecord, ToolCall
from tests.datasets.release_rows import judgment, task

CALL = ToolCall(FunctionCall("lookup", '{"q": "pool"}'), "c1")
CALLING = Message("assistant", "", tool_calls=(CALL,))
TOLD = Message("tool", '{"open": "7-21"}', tool_call_id="c1", name="lookup")
ASKED = Message("user", "When is the pool open?")


def spoken(*turns: Message, name: str = "a", model: str = "m1") -> ResponseRecord:
    """A response of these turns."""
    return ResponseRecord(name, turns[-1].content, model, messages=turns)


def compared(first: ResponseRecord, second: ResponseRecord, *prompt: Message) -> TaskRecord:
    """A task with these two, of which one rater prefers the first."""
    record = task("pool", judgment(-2, "rui"))
    return changed(record, messages=prompt or (ASKED,), responses=(first, second))
