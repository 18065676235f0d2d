"""What raters mark, words of a text or places of a picture: what all marks say and how it is read.

A mark is attached to exactly one question, flag or principle, as praise or as a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from labeling.kinds.base import slot
from labeling.kinds.shapes import unstorable
from labeling.vocabulary import MOST_NOTE, Flag, Polarity
from projects.words import gettext

#: What a mark of the prompt says instead of the letter of a response.
PROMPT_SLOT = "prompt"
#: What a mark is attached to: exactly one of them is named.
ATTACHMENTS = ("criterion", "flag", "principle")


class AnyMark(Protocol):
    """What was marked, of whichever sort."""

    @property
    def order(self) -> tuple[object, ...]:
        """Its place among the others of its sort."""

    @property
    def about(self) -> str:
        """What `name` names: a criterion by its key, a flag, or a principle by its number."""

    @property
    def name(self) -> str:
        """What it is attached to."""


_M = TypeVar("_M", bound=AnyMark)


class MarkError(ValueError):
    """A mark that cannot be stored, in a sentence."""


def read_each(sent: Sequence[object], read: Callable[[object], _M], numbered: str) -> list[_M]:
    """The marks sent, each once and in order; raises MarkError for the first that does not fit.

    `numbered` is the sentence that says which one it is, and the reason.
    """
    marks: list[_M] = []
    for number, mark in enumerate(sent, start=1):
        try:
            marks.append(read(mark))
        except MarkError as error:
            raise MarkError(numbered % {"number": number, "reason": error}) from None
    return sorted(set(marks), key=lambda mark: mark.order)


def read_fields(sent: object, keys: Sequence[str], example: str) -> Mapping[str, object]:
    """A mark as an object with these keys and no others; `example` is the beginning of one."""
    if not isinstance(sent, Mapping):
        raise MarkError(gettext("it is no object such as %(example)s.") % {"example": example})
    unknown = next((key for key in sent if key not in keys), None)
    if unknown is not None:
        raise MarkError(
            gettext("“%(key)s” is unknown; known: %(known)s.")
            % {"key": str(unknown)[:40], "known": ", ".join(keys)}
        )
    return sent


def read_slot(name: object, count: int) -> int | None:
    """The place of the response that a mark names, None for the prompt."""
    if name == PROMPT_SLOT:
        return None
    places = {slot(place): place for place in range(count)}
    if not isinstance(name, str) or name not in places:
        raise MarkError(
            gettext("“%(slot)s” is no text of this task; they are %(known)s.")
            % {"slot": str(name)[:40], "known": ", ".join([*places, PROMPT_SLOT])}
        )
    return places[name]


def read_message(number: object, count: int) -> int:
    """Which of so many messages of a text is meant."""
    message = read_whole(number, "message")
    if message >= count:
        raise MarkError(
            gettext(
                "message %(number)s does not exist; they are counted from 0, and there are %(n)s."
            )
            % {"number": message, "n": count}
        )
    return message


def read_whole(number: object, field: str) -> int:
    """A number that counts something."""
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 2**31:
        raise MarkError(gettext("`%(field)s` is a whole number from 0.") % {"field": field})
    return number


def read_polarity(polarity: object) -> str:
    """Whether it is praise or a fault."""
    if not isinstance(polarity, str) or polarity not in set(Polarity):
        raise MarkError(
            gettext("`polarity` is one of: %(known)s.") % {"known": ", ".join(Polarity)}
        )
    return polarity


def read_note(note: object) -> str:
    """What is said of it, "" for nothing."""
    if note is None:
        return ""
    if not isinstance(note, str):
        raise MarkError(gettext("`note` is text."))
    words = note.replace("\r\n", "\n").strip()
    if len(words) > MOST_NOTE:
        raise MarkError(
            gettext("its note has at most %(most)s characters; this has %(n)s.")
            % {"most": MOST_NOTE, "n": f"{len(words):,}"}
        )
    if unstorable(words):
        raise MarkError(
            gettext("its note holds a character that cannot be stored (NUL or half of a pair).")
        )
    return words


def read_attachment(sent: Mapping[str, object], criteria: Mapping[str, str]) -> tuple[str, str]:
    """What a mark is attached to: the word for that, and its key, its word or its number.

    `criteria` are the keys of the questions that were asked, by whatever name they go.
    """
    named = [key for key in ATTACHMENTS if sent.get(key) is not None and sent.get(key) != ""]
    if len(named) != 1:
        raise MarkError(
            gettext("it is attached to exactly one of: %(known)s.")
            % {"known": ", ".join(ATTACHMENTS)}
        )
    about = named[0]
    name = sent[about]
    if about == "principle":
        return about, _number(name)
    if about == "criterion" and isinstance(name, str) and name in criteria:
        return about, criteria[name]
    if about == "flag" and isinstance(name, str) and name in set(Flag):
        return about, name
    known = list(criteria.values()) if about == "criterion" else list(Flag)
    raise MarkError(
        gettext("there is no “%(name)s” to attach it to; known: %(known)s.")
        % {"name": str(name)[:40], "known": ", ".join(dict.fromkeys(known))}
    )


def _number(name: object) -> str:
    digits = str(name).removeprefix("P")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 5):
        raise MarkError(gettext("a principle is named by its number, such as P3."))
    return str(int(digits))


def attachment_json(about: str, name: str, note: str) -> dict[str, object]:
    """What a mark is attached to, as it is sent and read back; a note only where it has one."""
    said: dict[str, object] = {about: f"P{name}" if about == "principle" else name}
    return {**said, "note": note} if note else said
