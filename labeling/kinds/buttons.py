"""A scale as a row of buttons: what each posts, shows, says aloud, and the keys that press it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from labeling.kinds.base import Question
from projects.scales import (
    DECISION,
    EQUAL_BAD,
    EQUAL_GOOD,
    ORDINAL,
    PREFERENCES,
    YES_NO,
    Option,
    Scale,
)
from projects.words import gettext

#: A scale of fewer steps tells kinds apart, not better from worse.
_FEWEST_RATES = 3
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

    @property
    def needs_words(self) -> bool:
        """Whether labels repeat, so that a line must say which of the buttons is chosen."""
        return any(segment.name != segment.label for segment in self.segments)

    @property
    def chosen_words(self) -> str:
        """What the chosen button stores, in words; empty where none is."""
        return next((segment.name for segment in self.segments if segment.chosen), "")


def button_row(question: Question, chosen: str, places: Sequence[str] = ()) -> ButtonRow:
    """The buttons of a question; `chosen` is the code of the option that is filled in.

    `places` are the names that the task's responses stand under, the scale's own where empty:
    one task never calls a response by two names.
    """
    scale = question.scale
    published = [gettext(side) for side in scale.sides]
    is_renamed = bool(places) and list(places) != published
    letters = _letters(scale)
    labels = [gettext((is_renamed and option.lettered) or option.label) for option in scale.options]
    segments = [
        Segment(
            code=option.code,
            label=label,
            name=_spoken(scale, option) if labels.count(label) > 1 else label,
            keys=" ".join([str(number), *letters.get(option.code, "")]),
            caps=[str(number), *letters.get(option.code, "")[:1].upper()],
            chosen=option.code == chosen,
        )
        for number, (option, label) in enumerate(zip(scale.options, labels, strict=True), start=1)
    ]
    words = [word for label in labels for word in label.split()]
    return ButtonRow(
        segments=segments,
        ends=_ends(scale, places if is_renamed else published),
        long_labels=max(map(len, words), default=0) > 10 or max(map(len, labels), default=0) > 24,
        # As published: where the buttons carry only a letter, the strongest are the largest.
        tapered=scale.ends is not None and len(scale.options) == 8,
    )


def rates_up_to(scale: Scale) -> int | None:
    """The best value of a scale that runs from bad to good in four steps or more."""
    values = list(scale.values)
    runs_upwards = values == sorted(values) and len(values) > _FEWEST_RATES and values[0] >= 0
    is_rated = scale.answer == ORDINAL and not scale.more_is_worse
    return values[-1] if is_rated and runs_upwards else None


def _ends(scale: Scale, places: Sequence[str]) -> tuple[str, str] | None:
    """The captions at the ends of the row: the published ones, else the names of the places."""
    if scale.ends:
        return gettext(scale.ends[0]), gettext(scale.ends[1])
    is_between = scale.family == PREFERENCES and _runs_from_side_to_side(scale)
    return (places[0], places[1]) if is_between else None


def _runs_from_side_to_side(scale: Scale) -> bool:
    """Whether the row leads from one response to the other, so that captions at its ends help."""
    values = [option.value for option in scale.options]
    return values == sorted(values)


def _letters(scale: Scale) -> dict[str, str]:
    """The letter keys of a scale: A and B for plainly better, E and 0 for equally good, X for both
    bad where it stands on the scale; yes and no. Of a review: approve, approve with edits, send
    back."""
    letters: dict[str, str] = {}
    if scale.key == DECISION:
        return {"2": "a", "1": "e", "0": "b"}
    if scale.answer == YES_NO:
        return {"1": "y", "0": "n"}
    if scale.family != PREFERENCES:
        return letters
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
    """What a button stores whose label others have too: which side is better, and how strongly."""
    side = scale.ends[option.value > 0] if scale.ends else option.label
    return gettext("%(label)s, strength %(strength)d of %(strongest)d") % {
        "label": gettext(side),
        "strength": abs(option.value),
        "strongest": scale.strongest,
    }
