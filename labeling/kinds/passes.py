"""A comparison in two passes: its other questions first, the primary one in a later task.

So the verdict overall is given without the answers on single questions in sight.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from labeling.kinds.base import GivenAnswer, Policy, Q, Question, Submission
from labeling.kinds.compare import Compare
from projects.scales import GATE, PREFERENCES
from projects.words import gettext, gettext_noop


def is_overall(question: Question) -> bool:
    """Whether it is the primary comparison."""
    return question.is_primary and question.scale.family == PREFERENCES


class CompareAxes(Compare):
    """The first pass: everything but the primary comparison."""

    title = gettext_noop("Compare the two responses, question by question")
    part = "axes"
    has_winner = False

    def asked(self, questions: Iterable[Q]) -> list[Q]:
        """The questions beside the primary comparison, a gate first."""
        return [question for question in super().asked(questions) if not is_overall(question)]

    def check(
        self,
        questions: Sequence[Q],
        policy: Policy,
        submission: Submission,
        errors: dict[str, str],
        count: int,
    ) -> list[GivenAnswer[Q]]:
        """As of any comparison; where no question must be answered, at least one is."""
        answers = super().check(questions, policy, submission, errors, count)
        if not answers and not errors:
            errors["answers"] = gettext("Answer at least one of the questions.")
        return answers


class CompareOverall(Compare):
    """The second pass: the primary comparison alone."""

    title = gettext_noop("Compare the two responses as a whole")
    part = "overall"

    def asked(self, questions: Iterable[Q]) -> list[Q]:
        """The primary comparison."""
        return [question for question in super().asked(questions) if is_overall(question)]


def has_axes(questions: Iterable[Q]) -> bool:
    """Whether a rubric asks a comparison something beside its primary question, so that there is
    something to ask in a first pass."""
    asked = list(Compare().asked(questions))
    beside = [q for q in asked if not is_overall(q) and q.scale.family != GATE]
    return bool(beside) and any(map(is_overall, asked))


COMPARE_AXES, COMPARE_OVERALL = CompareAxes(), CompareOverall()
