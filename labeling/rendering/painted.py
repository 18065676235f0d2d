"""Passages of a text as it was written, painted in safe HTML: they may overlap, nest and touch."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from labeling.rendering.invisible import escape_visibly

#: What belongs to the character before it: accents, vowel signs, joiners, tones of skin.
_BELONGS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0903\u093a-\u094f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u200d\u20d0-\u20f0\u302a-\u302f\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f"
    "\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\U000e0100-\U000e01ef]"
)
_JOINER = "\u200d"
#: So far a boundary is moved to stand between two characters as people see them.
_MOST_MOVED = 16


class PaintedPart(NamedTuple):
    """A part of a text in code points; `number` tells it from the others."""

    start: int
    end: int
    number: int = 0


#: The element around a piece: by the numbers of the passages that it is of, and of those that end
#: with it.
Around = Callable[[tuple[int, ...], tuple[int, ...]], tuple[str, str]]


def painted(text: str, passages: Sequence[PaintedPart], around: Around) -> str:
    """A text escaped visibly, each piece that a passage covers between what `around` says."""
    parts = []
    for start, end, numbers, ending in _pieces(text, passages):
        html = escape_visibly(text[start:end])
        before, behind = around(numbers, ending) if numbers else ("", "")
        parts.append(f"{before}{html}{behind}")
    return "".join(parts)


_Piece = tuple[int, int, tuple[int, ...], tuple[int, ...]]


def _pieces(text: str, passages: Sequence[PaintedPart]) -> Iterator[_Piece]:
    """Where the text is cut, and which passages each piece is of."""
    moved = [
        (_between(text, start), _between(text, end), number) for start, end, number in passages
    ]
    begins: dict[int, list[int]] = {}
    ends: dict[int, list[int]] = {}
    for start, end, number in moved:
        if start < end:
            begins.setdefault(start, []).append(number)
            ends.setdefault(end, []).append(number)
    cuts = sorted({0, len(text), *begins, *ends})
    covering: dict[int, None] = {}
    for start, end in pairwise(cuts):
        for number in ends.get(start, ()):
            covering.pop(number, None)
        covering.update(dict.fromkeys(begins.get(start, ())))
        yield start, end, tuple(covering), tuple(ends.get(end, ()))


def _between(text: str, place: int) -> int:
    """The next place at which no character as people see them is cut in two."""
    place = max(0, min(place, len(text)))
    for _ in range(_MOST_MOVED):
        inside = 0 < place < len(text)
        if not inside or not (_BELONGS.match(text, place) or text[place - 1] == _JOINER):
            break
        place += 1
    return place
