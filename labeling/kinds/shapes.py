"""Answers in the shape in which they are submitted and read back, and as a form's fields.

The shape is that of the API: a preference is a number, a ranking a list of bands of slots, best
first, and a question about each response a value by slot (or why there is none), one about rules
such values by principle in each slot: `{"A": {"P3": -2}}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from labeling.kinds.base import GivenAnswer, Q, Question, slot
from projects.scales import RANKING

#: Outside every scale, so that what is no number is refused by the name of its question.
NOT_A_NUMBER = 1_000_000


def unstorable(text: str) -> bool:
    """Whether PostgreSQL cannot store this text: a NUL or an unpaired surrogate."""
    return "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text)


def as_submitted(answers: Iterable[GivenAnswer[Q]]) -> dict[str, object]:
    """What was answered, by the question's key, in the order in which the answers come."""
    by_key: dict[str, list[GivenAnswer[Q]]] = {}
    for answer in answers:
        by_key.setdefault(answer.question.key, []).append(answer)
    return {key: _shape(of_question) for key, of_question in by_key.items()}


def _shape(answers: Sequence[GivenAnswer[Q]]) -> object:
    family = answers[0].question.scale.family
    if family == RANKING:
        bands: dict[int, list[str]] = {}
        for answer in sorted(answers, key=lambda a: (a.value or 0, a.response or 0)):
            bands.setdefault(answer.value or 0, []).append(slot(answer.response or 0))
        return list(bands.values())
    if answers[0].question.scale.per == "task":
        return _value(answers[0])
    shape: dict[str, object] = {}
    for answer in sorted(answers, key=lambda a: (a.response or 0, a.principle or 0)):
        name = slot(answer.response or 0)
        if answer.principle is None:
            shape[name] = _value(answer)
        else:
            of_slot = shape.setdefault(name, {})
            of_slot[principle_name(answer.principle)] = _value(answer)  # type: ignore[index]
    return shape


def _value(answer: GivenAnswer[Q]) -> int | str | None:
    return answer.unsaid or answer.value


def from_submitted(question: Q, sent: object, tie_kind: str = "") -> list[GivenAnswer[Q]]:
    """The answers in a shape that `as_submitted` made; `tie_kind` says which tie a 0 is."""
    if isinstance(sent, Mapping):
        return [
            _answer(question, _place(name), value, principle)
            for name, of_slot in sent.items()
            for principle, value in _by_principle(of_slot)
        ]
    if isinstance(sent, list):
        return [
            GivenAnswer(question, number, response=_place(name))
            for number, band in enumerate(sent, start=1)
            for name in band
        ]
    value = sent if isinstance(sent, int) else None
    return [GivenAnswer(question, value, tie_kind=tie_kind)]


def _answer(question: Q, place: int, value: object, principle: int | None) -> GivenAnswer[Q]:
    if isinstance(value, int):
        return GivenAnswer(question, value, response=place, principle=principle)
    return GivenAnswer(question, None, response=place, principle=principle, unsaid=str(value))


def _by_principle(of_slot: object) -> list[tuple[int | None, object]]:
    if not isinstance(of_slot, Mapping):
        return [(None, of_slot)]
    return [(principle_number(name), value) for name, value in of_slot.items()]


def principle_name(number: int) -> str:
    """What a principle is called in submissions."""
    return f"P{number}"


def principle_number(name: object) -> int | None:
    """The number of a principle by its name in submissions; None where it is no such name."""
    digits = str(name)[1:]
    is_name = str(name)[:1] == "P" and digits.isascii() and digits.isdigit() and len(digits) < 5
    return int(digits) if is_name else None


def _place(name: object) -> int:
    return ord(str(name)[:1] or "A") - ord("A")


def from_fields(question: Question, fields: Mapping[str, str]) -> object:
    """What a form's fields say of a question: `fields` are what was chosen by slot."""
    if question.scale.family != RANKING:
        return _values_by_slot(question, fields)
    bands: dict[int, list[str]] = {}
    for name, code in sorted(fields.items()):
        if (number := whole(code)) != NOT_A_NUMBER:
            bands.setdefault(number, []).append(name)
    return [bands[number] for number in sorted(bands)]


def _values_by_slot(question: Question, fields: Mapping[str, str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, code in fields.items():
        place, _dot, principle = name.partition(".")
        if principle:
            values[place] = {**_mapping(values.get(place)), principle: _code(question, code)}
        else:
            values[place] = _code(question, code)
    return values


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def as_fields(question: Question, sent: object) -> dict[str, str]:
    """The fields of a form by slot that fill in what `from_fields` read."""
    if isinstance(sent, Mapping):
        return {
            field: str(value)
            for name, of_slot in sent.items()
            for field, value in _named_fields(str(name), of_slot)
        }
    bands = sent if isinstance(sent, list) else []
    return {name: str(number) for number, band in enumerate(bands, start=1) for name in band}


def _named_fields(name: str, of_slot: object) -> list[tuple[str, object]]:
    if not isinstance(of_slot, Mapping):
        return [(name, of_slot)]
    return [(f"{name}.{principle}", value) for principle, value in of_slot.items()]


def _code(question: Question, code: str) -> int | str:
    return code if code in question.scale.unsaid else whole(code)


def whole(text: str) -> int:
    """A posted number; NOT_A_NUMBER where it is none."""
    try:
        return int(text) if len(text) < 8 else NOT_A_NUMBER
    except ValueError:
        return NOT_A_NUMBER
