"""What raters answered when they were given a task a second time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import Q

from labeling.kinds import kind_for
from labeling.models import Answer, Task
from labeling.models.judgments import AnswerQuerySet
from labeling.vocabulary import Purpose
from projects.models import Criterion, Project

if TYPE_CHECKING:
    import numpy.typing as npt

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


def repeated_answers(
    project: Project, only: Q | None = None, *, with_excluded: bool = False
) -> RepeatedAnswers:
    """The current, human answers on repeats, beside the same rater's answers on the originals.

    A repeat whose original the rater has not judged, or took back, is no pair and left out.
    `only` narrows the answers on repeats; `with_excluded`: as if nobody were excluded. In the order
    in which they were said again.
    """
    repeats: list[tuple[Any, ...]] = list(
        _answers(project, purpose=Purpose.REPEAT, with_excluded=with_excluded)
        .filter(only or Q())
        .filter(judgment__task__repeat_of__isnull=False)
        .order_by("pk")
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
    answers = _answers(project, purpose=Purpose.LIVE, with_excluded=with_excluded)
    if only is None:
        repeated = Task.objects.filter(project=project, repeats__isnull=False).values("pk")
        answers = answers.filter(judgment__task__in=repeated)
    else:  # Of few: what everybody else said is not read.
        raters, tasks = {row[1] for row in repeats}, {row[2] for row in repeats}
        answers = answers.filter(judgment__rater__in=raters, judgment__task__in=tasks)
    first: Iterable[tuple[Any, ...]] = answers.values_list(
        "criterion_id", "judgment__rater_id", "judgment__task_id", "value"
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


@dataclass(frozen=True, slots=True)
class RepeatedResponses:
    """The same rater's answers about the same response on a task and on its repeat.

    One entry a response, and principle; all columns have shape (answers,). `task` is the original.
    """

    rater: Ints
    task: Ints
    prompt: Ints
    first: Ints
    again: Ints

    def only(self, kept: npt.NDArray[np.bool_]) -> RepeatedResponses:
        """Those of them that are marked, one an answer."""
        return RepeatedResponses(
            self.rater[kept],
            self.task[kept],
            self.prompt[kept],
            self.first[kept],
            self.again[kept],
        )


def repeated_responses(
    criterion: Criterion, only: Q | None = None, *, with_excluded: bool = False
) -> RepeatedResponses:
    """The current, human answers about responses on repeats, beside those on the originals.

    What one of the two leaves without a value is no pair and left out. A principle that was kept
    over versions of the guideline is one.
    """
    about = ("response_id", "principle__key", "value")
    asked: dict[str, Any] = {"about_responses": True, "with_excluded": with_excluded}
    repeats = (
        _answers(criterion.project, purpose=Purpose.REPEAT, **asked)
        .filter(only or Q())
        .filter(criterion=criterion, judgment__task__repeat_of__isnull=False)
        .order_by("pk")
        .values_list(
            "judgment__rater_id",
            "judgment__task__repeat_of_id",
            "judgment__task__prompt_id",
            *about,
        )
    )
    said_again: list[tuple[Any, ...]] = list(repeats)
    if not said_again:
        return RepeatedResponses(*np.zeros((5, 0), dtype=np.int64))
    originals = {
        (rater, task, response, principle): value
        for rater, task, response, principle, value in _answers(
            criterion.project, purpose=Purpose.LIVE, **asked
        )
        .filter(criterion=criterion, judgment__task__in={row[1] for row in said_again})
        .values_list("judgment__rater_id", "judgment__task_id", *about)
    }
    rows = [
        (rater, task, prompt, originals[rater, task, response, principle], value)
        for rater, task, prompt, response, principle, value in said_again
        if (rater, task, response, principle) in originals
    ]
    return RepeatedResponses(*np.array(rows, dtype=np.int64).reshape(-1, 5).T)


def _answers(
    project: Project,
    *,
    purpose: Purpose,
    about_responses: bool = False,
    with_excluded: bool = False,
) -> AnswerQuerySet:
    answers = Answer.objects.filter(judgment__project=project, response__isnull=not about_responses)
    counted = answers.counting(with_excluded=with_excluded)
    return counted.of_purpose(purpose).with_value().order_by()
