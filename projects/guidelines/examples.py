"""Reads of worked examples."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from projects.models import (
    Criterion,
    Guideline,
    Membership,
    Project,
    QuizAttempt,
    Role,
    WorkedExample,
)
from projects.project_templates import ExampleSpec

#: What a worked example says, as an example of the guideline's text says it.
_SAID = ("kind", "criterion", "prompt", "responses", "answer", "rationale")


def examples_in_force(project: Project) -> QuerySet[WorkedExample]:
    """The newest version of each that is not retired, in the order in which they were made."""
    return WorkedExample.objects.filter(project=project, ended_at=None).order_by("number")


def examples_at(project: Project, moment: datetime) -> QuerySet[WorkedExample]:
    """The versions that were in force at a moment."""
    held = Q(ended_at=None) | Q(ended_at__gt=moment)
    return WorkedExample.objects.filter(held, project=project, at__lte=moment).order_by("number")


def example_json(example: WorkedExample) -> dict[str, Any]:
    """What an example says, as those of the guideline's text."""
    return {name: getattr(example, name) for name in _SAID}


def example_spec(example: WorkedExample) -> ExampleSpec:
    """What would write the same example again."""
    return ExampleSpec(**example_json(example), right=example.right)


def asked_examples(project: Project) -> list[WorkedExample]:
    """The examples of the quiz: those in force whose right answer is known, about a question that
    is asked."""
    keys = Criterion.objects.filter(project=project, retired_at=None).values("key")
    known = examples_in_force(project).exclude(right=[])
    return list(known.filter(criterion__in=keys))


def left_to_answer(membership: Membership) -> list[WorkedExample]:
    """The examples that a member has not answered yet, since the quiz was last asked anew."""
    project = membership.project
    answered = QuizAttempt.objects.filter(
        rater=membership.user_id, asked_since=project.quiz_since, example__project=project
    ).values_list("example__number", flat=True)
    numbers = set(answered)
    return [example for example in asked_examples(project) if example.number not in numbers]


def is_quiz_due(membership: Membership) -> bool:
    """Whether a rater answers the quiz before any task; read from rows at hand where the project
    asks none, or the rater has done it."""
    project = membership.project
    if not project.asks_quiz or membership.role != Role.RATER:
        return False
    if membership.quiz_done is not None and membership.quiz_done >= project.quiz_since:
        return False
    return bool(left_to_answer(membership))


def may_ask_again(project: Project) -> int:
    """The version of the guideline since which the quiz can be asked again: the newest that raters
    had to read; 0 where it is asked since then, or is not asked."""
    newest = Guideline.objects.filter(project=project).order_by("-number").first()
    since = newest.read_since if newest else 0
    return since if project.asks_quiz and since > max(project.quiz_since, 1) else 0
