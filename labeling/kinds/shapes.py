"""Answers in the shape in which they are submitted and read back, and as a form's fields.

The shape is that of the API: a preference is a number, a ranking a list of bands of slots, best
first, and a question about each response a value by slot (or why there is none).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from labeling.kinds.base import GivenAnswer, Q, Question, slot
from projects.scales import RANKING

#: Outside every scale, so that what is no number is refused by the name of its question.
NOT_A_NUMBER = 1_000_000


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
    if answers[0].question.scale.per == "response":
        ordered = sorted(answers, key=lambda answer: answer.response or 0)
        return {slot(answer.response or 0): _value(answer) for answer in ordered}
    return _value(answers[0])


def _value(answer: GivenAnswer[Q]) -> int | str | None:
    return answer.unsaid or answer.value


def from_submitted(question: Q, sent: object, tie_kind: str = "") -> list[GivenAnswer[Q]]:
    """The answers in a shape that `as_submitted` made; `tie_kind` says which tie a 0 is."""
    if isinstance(sent, Mapping):
        return [_answer(question, _place(name), value) for name, value in sent.items()]
    if isinstance(sent, list):
        return [
            GivenAnswer(question, number, response=_place(name))
            for number, band in enumerate(sent, start=1)
            for name in band
        ]
    value = sent if isinstance(sent, int) else None
    return [GivenAnswer(question, value, tie_kind=tie_kind)]


def _answer(question: Q, place: int, value: object) -> GivenAnswer[Q]:
    if isinstance(value, int):
        return GivenAnswer(question, value, response=place)
    return GivenAnswer(question, None, response=place, unsaid=str(value))


def _place(name: object) -> int:
    return ord(str(name)[:1] or "A") - ord("A")


def from_fields(question: Question, fields: Mapping[str, str]) -> object:
    """What a form's fields say of a question: `fields` are what was chosen by slot."""
    if question.scale.family != RANKING:
        return {name: _code(question, code) for name, code in fields.items()}
    bands: dict[int, list[str]] = {}
    for name, code in sorted(fields.items()):
        if (number := whole(code)) != NOT_A_NUMBER:
            bands.setdefault(number, []).append(name)
    return [bands[number] for number in sorted(bands)]


def as_fields(question: Question, sent: object) -> dict[str, str]:
    """The fields of a form by slot that fill in what `from_fields` read."""
    if isinstance(sent, Mapping):
        return {str(name): str(value) for name, value in sent.items()}
    bands = sent if isinstance(sent, list) else []
    return {name: str(number) for number, band in enumerate(bands, start=1) for name in band}


def _code(question: Question, code: str) -> int | str:
    return code if code in question.scale.unsaid else whole(code)


def whole(text: str) -> int:
    """A posted number; NOT_A_NUMBER where it is none."""
    try:
        return int(text) if len(text) < 8 else NOT_A_NUMBER
    except ValueError:
        return NOT_A_NUMBER
