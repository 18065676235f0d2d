"""Texts that people write, and the review that a second person gives them.

A task to write asks no question: its answer is a text. The text is reviewed in a task of its own,
which is a rating of that one response by the two questions of a review.
"""

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
from labeling.kinds.rate import Rate
from labeling.vocabulary import TaskKind
from projects.scales import REVIEWS, Option, Scale
from projects.words import gettext, gettext_noop


class Write(Kind):
    """An answer written from nothing, or a draft improved; a second person reviews it."""

    key = TaskKind.WRITE
    interface = "write-1"
    control = "write"
    title = gettext_noop("Write the ideal answer")
    sends = gettext_noop("Send to review")
    is_preference = False
    family = REVIEWS
    sizes = (0, 1)

    def takes(self, scale: Scale) -> bool:
        """Nothing is asked of whoever writes, but for a gate."""
        return False

    def check(
        self,
        questions: Sequence[Q],
        policy: Policy,
        submission: Submission,
        errors: dict[str, str],
        count: int,
    ) -> list[GivenAnswer[Q]]:
        """No answers: what is written is checked with the task's own text at hand."""
        refuse_ties(submission, errors)
        for key in named_answers(questions, submission, errors):
            errors[key] = gettext("A task to write asks no questions.")
        return []

    def chosen(self, question: Question, value: int, tie_kind: str) -> Option | None:
        """There are no answers."""
        return None

    def words(
        self, question: Question, value: int, tie_kind: str, *, side_only: bool = False
    ) -> str:
        """There are no answers."""
        return ""

    def mark(self, scale: Scale, value: int) -> str:
        """There are no answers."""
        return ""

    def record(self, question: Question) -> CriterionRecord:
        """What is said of a text is said in its review."""
        return REVIEW.record(question)


class Review(Rate):
    """A second person's word on a text: a decision and a score."""

    interface = "review-1"
    control = "review"
    title = gettext_noop("Review what was written")
    sends = gettext_noop("Decide")
    family = REVIEWS
    asks_beside_texts = False
    takes_gate = False
    sizes = (1, 1)


WRITE, REVIEW = Write(), Review()
