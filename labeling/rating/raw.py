"""Texts as they were written, as safe HTML for the view without formatting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import ngettext

from labeling.rendering import MAX_RICH_BYTES, escape_visibly, text_lengths, written_parts

#: Marks for hidden characters make a text longer: one that grows beyond this has no raw view.
_MAX_RAW_CHARS = 4 * MAX_RICH_BYTES
#: Safe HTML of what a message says, by its number; None where a response is one text alone.
Paint = Callable[[str, int | None], str]


def _plain(text: str, message: int | None) -> str:
    return escape_visibly(text)


def raw_messages(messages: Sequence[Mapping[str, Any]], paint: Paint = _plain) -> str:
    """Messages as they were written, the words of each in an element that says which it is.

    "" where they are too long for that.
    """
    parts = list(written_parts(messages))
    if sum(len(text) for text, _message in parts) > MAX_RICH_BYTES:
        return ""
    return _bounded(
        escape_visibly(text)
        if message is None
        else f'<span data-message="{message}">{paint(text, message)}</span>'
        for text, message in parts
    )


def raw_response(content: str, messages: Sequence[Mapping[str, Any]], paint: Paint = _plain) -> str:
    """A response as it was written: its text, or all its messages where it has some."""
    if messages:
        return raw_messages(messages, paint)
    return _bounded([paint(content, None)]) if len(content) <= MAX_RICH_BYTES else ""


def _bounded(pieces: Iterable[str]) -> str:
    html = "".join(pieces)
    return html if len(html) <= _MAX_RAW_CHARS else ""


def length_words(content: str, messages: Sequence[Mapping[str, Any]]) -> str:
    """How long a response is: in words, and in characters where its script writes no spaces; of
    pictures alone nothing."""
    texts = [str(turn.get("content") or "") for turn in messages] if messages else [content]
    lengths = [text_lengths(text) for text in texts]
    words, letters = (sum(numbers) for numbers in zip(*lengths, strict=True))
    parts = []
    if words or not (letters or any("images" in turn for turn in messages)):
        parts.append(ngettext("%(n)s word", "%(n)s words", words) % {"n": f"{words:,}"})
    if letters:
        sentence = ngettext("%(n)s character", "%(n)s characters", letters)
        parts.append(sentence % {"n": f"{letters:,}"})
    return " · ".join(parts)
