"""The rows of raters at hand: computed at once for a small project, else as a worker left them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from labeling.lead.basis import JudgmentState, judgment_state, recent_judgment_state
from labeling.lead.raters.figures import RaterHabits, habits_of, rater_habits
from labeling.lead.raters.selectors import (
    RaterRow,
    excluded_by_rater,
    named_rows,
    rater_figures,
    rater_rows,
)
from labeling.models import Report
from labeling.teaching.checks.figures import RaterChecks, checks_mark
from labeling.work.kept import FiguresAtHand, KeptFigures, Progress, figures_at_hand
from projects.models import Project

_KIND = "raters"
_VERSION = 6  # Raise it when a figure or the shape changes: older rows are computed anew.
RATERS_TASK = "labeling.jobs.compute_raters"
#: Up to so many judgments are computed while somebody waits: a third of a second.
QUICK_JUDGMENTS = 50_000


@dataclass(frozen=True, slots=True)
class RatersAtHand:
    """The newest rows there are, None before the first, and how far they are behind.

    `checks` are what checks say of all raters together, `habits` those that were kept, by rater;
    `as_if` are rows and habits as if nobody were excluded, where they were kept and somebody is.
    """

    rows: list[RaterRow] | None
    checks: dict[str, Any] | None = None
    computed_at: datetime | None = None
    newer: int = 0
    progress: Progress | None = None
    habits: dict[str, Any] | None = None
    as_if: dict[str, Any] | None = None


def raters_at_hand(project: Project) -> RatersAtHand:
    """The rows for a request, which never waits for a large project to be computed."""
    state = recent_judgment_state(project)
    if state.count <= QUICK_JUDGMENTS:
        checks = RaterChecks(project)
        return RatersAtHand(rater_rows(project, checks), checks.together())
    kept = _kept(project, state)
    if kept.report is None:
        return RatersAtHand(None, progress=kept.progress, habits={})
    data = kept.report.data
    return RatersAtHand(
        named_rows(data["rows"]),
        data["checks"],
        kept.computed_at,
        kept.newer(state.count),
        kept.progress,
        data["habits"],
        data["as_if"],
    )


def checks_at_hand(project: Project) -> FiguresAtHand:
    """The figures of checks alone for a request, from the same report where it is large."""
    state = recent_judgment_state(project)
    if state.count <= QUICK_JUDGMENTS:
        return FiguresAtHand(RaterChecks(project).together())
    kept = _kept(project, state)
    figures = kept.report.data["checks"] if kept.report else None
    return FiguresAtHand(figures, kept.computed_at, kept.newer(state.count), kept.progress)


@dataclass(frozen=True, slots=True)
class RaterAtHand:
    """What is at hand of one rater; `row` is None where nothing of theirs is known.

    Of somebody who is excluded, wholly or in part, it is all that they did, as if nobody were;
    `counting` is their row as it counts.
    """

    row: RaterRow | None
    habits: RaterHabits | None
    computed_at: datetime | None = None
    newer: int = 0
    progress: Progress | None = None
    counting: RaterRow | None = None


def rater_at_hand(project: Project, rater: int) -> RaterAtHand:
    """One rater's row and habits, from the same rows as everybody's."""
    hand = raters_at_hand(project)
    counting = _row_of(hand.rows, rater)
    row, kept = counting, hand.habits
    if counting is not None and counting.excluded:
        as_if = hand.as_if or _as_if(project)
        row, kept = _row_of(named_rows(as_if["rows"]), rater), as_if["habits"]
    if row is not None and kept is None:
        kept = _habits_data(project)
    data = (kept or {}).get(str(rater))
    habits = habits_of(data) if data else None
    return RaterAtHand(row, habits, hand.computed_at, hand.newer, hand.progress, counting)


def _row_of(rows: list[RaterRow] | None, rater: int) -> RaterRow | None:
    return next((row for row in rows or [] if row.rater.pk == rater), None)


def _kept(project: Project, state: JudgmentState) -> KeptFigures:
    return figures_at_hand(
        project,
        _KIND,
        fingerprint=_fingerprint(project, state),
        task=RATERS_TASK,
        version=f"{_VERSION}/",
    )


def compute_rows(report: Report) -> tuple[str, dict[str, Any]]:
    """The fingerprint and the rows of a report that is to be computed."""
    state = judgment_state(report.project)
    checks = RaterChecks(report.project)
    data = {
        "judgments": state.count,
        "rows": rater_figures(report.project, checks),
        "checks": checks.together(),
        "habits": _habits_data(report.project),
        "as_if": _as_if(report.project) if state.excluded_sum.raters else None,
    }
    return _fingerprint(report.project, state), data


def _habits_data(project: Project, *, with_excluded: bool = False) -> dict[str, Any]:
    habits = rater_habits(project, with_excluded=with_excluded)
    return {str(pk): own.as_dict() for pk, own in habits.items()}


def _as_if(project: Project) -> dict[str, Any]:
    """Rows and habits of those who are excluded, as if nobody were."""
    excluded = excluded_by_rater(project)
    checks = RaterChecks(project, with_excluded=True)
    rows = rater_figures(project, checks, with_excluded=True)
    habits = _habits_data(project, with_excluded=True)
    return {
        "rows": [row for row in rows if row["rater"] in excluded],
        "habits": {pk: own for pk, own in habits.items() if int(pk) in excluded},
    }


def _fingerprint(project: Project, state: JudgmentState) -> str:
    return f"{_VERSION}/{state.mark}{checks_mark(project)}"
