"""A scale as a row of buttons: what each posts, shows, says aloud, and the keys that press it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from labeling.kinds.base import Question
from projects.scales import EQUAL_BAD, EQUAL_GOOD, Option, Scale
from projects.words import gettext

_PLAIN_BETTER = re.compile(r"\S+( \d)?( is)? better( than .*)?")


@dataclass(frozen=True, slots=True)
class Segment:
    """One button of a scale: what it posts, shows, is called by a screen reader, and its keys."""

    code: str
    label: str
    name: str
    keys: str
    caps: Sequence[str]
    chosen: bool


@dataclass(frozen=True, slots=True)
class ButtonRow:
    """The buttons of one question, with the captions at the ends where they help.

    `tapered`: the strongest are the largest, as published. `long_labels`: too long for one line.
    """

    segments: Sequence[Segment]
    ends: tuple[str, str] | None
    long_labels: bool
    tapered: bool


def button_row(question: Question, chosen: str) -> ButtonRow:
    """The buttons of a question; `chosen` is the code of the option that is filled in."""
    scale = question.scale
    letters = _letters(scale)
    segments = [
        Segment(
            code=option.code,
            label=gettext(option.label),
            name=_spoken(scale, option),
            keys=" ".join([str(number), *letters.get(option.code, "")]),
            caps=[str(number), *letters.get(option.code, "")[:1].upper()],
            chosen=option.code == chosen,
        )
        for number, option in enumerate(scale.options, start=1)
    ]
    ends = scale.ends or (scale.sides if _runs_from_side_to_side(scale) else None)
    return ButtonRow(
        segments=segments,
        ends=(gettext(ends[0]), gettext(ends[1])) if ends else None,
        long_labels=max(len(word) for o in scale.options for word in o.label.split()) > 10
        or max(len(option.label) for option in scale.options) > 24,
        # As published: where the buttons carry only a letter, the strongest are the largest.
        tapered=scale.ends is not None and len(scale.options) == 8,
    )


def _runs_from_side_to_side(scale: Scale) -> bool:
    """Whether the row leads from one response to the other, so that captions at its ends help."""
    values = [option.value for option in scale.options]
    return values == sorted(values)


def _letters(scale: Scale) -> dict[str, str]:
    """The letter keys of a scale: A and B for plainly better, E and 0 for equally good, X for both
    bad where it stands on the scale."""
    letters = {}
    for letter, sign in (("a", -1), ("b", 1)):
        side = [option for option in scale.options if option.value * sign > 0]
        plain = [option for option in side if _PLAIN_BETTER.fullmatch(option.label)]
        middle = [option for option in side if abs(option.value) == -(-scale.strongest // 2)]
        for option in (plain or middle)[:1]:
            letters[option.code] = letter
    for option in scale.options:
        if option.tie_kind == EQUAL_GOOD:
            letters[option.code] = "e0"
        elif option.tie_kind == EQUAL_BAD:
            letters[option.code] = "x"
    return letters


def _spoken(scale: Scale, option: Option) -> str:
    """What a screen reader says: the label, with the strength where labels repeat."""
    if [other.label for other in scale.options].count(option.label) == 1:
        return gettext(option.label)
    return gettext("%(label)s, strength %(strength)d of %(strongest)d") % {
        "label": gettext(option.label),
        "strength": abs(option.value),
        "strongest": scale.strongest,
    }
