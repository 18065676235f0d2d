"""Two whole chats that answer one prompt: what they share, and what each says after it."""

from __future__ import annotations

from msgspec import Struct

from labeling.datasets.records import Message
from labeling.datasets.rows import RefusalCode, RowError

Chat = tuple[Message, ...]

#: Who asks: after their turn a model answers.
_ASKING = ("user", "tool")


class Reply(Struct, frozen=True, gc=False):
    """What a model wrote: the text of its last turn, and all turns where that is not all."""

    content: str
    messages: Chat = ()


def _check_end(chat: Chat, field: str) -> None:
    if not chat:
        raise RowError(field, "Has no messages.", code=RefusalCode.MISSING)
    last = chat[-1]
    if last.role != "assistant":
        raise RowError(
            field,
            f"Must end with the assistant's message, not the {last.role}'s.",
            last.content,
        )


def reply_of(chat: Chat, field: str) -> Reply:
    """The turns as one response. Raises RowError where the assistant does not end them."""
    _check_end(chat, field)
    last = chat[-1]
    plain = len(chat) == 1 and last.is_plain
    return Reply(last.content, () if plain else chat)


def _first_difference(first: Chat, second: Chat) -> str:
    return next((b.content for a, b in zip(first, second, strict=False) if a != b), "")


def _shared(first: Chat, second: Chat) -> int:
    """How many turns two chats begin with alike, each keeping one of its own at least."""
    most = min(len(first), len(second)) - 1
    if first[:most] == second[:most]:
        return most
    return next((i for i in range(most) if first[i] != second[i]), most)


def _prompt_end(first: Chat, second: Chat, fields: tuple[str, str]) -> int:
    end = _shared(first, second)
    if len(first) == len(second) == 1:
        raise RowError(
            fields[0],
            "Has no message before the reply: there is no prompt.",
            code=RefusalCode.MISSING,
        )
    if end == len(first) - 1 == len(second) - 1:
        return end
    while end and first[end - 1].role not in _ASKING:
        end -= 1
    if not any(turn.role == "user" for turn in first[:end]):
        raise RowError(
            fields[1],
            "The two chats differ before the last message and share none of the user, so they do "
            "not answer the same prompt.",
            _first_difference(first, second),
            code=RefusalCode.DIFFERENT_PROMPTS,
        )
    return end


def common_prompt(chats: tuple[Chat, Chat], fields: tuple[str, str]) -> tuple[Chat, list[Reply]]:
    """The prompt of two chats and what each model says after it.

    Where they differ in their last message alone, that is the reply. Where they differ before,
    whole conversations are compared: the prompt is what they share, up to the last turn that asks.
    Raises RowError where no user's turn is shared: they answer different prompts.
    """
    first, second = chats
    for chat, field in zip(chats, fields, strict=True):
        _check_end(chat, field)
    end = _prompt_end(first, second, fields)
    replies = [reply_of(chat[end:], field) for chat, field in zip(chats, fields, strict=True)]
    return first[:end], replies
