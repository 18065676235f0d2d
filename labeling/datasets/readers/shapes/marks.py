"""Passages that labels mark: read, and checked beside the texts of their row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import label, text_value, type_in_words
from labeling.datasets.readers.shapes.answers import Place, named_response
from labeling.datasets.records import Message
from labeling.datasets.rows import (
    ImportedJudgment,
    ImportedResponse,
    ImportedSpan,
    RefusalCode,
    RowError,
)
from labeling.vocabulary import MOST_NOTE, MOST_SPANS, Flag, Polarity

_ATTACHED = ("criterion", "flag", "principle")
_KEYS = ("response", "message", "start", "end", "quote", "polarity", *_ATTACHED, "note")
_MOST_OFFSET = 2**31
#: Characters of a principle's mark, such as P3, and of a criterion's key.
_NAME = 80


def listed_spans(value: object, field: str, ids: Sequence[str]) -> tuple[ImportedSpan, ...]:
    """The passages of a label, which name responses by their ids; none of them for the prompt.

    Raises RowError for what is none.
    """
    spans = []
    for i, span in enumerate(_objects(value, field)):
        name, own = span.get("response"), f"{field}[{i}]"
        response = "" if name is None else named_response(name, f"{own}.response", ids)
        spans.append(_span(span, own, response))
    return tuple(spans)


def numbered_spans(value: object, field: str, count: int) -> tuple[ImportedSpan, ...]:
    """The passages of a release, which number responses from 1, and the prompt 0."""
    spans = []
    for i, span in enumerate(_objects(value, field)):
        number = _whole(span.get("response"), f"{field}[{i}].response")
        if number > count:
            reason = f"Must be from 0, the prompt, to {count}."
            raise RowError(f"{field}[{i}].response", reason, number)
        spans.append(_span(span, f"{field}[{i}]", Place(number - 1) if number else ""))
    return tuple(spans)


def listed_reasons(value: object, field: str) -> tuple[str, ...]:
    """The codes of the reasons that a label names."""
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > limits.MAX_PARTS:
        raise RowError(
            field, "Must be a list of codes of reasons.", value, code=RefusalCode.WRONG_TYPE
        )
    codes = (label(code, f"{field}[{i}]", most=_NAME) for i, code in enumerate(value))
    return tuple(sorted(set(codes) - {""}))


def _objects(value: object, field: str) -> list[dict[str, object]]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(span, dict) for span in value):
        raise RowError(
            field,
            f"Must be a list of marked passages, not {type_in_words(value)}.",
            value,
            code=RefusalCode.WRONG_TYPE,
        )
    if len(value) > MOST_SPANS:
        raise RowError(field, f"Has more than {MOST_SPANS} passages.", code=RefusalCode.TOO_LONG)
    return value


def _span(span: Mapping[str, object], field: str, response: str | Place) -> ImportedSpan:
    unknown = next((key for key in span if key not in _KEYS), None)
    if unknown is not None:
        known = ", ".join(_KEYS)
        raise RowError(field, f"“{str(unknown)[:40]}” is unknown; known: {known}.", str(unknown))
    polarity = span.get("polarity")
    if polarity not in tuple(Polarity):
        reason = f"Must be one of {', '.join(Polarity)}."
        raise RowError(f"{field}.polarity", reason, polarity)
    about, name = _attached(span, field)
    note = text_value(span.get("note") or "", f"{field}.note", most=MOST_NOTE)
    return ImportedSpan(
        response,
        _whole(span.get("message", 0), f"{field}.message"),
        _whole(span.get("start"), f"{field}.start"),
        _whole(span.get("end"), f"{field}.end"),
        text_value(span.get("quote"), f"{field}.quote"),
        str(polarity),
        about,
        name,
        note.strip(),
    )


def _whole(value: object, field: str) -> int:
    if type(value) is not int or not 0 <= value < _MOST_OFFSET:
        raise RowError(field, "Must be a whole number from 0.", value, code=RefusalCode.WRONG_TYPE)
    return value


def _attached(span: Mapping[str, object], field: str) -> tuple[str, str]:
    named = {key: label(span.get(key), f"{field}.{key}", most=_NAME) for key in _ATTACHED}
    said = [key for key in _ATTACHED if named[key]]
    if len(said) != 1:
        raise RowError(
            field,
            f"Is attached to exactly one of {', '.join(_ATTACHED)}.",
            code=RefusalCode.MISSING,
        )
    about, name = said[0], named[said[0]]
    if about == "flag" and name not in tuple(Flag):
        raise RowError(f"{field}.flag", f"Must be one of {', '.join(Flag)}.", name)
    if about == "principle":
        name = name.removeprefix("P")
        if not (name.isascii() and name.isdigit() and len(name) < 5):
            raise RowError(f"{field}.principle", "Must be its number, such as P3.", name)
        name = str(int(name))
    return about, name


def checked_spans(
    labels: Iterable[ImportedJudgment],
    messages: Sequence[Message],
    responses: Sequence[ImportedResponse],
) -> tuple[ImportedJudgment, ...]:
    """The labels with passages of responses under their ids, each checked beside its text.

    Raises RowError where a passage is beyond its text, or its quote is not what stands there.
    """
    texts = {"": [turn.content for turn in messages]}
    for response in responses:
        turns = [turn.content for turn in response.messages]
        texts[response.external_id] = turns or [response.content]
    checked = []
    for number, judgment in enumerate(labels):
        spans = []
        for i, span in enumerate(judgment.spans):
            if type(span.response) is Place:
                span = replace(span, response=responses[span.response].external_id)
            _check(span, texts[str(span.response)], f"judgments[{number}].spans[{i}]")
            spans.append(span)
        checked.append(replace(judgment, spans=tuple(spans)))
    return tuple(checked)


def _check(span: ImportedSpan, messages: Sequence[str], field: str) -> None:
    if span.message >= len(messages):
        reason = (
            f"There is no such message; they are counted from 0, and there are {len(messages)}."
        )
        raise RowError(f"{field}.message", reason, span.message)
    text = messages[span.message]
    if span.end > len(text):
        reason = f"Ends beyond its text of {len(text):,} characters."
        raise RowError(f"{field}.end", reason, span.end)
    if not text[span.start : span.end].strip():
        raise RowError(field, "Marks no words.", span.quote, code=RefusalCode.EMPTY)
    if span.quote != text[span.start : span.end]:
        raise RowError(
            f"{field}.quote",
            "Differs from what stands there. Offsets count the code points of the text, from 0.",
            span.quote,
            code=RefusalCode.CONTRADICTION,
        )
