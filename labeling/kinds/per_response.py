"""Questions about each response by itself, checked the same for every kind of task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from labeling.kinds.base import GivenAnswer, Q, Question, slot
from projects.words import gettext


def answers_by_response(
    questions: Sequence[Q],
    named: Mapping[str, object],
    errors: dict[str, str],
    count: int,
    *,
    may_lack: bool = False,
) -> list[GivenAnswer[Q]]:
    """The answers to these questions for each of `count` responses, of the order shown.

    `named` is what was sent, by key. What misfits or is missing goes into `errors`; `may_lack`:
    nothing has to be answered.
    """
    answers: list[GivenAnswer[Q]] = []
    for question in questions:
        sent = named.get(question.key)
        if sent is None:
            if question.is_required and not may_lack:
                errors.setdefault(question.key, gettext("This question needs an answer."))
        elif not isinstance(sent, Mapping):
            errors[question.key] = gettext(
                "Answer for each response by its letter, such as {“A”: %(value)s}."
            ) % {"value": next(iter(question.scale.values), 0)}
        elif error := _misfit(question, sent, count):
            errors[question.key] = error
        else:
            answers += [_answer(question, place, sent[slot(place)]) for place in range(count)]
    return answers


def unknown_slot(name: object, count: int) -> str:
    """What is said of a letter under which no response stands."""
    slots = ", ".join(slot(place) for place in range(count))
    return gettext("There is no response “%(slot)s”; there are: %(slots)s.") % {
        "slot": str(name)[:20],
        "slots": slots,
    }


def missing_slots(names: Sequence[str]) -> str:
    """What is said where responses have no answer."""
    return gettext("Answer for every response: %(slots)s is missing.") % {"slots": ", ".join(names)}


def _misfit(question: Question, sent: Mapping[object, object], count: int) -> str:
    slots = [slot(place) for place in range(count)]
    for name, value in sent.items():
        if name not in slots:
            return unknown_slot(name, count)
        if not is_on(question, value):
            return gettext("Response %(slot)s: %(value)s is not on this scale (%(allowed)s).") % {
                "slot": name,
                "value": str(value)[:40],
                "allowed": allowed_words(question),
            }
    if missing := [name for name in slots if name not in sent]:
        return missing_slots(missing)
    return ""


def allowed_words(question: Question) -> str:
    """What may be answered, as a submission names it."""
    return ", ".join([*map(str, question.scale.values), *question.scale.unsaid])


def is_on(question: Question, value: object) -> bool:
    """Whether this can be answered about a response."""
    if isinstance(value, str):
        return value in question.scale.unsaid
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return is_number and value in question.scale.values


def _answer(question: Q, place: int, value: object) -> GivenAnswer[Q]:
    if isinstance(value, int):
        return GivenAnswer(question, value, response=place)
    return GivenAnswer(question, None, response=place, unsaid=str(value))
