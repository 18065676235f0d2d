"""Comparisons: which of two responses is better, and how strongly.

An answer is a signed integer: negative, the first response is better; positive, the second; 0, no
preference, and the answer says which of the ties it is. The magnitude is the strength.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import numpy as np

from labeling.datasets.records import CriterionRecord
from labeling.kinds.base import (
    AnswerValues,
    Escape,
    GivenAnswer,
    Kind,
    LabelError,
    Policy,
    Q,
    Question,
    Submission,
    named_answers,
    named_ties,
    primary_of,
    slot,
    whole_numbers,
)
from labeling.kinds.conversation import conversation_answers
from labeling.kinds.per_response import answers_by_response
from labeling.vocabulary import TaskKind, TieKind
from projects.scales import CONVERSATION, PREFERENCES, RESPONSE, Option, Scale
from projects.words import gettext, gettext_noop

#: Ties that even a scale without a 0 may carry: they say only that there is no preference.
_ESCAPES = (TieKind.EQUAL_BAD, TieKind.CANNOT_TELL)
_BOTH_BAD = Escape(Option(0, gettext_noop("Both are bad"), TieKind.EQUAL_BAD.value), "x")
_CANNOT_TELL = Escape(Option(0, gettext_noop("Cannot tell"), TieKind.CANNOT_TELL.value), "c")


class Outcome(StrEnum):
    """What a primary answer says of a task's responses, without its strength."""

    FIRST = "first"
    SECOND = "second"
    EQUAL = "equal"
    BOTH_BAD = "both_bad"
    CANNOT_TELL = "cannot_tell"
    UNSPECIFIED = "unspecified"


_OUTCOMES: Mapping[str, Outcome] = {
    TieKind.EQUAL_GOOD: Outcome.EQUAL,
    TieKind.EQUAL_BAD: Outcome.BOTH_BAD,
    TieKind.CANNOT_TELL: Outcome.CANNOT_TELL,
}


class Compare(Kind):
    """Two responses side by side; questions about each of them may stand beside."""

    key = TaskKind.COMPARE
    interface = "compare-1"
    control = "compare"
    title = gettext_noop("Compare the two responses")
    is_preference = True
    has_winner = True
    family = PREFERENCES
    beside = frozenset({RESPONSE, CONVERSATION})
    sizes = (2, 2)

    def check(
        self,
        questions: Sequence[Q],
        policy: Policy,
        submission: Submission,
        errors: dict[str, str],
        count: int,
    ) -> list[GivenAnswer[Q]]:
        """Values on their scales, each 0 with its tie; "both bad" and "cannot tell" are a 0."""
        named = named_answers(questions, submission, errors, self.family)
        preferences = [question for question in questions if question.scale.family == PREFERENCES]
        compared = {question.key: named.pop(question.key, None) for question in preferences}
        answers = whole_numbers({k: v for k, v in compared.items() if v is not None}, errors)
        ties = _ties(preferences, policy, answers, submission, errors)
        primary = primary_of(preferences)
        has_escaped = primary is not None and ties.get(primary.key) in _ESCAPES
        singly = [question for question in questions if question.scale.per == "response"]
        whole = [question for question in questions if question.scale.family == CONVERSATION]
        return [
            *_values(preferences, answers, ties, errors, has_escaped=has_escaped),
            *answers_by_response(singly, named, errors, count, may_lack=has_escaped),
            *conversation_answers(whole, named, errors, may_lack=has_escaped),
        ]

    def winner(self, answers: Sequence[GivenAnswer[Q]]) -> int | None:
        """The side of the primary answer, unless that is a tie."""
        compared = [a for a in answers if a.question.scale.family == PREFERENCES and a.value]
        value = next((a.value for a in compared if a.question.is_primary), None)
        return None if value is None else int(value > 0)

    def turned(self, value: int, shown_order: Sequence[int]) -> int:
        """The sign changes where the second response was shown first."""
        if len(shown_order) != 2:
            raise ValueError("A comparison has exactly two responses.")
        return value if shown_order[0] == 0 else -value

    def place_names(self, questions: Sequence[Question], count: int) -> list[str]:
        """The sides as the published labels call them; by letters where the questions differ."""
        names = {
            question.scale.sides for question in questions if question.scale.family == PREFERENCES
        }
        if len(names) == 1 and count == 2:
            return [gettext(side) for side in names.pop()]
        return super().place_names(questions, count)

    def chosen(self, question: Question, value: int, tie_kind: str) -> Option | None:
        """The option of that value and tie; where the kind is not known, the only one of it."""
        options = [option for option in question.scale.options if option.value == value]
        if tie_kind == TieKind.UNSPECIFIED:
            return options[0] if len(options) == 1 else None
        if value == 0:
            options += [_BOTH_BAD.option, _CANNOT_TELL.option]
        return next((o for o in options if o.tie_kind == tie_kind), None)

    def escapes(self, question: Question, policy: Policy) -> tuple[Escape, ...]:
        """Both bad, unless the scale itself has it, and cannot tell, where the project offers."""
        offers_bad = policy.allow_both_bad and not question.scale.has_both_bad
        both_bad = (_BOTH_BAD,) if offers_bad else ()
        return (*both_bad, *((_CANNOT_TELL,) if policy.allow_cannot_tell else ()))

    def words(
        self, question: Question, value: int, tie_kind: str, *, side_only: bool = False
    ) -> str:
        """Which response is better, and how strongly, or which tie it is."""
        if value == 0:
            return tie_words(tie_kind)
        strongest = question.scale.strongest
        if strongest == 1:
            return gettext("response %(number)d is better") % {"number": 1 if value < 0 else 2}
        if side_only:
            return gettext("response %(number)d is better, strength not told") % {
                "number": 1 if value < 0 else 2
            }
        return gettext("response %(number)d is better, strength %(strength)d of %(strongest)d") % {
            "number": 1 if value < 0 else 2,
            "strength": abs(value),
            "strongest": strongest,
        }

    def desk_words(self, question: Question, value: int, tie_kind: str) -> str:
        """An answer as the desk calls it, of the sides shown, for whoever gave it there."""
        option = self.chosen(question, value, tie_kind)
        label = "" if option is None else str(option.label)
        if value == 0 or len(label) > 1:
            return label or tie_words(tie_kind)
        return gettext("%(slot)s is better, strength %(strength)d of %(strongest)d") % {
            "slot": slot(int(value > 0)),
            "strength": abs(value),
            "strongest": question.scale.strongest,
        }

    def mark(self, scale: Scale, value: int) -> str:
        """The strength: which response is called the first is arbitrary, and the sides are one."""
        if value == 0:
            return gettext("tie")
        if scale.strongest == 1:
            return gettext("preference")
        return gettext("strength %(strength)d") % {"strength": abs(value)}

    def outcome(self, value: int, tie_kind: str) -> Outcome:
        """The side, or which of the ties."""
        if value:
            return Outcome.FIRST if value < 0 else Outcome.SECOND
        return _OUTCOMES.get(tie_kind, Outcome.UNSPECIFIED)

    def opposed(self, low: str, high: str) -> dict[str, int]:
        """Somebody prefers the first response and somebody the second."""
        return {f"{low}__lt": 0, f"{high}__gt": 0}

    def categories(self, scale: Scale, values: AnswerValues) -> tuple[int, ...]:
        """The scale's values, and 0 where "both bad" or "cannot tell" stand for one it lacks."""
        tie = {0} if (values == 0).any() else set()
        return tuple(sorted({*scale.values, *tie}))

    def directions(self, values: AnswerValues) -> AnswerValues:
        """The sign."""
        return np.sign(values)

    def first_preferred(self, directions: AnswerValues, first_shown: AnswerValues) -> AnswerValues:
        """Canonical 0 shown first and preferred, or canonical 1 shown first and preferred."""
        is_first = (directions < 0) == (first_shown == 0)
        return np.where(directions == 0, -1, is_first.astype(np.int64))

    def record(self, question: Question) -> CriterionRecord:
        """Strengths and, where they are published, margins."""
        scale = question.scale
        return CriterionRecord(
            key=question.key,
            wording=question.wording,
            scale=scale.key,
            strongest=scale.strongest,
            primary=question.is_primary,
            margins=scale.margins,
            levels=tuple(sorted({abs(value) for value in scale.values if value})),
        )

    def graded(self, question: Question, value: int, grade: str) -> int | None:
        """The strength that the published scale calls so, with the sign of the side."""
        strength = question.scale.grades.get(grade)
        return None if strength is None else strength if value > 0 else -strength

    def check_label(
        self, questions: Sequence[Question], values: Mapping[str, int], ties: Mapping[str, str]
    ) -> dict[str, str]:
        """Every value is on its scale; a 0 without a kind is "equally good"."""
        by_key = {question.key: question for question in questions}
        checked: dict[str, str] = {}
        for key, value in values.items():
            kind = _kind_of_zero(by_key[key], ties.get(key, "")) if value == 0 else ""
            if not by_key[key].scale.accepts(value) and kind not in _ESCAPES:
                allowed = ", ".join(map(str, by_key[key].scale.values))
                # Kept with the import's report, so it stays in the language of the file's readers.
                reason = f"{value} is not on this project's scale ({allowed})."
                raise LabelError(key, reason, value)
            if kind:
                checked[key] = kind
        return checked


def tie_words(tie_kind: str) -> str:
    """Which of the ties it is."""
    if tie_kind == TieKind.EQUAL_GOOD:
        return gettext("equally good")
    if tie_kind == TieKind.EQUAL_BAD:
        return gettext("both are bad")
    if tie_kind == TieKind.CANNOT_TELL:
        return gettext("cannot tell")
    return gettext("no preference, kind not known")


def _kind_of_zero(question: Question, kind: str) -> str:
    """Which tie a 0 is: what was said, else "equally good" where the scale has that."""
    return kind or (TieKind.EQUAL_GOOD.value if question.scale.has_tie else "")


def _ties(
    questions: Sequence[Question],
    policy: Policy,
    answers: dict[str, int],
    submission: Submission,
    errors: dict[str, str],
) -> dict[str, str]:
    """Which tie each 0 is, by key; "both bad" and "cannot tell" fill in the 0 they stand for."""
    named = named_ties(questions, submission, errors)
    ties: dict[str, str] = {}
    for question in questions:
        key, kind = question.key, named.get(question.key, "")
        field = "tie_kind" if question.is_primary and submission.tie_kind else "tie_kinds"
        if kind in _ESCAPES:
            if not _is_offered(policy, question, kind):
                errors[field] = gettext("This project does not offer “%(tie)s”.") % {"tie": kind}
                continue
            answers.setdefault(key, 0)
        value = answers.get(key)
        if kind and value != 0:
            errors[field] = gettext("A tie cannot go with a preference.")
        if value == 0 and (kind := _kind_of_zero(question, kind)):
            ties[key] = kind
    return ties


def _is_offered(policy: Policy, question: Question, kind: str) -> bool:
    if kind == TieKind.EQUAL_BAD:
        return policy.allow_both_bad or question.scale.has_both_bad
    return policy.allow_cannot_tell


def _values(
    questions: Sequence[Q],
    answers: Mapping[str, int],
    ties: Mapping[str, str],
    errors: dict[str, str],
    *,
    has_escaped: bool,
) -> list[GivenAnswer[Q]]:
    values = []
    for question in questions:
        value = answers.get(question.key)
        if value is None:
            if question.is_required and not has_escaped and question.key not in errors:
                errors[question.key] = gettext("This question needs an answer.")
            continue
        tie_kind = ties.get(question.key, "")
        if not question.scale.accepts(value) and tie_kind not in _ESCAPES:
            allowed = ", ".join(map(str, question.scale.values))
            errors[question.key] = gettext("%(value)s is not on this scale (%(allowed)s).") % {
                "value": value,
                "allowed": allowed,
            }
        values.append(GivenAnswer(question, value, tie_kind=tie_kind))
    return values


COMPARE = Compare()
