"""Rules: whether a response keeps each of the guideline's principles.

An answer is about one response and one principle: a level from definitely broken to definitely
followed, or yes, no or unsure. Other questions about the response may stand beside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from labeling.kinds.base import (
    GivenAnswer,
    Policy,
    Q,
    Question,
    Submission,
    named_answers,
    refuse_ties,
    slot,
)
from labeling.kinds.per_response import (
    allowed_words,
    answers_by_response,
    is_on,
    missing_slots,
    unknown_slot,
)
from labeling.kinds.rate import Rate
from labeling.kinds.shapes import from_submitted, principle_number
from labeling.vocabulary import TaskKind
from projects import scales
from projects.words import gettext, gettext_noop


class CheckRules(Rate):
    """Responses by themselves, each against every principle that its task asks about."""

    key = TaskKind.RULE
    interface = "rule-1"
    title = gettext_noop("Check the response against the principles")
    family = scales.PER_PRINCIPLE
    beside = frozenset({scales.RESPONSE})
    sizes = (1, 9)

    def check(
        self,
        questions: Sequence[Q],
        policy: Policy,
        submission: Submission,
        errors: dict[str, str],
        count: int,
    ) -> list[GivenAnswer[Q]]:
        """An answer for every response and principle named, and those about the response alone.

        Which principles there are, and that none of them is left out, is checked by whoever knows
        the version of the guideline.
        """
        refuse_ties(submission, errors)
        named = named_answers(questions, submission, errors, self.family)
        answers: list[GivenAnswer[Q]] = []
        for question in questions:
            if question.scale.family == self.family:
                answers += _by_rule(question, named.get(question.key), errors, count)
        others = [question for question in questions if question.scale.family != self.family]
        return [*answers, *answers_by_response(others, named, errors, count)]


def _by_rule(question: Q, sent: object, errors: dict[str, str], count: int) -> list[GivenAnswer[Q]]:
    if sent is None or sent == {}:
        if question.is_required:
            errors.setdefault(question.key, gettext("This question needs an answer."))
        return []
    if error := _misfit(question, sent, count):
        errors[question.key] = error
        return []
    return from_submitted(question, sent)


def _misfit(question: Question, sent: object, count: int) -> str:
    slots = [slot(place) for place in range(count)]
    values = next(iter(question.scale.values), 0)
    shape = gettext("Answer for each response and principle, such as {“A”: {“P1”: %(value)s}}.") % {
        "value": values
    }
    if not isinstance(sent, Mapping):
        return shape
    for name, by_principle in sent.items():
        if name not in slots:
            return unknown_slot(name, count)
        if not isinstance(by_principle, Mapping) or not by_principle:
            return shape
        for principle, value in by_principle.items():
            if principle_number(principle) is None:
                return gettext("“%(name)s” is no principle; they are called P1, P2, ….") % {
                    "name": str(principle)[:20]
                }
            if not is_on(question, value):
                words = {"value": str(value)[:40], "allowed": allowed_words(question)}
                return gettext(
                    "Response %(slot)s, %(rule)s: %(value)s is not on this scale (%(allowed)s)."
                ) % {"slot": name, "rule": principle, **words}
    missing = [name for name in slots if name not in sent]
    return missing_slots(missing) if missing else ""


RULE = CheckRules()
