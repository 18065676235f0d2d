"""Marked passages: which words of a text a rater attached to what, as praise or as a fault.

Offsets are code points of a message's text as it is stored, so that they survive any rendering.
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
from labeling.vocabulary import MOST_SPANS
from projects.words import gettext

_KEYS = ("slot", "message", "start", "end", "quote", "polarity", *ATTACHMENTS, "note")
_EXAMPLE = "{“slot”: “A”, “start”: 0, “end”: 17, …}"


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
        """The shape in which it is sent and read back."""
        return {
            "slot": PROMPT_SLOT if self.response is None else slot(self.response),
            "message": self.message,
            "start": self.start,
            "end": self.end,
            "quote": quote,
            "polarity": self.polarity,
            **attachment_json(self.about, self.name, self.note),
        }


def spans_json(
    spans: Iterable[MarkedSpan], texts: MarkedTexts, most: int | None = None
) -> list[dict[str, object]]:
    """Passages in reading order, with their words: the first `most` characters, or all."""
    ordered = sorted(set(spans), key=lambda span: span.order)
    return [span.as_json(texts.quote(span, most)) for span in ordered]


def read_spans(
    sent: Sequence[object], texts: MarkedTexts, criteria: Mapping[str, str]
) -> list[MarkedSpan]:
    """The passages sent, as they are shown; raises MarkError for the first that does not fit.

    `criteria` are the keys of the questions that were asked, by whatever name they go.
    """
    if len(sent) > MOST_SPANS:
        raise MarkError(
            gettext("At most %(most)s passages can be marked; these are %(n)s.")
            % {"most": MOST_SPANS, "n": f"{len(sent):,}"}
        )
    numbered = gettext("Passage %(number)s: %(reason)s")
    return read_each(sent, lambda span: _read(span, texts, criteria), numbered)


def _read(sent: object, texts: MarkedTexts, criteria: Mapping[str, str]) -> MarkedSpan:
    fields = read_fields(sent, _KEYS, _EXAMPLE)
    response = read_slot(fields.get("slot"), len(texts.responses))
    messages = texts.messages(response)
    message = read_message(fields.get("message", 0), len(messages))
    start, end = read_whole(fields.get("start"), "start"), read_whole(fields.get("end"), "end")
    _check_words(messages[message], start, end, fields.get("quote"))
    polarity = read_polarity(fields.get("polarity"))
    about, name = read_attachment(fields, criteria)
    note = read_note(fields.get("note"))
    return MarkedSpan(response, message, start, end, polarity, about, name, note)


def _check_words(text: str, start: int, end: int, quote: object) -> None:
    if end > len(text):
        raise MarkError(
            gettext("it ends at %(end)s, beyond its text of %(length)s characters.")
            % {"end": f"{end:,}", "length": f"{len(text):,}"}
        )
    if start >= end:
        raise MarkError(gettext("it has no words: `end` is greater than `start`."))
    if not text[start:end].strip():
        raise MarkError(gettext("it marks nothing but spaces."))
    if quote != text[start:end]:
        raise MarkError(
            gettext(
                "`quote` differs from what stands there. Offsets count the code points of the "
                "text as it was written, from 0."
            )
        )
