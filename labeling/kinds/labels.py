"""What an importer's label says on a task of a kind, checked against the scales alone.

What a project offers or asks beside them binds its own raters: a label answers what its source
asked. Reasons are kept with the import's report, so they stay in the language of its readers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from labeling.kinds.base import GivenAnswer, Kind, LabelError, Q
from labeling.kinds.conversation import conversation_label
from labeling.kinds.gate import gate_label
from labeling.kinds.shapes import principle_number
from projects.scales import CONVERSATION, GATE, PER_PRINCIPLE, RANKING, RESPONSE, REVIEWS


def label_answers(
    kind: Kind,
    questions: Sequence[Q],
    said: Mapping[str, object],
    ties: Mapping[str, str],
    ids: Sequence[str],
) -> list[GivenAnswer[Q]]:
    """The answers of a label, by the places of the responses `ids` in their row.

    `said` is by key what it says: a number that compares two responses, a ranking as bands of ids
    or as the place of each, what it says of each response by id, of a gate a word.
    `ties` says which tie a 0 is. Raises LabelError for what misfits its question.
    """
    by_key = {question.key: question for question in questions}
    numbers: dict[str, int] = {}
    answers: list[GivenAnswer[Q]] = []
    for key, answer in said.items():
        family = by_key[key].scale.family
        if family == RANKING:
            answers += _ranking(by_key[key], answer, ids)
        elif family == GATE:
            beside = [name for name in said if name != key]
            answers.append(gate_label(by_key[key], _of_all(answer, ids), beside))
        elif family == CONVERSATION:
            answers.append(conversation_label(by_key[key], answer))
        elif family in {RESPONSE, PER_PRINCIPLE, REVIEWS}:
            answers += _of_each(by_key[key], answer, ids)
        elif isinstance(answer, int):
            numbers[key] = answer
        else:
            reason = "Is about all responses together: give it as one number, such as -1."
            raise LabelError(key, reason, answer)
    if misplaced := next((key for key in ties if key not in numbers), None):
        reason = "Is no comparison, and has no kind of tie."
        raise LabelError(misplaced, reason, ties[misplaced])
    compared = [question for question in questions if question.key in numbers]
    checked = kind.check_label(compared, numbers, ties) if numbers else {}
    return [
        *(
            GivenAnswer(by_key[key], value, tie_kind=checked.get(key, ""))
            for key, value in numbers.items()
        ),
        *answers,
    ]


def _of_all(answer: object, ids: Sequence[str]) -> object:
    """What is said of the only response of a row is said of the row."""
    if isinstance(answer, Mapping) and list(answer) == list(ids) and len(ids) == 1:
        return answer[ids[0]]
    return answer


def _ranking(question: Q, answer: object, ids: Sequence[str]) -> list[GivenAnswer[Q]]:
    """The place of each response, dense from 1."""
    if isinstance(answer, Mapping):
        places = {str(name): place for name, place in answer.items()}
    elif isinstance(answer, tuple | list):
        places = {name: place for place, band in enumerate(answer, 1) for name in band}
    else:
        reason = f"{answer} is no ranking, which is a list of bands of responses, best first."
        raise LabelError(question.key, reason, answer)
    if missing := [name for name in ids if not isinstance(places.get(name), int)]:
        reason = f"Gives no place to {', '.join(missing)}."
        raise LabelError(question.key, reason, missing[0])
    dense = {place: number for number, place in enumerate(sorted(set(places.values())), 1)}
    return [
        GivenAnswer(question, dense[places[name]], response=index) for index, name in enumerate(ids)
    ]


def _of_each(question: Q, answer: object, ids: Sequence[str]) -> list[GivenAnswer[Q]]:
    """What is said of each response: of those that the label leaves out, nothing."""
    if not isinstance(answer, Mapping) or not answer:
        reason = 'Is about each response: give it by their ids, such as {"c1": 1}.'
        raise LabelError(question.key, reason, answer)
    answers: list[GivenAnswer[Q]] = []
    for name, value in answer.items():
        place = ids.index(name)
        if question.scale.family == PER_PRINCIPLE:
            answers += _of_rules(question, place, value)
        elif isinstance(value, Mapping):
            reason = "Is answered once for each response, and not for each principle."
            raise LabelError(question.key, reason, name)
        else:
            answers.append(_answer(question, place, value))
    return answers


def _of_rules(question: Q, place: int, by_principle: object) -> list[GivenAnswer[Q]]:
    """What is said of a response and each principle that is named."""
    if not isinstance(by_principle, Mapping) or not by_principle:
        reason = 'Is answered for each principle: give it by their numbers, such as {"P3": -2}.'
        raise LabelError(question.key, reason, by_principle)
    answers: list[GivenAnswer[Q]] = []
    for name, value in by_principle.items():
        if (number := principle_number(name)) is None:
            reason = f"“{str(name)[:20]}” is no principle; they are called P1, P2 and so on."
            raise LabelError(question.key, reason, name)
        answers.append(_answer(question, place, value, number))
    return answers


def _answer(question: Q, place: int, value: object, principle: int | None = None) -> GivenAnswer[Q]:
    scale = question.scale
    if isinstance(value, str) and value in scale.unsaid:
        return GivenAnswer(question, None, response=place, principle=principle, unsaid=value)
    if not isinstance(value, int) or not scale.accepts(value):
        allowed = ", ".join([*map(str, scale.values), *scale.unsaid])
        reason = f"{value} is not on this question's scale ({allowed})."
        raise LabelError(question.key, reason, value)
    return GivenAnswer(question, value, response=place, principle=principle)
