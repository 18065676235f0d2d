"""Texts as they were written, as safe HTML for the view without formatting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labeling.rendering import MAX_RICH_BYTES, escape_visibly, written_parts

#: Marks for hidden characters make a text longer: one that grows beyond this has no raw view.
_MAX_RAW_CHARS = 4 * MAX_RICH_BYTES


def raw_messages(messages: Sequence[Mapping[str, Any]]) -> str:
    """Messages as they were written, the words of each in an element that says which it is.

    "" where they are too long for that.
    """
    return _shown(list(written_parts(messages)))


def raw_response(content: str, messages: Sequence[Mapping[str, Any]]) -> str:
    """A response as it was written: its text, or all its messages where it has some."""
    return raw_messages(messages) if messages else _shown([(content, None)])


def _shown(parts: Sequence[tuple[str, int | None]]) -> str:
    if sum(len(text) for text, _message in parts) > MAX_RICH_BYTES:
        return ""
    html = "".join(
        escaped if message is None else f'<span data-message="{message}">{escaped}</span>'
        for escaped, message in ((escape_visibly(text), message) for text, message in parts)
    )
    return html if len(html) <= _MAX_RAW_CHARS else ""
