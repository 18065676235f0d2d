"""Two whole chats that answer one prompt: what they share, and the last message of each."""

from __future__ import annotations

from labeling.datasets.records import Message
from labeling.datasets.rows import RowError

Chat = tuple[Message, ...]


def final_reply(chat: Chat, field: str) -> str:
    """The assistant's message that ends a chat. Raises RowError where something else does."""
    if not chat:
        raise RowError(field, "Has no messages.")
    if chat[-1].role != "assistant":
        raise RowError(
            field,
            f"Must end with the assistant's message, not the {chat[-1].role}'s.",
            chat[-1].content,
        )
    return chat[-1].content


def _first_difference(first: Chat, second: Chat) -> str:
    return next((b.content for a, b in zip(first, second, strict=False) if a != b), "")


def common_prompt(chats: tuple[Chat, Chat], fields: tuple[str, str]) -> tuple[Chat, list[str]]:
    """The prompt and the two replies of chats that are alike but for their last message.

    Raises RowError where they differ before it: the replies then answer different prompts.
    """
    first, second = chats
    if not first or first[:-1] != second[:-1]:
        raise RowError(
            fields[1],
            "The two chats differ before the last message, so they do not answer the same prompt.",
            _first_difference(first, second),
        )
    replies = [final_reply(chat, field) for chat, field in zip(chats, fields, strict=True)]
    if len(first) == 1:
        raise RowError(fields[0], "Has no message before the reply: there is no prompt.")
    return first[:-1], replies


def single_reply(chat: Chat, field: str) -> str:
    """The one message of a reply. Raises RowError for several, or for another role."""
    if len(chat) != 1:
        raise RowError(
            field,
            f"Must be one assistant message, not {len(chat)}; a comparison is of one turn.",
            chat[0].content if chat else "",
        )
    return final_reply(chat, field)
