"""Marked passages: which words of a text a rater attached to what, as praise or as a fault.

Offsets are code points of a message's text as it is stored, so that they survive any rendering.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from labeling.kinds.base import slot
from labeling.kinds.shapes import unstorable
from labeling.vocabulary import MOST_NOTE, MOST_SPANS, Flag, Polarity
from projects.words import gettext

#: What a passage of the prompt says instead of the letter of a response.
PROMPT_SLOT = "prompt"
#: What a passage is attached to: exactly one of them is named.
ATTACHMENTS = ("criterion", "flag", "principle")
_KEYS = ("slot", "message", "start", "end", "quote", "polarity", *ATTACHMENTS, "note")


@dataclass(frozen=True, slots=True)
class MarkedTexts:
    """The texts of a task, message by message: of the prompt, and of each response in order."""

    prompt: Sequence[str]
    responses: Sequence[Sequence[str]]

    def messages(self, response: int | None) -> Sequence[str]:
        """Those of a response by its place, or of the prompt."""
        return self.prompt if response is None else self.responses[response]

    def quote(self, span: MarkedSpan, most: int | None = None) -> str:
        """The words that a passage marks, at most so many characters of them; "" where the text
        has been erased since."""
        messages = self.messages(span.response)
        if span.message >= len(messages):
            return ""
        end = span.end if most is None else min(span.end, span.start + most)
        return messages[span.message][span.start : end]


@dataclass(frozen=True, slots=True)
class MarkedSpan:
    """A marked passage and what it is attached to.

    `response` is a place as in `GivenAnswer`, None for the prompt. `about` says what `name` names:
    a criterion by its key, a flag, or a principle by its number. `note` is what is said of it.
    """

    response: int | None
    message: int
    start: int
    end: int
    polarity: str
    about: str
    name: str
    note: str = ""

    @property
    def order(self) -> tuple[object, ...]:
        """In reading order, the prompt first."""
        place = -1 if self.response is None else self.response
        attached = (self.polarity, self.about, self.name)
        return (place, self.message, self.start, self.end, *attached, self.note)

    def as_json(self, quote: str) -> dict[str, object]:
        """The shape in which it is sent and read back; with a note only where it has one."""
        note: dict[str, object] = {"note": self.note} if self.note else {}
        return {
            "slot": PROMPT_SLOT if self.response is None else slot(self.response),
            "message": self.message,
            "start": self.start,
            "end": self.end,
            "quote": quote,
            "polarity": self.polarity,
            self.about: f"P{self.name}" if self.about == "principle" else self.name,
            **note,
        }


def spans_json(
    spans: Iterable[MarkedSpan], texts: MarkedTexts, most: int | None = None
) -> list[dict[str, object]]:
    """Passages in reading order, with their words: the first `most` characters, or all."""
    ordered = sorted(set(spans), key=lambda span: span.order)
    return [span.as_json(texts.quote(span, most)) for span in ordered]


class SpanError(ValueError):
    """A passage that cannot be stored, in a sentence."""


def read_spans(
    sent: Sequence[object], texts: MarkedTexts, criteria: Mapping[str, str]
) -> list[MarkedSpan]:
    """The passages sent, as they are shown; raises SpanError for the first that does not fit.

    `criteria` are the keys of the questions that were asked, by whatever name they go.
    """
    if len(sent) > MOST_SPANS:
        raise SpanError(
            gettext("At most %(most)s passages can be marked; these are %(n)s.")
            % {"most": MOST_SPANS, "n": f"{len(sent):,}"}
        )
    spans: list[MarkedSpan] = []
    for number, span in enumerate(sent, start=1):
        try:
            spans.append(_read(span, texts, criteria))
        except SpanError as error:
            raise SpanError(
                gettext("Passage %(number)s: %(reason)s") % {"number": number, "reason": error}
            ) from None
    return sorted(set(spans), key=lambda span: span.order)


def _read(sent: object, texts: MarkedTexts, criteria: Mapping[str, str]) -> MarkedSpan:
    if not isinstance(sent, Mapping):
        raise SpanError(gettext("it is no object such as {“slot”: “A”, “start”: 0, “end”: 17, …}."))
    unknown = next((key for key in sent if key not in _KEYS), None)
    if unknown is not None:
        raise SpanError(
            gettext("“%(key)s” is unknown; known: %(known)s.")
            % {"key": str(unknown)[:40], "known": ", ".join(_KEYS)}
        )
    response = _response(sent.get("slot"), len(texts.responses))
    messages = texts.messages(response)
    message = _whole(sent.get("message", 0), "message")
    if message >= len(messages):
        raise SpanError(
            gettext(
                "message %(number)s does not exist; they are counted from 0, and there are %(n)s."
            )
            % {"number": message, "n": len(messages)}
        )
    start, end = _whole(sent.get("start"), "start"), _whole(sent.get("end"), "end")
    _check_words(messages[message], start, end, sent.get("quote"))
    polarity = sent.get("polarity")
    if not isinstance(polarity, str) or polarity not in set(Polarity):
        raise SpanError(
            gettext("`polarity` is one of: %(known)s.") % {"known": ", ".join(Polarity)}
        )
    about, name = _attachment(sent, criteria)
    return MarkedSpan(response, message, start, end, polarity, about, name, _note(sent.get("note")))


def _note(note: object) -> str:
    if note is None:
        return ""
    if not isinstance(note, str):
        raise SpanError(gettext("`note` is text."))
    words = note.replace("\r\n", "\n").strip()
    if len(words) > MOST_NOTE:
        raise SpanError(
            gettext("its note has at most %(most)s characters; this has %(n)s.")
            % {"most": MOST_NOTE, "n": f"{len(words):,}"}
        )
    if unstorable(words):
        raise SpanError(
            gettext("its note holds a character that cannot be stored (NUL or half of a pair).")
        )
    return words


def _response(name: object, count: int) -> int | None:
    if name == PROMPT_SLOT:
        return None
    places = {slot(place): place for place in range(count)}
    if not isinstance(name, str) or name not in places:
        raise SpanError(
            gettext("“%(slot)s” is no text of this task; they are %(known)s.")
            % {"slot": str(name)[:40], "known": ", ".join([*places, PROMPT_SLOT])}
        )
    return places[name]


def _whole(number: object, field: str) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 2**31:
        raise SpanError(gettext("`%(field)s` is a whole number from 0.") % {"field": field})
    return number


def _check_words(text: str, start: int, end: int, quote: object) -> None:
    if end > len(text):
        raise SpanError(
            gettext("it ends at %(end)s, beyond its text of %(length)s characters.")
            % {"end": f"{end:,}", "length": f"{len(text):,}"}
        )
    if start >= end:
        raise SpanError(gettext("it has no words: `end` is greater than `start`."))
    if not text[start:end].strip():
        raise SpanError(gettext("it marks nothing but spaces."))
    if quote != text[start:end]:
        raise SpanError(
            gettext(
                "`quote` differs from what stands there. Offsets count the code points of the "
                "text as it was written, from 0."
            )
        )


def _attachment(sent: Mapping[str, object], criteria: Mapping[str, str]) -> tuple[str, str]:
    named = [key for key in ATTACHMENTS if sent.get(key) is not None and sent.get(key) != ""]
    if len(named) != 1:
        raise SpanError(
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
    raise SpanError(
        gettext("there is no “%(name)s” to attach it to; known: %(known)s.")
        % {"name": str(name)[:40], "known": ", ".join(dict.fromkeys(known))}
    )


def _number(name: object) -> str:
    digits = str(name).removeprefix("P")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 5):
        raise SpanError(gettext("a principle is named by its number, such as P3."))
    return str(int(digits))
