"""Which tasks are checks, what is right on them, and who answered them rightly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from labeling.kinds import GivenAnswer, kind_for
from labeling.kinds.known import KNOWN_PURPOSES
from labeling.kinds.shapes import from_submitted
from labeling.models import GoldAnswer, Task
from labeling.vocabulary import Purpose
from projects.models import Criterion, Project


def known_copies(task: Task) -> QuerySet[Task]:
    """The copies of a task whose right answer is known; of a copy, itself."""
    if task.purpose in KNOWN_PURPOSES:
        return Task.objects.filter(pk=task.pk)
    return Task.objects.filter(gold_of=task).order_by("purpose")


def answer_versions(tasks: Iterable[Task]) -> list[GoldAnswer]:
    """Every version of what is right on these copies, newest first."""
    rows = GoldAnswer.objects.filter(task__in=list(tasks)).select_related("author", "task")
    return list(rows.order_by("task__purpose", "-number"))


def known_tasks(project: Project) -> QuerySet[Task]:
    """The gold tasks and anchors of a project, in the order in which they were made."""
    tasks = Task.objects.filter(project=project, purpose__in=(Purpose.GOLD, Purpose.ANCHOR))
    return tasks.select_related("gold_of").order_by("pk")


@dataclass(frozen=True, slots=True)
class AcceptedInWords:
    """What is accepted on one question, for people."""

    question: str
    words: list[str]


def accepted_in_words(answer: GoldAnswer, criteria: Iterable[Criterion]) -> list[AcceptedInWords]:
    """What is right, by question, in the canonical order."""
    by_key = {criterion.key: criterion for criterion in criteria}
    return [
        AcceptedInWords(by_key[key].label, [_shape_words(by_key[key], shape) for shape in accepted])
        for key, accepted in answer.answers.items()
        if key in by_key
    ]


def _shape_words(criterion: Criterion, shape: object) -> str:
    kind = kind_for(criterion.scale)
    parts = []
    for answer in from_submitted(criterion, shape):
        value = answer.unsaid or kind.words(criterion, answer.value or 0, _tie(answer))
        name = "" if answer.response is None else f"{answer.response + 1}"
        rule = "" if answer.principle is None else f" P{answer.principle}"
        parts.append(f"{name}{rule}: {value}" if name else str(value))
    return ", ".join(parts)


def _tie(answer: GivenAnswer[Criterion]) -> str:
    return "equal_good" if answer.value == 0 and answer.question.scale.has_tie else answer.tie_kind
