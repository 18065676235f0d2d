"""The figures of wellbeing at hand: computed at once for a small project, else kept by a worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from labeling.models import CheckIn, Judgment, Report, Topic
from labeling.wellbeing.figures import week_start, wellbeing_figures
from labeling.work.kept import Progress, figures_at_hand
from projects.models import Project
from projects.sql import database_now

_KIND = "wellbeing"
_VERSION = 2  # Raise it when a figure or the shape changes: older ones are computed anew.
WELLBEING_TASK = "labeling.jobs.compute_wellbeing"
#: Up to so many judgments are read while somebody waits.
_QUICK_JUDGMENTS = 20_000


@dataclass(frozen=True, slots=True)
class WellbeingAtHand:
    """The newest figures there are, None before the first, and how far a worker is.

    `newer` judgments would not change them: they are of weeks that are over.
    """

    figures: dict[str, Any] | None
    computed_at: datetime | None = None
    newer: int = 0
    progress: Progress | None = None


def wellbeing_at_hand(project: Project) -> WellbeingAtHand:
    """The figures for a request, which never waits for a large project."""
    some = Judgment.objects.filter(project=project).order_by()[: _QUICK_JUDGMENTS + 1]
    if some.count() <= _QUICK_JUDGMENTS:
        return WellbeingAtHand(wellbeing_figures(project, database_now()))
    kept = figures_at_hand(
        project,
        _KIND,
        fingerprint=_fingerprint(project, database_now()),
        task=WELLBEING_TASK,
        version=f"{_VERSION}/",
    )
    if kept.report is None:
        return WellbeingAtHand(None, progress=kept.progress)
    return WellbeingAtHand(kept.report.data, kept.computed_at, progress=kept.progress)


def compute_wellbeing_report(report: Report) -> tuple[str, dict[str, Any]]:
    """The fingerprint and the figures of a report that is to be computed."""
    now = database_now()
    return _fingerprint(report.project, now), wellbeing_figures(report.project, now)


def _fingerprint(project: Project, now: datetime) -> str:
    """What is over does not change: the week, the caps and who was erased make it another."""
    caps = (project.severe_hourly_limit, project.severe_daily_limit)
    topic = Topic.objects.filter(project=project).order_by("-pk").values_list("pk", flat=True)
    n = CheckIn.objects.filter(project=project, at__lt=week_start(now)).count()
    return f"{_VERSION}/{week_start(now):%Y-%m-%d}/{caps[0]}-{caps[1]}/{topic.first()}/{n}"
