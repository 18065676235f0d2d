"""The judgments that agreement is computed from, read into arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from io import BytesIO

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import BigIntegerField, Case, Count, IntegerField, Max, QuerySet, When
from django.db.models.functions import Cast

from labeling.kinds import kind_for
from labeling.lead.agreement.repeats import RepeatedAnswers, repeated_answers
from labeling.models import Answer, Judgment, Task
from labeling.stats import Ratings
from labeling.stats.ratings import Ints
from labeling.vocabulary import Strategy
from projects.models import Criterion, Project, User
from projects.sql import copying


class ResponseOrder(StrEnum):
    """Which response of a task figures take for the first."""

    #: Neither: figures are the same in any order.
    ANY = "any"
    #: The one that the imported row listed first: what published figures rest on.
    SOURCE = "source"


_HEADER = 19  # PGCOPY signature (11 bytes), flags (4), length of the header's extension (4).
_TRAILER = 2


@dataclass(frozen=True, slots=True)
class CriterionAnswers:
    """The answers on one criterion, and the declared scale with the tie where ties occur.

    `first_shown`, one a rating: the canonical index of the response that the rater saw first, -1
    where there was no screen. `side_only`, one a rating: whether it tells the side and not how
    strongly; on a scale of one strength the side is all there is to tell. `repeats`: the same
    rater's answers on a task and on its repeat.
    """

    criterion: Criterion
    ratings: Ratings
    first_shown: Ints
    side_only: npt.NDArray[np.bool_]
    repeats: RepeatedAnswers
    categories: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AgreementData:
    """Everything agreement rests on: answers by criterion, and totals over all criteria.

    `unordered` counts the judgments left out because nobody knows the order of their row.
    """

    answers: Sequence[CriterionAnswers]
    tasks: int
    judgments: int
    raters: tuple[int, ...]
    unordered: int = 0


def agreement_fingerprint(project: Project, order: ResponseOrder = ResponseOrder.ANY) -> str:
    """What the figures depend on: the newest judgment that counts, how many do, the rubric.

    The count tells a judgment that became visible after a newer one, and one withdrawn.
    """
    judgments = Judgment.objects.filter(project=project).standing()
    state = judgments.aggregate(newest=Max("pk"), count=Count("pk"))
    rubric = "\n".join(f"{c.pk} {c.key} {c.scale_key}" for c in project.criteria.all())
    digest = sha256(rubric.encode()).hexdigest()[:16]
    fingerprint = f"{state['newest'] or 0}/{state['count']}/{digest}"
    if order is ResponseOrder.ANY:
        return fingerprint
    return f"{fingerprint}/{_ordered_tasks(project).count()}"


def counted_judgments(fingerprint: str) -> int:
    """How many judgments counted when the fingerprint was taken, whatever their purpose."""
    return int(fingerprint.split("/")[1])


def agreement_data(project: Project, order: ResponseOrder = ResponseOrder.ANY) -> AgreementData:
    """The current, live, human judgments of a project, by criterion, in one query for all."""
    rows = _copied(
        Answer.objects.filter(judgment__project=project, response__isnull=True)
        .counting()
        .live()
        .with_value()
        .order_by()
        .values_list(
            "criterion_id",
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
        columns=8,
    )
    judgments = len(np.unique(rows[:, 1]))
    if order is ResponseOrder.SOURCE:
        rows = _in_source_order(project, rows)
    again = repeated_answers(project)
    return AgreementData(
        answers=[
            _of_criterion(criterion, rows, again.of(criterion.pk))
            for criterion in project.criteria.all()
        ],
        tasks=len(np.unique(rows[:, 2])),
        judgments=len(np.unique(rows[:, 1])),
        raters=tuple(np.unique(rows[:, 3]).tolist()),
        unordered=judgments - len(np.unique(rows[:, 1])),
    )


def _ordered_tasks(project: Project) -> QuerySet[Task]:
    """The tasks of which the order of the imported row is known."""
    return Task.objects.filter(project=project, source_order__len=2)


def _in_source_order(project: Project, rows: Ints) -> Ints:
    """The rows of tasks whose order is known, preferences told from the point of view of it."""
    preferences = [c.pk for c in project.criteria.all() if kind_for(c.scale).is_preference]
    firsts = _ordered_tasks(project).order_by("pk").values_list("pk", "source_order__0")
    known = np.array(list(firsts.iterator(chunk_size=5000)), dtype=np.int64).reshape(-1, 2)
    rows = rows[np.isin(rows[:, 2], known[:, 0])].copy()
    is_second = known[np.searchsorted(known[:, 0], rows[:, 2]), 1] == 1
    rows[is_second & np.isin(rows[:, 0], preferences), 5] *= -1
    shown = is_second & (rows[:, 6] >= 0)
    rows[shown, 6] = 1 - rows[shown, 6]
    return rows


def rater_names(ids: Sequence[int]) -> dict[int, str]:
    """The names under which raters appear to leads."""
    return {pk: user.display_name for pk, user in User.objects.in_bulk(ids).items()}


def _of_criterion(criterion: Criterion, rows: Ints, repeats: RepeatedAnswers) -> CriterionAnswers:
    own = rows[rows[:, 0] == criterion.pk]
    task, rater, prompt, value = own[:, 2], own[:, 3], own[:, 4], own[:, 5]
    categories = kind_for(criterion.scale).categories(criterion.scale, value)
    ratings = Ratings(task, rater, value, prompt)
    side_only = (own[:, 7] > 0) & (criterion.scale.strongest > 1)
    return CriterionAnswers(criterion, ratings, own[:, 6], side_only, repeats, categories)


def _copied(query: QuerySet[Answer, tuple[int, ...]], *, columns: int) -> Ints:
    """Return the rows of a query of bigint columns without nulls, shape (rows, columns).

    Binary COPY hands over fixed-width rows that numpy reads as they are, many times faster than
    a Python tuple a row. Format: PostgreSQL documentation, COPY, "Binary Format".
    """
    sql, parameters = query.query.sql_with_params()
    content = BytesIO()
    with connection.cursor() as cursor:
        command = cursor.mogrify(f"COPY ({sql}) TO STDOUT (FORMAT BINARY)", parameters)
        with copying():
            cursor.copy_expert(command, content)
    row = np.dtype([("fields", ">i2"), ("cells", [("size", ">i4"), ("cell", ">i8")], columns)])
    count = (content.tell() - _HEADER - _TRAILER) // row.itemsize
    read = np.frombuffer(content.getbuffer(), dtype=row, count=count, offset=_HEADER)
    return read["cells"]["cell"].astype(np.int64)
