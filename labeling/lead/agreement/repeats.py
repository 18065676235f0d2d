"""What raters answered when they were given a task a second time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import QuerySet

from labeling.kinds import kind_for
from labeling.models import Answer, Task
from labeling.vocabulary import Purpose
from projects.models import Project

if TYPE_CHECKING:
    from labeling.stats.ratings import Ints


@dataclass(frozen=True, slots=True)
class RepeatedAnswers:
    """The same rater's answers on the same question of a task and of its repeat.

    One entry a repeat that was judged; all columns have shape (repeats,). `first` and `again` are
    values in the canonical order of the original task.
    """

    criterion: Ints
    rater: Ints
    prompt: Ints
    first: Ints
    again: Ints

    def of(self, criterion: int) -> RepeatedAnswers:
        """Those on one criterion."""
        own = self.criterion == criterion
        return RepeatedAnswers(
            self.criterion[own],
            self.rater[own],
            self.prompt[own],
            self.first[own],
            self.again[own],
        )


def repeated_answers(project: Project) -> RepeatedAnswers:
    """The current, human answers on repeats, beside the same rater's answers on the originals.

    A repeat whose original the rater has not judged, or took back, is no pair and left out.
    """
    repeats: list[tuple[Any, ...]] = list(
        _answers(project, purpose=Purpose.REPEAT)
        .filter(judgment__task__repeat_of__isnull=False)
        .values_list(
            "criterion_id",
            "judgment__rater_id",
            "judgment__task__repeat_of_id",
            "judgment__task__prompt_id",
            "value",
            "judgment__task__response_ids",
            "judgment__task__repeat_of__response_ids",
        )
    )
    repeated = Task.objects.filter(project=project, repeats__isnull=False).values("pk")
    first: Iterable[tuple[Any, ...]] = (
        _answers(project, purpose=Purpose.LIVE)
        .filter(judgment__task_id__in=repeated)
        .values_list("criterion_id", "judgment__rater_id", "judgment__task_id", "value")
    )
    originals = {(criterion, rater, task): value for criterion, rater, task, value in first}
    kinds = {c.pk: kind_for(c.scale) for c in project.criteria.all()}
    rows = [
        (
            criterion,
            rater,
            prompt,
            originals[criterion, rater, task],
            kinds[criterion].turned(value, [before.index(pk) for pk in ids]),
        )
        for criterion, rater, task, prompt, value, ids, before in repeats
        if (criterion, rater, task) in originals
    ]
    return RepeatedAnswers(*np.array(rows, dtype=np.int64).reshape(-1, 5).T)


def _answers(project: Project, *, purpose: Purpose) -> QuerySet[Answer]:
    answers = Answer.objects.filter(judgment__project=project, response__isnull=True)
    return answers.counting().of_purpose(purpose).with_value().order_by()
