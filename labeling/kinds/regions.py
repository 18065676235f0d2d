"""Marked regions: which rectangle of a picture a rater attached to what, as praise or as a fault.

Where it is and how large is told in shares of the picture, so that it holds at every size.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from labeling.kinds.base import slot
from labeling.kinds.marks import (
    ATTACHMENTS,
    PROMPT_SLOT,
    MarkError,
    attachment_json,
    read_attachment,
    read_each,
    read_fields,
    read_message,
    read_note,
    read_polarity,
    read_slot,
    read_whole,
)
from labeling.vocabulary import LEAST_SIDE, MOST_REGIONS, SHARE_SLACK
from projects.words import gettext

_BOX = ("x", "y", "w", "h")
_KEYS = ("slot", "message", "image", *_BOX, "polarity", *ATTACHMENTS, "note")
_EXAMPLE = "{“slot”: “A”, “image”: 0, “x”: 0.1, “y”: 0.2, “w”: 0.3, “h”: 0.4, …}"


@dataclass(frozen=True, slots=True)
class MarkedPictures:
    """How many pictures each message of a task's texts shows: of the prompt, and of each response
    in order."""

    prompt: Sequence[int]
    responses: Sequence[Sequence[int]]

    def messages(self, response: int | None) -> Sequence[int]:
        """Those of a response by its place, or of the prompt."""
        return self.prompt if response is None else self.responses[response]

    @property
    def are_any(self) -> bool:
        """Whether a text shows one."""
        return any(self.prompt) or any(map(any, self.responses))


@dataclass(frozen=True, slots=True)
class MarkedRegion:
    """A marked region and what it is attached to.

    `response` is a place as in `GivenAnswer`, None for the prompt; `image` counts the pictures of
    that `message` from 0. `x` and `y` are the upper left corner, `w` and `h` the size, in shares of
    the picture. `about` says what `name` names: a criterion by its key, a flag, or a principle by
    its number. `note` is what is said of it.
    """

    response: int | None
    message: int
    image: int
    x: float
    y: float
    w: float
    h: float
    polarity: str
    about: str
    name: str
    note: str = ""

    @property
    def order(self) -> tuple[object, ...]:
        """The prompt first, then picture by picture, from above."""
        place = -1 if self.response is None else self.response
        box = (self.y, self.x, self.h, self.w)
        attached = (self.polarity, self.about, self.name)
        return (place, self.message, self.image, *box, *attached, self.note)

    def as_json(self) -> dict[str, object]:
        """The shape in which it is sent and read back."""
        return {
            "slot": PROMPT_SLOT if self.response is None else slot(self.response),
            "message": self.message,
            "image": self.image,
            **{name: getattr(self, name) for name in _BOX},
            "polarity": self.polarity,
            **attachment_json(self.about, self.name, self.note),
        }


def regions_json(regions: Iterable[MarkedRegion]) -> list[dict[str, object]]:
    """Regions in their order."""
    return [region.as_json() for region in sorted(set(regions), key=lambda region: region.order)]


def read_regions(
    sent: Sequence[object], pictures: MarkedPictures, criteria: Mapping[str, str]
) -> list[MarkedRegion]:
    """The regions sent, as they are shown; raises MarkError for the first that does not fit.

    `criteria` are the keys of the questions that were asked, by whatever name they go.
    """
    if len(sent) > MOST_REGIONS:
        raise MarkError(
            gettext("At most %(most)s regions can be marked; these are %(n)s.")
            % {"most": MOST_REGIONS, "n": f"{len(sent):,}"}
        )
    numbered = gettext("Region %(number)s: %(reason)s")
    return read_each(sent, lambda region: _read(region, pictures, criteria), numbered)


def _read(sent: object, pictures: MarkedPictures, criteria: Mapping[str, str]) -> MarkedRegion:
    fields = read_fields(sent, _KEYS, _EXAMPLE)
    response = read_slot(fields.get("slot"), len(pictures.responses))
    messages = pictures.messages(response)
    message = read_message(fields.get("message", 0), len(messages))
    image = read_whole(fields.get("image", 0), "image")
    if image >= messages[message]:
        raise MarkError(
            gettext(
                "image %(number)s does not exist; the pictures of that message are counted from "
                "0, and there are %(n)s."
            )
            % {"number": image, "n": messages[message]}
        )
    x, y, w, h = (_share(fields.get(name), name) for name in _BOX)
    if min(w, h) < LEAST_SIDE:
        raise MarkError(
            gettext("it has no size: `w` and `h` are at least a millionth of the picture.")
        )
    if max(x + w, y + h) > 1 + SHARE_SLACK:
        raise MarkError(
            gettext("it leaves its picture: `x` + `w` and `y` + `h` are at most 1, its whole side.")
        )
    polarity = read_polarity(fields.get("polarity"))
    about, name = read_attachment(fields, criteria)
    note = read_note(fields.get("note"))
    return MarkedRegion(response, message, image, x, y, w, h, polarity, about, name, note)


def _share(number: object, field: str) -> float:
    # What is no number (NaN) compares false with everything, and an integer may be no float.
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= 1:
        raise MarkError(
            gettext("`%(field)s` is a share of the picture: a number from 0 to 1.")
            % {"field": field}
        )
    return float(number) + 0.0  # 0 has no sign
