"""Habits of each rater beside the others, of comparisons: all raters are read at once, and kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import BigIntegerField, QuerySet
from django.db.models.functions import Cast, Length
from django.utils.translation import gettext

from labeling import stats
from labeling.figures.columns import copied_columns
from labeling.kinds import COMPARE
from labeling.lead.raters.selectors import ComparedColumns, comparisons_of
from labeling.models import Answer, Response, Task
from projects.models import Project
from projects.scales import PREFERENCES

if TYPE_CHECKING:
    from labeling.stats.ratings import Ints


@dataclass(frozen=True, slots=True)
class Leaning:
    """A habit of one rater, what is expected, and whether its whole interval lies elsewhere.

    `expected` is one half for the side, everybody's share for length, and else that of the others
    on the same tasks; None where there is none to compare with.
    """

    figure: stats.Figure
    expected: float | None
    stands_out: bool


@dataclass(frozen=True, slots=True)
class StrengthShare:
    """How often preferences of at least a strength agree with most others."""

    strength: float
    agreement: stats.Figure


@dataclass(frozen=True, slots=True)
class RaterHabits:
    """What a rater of comparisons is given to, each with n and interval or why there is none.

    `adjusted` is the agreement with others less what these reach among themselves on the same
    tasks, `z` the same in standard errors. `threshold` is the least strength from which on four in
    five preferences agree with most others.
    """

    adjusted: stats.Figure
    z: float | None
    strengths: tuple[StrengthShare, ...]
    threshold: float | None
    left: Leaning
    longer: Leaning
    ties: Leaning
    ends: Leaning

    def as_dict(self) -> dict[str, Any]:
        """As it is kept, and as the API has it."""
        return {
            "adjusted_agreement": self.adjusted.as_dict(),
            "adjusted_z": self.z,
            "strengths": [
                {"strength": row.strength, "agreement": row.agreement.as_dict()}
                for row in self.strengths
            ],
            "strength_for_80_percent": self.threshold,
            **{
                name: {**asdict(leaning), "figure": leaning.figure.as_dict()}
                for name, leaning in self.leanings().items()
            },
        }

    def leanings(self) -> dict[str, Leaning]:
        """Its habits by name."""
        return {
            "left": self.left,
            "longer": self.longer,
            "ties": self.ties,
            "ends": self.ends,
        }


def habits_of(data: Mapping[str, Any]) -> RaterHabits:
    """What `as_dict` kept."""
    leanings = {
        name: Leaning(**{**data[name], "figure": stats.Figure(**data[name]["figure"])})
        for name in ("left", "longer", "ties", "ends")
    }
    strengths = tuple(
        StrengthShare(row["strength"], stats.Figure(**row["agreement"]))
        for row in data["strengths"]
    )
    return RaterHabits(
        adjusted=stats.Figure(**data["adjusted_agreement"]),
        z=data["adjusted_z"],
        strengths=strengths,
        threshold=data["strength_for_80_percent"],
        **leanings,
    )


def rater_habits(project: Project, *, with_excluded: bool = False) -> dict[int, RaterHabits]:
    """The habits of every rater who compared something, by their ids.

    `with_excluded`: as if nobody were excluded.
    """
    counted = Answer.objects.counting(with_excluded=with_excluded)
    columns = comparisons_of(project, counted=counted)
    tasks = Task.objects.filter(project=project, response_ids__len=2)
    texts = Response.objects.filter(prompt__project=project)
    return _habits(project, columns, tasks, texts)


def habits_on(project: Project, columns: ComparedColumns) -> dict[int, RaterHabits]:
    """The same by some of the judgments: no text of another task is read."""
    if not len(columns.task):
        return {}
    ids = np.unique(columns.task).tolist()
    tasks = Task.objects.filter(pk__in=ids, response_ids__len=2)
    texts = Response.objects.filter(prompt__in=Task.objects.filter(pk__in=ids).values("prompt"))
    return _habits(project, columns, tasks, texts)


def _habits(
    project: Project,
    columns: ComparedColumns,
    tasks: QuerySet[Task],
    texts: QuerySet[Response],
) -> dict[int, RaterHabits]:
    primary = project.criteria.filter(is_primary=True, family=PREFERENCES).first()
    if primary is None or not len(columns.task):
        return {}
    ends = COMPARE.categories(primary.scale, columns.value)
    said = stats.Ratings(columns.task, columns.rater, columns.value)
    sided = stats.Ratings(columns.task, columns.rater, columns.side)
    peers = stats.peer_agreement(sided, categories=(-1, 0, 1))
    thresholds = {row.rater: row for row in _thresholds(columns)}
    habits = {
        "left": _left(columns),
        "longer": _longer(columns, tasks, texts),
        "ties": stats.tie_rate(said, categories=ends),
        "ends": stats.extremity(said, categories=ends),
    }
    by_rater = {}
    for habit in peers.raters:
        threshold = thresholds.get(habit.rater)
        by_rater[int(habit.rater)] = RaterHabits(
            adjusted=habit.difference or _nothing(habit.figure),
            z=habit.z,
            strengths=tuple(
                StrengthShare(float(level), figure)
                for level, figure in zip(threshold.levels, threshold.agreement, strict=True)
            )
            if threshold
            else (),
            threshold=threshold.threshold if threshold else None,
            **{name: _leaning(name, all_of, habit.rater) for name, all_of in habits.items()},
        )
    return by_rater


def _nothing(figure: stats.Figure) -> stats.Figure:
    reason = gettext("Nobody else has judged the same tasks.")
    return stats.Figure(None, None, None, 0, figure.convention, reason)


def _leaning(name: str, habits: stats.Habits, rater: int) -> Leaning:
    own = next((habit for habit in habits.raters if habit.rater == rater), None)
    if own is None:
        return Leaning(_nothing(habits.overall), None, stands_out=False)
    expected = habits.overall.value if name == "longer" else own.expected
    low, high = own.figure.low, own.figure.high
    apart = (
        own.status == "stands out"
        and None not in (low, high, expected)
        and not (low or 0) <= (expected or 0) <= (high or 0)
    )
    return Leaning(own.figure, expected, stands_out=apart)


def _left(columns: ComparedColumns) -> stats.Habits:
    """Imported labels have no side."""
    here = ~columns.imported
    shown_first = columns.shown[here] == 0
    return stats.side_bias(columns.rater[here], columns.value[here], shown_first)


def _longer(
    columns: ComparedColumns, tasks: QuerySet[Task], texts: QuerySet[Response]
) -> stats.Habits:
    """By characters of the responses as they stand."""
    number = BigIntegerField()
    first, second = (Cast(f"response_ids__{place}", number) for place in (0, 1))
    rows = tasks.order_by("pk").values_list("pk", first, second)
    task, *sides = copied_columns(rows, columns=3)
    lengths = texts.order_by("pk").values_list("pk", Cast(Length("content"), number))
    pk, length = copied_columns(lengths, columns=2)
    known = np.isin(columns.task, task)
    place = np.searchsorted(task, columns.task[known])
    long = [_lengths(side[place], pk, length) for side in sides]
    return stats.length_bias(columns.rater[known], columns.value[known], *long).shares


def _lengths(wanted: Ints, pk: Ints, length: Ints) -> Ints:
    place = np.minimum(np.searchsorted(pk, wanted), max(len(pk) - 1, 0))
    return np.where(pk[place] == wanted, length[place], 0)


def _thresholds(columns: ComparedColumns) -> Iterable[stats.Threshold]:
    """By whether most others took the same side; tasks on which they are even say nothing."""
    _tasks, place = np.unique(columns.task, return_inverse=True)
    sums = np.bincount(place, weights=columns.side)
    others = np.sign(sums[place] - columns.side)
    used = (columns.side != 0) & (others != 0)
    return stats.confidence_thresholds(
        columns.rater[used],
        np.abs(columns.value[used]),
        columns.side[used] == others[used],
        min_n=10,
    )
