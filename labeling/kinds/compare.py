"""Comparisons: which of two responses is better, and how strongly.

An answer is a signed integer: negative, the first response is better; positive, the second; 0, no
preference, and the judgment says which of the ties it is. The magnitude is the strength.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from labeling.datasets.records import CriterionRecord
from labeling.kinds.base import (
    Answered,
    AnswerValues,
    Kind,
    LabelError,
    Outcome,
    Policy,
    Q,
    Question,
    Submission,
    named_answers,
    primary_of,
)
from labeling.vocabulary import TaskKind, TieKind
from projects.scales import Option, Scale
from projects.words import gettext

#: Ties that even a scale without a 0 may carry: they say only that there is no preference.
_ESCAPES = (TieKind.EQUAL_BAD, TieKind.CANNOT_TELL)


class Compare(Kind):
    """Two responses side by side."""

    key = TaskKind.COMPARE
    interface = "compare-1"
    control = "compare"
    is_preference = True

    def check(
        self,
        questions: Sequence[Q],
        policy: Policy,
        submission: Submission,
        errors: dict[str, str],
    ) -> Answered[Q]:
        """AnswerValues on their scales, and the primary's tie; a tie fills in the primary's 0."""
        answers = named_answers(questions, submission, errors)
        tie_kind = _tie_kind(questions, policy, answers, submission, errors)
        return Answered(_values(questions, answers, tie_kind, errors), tie_kind)

    def turned(self, value: int, shown_order: Sequence[int]) -> int:
        """The sign changes where the second response was shown first."""
        if len(shown_order) != 2:
            raise ValueError("A comparison has exactly two responses.")
        return value if shown_order[0] == 0 else -value

    def place_names(self, questions: Sequence[Question], count: int) -> list[str]:
        """The sides as the primary's published labels call them."""
        primary = primary_of(questions)
        if primary is not None and count == 2:
            return [gettext(side) for side in primary.scale.sides]
        return super().place_names(questions, count)

    def chosen(self, question: Question, value: int, tie_kind: str) -> Option | None:
        """The first option of that value whose tie the judgment can have meant.

        The tie belongs to the primary question; elsewhere a 0 was given as "equally good".
        """
        ties = {tie_kind} if question.is_primary else {tie_kind, TieKind.EQUAL_GOOD.value}
        options = (option for option in question.scale.options if option.value == value)
        return next((o for o in options if not o.tie_kind or o.tie_kind in ties), None)

    def escapes(self, questions: Sequence[Question], policy: Policy) -> tuple[str, ...]:
        """Both bad, unless the scale itself has it, and cannot tell, where the project offers."""
        primary = primary_of(questions)
        has_both_bad = primary is not None and primary.scale.has_both_bad
        offers = {
            TieKind.EQUAL_BAD: policy.allow_both_bad and not has_both_bad,
            TieKind.CANNOT_TELL: policy.allow_cannot_tell,
        }
        return tuple(tie.value for tie, is_offered in offers.items() if is_offered)

    def words(
        self, question: Question, value: int, tie_kind: str, *, side_only: bool = False
    ) -> str:
        """Which response is better, and how strongly.

        The tie belongs to the judgment as a whole, so it names the primary answer only.
        """
        if value == 0:
            return _tie_words(tie_kind if question.is_primary else "")
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
        ties = {TieKind.EQUAL_BAD: Outcome.BOTH_BAD, TieKind.CANNOT_TELL: Outcome.CANNOT_TELL}
        return ties[TieKind(tie_kind)] if tie_kind in ties else Outcome.EQUAL

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
        self, questions: Sequence[Question], values: Mapping[str, int], tie_kind: str
    ) -> str:
        """Every value is on its scale; a primary 0 without a kind is "equally good"."""
        primary = primary_of(questions)
        is_tie = primary is not None and values.get(primary.key) == 0
        if primary is not None and is_tie and not tie_kind and primary.scale.has_tie:
            tie_kind = TieKind.EQUAL_GOOD.value
        by_key = {question.key: question for question in questions}
        for key, value in values.items():
            question = by_key[key]
            escaped = question.is_primary and value == 0 and tie_kind in _ESCAPES
            if not escaped and not question.scale.accepts(value):
                allowed = ", ".join(map(str, question.scale.values))
                # Kept with the import's report, so it stays in the language of the file's readers.
                reason = f"{value} is not on this project's scale ({allowed})."
                raise LabelError(key, reason, value)
        return tie_kind


def _tie_words(tie_kind: str) -> str:
    if tie_kind == TieKind.EQUAL_BAD:
        return gettext("both are bad")
    if tie_kind == TieKind.CANNOT_TELL:
        return gettext("cannot tell")
    return gettext("equally good")


def _tie_kind(
    questions: Sequence[Question],
    policy: Policy,
    answers: dict[str, int],
    submission: Submission,
    errors: dict[str, str],
) -> str:
    """Which of the three ties this is, or "" for a preference; fills in the primary's 0."""
    primary = primary_of(questions)
    kind = submission.tie_kind
    if primary is None or kind not in {"", *TieKind}:
        if kind:
            known = ", ".join(TieKind)
            errors["tie_kind"] = gettext("A tie is one of: %(known)s.") % {"known": known}
        return ""
    if kind in _ESCAPES and not _is_offered(policy, primary, kind):
        errors["tie_kind"] = gettext("This project does not offer “%(tie)s”.") % {"tie": kind}
        return ""
    value = answers.setdefault(primary.key, 0) if kind in _ESCAPES else answers.get(primary.key)
    if kind and value != 0:
        errors["tie_kind"] = gettext("A tie cannot go with a preference.")
    if value == 0 and not kind and primary.scale.has_tie:
        return TieKind.EQUAL_GOOD.value
    return kind


def _is_offered(policy: Policy, primary: Question, kind: str) -> bool:
    if kind == TieKind.EQUAL_BAD:
        return policy.allow_both_bad or primary.scale.has_both_bad
    return policy.allow_cannot_tell


def _values(
    questions: Sequence[Q], answers: Mapping[str, int], tie_kind: str, errors: dict[str, str]
) -> list[tuple[Q, int]]:
    values = []
    for question in questions:
        value = answers.get(question.key)
        if value is None:
            if question.is_required and tie_kind not in _ESCAPES and question.key not in errors:
                errors[question.key] = gettext("This question needs an answer.")
            continue
        escaped = question.is_primary and value == 0 and tie_kind in _ESCAPES
        if not escaped and not question.scale.accepts(value):
            allowed = ", ".join(map(str, question.scale.values))
            errors[question.key] = gettext("%(value)s is not on this scale (%(allowed)s).") % {
                "value": value,
                "allowed": allowed,
            }
        values.append((question, value))
    return values


COMPARE = Compare()
