"""Turns of a chat as JSON, which tables and files hold, and as `Message`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import to_builtins
from msgspec.structs import replace

from labeling.datasets.records import (
    ContentPart,
    FunctionCall,
    Message,
    PictureRef,
    ToolCall,
)

_TEXTS = ("tool_call_id", "name", "reasoning_content")
_PLAIN = 2  # role and content


def _call_of(call: Mapping[str, Any]) -> ToolCall:
    function = call["function"]
    return ToolCall(
        FunctionCall(function["name"], function["arguments"]),
        call.get("id", ""),
        call.get("type", "function"),
    )


def _turn_of(turn: Mapping[str, Any]) -> Message:
    if len(turn) == _PLAIN:
        return Message(turn["role"], turn["content"])
    call_id, name, reasoning = (turn.get(name, "") for name in _TEXTS)
    return Message(
        turn["role"],
        turn["content"],
        tuple(ContentPart(part["type"], part["text"]) for part in turn.get("parts", ())),
        tuple(map(_call_of, turn.get("tool_calls", ()))),
        call_id,
        name,
        reasoning,
        tuple(PictureRef(**picture) for picture in turn.get("images", ())),
    )


def turns_of(turns: Iterable[Mapping[str, Any]]) -> tuple[Message, ...]:
    """Turns as they are stored: what `json_of` made of messages."""
    return tuple(map(_turn_of, turns))


def _call_json(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.function.name, "arguments": call.function.arguments}
    named = {"id": call.id} if call.id else {}
    return {**named, "type": call.type, "function": function}


def _turn_json(message: Message) -> dict[str, Any]:
    turn: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.is_plain:
        return turn
    if message.parts:
        turn["parts"] = [{"type": part.type, "text": part.text} for part in message.parts]
    if message.tool_calls:
        turn["tool_calls"] = list(map(_call_json, message.tool_calls))
    for name in _TEXTS:
        if said := getattr(message, name):
            turn[name] = said
    if message.images:
        turn["images"] = [to_builtins(picture) for picture in message.images]
    return turn


def json_of(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """The turns in the shape of chat files, without what they do not say.

    A plain turn is exactly `{"role", "content"}`; a call always has its `type`, which chat
    templates ask for.
    """
    return list(map(_turn_json, messages))


def without_parts(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """The messages as they read: in how many parts a text was written tells none from another."""
    for message in messages:
        if message.parts:
            return tuple(replace(turn, parts=()) for turn in messages)
    return messages


def blinded(messages: Iterable[Message]) -> tuple[Message, ...]:
    """The messages as raters may know them.

    Ids of calls become numbers, in the order of the calls, and an assistant has no name: both
    would tell whose model wrote it.
    """
    numbers: dict[str, str] = {}

    def number(call_id: str) -> str:
        return numbers.setdefault(call_id, str(len(numbers) + 1)) if call_id else ""

    return tuple(
        message
        if message.is_plain
        else replace(
            message,
            tool_calls=tuple(replace(call, id=number(call.id)) for call in message.tool_calls),
            tool_call_id=number(message.tool_call_id),
            name="" if message.role == "assistant" else message.name,
        )
        for message in messages
    )
