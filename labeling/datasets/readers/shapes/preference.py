"""`chosen` and `rejected`, as TRL and UltraFeedback binarized write them.

Plain text or chats; with an explicit `prompt`, or with the prompt as their common beginning.
"""

from __future__ import annotations

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import filled, kind_of, label, messages, text
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.labels import preferred_first
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.readers.shapes.transcripts import joined, looks_like_transcript, turns
from labeling.datasets.rows import Message, RowError

_SIDES = ("chosen", "rejected")


def _prompt(value: object, field: str) -> tuple[Message, ...]:
    if isinstance(value, list):
        return messages(value, field)
    content = filled(value, field)
    if looks_like_transcript(content):
        history = turns(content, field)
        if history[-1][0] == "Assistant" and not history[-1][1].strip():
            history.pop()
        return joined(history)[0]
    return (Message("user", content),)


def _last(chat: tuple[Message, ...], prompt: tuple[Message, ...], field: str) -> str:
    """The reply of a chat that may repeat its prompt. Raises RowError where there is not one."""
    if chat[: len(prompt)] == prompt:
        chat = chat[len(prompt) :]
    elif prompt and prompt[0].role == "system" and chat[: len(prompt) - 1] == prompt[1:]:
        chat = chat[len(prompt) - 1 :]
    if len(chat) != 1:
        raise RowError(
            field,
            f"Must be one reply to the prompt; {len(chat)} messages differ from it.",
            chat[0].content if chat else "",
        )
    if chat[0].role != "assistant":
        raise RowError(field, f"Must be the assistant's message, not the {chat[0].role}'s.")
    return chat[0].content


def _explicit(record: Record) -> tuple[tuple[Message, ...], list[str]]:
    prompt = _prompt(record.get("prompt"), record.column("prompt"))
    replies = []
    for side in _SIDES:
        value, field = record.get(side), record.column(side)
        if isinstance(value, list):
            replies.append(_last(messages(value, field), prompt, field))
        else:
            replies.append(text(value, field))
    return prompt, replies


def _common_text(record: Record) -> tuple[tuple[Message, ...], list[str]]:
    """Splits two texts where they part, one space earlier if there is one, as TRL does."""
    one, other = (text(record.get(side), record.column(side)) for side in _SIDES)
    end = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    if end and one[end - 1] == " ":
        end -= 1
    if not one[:end].strip():
        raise RowError(
            record.column("chosen"),
            "There is no prompt: the row has none, and the two texts share no beginning.",
            one,
        )
    return (Message("user", one[:end]),), [one[end:], other[end:]]


def _common_chat(record: Record) -> tuple[tuple[Message, ...], list[str]]:
    one, other = (messages(record.get(side), record.column(side)) for side in _SIDES)
    if not one or one[:-1] != other[:-1]:
        raise RowError(
            record.column("rejected"),
            "The two chats differ before the last message, so they do not answer the same prompt.",
            next((b.content for a, b in zip(one, other, strict=False) if a != b), ""),
        )
    prompt = one[:-1]
    replies = [
        _last(chat, prompt, record.column(side))
        for chat, side in zip((one, other), _SIDES, strict=True)
    ]
    return prompt, replies


def _split(record: Record) -> tuple[tuple[Message, ...], list[str]]:
    if record.get("prompt") is not None:
        return _explicit(record)
    chosen, rejected = (record.get(side) for side in _SIDES)
    if isinstance(chosen, list) and isinstance(rejected, list):
        return _common_chat(record)
    if isinstance(chosen, str) and isinstance(rejected, str):
        return _common_text(record)
    for side in _SIDES:
        if record.get(side) is None:
            raise RowError(record.column(side), "Missing. Give it as text or messages.")
    raise RowError(
        record.column("rejected"),
        f"Both must be text or both messages; chosen is {kind_of(chosen)} and rejected "
        f"{kind_of(rejected)}.",
    )


def read_preference(record: Record) -> Parts:
    """A TRL or UltraFeedback row; its scores and other columns become metadata."""
    prompt, replies = _split(record)
    # UltraFeedback repeats the chosen chat as `messages`; said twice it would only cost space.
    if record.get("messages") is not None and record.get("messages") != record.get("chosen"):
        record.keep("messages")
    candidates = [
        Candidate(
            field=record.column(side),
            content=reply,
            model=label(
                record.get(f"{side}_model"), record.column(f"{side}_model"), most=limits.MAX_MODEL
            ),
        )
        for side, reply in zip(_SIDES, replies, strict=True)
    ]
    return Parts(prompt, candidates, preferred_first(record))
