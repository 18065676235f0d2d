"""One row a rater: volume, time, ties, sides, agreement; every figure with its n and interval.

Volume and time are of every kind of task; ties, sides and agreement of comparisons alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import BigIntegerField, Case, Q, Sum, When
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from labeling import stats
from labeling.figures.columns import copied_columns
from labeling.kinds import COMPARE
from labeling.models import Answer, Exclusion, Judgment
from labeling.models.judgments import AnswerQuerySet
from labeling.teaching.checks.figures import (
    CheckFigures,
    RaterChecks,
    check_figures_of,
)
from labeling.vocabulary import Strategy, TaskKind
from projects.models import Project, User
from projects.scales import PREFERENCES

if TYPE_CHECKING:
    from labeling.stats.ratings import Ints

#: Below so many observations a share says nothing, and the page says so in words.
FEW = 10
#: Below so many tasks shared with others the model of raters is no better than the majority.
_SHARED = 30
#: For so many judgments the average of all raters counts in what the model says of one.
_SHRINKAGE = 10.0
_FIGURES = ("ties", "left", "agreement", "accuracy")


@dataclass(frozen=True, slots=True)
class RaterRow:
    """What is known about one rater of a project, from judgments of live tasks that count.

    `judgments` are of every kind of task, the other figures of comparisons. `median_ms` is the
    median active time of the `timed` judgments, those whose time was measured: given here, and not
    cut. `ties`: share of comparisons without a preference. `left`: share of preferences for the
    response shown first; a rater without side bias is near one half. `agreement`: share of pairs
    with another rater's judgment of the same task in which both prefer the same side or both a tie.
    `accuracy` is the expected accuracy beside the others (Dawid and Skene), `checks` are of gold
    and repeated tasks. `excluded` judgments, of any purpose, are in none of them.
    """

    rater: User
    judgments: int
    median_ms: float | None
    timed: int
    ties: stats.Figure
    left: stats.Figure
    agreement: stats.Figure
    accuracy: stats.Figure
    checks: CheckFigures
    is_imported: bool
    excluded: int = 0

    @property
    def is_one_sided(self) -> bool:
        """Whether the whole interval of the side lies beside the half that it should hold."""
        low, high = self.left.low, self.left.high
        if low is None or high is None or self.left.n < FEW:
            return False
        return not low <= 0.5 <= high

    @property
    def is_flagged(self) -> bool:
        """Whether there is something to look at."""
        return self.is_one_sided or self.checks.is_susceptible


class ComparedColumns:
    """The primary answers of a project by rater, one entry a judgment.

    `shown` is the canonical index of the response shown first; `active_ms` 0: not measured.
    `agree` and `pairs` count the other judgments of the task: those that agree, and all.
    """

    def __init__(self, table: Ints) -> None:
        # Stable, so that a rater's judgments stay in their order.
        table = table[:, np.argsort(table[1], kind="stable")]
        self.task, self.rater, self.value, self.shown, self.active_ms, imported = table
        self.side = COMPARE.directions(self.value)
        self.left = COMPARE.first_preferred(self.side, self.shown)
        self.imported = imported.astype(bool)
        self.agree, self.pairs = _paired(self.task, self.side)

    def raters(self) -> Iterator[tuple[int, slice]]:
        """Every rater with the place of their judgments."""
        ids, starts = np.unique(self.rater, return_index=True)
        ends = np.append(starts, len(self.rater))[1:].tolist()
        for pk, start, end in zip(ids.tolist(), starts.tolist(), ends, strict=True):
            yield pk, slice(start, end)


def comparisons_of(
    project: Project, only: Q | None = None, *, counted: AnswerQuerySet | None = None
) -> ComparedColumns:
    """The primary answers on live comparisons of a project, of those that are `counted`, all that
    count without it; `only` narrows them."""
    answers = Answer.objects.counting() if counted is None else counted
    primary = answers.filter(only or Q(), criterion__project=project).live().primary()
    number = BigIntegerField()
    active = Case(
        When(judgment__times_cut=True, then=0), default="judgment__active_ms", output_field=number
    )
    imported = Case(
        When(judgment__strategy=Strategy.IMPORTED, then=1), default=0, output_field=number
    )
    rows = (
        primary.with_value()
        .order_by()
        .values_list(
            "judgment__task_id",
            "judgment__rater_id",
            Cast("value", number),
            Cast("judgment__assignment__shown_order__0", number),
            Cast(active, number),
            Cast(imported, number),
        )
    )
    return ComparedColumns(copied_columns(rows, columns=6))


class _OtherColumns:
    """The judgments of tasks that are no comparisons, by rater; columns as in `ComparedColumns`."""

    def __init__(self, table: Ints) -> None:
        table = table[:, np.argsort(table[0], kind="stable")]
        self.rater, self.active_ms, imported = table
        self.imported = imported.astype(bool)

    def of(self, rater: int) -> slice:
        """The place of a rater's judgments."""
        first, last = (int(np.searchsorted(self.rater, rater, side)) for side in ("left", "right"))
        return slice(first, last)


def _load_others(project: Project, *, with_excluded: bool) -> _OtherColumns:
    if not project.criteria.filter(is_primary=True).exclude(family=PREFERENCES).exists():
        return _OtherColumns(np.zeros((3, 0), dtype=np.int64))
    counted = Judgment.objects.counting(with_excluded=with_excluded)
    number = BigIntegerField()
    active = Case(When(times_cut=True, then=0), default="active_ms", output_field=number)
    imported = Case(When(strategy=Strategy.IMPORTED, then=1), default=0, output_field=number)
    rows = (
        counted.live()
        .filter(project=project)
        .exclude(task__kind=TaskKind.COMPARE)
        .order_by()
        .values_list("rater_id", Cast(active, number), Cast(imported, number))
    )
    return _OtherColumns(copied_columns(rows, columns=3))


def excluded_by_rater(project: Project) -> dict[int, int]:
    """How many judgments of each rater are excluded at this moment, of those who have any."""
    rows = Exclusion.objects.filter(project=project).in_force().order_by()
    return dict(rows.values_list("rater").annotate(n=Sum("judgments")))


def rater_rows(project: Project, checks: RaterChecks | None = None) -> list[RaterRow]:
    """One row each, most judgments first; few queries and some numpy, whatever the size."""
    return named_rows(rater_figures(project, checks or RaterChecks(project)))


def rater_figures(
    project: Project, checks: RaterChecks, *, with_excluded: bool = False
) -> list[dict[str, Any]]:
    """The rows as plain data, raters by their ids: what is kept.

    Whoever is excluded has a row too, of what is left of theirs; `with_excluded` it is of all.
    """
    counted = Answer.objects.counting(with_excluded=with_excluded)
    data = comparisons_of(project, counted=counted)
    others = _load_others(project, with_excluded=with_excluded)
    excluded = excluded_by_rater(project)
    rows, places = [], dict(data.raters())
    accuracy = _accuracies(data)
    convention, few = _("expected accuracy beside the others"), _("Too few tasks are shared.")
    unknown = stats.Figure(None, None, None, 0, convention, few)
    raters = {*data.rater.tolist(), *others.rater.tolist(), *checks.raters, *excluded}
    for pk in sorted(raters):
        mine, other = places.get(pk, slice(0)), others.of(pk)
        here = ~np.concatenate([data.imported[mine], others.imported[other]])
        active = np.concatenate([data.active_ms[mine], others.active_ms[other]])
        timed = here & (active > 0)
        rows.append(
            {
                "rater": pk,
                "judgments": len(active),
                "median_ms": float(np.median(active[timed])) if timed.any() else None,
                "timed": int(timed.sum()),
                "ties": _ties(data.side[mine]).as_dict(),
                "left": _left(data.left[mine][~data.imported[mine]]).as_dict(),
                "agreement": agreement_of(data, mine).as_dict(),
                "accuracy": accuracy.get(pk, unknown).as_dict(),
                "checks": checks.of(pk).as_dict(),
                "is_imported": len(active) > 0 and not here.any(),
                "excluded": excluded.get(pk, 0),
            }
        )
    return rows


def named_rows(figures: Iterable[Mapping[str, Any]]) -> list[RaterRow]:
    """The kept rows with their people, most judgments first."""
    figures = list(figures)
    users = User.objects.in_bulk([row["rater"] for row in figures])
    rows = [
        RaterRow(
            **{
                **row,
                "rater": users[row["rater"]],
                "checks": check_figures_of(row["checks"]),
                **{name: stats.Figure(**row[name]) for name in _FIGURES},
            }
        )
        for row in figures
        if row["rater"] in users
    ]
    return sorted(rows, key=lambda row: (-row.judgments, row.rater.display_name))


def _paired(task: Ints, side: Ints) -> tuple[Ints, Ints]:
    """For each judgment: other judgments of its task that agree with it, and all others."""
    tasks, place = np.unique(task, return_inverse=True)
    votes = np.bincount(place * 3 + side + 1, minlength=3 * len(tasks)).reshape(len(tasks), 3)
    agree = votes[place, side + 1] - 1
    return agree, votes.sum(axis=1)[place] - 1


def _ties(side: Ints) -> stats.Figure:
    ties = int((side == 0).sum())
    return stats.share(
        ties, len(side), _("judgments without a preference"), nothing=_("No comparison yet.")
    )


def _left(left: Ints) -> stats.Figure:
    decided = left[left >= 0]
    return stats.share(
        int(decided.sum()),
        len(decided),
        _("preferences for the response shown first"),
        nothing=_("No preference given here yet."),
    )


def _accuracies(data: ComparedColumns) -> dict[int, stats.Figure]:
    """The expected accuracy of each rater of comparisons, by what all said of the same tasks."""
    if not len(data.task):
        return {}
    ratings = stats.Ratings(data.task, data.rater, data.side)
    try:
        model = stats.dawid_skene(
            ratings, categories=(-1, 0, 1), mirrored=True, shrinkage=_SHRINKAGE
        )
    except stats.ConvergenceError:
        return {}
    figures = zip(model.raters, model.reliability, model.shared.tolist(), strict=True)
    return {int(rater): figure for rater, figure, shared in figures if shared >= _SHARED}


def agreement_of(data: ComparedColumns, own: slice) -> stats.Figure:
    """The agreement of one rater with others. A ratio over tasks: they, not pairs, are drawn."""
    return stats.clustered_share(
        data.agree[own],
        data.pairs[own],
        data.task[own],
        _(
            "pairs with another rater's judgment of the same task that prefer the same side "
            "or both a tie"
        ),
        nothing=_("Nobody else has judged the same tasks yet."),
        counted=_("pairs"),
        clusters_are=_("tasks"),
    )


def spread(rows: Iterable[RaterRow]) -> stats.Concentration:
    """How far the judgments are spread over the raters."""
    return stats.concentration_of_counts([row.judgments for row in rows if row.judgments])


def as_json(rows: Iterable[RaterRow]) -> list[dict[str, Any]]:
    """The rows as plain data, for the API."""
    return [
        {
            "rater": row.rater.display_name,
            "judgments": row.judgments,
            "median_active_ms": row.median_ms,
            "timed": row.timed,
            "ties": row.ties.as_dict(),
            "left_side": row.left.as_dict(),
            "agreement": row.agreement.as_dict(),
            "accuracy": row.accuracy.as_dict(),
            **row.checks.as_dict(),
            "imported": row.is_imported,
            "excluded": row.excluded,
        }
        for row in rows
    ]
