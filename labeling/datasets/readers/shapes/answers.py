"""Answers that are no comparison of two: an order of all responses, or a value about each.

A row names its responses by their ids. What a kind of row makes of columns names them by their
places, until they have ids.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import label, type_in_words, whole_number
from labeling.datasets.rows import RefusalCode, RowError
from labeling.vocabulary import TaskKind, Unsaid
from projects.scales import GATE, SCALES

#: Words in place of a number: the answers to a gate, about the whole row, and why a response has
#: no value.
_OF_GATE = frozenset(option.word for option in SCALES[GATE].options)
_WORDS = _OF_GATE | {word.value for word in Unsaid}
#: Characters of a principle's mark, such as P3.
_MARK = 20
#: Kinds of tasks whose criteria are about one response each.
_EACH = (TaskKind.RATE.value, TaskKind.RULE.value)


class Place(int):
    """Where a response stands in its row, counted from 0."""


def is_answer(value: object) -> bool:
    """Whether a value is an answer that names responses, or a word in place of a number."""
    return type(value) is list or type(value) is dict or (type(value) is str and value in _WORDS)


def answer_of(value: object, field: str, ids: Sequence[str]) -> object:
    """An order of the responses `ids`, what is said of each, or a word in place of a value.

    Raises RowError naming what does not fit.
    """
    if type(value) is list:
        return _bands(value, field, ids)
    if type(value) is dict:
        return {
            named_response(name, field, ids): _about(
                said, f"{field}.{name}"[: limits.MAX_FIELD_NAME]
            )
            for name, said in value.items()
        }
    return value


def _bands(value: Sequence[object], field: str, ids: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The bands of an order, best first; each response stands in one of them."""
    bands = []
    for place, band in enumerate(value):
        names = band if isinstance(band, list) else [band]
        if not names:
            raise RowError(f"{field}[{place}]", "Is empty. Leave it out.", code=RefusalCode.EMPTY)
        bands.append(
            tuple(sorted(named_response(name, f"{field}[{place}]", ids) for name in names))
        )
    placed = [name for band in bands for name in band]
    if twice := next((name for name in placed if placed.count(name) > 1), None):
        raise RowError(field, f"Places “{twice}” twice.", twice, code=RefusalCode.TWICE)
    if missing := [name for name in ids if name not in placed]:
        raise RowError(
            field,
            f"Does not place {', '.join(missing)}. An order holds every response of the row.",
            missing[0],
            code=RefusalCode.MISSING,
        )
    return tuple(bands)


def named_response(name: object, field: str, ids: Collection[str]) -> str:
    """The id of a response of the row. Raises RowError for any other name."""
    if not isinstance(name, str | int | float) or isinstance(name, bool):
        raise RowError(
            field,
            f"Must name a response by its id, not {type_in_words(name)}.",
            name,
            code=RefusalCode.WRONG_TYPE,
        )
    own = label(name, field, most=limits.MAX_ID)
    if own not in ids:
        known = ", ".join(filter(None, ids))
        hint = f"it has {known}" if known else "give its responses ids"
        raise RowError(field, f"“{own[:80]}” is no response of this row; {hint}.", own)
    return own


def _about(value: object, field: str) -> object:
    """What is said of a response: a number or a word in place of one, or these by principle."""
    if type(value) is dict:
        if len(value) > limits.MAX_PARTS:
            reason = f"Has more than {limits.MAX_PARTS:,} values."
            raise RowError(field, reason, code=RefusalCode.TOO_LONG)
        return {
            label(mark, field, most=_MARK): _number_or_word(said, f"{field}.{mark}"[: _MARK + 80])
            for mark, said in value.items()
        }
    return _number_or_word(value, field)


def _number_or_word(value: object, field: str) -> object:
    if type(value) is bool:
        return int(value)
    if type(value) is str and value in _WORDS:
        return value
    return whole_number(value, field)


def banded(places: Sequence[int]) -> tuple[tuple[Place, ...], ...]:
    """The order that a rank of each response makes: the lower is better, equal ones are a tie."""
    return tuple(
        tuple(Place(i) for i, own in enumerate(places) if own == rank)
        for rank in sorted(set(places))
    )


def identified_answer(answer: object, ids: Sequence[str]) -> object:
    """An answer of places under the ids of the responses; one that names ids is itself."""
    if type(answer) is tuple:
        return tuple(
            tuple(sorted(ids[name] if type(name) is Place else name for name in band))
            for band in answer
        )
    if type(answer) is dict:
        return {ids[k] if type(k) is Place else k: said for k, said in answer.items()}
    return answer


def _lacks_response(answer: object) -> bool:
    return type(answer) is str and answer not in _OF_GATE


def answers_about_one(
    kind: str, values: Mapping[str, int], answers: Mapping[str, object], ids: Sequence[str]
) -> tuple[Mapping[str, int], Mapping[str, object]]:
    """The values and answers of a label on a row of this kind, by the ids of its responses.

    Of a row with one response a bare value is about that one. Raises RowError for a word that
    stands in place of nobody knows which response's value.
    """
    named = {key: identified_answer(answer, ids) for key, answer in answers.items()}
    if kind in _EACH and len(ids) == 1:
        named = {
            **{key: {ids[0]: value} for key, value in values.items()},
            **{
                key: {ids[0]: answer} if _lacks_response(answer) else answer
                for key, answer in named.items()
            },
        }
        values = {}
    for key, answer in named.items():
        if _lacks_response(answer):
            raise RowError(
                f"judgments.{key}"[: limits.MAX_FIELD_NAME],
                'Must say of which response, such as {"the response\'s id": "unsure"}.',
                answer,
                code=RefusalCode.MISSING,
            )
    return values, named
