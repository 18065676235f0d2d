"""Ratings: each response by itself, on ordinal or yes/no questions."""

from __future__ import annotations

from collections.abc import Sequence

from labeling.datasets.records import CriterionRecord
from labeling.kinds.base import (
    GivenAnswer,
    Kind,
    Policy,
    Q,
    Question,
    Submission,
    named_answers,
    refuse_ties,
)
from labeling.kinds.per_response import answers_by_response
from labeling.vocabulary import TaskKind
from projects.scales import RESPONSE, Option, Scale
from projects.words import gettext, gettext_noop


class Rate(Kind):
    """Each response by itself, for a task of one or several."""

    key = TaskKind.RATE
    interface = "rate-1"
    control = "rate"
    title = gettext_noop("Rate each response")
    is_preference = False
    family = RESPONSE
    sizes = (1, 9)

    def check(
        self,
        questions: Sequence[Q],
        policy: Policy,
        submission: Submission,
        errors: dict[str, str],
        count: int,
    ) -> list[GivenAnswer[Q]]:
        """A value of every response, or why it has none, on each question that is answered."""
        refuse_ties(submission, errors)
        named = named_answers(questions, submission, errors, self.family)
        return answers_by_response(questions, named, errors, count)

    def chosen(self, question: Question, value: int, tie_kind: str) -> Option | None:
        """The step of that value."""
        return next((o for o in question.scale.options if o.value == value), None)

    def words(
        self, question: Question, value: int, tie_kind: str, *, side_only: bool = False
    ) -> str:
        """The label of the step, with its number where the label does not say it."""
        option = self.chosen(question, value, "")
        label = gettext(option.label) if option else ""
        if not label or label == str(value):
            return str(value)
        return label if question.scale.answer == "yes_no" else f"{value} · {label}"

    def mark(self, scale: Scale, value: int) -> str:
        """The value; of a yes/no question its word."""
        if scale.answer == "yes_no":
            return next((gettext(o.label) for o in scale.options if o.value == value), str(value))
        return str(value)

    def record(self, question: Question) -> CriterionRecord:
        """A rating of single responses."""
        scale = question.scale
        return CriterionRecord(
            key=question.key,
            wording=question.wording,
            scale=scale.key,
            strongest=scale.strongest,
            primary=question.is_primary,
            levels=scale.values,
            answer="rate",
        )


RATE = Rate()
