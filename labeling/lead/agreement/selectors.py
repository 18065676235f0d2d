"""The judgments that agreement is computed from, read into arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from django.db.models import BigIntegerField, Case, Count, IntegerField, QuerySet, When
from django.db.models.functions import Cast, Coalesce

from labeling import stats
from labeling.figures import per_response
from labeling.figures.columns import copied_columns
from labeling.figures.repeats import RepeatedAnswers, repeated_answers
from labeling.kinds import kind_for
from labeling.lead.agreement import gates
from labeling.lead.basis import JudgmentState
from labeling.models import Answer, Judgment, Task
from labeling.vocabulary import Strategy
from projects.models import Criterion, Project, User
from projects.scales import CONVERSATION, GATE, RANKING

if TYPE_CHECKING:
    import numpy.typing as npt

    from labeling.stats.ratings import Ints


class ResponseOrder(StrEnum):
    """Which response of a task figures take for the first."""

    #: Neither: figures are the same in any order.
    ANY = "any"
    #: The one that the imported row listed first: what published figures rest on.
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class CriterionAnswers:
    """The answers on one criterion, and the declared scale with the tie where ties occur.

    `first_shown`, one a rating: the canonical index of the response that the rater saw first, -1
    where there was no screen. `side_only`, one a rating: whether it tells the side and not how
    strongly; on a scale of one strength the side is all there is to tell. `repeats`: the same
    rater's answers on a task and on its repeat. `judgments` are those of the ratings, `unordered`
    those left out because nobody knows the order of their row.
    """

    criterion: Criterion
    ratings: stats.Ratings
    first_shown: Ints
    side_only: npt.NDArray[np.bool_]
    repeats: RepeatedAnswers
    categories: tuple[int, ...]
    judgments: Ints
    unordered: Ints


#: The answers on a criterion, whatever is asked.
AnyAnswers: TypeAlias = (
    "CriterionAnswers | per_response.RankedAnswers | per_response.RatedAnswers | gates.GateRatings"
)


class Totals:
    """What all criteria rest on together: each judgment, task and rater once."""

    def __init__(self) -> None:
        self.tasks, self.judgments, self.raters, self.unordered = (
            np.zeros(0, dtype=np.int64) for _ in range(4)
        )

    def add(self, answers: AnyAnswers) -> None:
        """Counts the answers on one more criterion."""
        self.judgments = np.union1d(self.judgments, answers.judgments)
        if isinstance(answers, CriterionAnswers):
            self.tasks = np.union1d(self.tasks, answers.ratings.unit)
            self.raters = np.union1d(self.raters, answers.ratings.rater)
            self.unordered = np.union1d(self.unordered, answers.unordered)
        else:
            self.tasks = np.union1d(self.tasks, answers.tasks)
            self.raters = np.union1d(self.raters, answers.raters)


def agreement_fingerprint(
    project: Project, state: JudgmentState, order: ResponseOrder = ResponseOrder.ANY
) -> str:
    """What the figures depend on: newest judgment, number of judgments, tasks in play, rubric."""
    rubric = "\n".join(
        f"{c.pk} {c.key} {c.scale_key} {c.own_scale} {c.is_primary}" for c in project.criteria.all()
    )
    digest = sha256(f"{rubric}{state.aside}".encode()).hexdigest()[:16]
    fingerprint = f"{state.newest}/{state.count}/{digest}"
    if order is ResponseOrder.ANY:
        return fingerprint
    return f"{fingerprint}/{_ordered_tasks(project).count()}"


def judgments_per_rubric(project: Project) -> dict[str, int]:
    """How many of the judgments behind the figures were given under each version of the questions.

    By its number as text. What came before there were versions was asked as the first has it;
    imported labels were asked elsewhere and are not counted.
    """
    counted = Judgment.objects.filter(project=project).counting().live().order_by()
    asked_here = counted.exclude(strategy=Strategy.IMPORTED)
    numbered = asked_here.values_list(Coalesce("rubric__number", 1)).annotate(n=Count("pk"))
    return {str(number): n for number, n in sorted(numbered)}


def counted_judgments(fingerprint: str) -> int:
    """How many judgments counted when the fingerprint was taken, whatever their purpose."""
    return int(fingerprint.split("/")[1])


def criterion_answers(
    project: Project, order: ResponseOrder = ResponseOrder.ANY
) -> Iterator[AnyAnswers]:
    """The current, live, human answers of a project, one criterion in memory at a time.

    Preferences are read in the order asked for; rankings and answers about single responses name
    the response and have no order.
    """
    again = repeated_answers(project)
    for criterion in project.criteria.select_related("project"):
        if criterion.scale.family == RANKING:
            yield per_response.ranked_answers(criterion)
        elif criterion.scale.per == "response" or criterion.scale.family == CONVERSATION:
            yield per_response.rated_answers(criterion)
        elif criterion.scale.family == GATE:
            yield gates.gate_ratings(criterion)
        else:
            yield _preferences(project, criterion, order, again.of(criterion.pk))


def _preferences(
    project: Project, criterion: Criterion, order: ResponseOrder, again: RepeatedAnswers
) -> CriterionAnswers:
    """The preferences on one criterion."""
    rows = copied_columns(
        Answer.objects.filter(criterion=criterion, response__isnull=True)
        .counting()
        .live()
        .with_value()
        .order_by()
        .values_list(
            "judgment_id",
            "judgment__task_id",
            "judgment__rater_id",
            "judgment__task__prompt_id",
            Cast("value", BigIntegerField()),
            Case(
                When(judgment__strategy=Strategy.IMPORTED, then=-1),
                default=Cast("judgment__assignment__shown_order__0", BigIntegerField()),
                output_field=BigIntegerField(),
            ),
            Cast(Cast("side_only", IntegerField()), BigIntegerField()),
        ),
        columns=7,
    )
    unordered = np.zeros(0, dtype=np.int64)
    if order is ResponseOrder.SOURCE:
        every, rows = rows[0], _in_source_order(project, criterion, rows)
        unordered = np.setdiff1d(every, rows[0])
    return _of_criterion(criterion, rows, again, unordered)


def _ordered_tasks(project: Project) -> QuerySet[Task]:
    """The tasks of which the order of the imported row is known."""
    return Task.objects.filter(project=project, source_order__len=2)


def _in_source_order(project: Project, criterion: Criterion, rows: Ints) -> Ints:
    """The rows of tasks whose order is known, preferences told from the point of view of it."""
    firsts = _ordered_tasks(project).order_by("pk").values_list("pk", "source_order__0")
    known = np.fromiter(firsts.iterator(chunk_size=5000), dtype=np.dtype((np.int64, 2)), count=-1)
    known = known.reshape(-1, 2)
    rows = rows[:, np.isin(rows[1], known[:, 0])]
    is_second = known[np.searchsorted(known[:, 0], rows[1]), 1] == 1
    if kind_for(criterion.scale).is_preference:
        rows[4, is_second] *= -1
    shown = is_second & (rows[5] >= 0)
    rows[5, shown] = 1 - rows[5, shown]
    return rows


def rater_names(ids: Sequence[int]) -> dict[int, str]:
    """The names under which raters appear to leads."""
    users = User.objects.only("name", "email").in_bulk(ids)
    return {pk: user.display_name for pk, user in users.items()}


def _of_criterion(
    criterion: Criterion, rows: Ints, repeats: RepeatedAnswers, unordered: Ints
) -> CriterionAnswers:
    judgment, task, rater, prompt, value, shown, side = rows
    return CriterionAnswers(
        criterion=criterion,
        ratings=stats.Ratings(task, rater, value, prompt),
        first_shown=shown,
        side_only=(side > 0) & (criterion.scale.strongest > 1),
        repeats=repeats,
        categories=kind_for(criterion.scale).categories(criterion.scale, value),
        judgments=np.unique(judgment),
        unordered=unordered,
    )
