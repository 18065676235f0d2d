"""Takes the answers of the quiz, and asks it anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from labeling.kinds import Submission, is_accepted, kind_for
from labeling.kinds.shapes import as_submitted
from projects.exceptions import Conflict, InvalidInput
from projects.guidelines.examples import left_to_answer, may_ask_again
from projects.guidelines.selectors import current_guideline
from projects.guidelines.services import ask_examples_again
from projects.models import Criterion, Membership, Project, QuizAttempt, User, WorkedExample
from projects.sql import database_now


@dataclass(frozen=True, slots=True)
class QuizOffers:
    """Nobody gets away without an answer: "both bad" and "cannot tell" are not offered."""

    allow_both_bad: bool = False
    allow_cannot_tell: bool = False


@dataclass(frozen=True, slots=True)
class QuizAnswer:
    """An answer as it was sent: shapes by the key of the question, and which tie a 0 is."""

    answers: Mapping[str, object]
    tie_kind: str = ""
    tie_kinds: Mapping[str, str] = field(default_factory=dict)


def question_of(example: WorkedExample) -> Criterion | None:
    """The question that an example asks, None where it is asked no more."""
    rows = Criterion.objects.filter(project=example.project_id, retired_at=None)
    return rows.filter(key=example.criterion).first()


@transaction.atomic
def answer_example(
    *, membership: Membership, number: int, answer: QuizAnswer, now: datetime | None = None
) -> QuizAttempt:
    """Keeps a rater's answer to an example of the quiz, given at a moment: now, if none is named.

    Raises Conflict where it is not asked, or was answered before: the first answer counts.
    InvalidInput for an answer off its scale, or none.
    """
    left = {example.number: example for example in left_to_answer(membership)}
    project, rater = membership.project, membership.user_id
    example = left.pop(number, None)
    question = question_of(example) if example else None
    if example is None or question is None:
        raise Conflict(_refusal(membership, number))
    shape, is_right = _read(example, question, answer)
    try:
        with transaction.atomic():
            attempt = QuizAttempt.objects.create(
                example=example,
                rater_id=rater,
                guideline=current_guideline(project),
                asked_since=project.quiz_since,
                answer=shape,
                is_right=is_right,
                at=now or database_now(),
            )
    except IntegrityError:  # sent twice at the same moment
        raise Conflict(_refusal(membership, number)) from None
    if not left:
        Membership.objects.filter(pk=membership.pk).update(quiz_done=project.quiz_since)
    return attempt


def _refusal(membership: Membership, number: int) -> str:
    answered = QuizAttempt.objects.filter(
        rater=membership.user_id, example__project=membership.project, example__number=number
    )
    if answered.exists():
        return _("You have answered this example already; the first answer counts.")
    return _("This example is not asked in the quiz.")


def _read(example: WorkedExample, question: Criterion, answer: QuizAnswer) -> tuple[object, bool]:
    """The answer in the shape in which it is kept, and whether it is right."""
    errors: dict[str, str] = {}
    submission = Submission(
        answers=answer.answers, tie_kind=answer.tie_kind, tie_kinds=answer.tie_kinds
    )
    count = len(example.responses)
    kind = kind_for(question.scale)
    answers = kind.check([question], QuizOffers(), submission, errors, count)
    if errors or not answers:
        sentence = _("This question needs an answer.")
        raise InvalidInput(_("The answer does not fit."), fields=errors or {question.key: sentence})
    shape = as_submitted(answers)[question.key]
    return shape, bool(is_accepted(question, example.right, answers))


@transaction.atomic
def ask_quiz_again(*, project: Project, actor: User) -> Project:
    """Every rater answers the quiz again before the next task, under the guideline of now.

    Raises Conflict where no major version was published since it was asked.
    """
    project = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    since = may_ask_again(project)
    if not since:
        raise Conflict(
            _("The quiz is asked again after a major version of the guideline. Publish it first.")
        )
    ask_examples_again(project=project, actor=actor, since=since)
    return project
