"""Rankings: several responses in order, equal places are ties.

An answer gives each response its place, from 1, dense: (1, 2, 2, 3).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labeling.datasets.records import CriterionRecord
from labeling.kinds.base import (
    AnswerValues,
    GivenAnswer,
    Kind,
    Policy,
    Q,
    Question,
    Submission,
    named_answers,
    refuse_ties,
    slot,
)
from labeling.kinds.per_response import answers_by_response, unknown_slot
from labeling.vocabulary import TaskKind
from projects.scales import RANKING, RESPONSE, Option, Scale
from projects.words import gettext, gettext_noop


class Rank(Kind):
    """Three to nine responses in order; questions about each of them may stand beside."""

    key = TaskKind.RANK
    interface = "rank-1"
    control = "rank"
    title = gettext_noop("Put the responses in order")
    is_preference = False
    family = RANKING
    beside = frozenset({RESPONSE})
    asks_beside_texts = False
    sizes = (3, 9)

    def check(
        self,
        questions: Sequence[Q],
        policy: Policy,
        submission: Submission,
        errors: dict[str, str],
        count: int,
    ) -> list[GivenAnswer[Q]]:
        """A place of every response for each ranking, and the answers about each by itself."""
        refuse_ties(submission, errors)
        named = named_answers(questions, submission, errors, self.family)
        answers: list[GivenAnswer[Q]] = []
        for question in questions:
            if question.scale.family == RANKING:
                answers += _ranking(question, named.get(question.key), errors, count)
        others = [question for question in questions if question.scale.family != RANKING]
        return [*answers, *answers_by_response(others, named, errors, count)]

    def chosen(self, question: Question, value: int, tie_kind: str) -> Option | None:
        """None: a place is no step of a scale."""
        return None

    def words(
        self, question: Question, value: int, tie_kind: str, *, side_only: bool = False
    ) -> str:
        """The place."""
        return gettext("place %(place)d") % {"place": value}

    def mark(self, scale: Scale, value: int) -> str:
        """The place."""
        return gettext("place %(place)d") % {"place": value}

    def categories(self, scale: Scale, values: AnswerValues) -> tuple[int, ...]:
        """The places that were given."""
        return tuple(int(value) for value in np.unique(values))

    def record(self, question: Question) -> CriterionRecord:
        """An order of several responses."""
        return CriterionRecord(
            key=question.key,
            wording=question.wording,
            scale=question.scale.key,
            strongest=1,
            primary=question.is_primary,
            answer="rank",
        )


def _ranking(question: Q, sent: object, errors: dict[str, str], count: int) -> list[GivenAnswer[Q]]:
    if sent is None or sent == []:
        if question.is_required:
            errors.setdefault(question.key, gettext("This question needs an answer."))
        return []
    places, error = _places(sent, count)
    if error:
        errors[question.key] = error
        return []
    return [GivenAnswer(question, places[place], response=place) for place in range(count)]


def _places(sent: object, count: int) -> tuple[dict[int, int], str]:
    """The dense place of each response by where it was shown, or what is wrong."""
    by_slot = {slot(place): place for place in range(count)}
    places: dict[int, int] = {}
    band_number = 0
    for band in sent if isinstance(sent, list | tuple) else [None]:
        if not isinstance(band, list | tuple):
            return {}, gettext(
                "A ranking is a list of bands of letters, best first, such as [[“C”], [“A”, “B”]]."
            )
        band_number += bool(band)  # an empty place is none
        for name in band:
            if not isinstance(name, str) or name not in by_slot:
                return {}, unknown_slot(name, count)
            if by_slot[name] in places:
                return {}, gettext("Response %(slot)s has two places.") % {"slot": name}
            places[by_slot[name]] = band_number
    if missing := [name for name, place in by_slot.items() if place not in places]:
        return {}, gettext("Place every response: %(slots)s has no place yet.") % {
            "slots": ", ".join(missing)
        }
    return places, ""


RANK = Rank()
