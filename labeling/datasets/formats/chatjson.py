"""Messages as the JSON of chat files: only the keys that a turn has a value for.

Chat templates test whether a key is there, so that an empty one would change what they write.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from labeling.datasets.records import Message
from labeling.datasets.turns import json_of

_encode = msgspec.json.Encoder().encode


def template_turns(messages: Iterable[Message]) -> list[msgspec.Raw]:
    """Messages as chat templates take them: the arguments of a call are an object."""
    return [msgspec.Raw(_encode(_turn(message, as_object=True))) for message in messages]


def pictured_turns(messages: Iterable[Message]) -> list[msgspec.Raw]:
    """A prompt as chat templates take it: each of its pictures has a place among the parts of a
    turn, in the order of the column `images`.

    TRL puts pictures without a place into the first turn of the user, and counts the places.
    """
    turns = list(messages)
    if not any(message.images for message in turns):
        return template_turns(turns)
    return [msgspec.Raw(_encode(_in_parts(message))) for message in turns]


def _in_parts(message: Message) -> dict[str, Any]:
    turn = _turn(message, as_object=True)
    if turn.pop("images", None) or message.role == "user":
        places: list[dict[str, str]] = [{"type": "image"} for _picture in message.images]
        text = message.content
        turn["content"] = [*places, {"type": "text", "text": text}] if text else places
    return turn


def spoken_turns(messages: Iterable[Message]) -> list[msgspec.Raw]:
    """Messages as models and their services say them: arguments are text, a mere call has none."""
    return [msgspec.Raw(_encode(_turn(message, as_object=False))) for message in messages]


def _turn(message: Message, *, as_object: bool) -> dict[str, Any]:
    (turn,) = json_of((message,))
    turn.pop("parts", None)
    if message.images:
        # As they stand in the folder of the release, and as a zip archive of it is read again.
        turn["images"] = [picture.file_name for picture in message.images]
    for call in turn.get("tool_calls", ()):
        if as_object:
            call["function"]["arguments"] = arguments_of(call["function"]["arguments"])
    if not (as_object or message.content) and message.tool_calls:
        del turn["content"]
    return turn


def arguments_of(text: str) -> msgspec.Raw | str:
    """The arguments of a call as the JSON object that they are, to the digit; else their text."""
    try:
        if isinstance(msgspec.json.decode(text), dict):
            return msgspec.Raw(msgspec.json.format(text.encode(), indent=-1))
    except (ValueError, RecursionError):  # Models write what is no JSON, or has no end.
        pass
    return text
