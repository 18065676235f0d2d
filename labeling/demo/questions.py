"""What the demo's raters asked, and what its lead answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from labeling.models import Assignment, Query
from labeling.teaching.questions.services import (
    Ruling,
    answer_asker,
    send_query,
    write_precedent,
)
from projects.models import Project, User


@dataclass(frozen=True, slots=True)
class DemoQuestion:
    """Who asked what of which task; `answer` is empty while it waits."""

    email: str
    item: str
    text: str
    criterion: str = ""
    answer: str = ""
    is_precedent: bool = False


QUESTIONS = (
    DemoQuestion(
        "vera@example.com",
        "writ-07",
        "One of them writes in the voice that was asked for, the other is better prose. Which of "
        "the two decides?",
        "overall",
        "The voice that was asked for: whoever writes for somebody else keeps to it.",
        is_precedent=True,
    ),
    DemoQuestion(
        "rui@example.com",
        "plan-08",
        "Does a plan lose for leaving out the price, when nobody asked for prices?",
        answer="No. Nobody asked for them, so they are a bonus.",
        is_precedent=True,
    ),
    DemoQuestion(
        "tao@example.com",
        "advi-06",
        "May I look a dose up while I judge?",
        "accuracy",
        "Yes, in the leaflet; leave accuracy out if it takes longer than two minutes.",
    ),
    DemoQuestion(
        "rui@example.com",
        "advi-10",
        "Both send people to a doctor, one of them in the first sentence. Is that worth anything?",
        "overall",
    ),
    DemoQuestion(
        "vera@example.com",
        "writ-11",
        "What counts as the right language where the prompt mixes two?",
    ),
)


def ask_questions(project: Project, lead: User) -> None:
    """Lets raters have asked when they judged, and the lead have answered some hours later."""
    for hours, question in enumerate(QUESTIONS, start=2):
        assignment = (
            Assignment.objects.select_related("project", "rater")
            .filter(
                project=project,
                rater__email=question.email,
                task__prompt__external_id=question.item,
            )
            .first()
        )
        if assignment is not None:
            _ask(assignment, question, lead, timedelta(hours=hours))


def _ask(assignment: Assignment, question: DemoQuestion, lead: User, wait: timedelta) -> None:
    project = assignment.project
    query = send_query(
        person=assignment.rater,
        assignment=assignment,
        text=question.text,
        criterion=question.criterion,
    )
    asked_at = assignment.opened_at or assignment.created_at
    Query.objects.filter(pk=query.pk).update(asked_at=asked_at)
    if not question.answer:
        return
    if question.is_precedent:
        ruling = Ruling(question.answer, criterion=question.criterion)
        write_precedent(project=project, actor=lead, ruling=ruling, questions=[query.pk])
    else:
        answer_asker(project=project, actor=lead, questions=[query.pk], answer=question.answer)
    Query.objects.filter(pk=query.pk).update(answered_at=asked_at + wait)
