"""The ambiguity rate at hand: computed at once for a small project, else by a worker."""

from __future__ import annotations

from typing import Any

from django.db.models import Max

from labeling.models import Judgment, Query, Report
from labeling.models.exclusions import excluded_now
from labeling.teaching.questions.figures import ambiguity
from labeling.work.kept import FiguresAtHand, figures_at_hand
from projects.models import Project

_KIND = "ambiguity"
_VERSION = 1  # Raise it when a figure or the shape changes: older rows are computed anew.
AMBIGUITY_TASK = "labeling.jobs.compute_ambiguity"
#: Up to so many judgments are computed while somebody waits.
_QUICK_JUDGMENTS = 20_000


def ambiguity_at_hand(project: Project) -> FiguresAtHand:
    """The figures for a request, which never waits for a large project to be counted."""
    some = Judgment.objects.filter(project=project).order_by()[: _QUICK_JUDGMENTS + 1]
    if some.count() <= _QUICK_JUDGMENTS:
        return FiguresAtHand(ambiguity(project))
    kept = figures_at_hand(
        project,
        _KIND,
        fingerprint=_fingerprint(project),
        task=AMBIGUITY_TASK,
        version=f"{_VERSION}/",
    )
    rates = kept.report.data if kept.report else None
    return FiguresAtHand(rates, kept.computed_at, progress=kept.progress)


def compute_ambiguity_report(report: Report) -> tuple[str, dict[str, Any]]:
    """The fingerprint and the figures of a report that is to be computed."""
    fingerprint = _fingerprint(report.project)
    return fingerprint, ambiguity(report.project)


def _fingerprint(project: Project) -> str:
    newest = [
        rows.filter(project=project).aggregate(newest=Max("pk"))["newest"] or 0
        for rows in (Judgment.objects.all(), Query.objects.all())
    ]
    return f"{_VERSION}/{newest[0]}/{newest[1]}{excluded_now(project).mark}"
