"""A kind of task in one file: do two responses say the same? An example of docs/contributing.md.

Its answers are no preferences: 1 is yes, 0 is no, and neither hangs on who stands on the left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from labeling.datasets.records import CriterionRecord
from labeling.kinds import GivenAnswer, Kind, LabelError, Policy, Question, Submission
from labeling.kinds.base import Q, named_answers, refuse_ties, whole_numbers
from projects.scales import Option, Scale

SAME_SCALE = Scale(
    key="same2",
    title="Same or different",
    question="Do both say the same?",
    options=(Option(1, "Yes"), Option(0, "No")),
    source="an example",
    answer="same",
)


class Same(Kind):
    """Whether two responses say the same."""

    key = "same"
    interface = "same-1"
    control = "compare"  # the same row of buttons
    title = "Do both say the same?"
    is_preference = False
    family = "same"
    sizes = (2, 2)

    def check(
        self,
        questions: Sequence[Q],
        policy: Policy,
        submission: Submission,
        errors: dict[str, str],
        count: int,
    ) -> list[GivenAnswer[Q]]:
        """Yes or no; this kind knows no ties."""
        refuse_ties(submission, errors)
        answers = whole_numbers(named_answers(questions, submission, errors), errors)
        for question in questions:
            if question.is_required and question.key not in answers:
                errors.setdefault(question.key, "This question needs an answer.")
            elif not question.scale.accepts(answers.get(question.key, 0)):
                errors[question.key] = "Answer 1 for yes or 0 for no."
        return [GivenAnswer(q, answers[q.key]) for q in questions if q.key in answers]

    def chosen(self, question: Question, value: int, tie_kind: str) -> Option | None:
        """The option of that value."""
        return next((o for o in question.scale.options if o.value == value), None)

    def words(
        self, question: Question, value: int, tie_kind: str, *, side_only: bool = False
    ) -> str:
        """In words."""
        return "they say the same" if value else "they differ"

    def mark(self, scale: Scale, value: int) -> str:
        """Yes or no."""
        return "yes" if value else "no"

    def record(self, question: Question) -> CriterionRecord:
        """A judgment on the task, for the judgments of a release."""
        return CriterionRecord(
            question.key, question.wording, question.scale.key, strongest=1, answer="rate"
        )

    def check_label(
        self, questions: Sequence[Question], values: Mapping[str, int], ties: Mapping[str, str]
    ) -> dict[str, str]:
        """Yes or no, never a tie."""
        for key, value in values.items():
            if value not in (0, 1):
                raise LabelError(key, "Must be 1 for yes or 0 for no.", value)
        return {}


SAME = Same()
