"""The figures of groups at hand: computed at once for a small project, else kept by a worker."""

from __future__ import annotations

from typing import Any

from django.db.models import Max

from labeling.figures.groups import group_voices
from labeling.models import Judgment, ProfileConsent, Report
from labeling.models.exclusions import excluded_now
from labeling.work.kept import FiguresAtHand, figures_at_hand
from projects.models import Project

_KIND = "voices"
_VERSION = 1  # Raise it when a figure or the shape changes: older ones are computed anew.
VOICES_TASK = "labeling.jobs.compute_voices"
#: Up to so many judgments are read while somebody waits.
_QUICK_JUDGMENTS = 3_000


def voices_at_hand(project: Project) -> FiguresAtHand:
    """The figures for a request, which never waits for a large project. Those from before somebody
    took back what they said are shown to nobody."""
    some = Judgment.objects.filter(project=project).order_by()[: _QUICK_JUDGMENTS + 1]
    if some.count() <= _QUICK_JUDGMENTS:
        return FiguresAtHand(group_voices(project))
    consents = _consents(project)
    kept = figures_at_hand(
        project,
        _KIND,
        fingerprint=f"{consents}{_newest(project)}",
        task=VOICES_TASK,
        version=consents,
    )
    voices = kept.report.data if kept.report else None
    return FiguresAtHand(voices, kept.computed_at, progress=kept.progress)


def compute_voices_report(report: Report) -> tuple[str, dict[str, Any]]:
    """The fingerprint and the figures of a report that is to be computed."""
    fingerprint = f"{_consents(report.project)}{_newest(report.project)}"
    return fingerprint, group_voices(report.project)


def _consents(project: Project) -> str:
    """What changes whenever anybody says, changes or takes back something, or is erased."""
    rows = ProfileConsent.objects.filter(form__project=project)
    return f"{_VERSION}/{rows.count()}.{rows.aggregate(newest=Max('pk'))['newest'] or 0}/"


def _newest(project: Project) -> str:
    """Which judgments there are: the newest, and a mark of those that are excluded."""
    newest = Judgment.objects.filter(project=project).aggregate(newest=Max("pk"))["newest"]
    return f"{newest or 0}{excluded_now(project).mark}"
