"""Answers about single responses, read into arrays: places in rankings, ratings, rules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.db.models import BigIntegerField, Case, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce

from labeling.figures.columns import copied_columns
from labeling.models import Answer
from labeling.models.judgments import AnswerQuerySet
from labeling.stats import ResponseAnswers, TaskLists, task_lists
from labeling.stats.agreement.responses import NOT_APPLICABLE_CODE, UNSURE_CODE
from labeling.stats.coding import codes
from labeling.stats.ratings import Ints
from labeling.vocabulary import Unsaid
from projects.models import Criterion, Principle
from projects.scales import RESPONSE

_NOTHING = -(2**31)  # Below every value of a smallint column.


@dataclass(frozen=True, slots=True)
class RankedAnswers:
    """The rankings of one criterion, and the ratings of the same responses beside them.

    `beside` is the criterion of those, None where the project has no primary question about each
    response. `tasks`, `raters` and `judgments` are what they rest on, each once.
    """

    criterion: Criterion
    lists: TaskLists
    beside: Criterion | None
    tasks: Ints
    raters: Ints
    judgments: Ints


@dataclass(frozen=True, slots=True)
class RatedAnswers:
    """The answers on one criterion about each response, those without a value too.

    `principles`, one an answer: which principle it is about, as the newest version that was judged
    by has it; 0 where about none.
    """

    criterion: Criterion
    answers: ResponseAnswers
    principles: Ints
    tasks: Ints
    raters: Ints
    judgments: Ints


def ranked_answers(criterion: Criterion, answers: AnswerQuerySet | None = None) -> RankedAnswers:
    """The rankings on a criterion among these answers, by default the current, live, human ones."""
    beside = criterion.project.criteria.filter(family=RESPONSE, is_primary=True).first()
    number = BigIntegerField()
    rating = Answer.objects.filter(
        criterion=beside,
        judgment=OuterRef("judgment"),
        response=OuterRef("response"),
        principle__isnull=True,
    ).values("value")
    nothing = Cast(Value(_NOTHING), number)
    rated = nothing if beside is None else Coalesce(Cast(Subquery(rating[:1]), number), nothing)
    rows = (
        _those(answers)
        .filter(criterion=criterion, response__isnull=False)
        .with_value()
        .values_list(
            "judgment_id",
            "judgment__task_id",
            "judgment__rater_id",
            "judgment__task__prompt_id",
            "response_id",
            Cast("value", number),
            rated,
        )
    )
    judgment, task, rater, prompt, response, rank, other = copied_columns(rows, columns=7)
    ratings = np.where(other == _NOTHING, np.nan, other)
    return RankedAnswers(
        criterion=criterion,
        lists=task_lists(task, response, rater, rank, prompt, ratings),
        beside=beside,
        tasks=np.unique(task),
        raters=np.unique(rater),
        judgments=np.unique(judgment),
    )


def rated_answers(criterion: Criterion, answers: AnswerQuerySet | None = None) -> RatedAnswers:
    """The answers on a criterion about each response, or about the whole conversation of a task,
    among these: as for rankings."""
    number = BigIntegerField()
    is_whole = criterion.scale.per == "task"
    unsaid = Case(
        When(unsaid=Unsaid.UNSURE, then=UNSURE_CODE),
        When(unsaid=Unsaid.NOT_APPLICABLE, then=NOT_APPLICABLE_CODE),
        default=0,
        output_field=number,
    )
    rows = (
        _those(answers)
        .filter(criterion=criterion, response__isnull=is_whole)
        .values_list(
            "judgment_id",
            "judgment__task_id",
            "judgment__rater_id",
            "judgment__task__prompt_id",
            Coalesce(F("response_id"), Value(0), output_field=number),
            Coalesce(F("principle_id"), Value(0), output_field=number),
            Coalesce(Cast("value", number), Value(0, output_field=number)),
            Cast(unsaid, number),
        )
    )
    judgment, task, rater, prompt, response, principle, value, why = copied_columns(rows, columns=8)
    principle = newest_principles(criterion, principle)
    return RatedAnswers(
        criterion=criterion,
        answers=ResponseAnswers(unit_codes(task, response, principle), rater, value, prompt, why),
        principles=principle,
        tasks=np.unique(task),
        raters=np.unique(rater),
        judgments=np.unique(judgment),
    )


def _those(answers: AnswerQuerySet | None) -> AnswerQuerySet:
    """In the order that they come in: sums of floats hang on it in their last digits."""
    return Answer.objects.counting().live().order_by() if answers is None else answers


def newest_principles(criterion: Criterion, principles: Ints) -> Ints:
    """Each principle as the newest version of the guideline that was judged by has it.

    One that was kept over versions is one rule, whichever version a judgment was given under.
    """
    if not principles.any():
        return principles
    judged, place = np.unique(principles, return_inverse=True)
    known = Principle.objects.filter(
        guideline__project=criterion.project_id, pk__in=judged.tolist()
    )
    keys = dict(known.order_by("pk").values_list("pk", "key"))
    newest = {key: pk for pk, key in keys.items()}
    same = np.array([newest[keys[pk]] if pk in keys else 0 for pk in judged.tolist()])
    return np.asarray(same[place], dtype=np.int64)


def unit_codes(*columns: Ints) -> Ints:
    """A number for each response of a task, and principle: what is judged by itself."""
    unit = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns if len(unit) else ():
        place, levels = codes(column)
        unit = codes(unit)[0] * len(levels) + place
    return unit
