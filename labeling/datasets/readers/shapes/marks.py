"""Passages and regions that labels mark: read, and checked beside the texts and pictures of their
row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from msgspec.structs import replace

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import label, text_value, type_in_words
from labeling.datasets.readers.shapes.answers import Place, named_response
from labeling.datasets.records import Message
from labeling.datasets.rows import (
    ImportedJudgment,
    ImportedRegion,
    ImportedResponse,
    ImportedSpan,
    RefusalCode,
    RowError,
)
from labeling.vocabulary import (
    LEAST_SIDE,
    MOST_NOTE,
    MOST_REGIONS,
    MOST_SPANS,
    SHARE_SLACK,
    Flag,
    Polarity,
)

_Fields = Mapping[str, object]

_ATTACHED = ("criterion", "flag", "principle")
_BOX = ("x", "y", "w", "h")
_SPAN = ("response", "message", "start", "end", "quote", "polarity", *_ATTACHED, "note")
_REGION = ("response", "message", "image", *_BOX, "polarity", *_ATTACHED, "note")
_MOST_OFFSET = 2**31
#: Characters of a principle's mark, such as P3, and of a criterion's key.
_NAME = 80


_Imported = TypeVar("_Imported", ImportedSpan, ImportedRegion)


def listed_spans(value: object, field: str, ids: Sequence[str]) -> tuple[ImportedSpan, ...]:
    """The passages of a label, which name responses by their ids; none of them for the prompt.

    Raises RowError for what is none.
    """
    marks = _objects(value, field, "passages", MOST_SPANS)
    return tuple(_span(mark, own, _by_id(mark, own, ids)) for own, mark in _named(marks, field))


def numbered_spans(value: object, field: str, count: int) -> tuple[ImportedSpan, ...]:
    """The passages of a release, which number responses from 1, and the prompt 0."""
    marks = _objects(value, field, "passages", MOST_SPANS)
    return tuple(
        _span(mark, own, _by_number(mark, own, count)) for own, mark in _named(marks, field)
    )


def listed_regions(value: object, field: str, ids: Sequence[str]) -> tuple[ImportedRegion, ...]:
    """The regions of pictures that a label marks, likewise."""
    marks = _objects(value, field, "regions", MOST_REGIONS)
    return tuple(_region(mark, own, _by_id(mark, own, ids)) for own, mark in _named(marks, field))


def numbered_regions(value: object, field: str, count: int) -> tuple[ImportedRegion, ...]:
    """The regions of a release, likewise."""
    marks = _objects(value, field, "regions", MOST_REGIONS)
    return tuple(
        _region(mark, own, _by_number(mark, own, count)) for own, mark in _named(marks, field)
    )


def _named(marks: Iterable[_Fields], field: str) -> Iterator[tuple[str, _Fields]]:
    return ((f"{field}[{i}]", mark) for i, mark in enumerate(marks))


def _by_id(mark: _Fields, field: str, ids: Sequence[str]) -> str:
    name = mark.get("response")
    return "" if name is None else named_response(name, f"{field}.response", ids)


def _by_number(mark: _Fields, field: str, count: int) -> str | Place:
    number = _whole(mark.get("response"), f"{field}.response")
    if number > count:
        raise RowError(f"{field}.response", f"Must be from 0, the prompt, to {count}.", number)
    return Place(number - 1) if number else ""


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


def _objects(value: object, field: str, noun: str, most: int) -> list[dict[str, object]]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(mark, dict) for mark in value):
        raise RowError(
            field,
            f"Must be a list of marked {noun}, not {type_in_words(value)}.",
            value,
            code=RefusalCode.WRONG_TYPE,
        )
    if len(value) > most:
        raise RowError(field, f"Has more than {most} {noun}.", code=RefusalCode.TOO_LONG)
    return value


def _check_keys(mark: _Fields, field: str, known: Sequence[str]) -> None:
    unknown = next((key for key in mark if key not in known), None)
    if unknown is not None:
        words = f"“{str(unknown)[:40]}” is unknown; known: {', '.join(known)}."
        raise RowError(field, words, str(unknown))


def _span(span: _Fields, field: str, response: str | Place) -> ImportedSpan:
    _check_keys(span, field, _SPAN)
    return ImportedSpan(
        response,
        _whole(span.get("message", 0), f"{field}.message"),
        _whole(span.get("start"), f"{field}.start"),
        _whole(span.get("end"), f"{field}.end"),
        text_value(span.get("quote"), f"{field}.quote"),
        *_said(span, field),
    )


def _region(region: _Fields, field: str, response: str | Place) -> ImportedRegion:
    _check_keys(region, field, _REGION)
    x, y, w, h = (_share(region.get(name), f"{field}.{name}") for name in _BOX)
    if min(w, h) < LEAST_SIDE:
        reason = "Has no size: w and h are at least a millionth of the picture."
        raise RowError(field, reason, code=RefusalCode.EMPTY)
    if max(x + w, y + h) > 1 + SHARE_SLACK:
        raise RowError(field, "Leaves its picture: x + w and y + h are at most 1, its whole side.")
    return ImportedRegion(
        response,
        _whole(region.get("message", 0), f"{field}.message"),
        _whole(region.get("image", 0), f"{field}.image"),
        *(x, y, w, h),
        *_said(region, field),
    )


def _said(mark: _Fields, field: str) -> tuple[str, str, str, str]:
    """What a mark is, what it is attached to, and what is said of it."""
    polarity = mark.get("polarity")
    if polarity not in tuple(Polarity):
        raise RowError(f"{field}.polarity", f"Must be one of {', '.join(Polarity)}.", polarity)
    about, name = _attached(mark, field)
    note = text_value(mark.get("note") or "", f"{field}.note", most=MOST_NOTE)
    return str(polarity), about, name, note.strip()


def _share(value: object, field: str) -> float:
    if type(value) not in (int, float) or not 0 <= value <= 1:  # type: ignore[operator]
        raise RowError(
            field,
            "Must be a share of the picture: a number from 0 to 1.",
            value,
            code=RefusalCode.WRONG_TYPE,
        )
    return float(value) + 0.0  # type: ignore[arg-type]  # 0 has no sign


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


def checked_marks(
    labels: Iterable[ImportedJudgment],
    messages: Sequence[Message],
    responses: Sequence[ImportedResponse],
) -> tuple[ImportedJudgment, ...]:
    """The labels with marks of responses under their ids, each checked beside its text or picture.

    Raises RowError where a passage is beyond its text, its quote is not what stands there, or there
    is no such picture.
    """
    turns: dict[str, Sequence[Message]] = {"": messages}
    for response in responses:
        plain = (Message("assistant", response.content),)
        turns[response.external_id] = response.messages or plain
    checked = []
    for number, judgment in enumerate(labels):
        spans = _under_ids(judgment.spans, responses)
        for i, span in enumerate(spans):
            texts = [turn.content for turn in turns[str(span.response)]]
            _check(span, texts, f"judgments[{number}].spans[{i}]")
        regions = _under_ids(judgment.regions, responses)
        for i, region in enumerate(regions):
            own = turns[str(region.response)]
            _check_picture(region, own, f"judgments[{number}].regions[{i}]")
        checked.append(replace(judgment, spans=spans, regions=regions))
    return tuple(checked)


def _under_ids(
    marks: Iterable[_Imported], responses: Sequence[ImportedResponse]
) -> tuple[_Imported, ...]:
    return tuple(
        replace(mark, response=responses[mark.response].external_id)
        if type(mark.response) is Place
        else mark
        for mark in marks
    )


def _check_picture(region: ImportedRegion, turns: Sequence[Message], field: str) -> None:
    _check_message(region.message, len(turns), field)
    count = len(turns[region.message].images)
    if region.image >= count:
        reason = (
            "There is no such picture in its message; they are counted from 0, and there are "
            f"{count}."
        )
        raise RowError(f"{field}.image", reason, region.image)


def _check_message(message: int, count: int, field: str) -> None:
    if message >= count:
        reason = f"There is no such message; they are counted from 0, and there are {count}."
        raise RowError(f"{field}.message", reason, message)


def _check(span: ImportedSpan, messages: Sequence[str], field: str) -> None:
    _check_message(span.message, len(messages), field)
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
