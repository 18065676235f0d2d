"""Two responses as they were written, each with the words that the other has not."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from labeling.rating.raw import Paint, raw_response
from labeling.rendering import MAX_RICH_BYTES, PaintedPart, own_words, painted


@dataclass(frozen=True, slots=True)
class WrittenResponse:
    """A response to be compared: its text, or its turns where it has some."""

    content: str
    messages: Sequence[Mapping[str, Any]]

    @property
    def texts(self) -> list[str]:
        """What is compared, message by message."""
        turns = [str(turn.get("content") or "") for turn in self.messages]
        return turns if self.messages else [self.content]


@dataclass(frozen=True, slots=True)
class DifferingText:
    """A response as safe HTML in which its own words are marked, and how many of all they are."""

    html: str
    words: int
    total: int


def differing_texts(
    first: WrittenResponse, second: WrittenResponse
) -> tuple[DifferingText, DifferingText] | None:
    """Both with what each has alone; None where one is too long to be compared word by word."""
    pair = (first, second)
    whole = ["\n".join(response.texts) for response in pair]
    if max(map(len, whole)) > MAX_RICH_BYTES:
        return None
    painted_pair = [
        DifferingText(
            raw_response(response.content, response.messages, _paint(response.texts, own.parts)),
            own.words,
            own.total,
        )
        for response, own in zip(pair, own_words(*whole), strict=True)
    ]
    if not all(shown.html or not text for shown, text in zip(painted_pair, whole, strict=True)):
        return None
    return painted_pair[0], painted_pair[1]


def _paint(texts: Sequence[str], parts: Sequence[tuple[int, int]]) -> Paint:
    """What marks parts of the texts put together, in the message that they are of."""
    begins = [0, *accumulate(len(text) + 1 for text in texts)]
    starts, ends = [start for start, _ in parts], [end for _, end in parts]

    def paint(text: str, message: int | None) -> str:
        begin = begins[message or 0]
        end = begin + len(text)
        # They are in order: nobody looks through all of them for each of a thousand messages.
        here = slice(bisect_right(ends, begin), bisect_left(starts, end))
        own = [PaintedPart(a - begin, b - begin) for a, b in parts[here]]
        return painted(text, own, _mark)

    return paint


def _mark(numbers: tuple[int, ...], ending: tuple[int, ...]) -> tuple[str, str]:
    return '<mark class="only">', "</mark>"
