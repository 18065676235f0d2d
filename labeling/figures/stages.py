"""What raters answered while training and qualifying, and what that says of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from labeling import stats
from labeling.figures.gold import answers_by_judgment
from labeling.kinds import is_accepted, kind_of, primary_of
from labeling.kinds.shapes import as_submitted, from_submitted
from labeling.models import Assignment, GoldAnswer, Judgment, StageAnswer, Task
from labeling.vocabulary import AssignmentState, Purpose
from projects.models import Criterion, Project


@dataclass(frozen=True, slots=True)
class PassRule:
    """When a rater passes: the bar, how sure one has to be, and after how many tasks."""

    bar: float
    passing: float
    failing: float
    tasks: int
    most: int

    def as_dict(self) -> dict[str, Any]:
        """As it is kept with a decision."""
        return asdict(self)


def rule_of(project: Project) -> PassRule:
    """The rule of a project as it is set now."""
    return PassRule(
        bar=project.qualification_bar,
        passing=project.qualification_pass,
        failing=project.qualification_fail,
        tasks=project.qualification_tasks,
        most=project.qualification_most,
    )


@dataclass(frozen=True, slots=True)
class Score:
    """How many answers were right, and how surely the accuracy exceeds the bar.

    `share` has Wilson's interval; `above` is None without answers. `decision` is "pass", "extend"
    or "not yet"; it says nothing of whether enough was answered yet.
    """

    right: int
    n: int
    share: stats.Figure
    above: float | None
    decision: str


def score_of(marks: Iterable[bool | None], rule: PassRule) -> Score:
    """What answers say of their rater; those without a value are neither right nor wrong."""
    right = [mark for mark in marks if mark is not None]
    gold = stats.gold_accuracy(
        [0] * len(right),
        right,
        raters=[0],
        threshold=rule.bar,
        passing=rule.passing,
        failing=rule.failing,
    ).of(0)
    above = gold.above if right else None
    return Score(gold.correct, len(right), gold.observed, above, gold.decision)


def stage_answers(project: Project, stage: Purpose) -> QuerySet[StageAnswer]:
    """The answers that hold: the newest of each rater on a task that is in play, not taken back."""
    submitted = Assignment.objects.filter(
        task=OuterRef("task"), rater=OuterRef("rater"), state=AssignmentState.SUBMITTED
    )
    rows = StageAnswer.objects.filter(
        Exists(submitted), project=project, stage=stage, task__withdrawn_at=None
    )
    return rows.order_by("rater", "task", "-pk").distinct("rater", "task")


def known_now(tasks: Iterable[int]) -> dict[int, GoldAnswer]:
    """The newest version of what is right, by the task."""
    rows = GoldAnswer.objects.filter(task__in=list(tasks)).order_by("task", "number")
    return {row.task_id: row for row in rows}


def read_answer(judgment: Judgment, known: GoldAnswer) -> tuple[str, object, bool | None]:
    """The primary question of a judgment that was given on a task whose answer is known, what it
    says there, and whether that is right."""
    project, task = judgment.project, judgment.task
    criteria = {criterion.pk: criterion for criterion in project.criteria.all()}
    rows = Judgment.objects.filter(pk=judgment.pk)
    for _pk, _rater, _task, said in answers_by_judgment(
        rows, criteria, {task.pk: task.response_ids}
    ):
        primary = primary_of((a.question for a in said), kind_of(task.asked_as).family)
        if primary is None or primary.key not in known.answers:
            break
        own = [answer for answer in said if answer.question is primary]
        shape = as_submitted(own)[primary.key]
        return primary.key, shape, is_accepted(primary, known.answers[primary.key], own)
    return "", None, None


def read_again(
    answer: StageAnswer, known: GoldAnswer, criteria: Iterable[Criterion]
) -> bool | None:
    """Whether an answer is right by another version of what is."""
    question = next((c for c in criteria if c.key == answer.question), None)
    if question is None or answer.question not in known.answers:
        return None
    said = from_submitted(question, answer.answer)
    return is_accepted(question, known.answers[answer.question], said)


def stage_task_counts(project: Project) -> dict[str, int]:
    """How many tasks of each stage are in play."""
    stages = (Purpose.TRAINING.value, Purpose.QUALIFICATION.value)
    rows = Task.objects.in_play().filter(project=project, purpose__in=stages).order_by()
    return dict.fromkeys(stages, 0) | dict(rows.values_list("purpose").annotate(Count("pk")))
