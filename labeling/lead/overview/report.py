"""The overview at hand: counted at once for a small project, else as a worker left it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from labeling.lead.overview.selectors import (
    DayCount,
    ProjectCounts,
    contested_tasks,
    project_progress,
    throughput,
)
from labeling.models import Judgment, Report, Task
from labeling.work.kept import Progress, figures_at_hand, kept_report
from projects.models import Project

_KIND = "overview"
_VERSION = "3"  # Raise it when a figure or the shape changes: older counts are made anew.
OVERVIEW_TASK = "labeling.jobs.count_overview"
#: Up to so many judgments and tasks are counted while somebody waits: a third of a second.
QUICK_ROWS = 30_000


@dataclass(frozen=True, slots=True)
class OverviewAtHand:
    """The newest counts there are, None before the first.

    `computed_at` is empty for counts of this moment; `progress` is that of the worker who counts
    anew, None where nobody does.
    """

    counts: ProjectCounts | None
    history: list[DayCount]
    contested: Mapping[str, int]
    computed_at: datetime | None = None
    progress: Progress | None = None


def overview_at_hand(project: Project) -> OverviewAtHand:
    """The overview for a request, which never waits for a large project to be counted."""
    if _is_small(project):
        return _read(overview_figures(project))
    # No fingerprint says whether counts are those of this moment: they are shown with their age.
    kept = figures_at_hand(project, _KIND, fingerprint="", task=OVERVIEW_TASK, version=_VERSION)
    if kept.report is None:
        return OverviewAtHand(None, [], {}, progress=kept.progress)
    return _read(kept.report.data, kept.computed_at, kept.progress)


def known_contested(project: Project) -> Mapping[str, int]:
    """The tasks that wait for a person: counted at once, else as a worker counted them last."""
    if _is_small(project):
        return contested_tasks(project)
    report = kept_report(project, _KIND)
    is_known = report is not None and report.fingerprint == _VERSION
    contested: Mapping[str, int] = report.data["contested"] if report and is_known else {}
    return contested


def overview_figures(project: Project) -> dict[str, Any]:
    """Every count of the overview that reads tasks or judgments, as plain data."""
    history = throughput(project, now=timezone.now())
    return {
        "counts": asdict(project_progress(project)),
        "history": [[day.day.isoformat(), day.count] for day in history],
        "contested": contested_tasks(project),
    }


def count_figures(report: Report) -> tuple[str, dict[str, Any]]:
    """The version and the counts of a report that is to be computed."""
    return _VERSION, overview_figures(report.project)


def _is_small(project: Project) -> bool:
    tables = Judgment.objects.filter(project=project), Task.objects.filter(project=project)
    return all(rows.order_by()[:QUICK_ROWS].count() < QUICK_ROWS for rows in tables)


def _read(
    figures: Mapping[str, Any],
    computed_at: datetime | None = None,
    progress: Progress | None = None,
) -> OverviewAtHand:
    return OverviewAtHand(
        counts=ProjectCounts(**figures["counts"]),
        history=[DayCount(date.fromisoformat(day), n) for day, n in figures["history"]],
        contested=figures["contested"],
        computed_at=computed_at,
        progress=progress,
    )
