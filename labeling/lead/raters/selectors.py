"""One row a rater: volume, time, ties, sides, agreement; every figure with its n and interval."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext as _

from labeling.kinds import COMPARE
from labeling.models import Answer
from labeling.stats import Figure, clustered_share, share
from labeling.stats.ratings import Ints
from labeling.vocabulary import Strategy
from projects.models import Project, User

#: Below so many observations a share says nothing, and the page says so in words.
FEW = 10


@dataclass(frozen=True, slots=True)
class RaterRow:
    """What is known about one rater of a project, from judgments of live tasks that count.

    `median_ms` is the median active time of the `timed` judgments, those whose time was
    measured: given here, and not cut.
    `ties`: share of judgments without a preference. `left`: share of preferences for the response
    shown first; a rater without side bias is near one half. `agreement`: share of pairs with
    another rater's judgment of the same task in which both prefer the same side or both a tie.
    """

    rater: User
    judgments: int
    median_ms: float | None
    timed: int
    ties: Figure
    left: Figure
    agreement: Figure
    is_imported: bool


@dataclass(frozen=True, slots=True)
class _Columns:
    """The primary answers of a project, one entry a judgment; `active_ms` 0: not measured."""

    task: Ints
    rater: Ints
    side: Ints
    left: Ints
    active_ms: Ints
    imported: npt.NDArray[np.bool_]


def _load(project: Project) -> _Columns:
    primary = Answer.objects.filter(criterion__project=project).counting().live().primary()
    rows = primary.with_value().values_list(
        "judgment__task_id",
        "judgment__rater_id",
        "value",
        "judgment__assignment__shown_order__0",
        "judgment__active_ms",
        "judgment__strategy",
        "judgment__times_cut",
    )
    answers = [
        (task, rater, value, shown, 0 if cut else active, strategy == Strategy.IMPORTED)
        for task, rater, value, shown, active, strategy, cut in rows.iterator(chunk_size=5000)
    ]
    table = np.array(answers, dtype=np.int64).reshape(-1, 6)
    side = COMPARE.directions(table[:, 2])
    left = COMPARE.first_preferred(side, table[:, 3])
    return _Columns(table[:, 0], table[:, 1], side, left, table[:, 4], table[:, 5].astype(bool))


def rater_rows(project: Project) -> list[RaterRow]:
    """One row each, most judgments first; two queries and some numpy, whatever the size."""
    data = _load(project)
    agree, pairs = _paired(data)
    users = User.objects.in_bulk(np.unique(data.rater).tolist())
    rows = []
    for pk, user in users.items():
        mine = data.rater == pk
        timed = mine & ~data.imported & (data.active_ms > 0)
        rows.append(
            RaterRow(
                rater=user,
                judgments=int(mine.sum()),
                median_ms=float(np.median(data.active_ms[timed])) if timed.any() else None,
                timed=int(timed.sum()),
                ties=_ties(data.side[mine]),
                left=_left(data.left[mine & ~data.imported]),
                agreement=_agreement(agree[mine], pairs[mine], data.task[mine]),
                is_imported=bool(data.imported[mine].all()),
            )
        )
    return sorted(rows, key=lambda row: (-row.judgments, row.rater.display_name))


def _paired(data: _Columns) -> tuple[Ints, Ints]:
    """For each judgment: other judgments of its task that agree with it, and all others."""
    if not len(data.task):
        return data.task, data.task
    tasks, place = np.unique(data.task, return_inverse=True)
    votes = np.zeros((len(tasks), 3), dtype=np.int64)
    np.add.at(votes, (place, data.side + 1), 1)
    agree = votes[place, data.side + 1] - 1
    return agree, votes.sum(axis=1)[place] - 1


def _ties(side: Ints) -> Figure:
    ties = int((side == 0).sum())
    return share(
        ties, len(side), _("judgments without a preference"), nothing=_("No judgment yet.")
    )


def _left(left: Ints) -> Figure:
    decided = left[left >= 0]
    return share(
        int(decided.sum()),
        len(decided),
        _("preferences for the response shown first"),
        nothing=_("No preference given here yet."),
    )


def _agreement(agree: Ints, pairs: Ints, task: Ints) -> Figure:
    """A ratio over tasks: the tasks, not the pairs, are independent."""
    return clustered_share(
        agree,
        pairs,
        task,
        _(
            "pairs with another rater's judgment of the same task that prefer the same side "
            "or both a tie"
        ),
        nothing=_("Nobody else has judged the same tasks yet."),
        counted=_("pairs"),
        clusters_are=_("tasks"),
    )


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
            "imported": row.is_imported,
        }
        for row in rows
    ]
