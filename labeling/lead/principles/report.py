"""The health of principles at hand: computed at once for a small project, else by a worker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from labeling.figures import principles as figures
from labeling.lead.basis import JudgmentState, judgment_state, recent_judgment_state
from labeling.models import Judgment, Report
from labeling.work.kept import FiguresAtHand, figures_at_hand
from projects.models import Guideline, Project

_KIND = "principles"
_VERSION = 1  # Raise it when a figure or the shape changes: older rows are computed anew.
PRINCIPLES_TASK = "labeling.jobs.compute_principles"
#: Up to so many judgments are computed while somebody waits.
_QUICK_JUDGMENTS = 10_000


def health_at_hand(project: Project) -> FiguresAtHand:
    """The figures for a request, which never waits for a large project to be computed."""
    state = recent_judgment_state(project)
    if state.count <= _QUICK_JUDGMENTS:
        return FiguresAtHand(_figures(project))
    kept = figures_at_hand(
        project,
        _KIND,
        fingerprint=_fingerprint(project, state),
        task=PRINCIPLES_TASK,
        version=f"{_VERSION}/",
    )
    health = kept.report.data["figures"] if kept.report else None
    return FiguresAtHand(health, kept.computed_at, kept.newer(state.count), kept.progress)


def never_cited(figures: Mapping[str, Any], keys: Iterable[str]) -> int:
    """How many of these principles no judgment cites; 0 where there is no judgment yet."""
    health = figures.get("principles", {})
    return sum(1 for key in keys if key in health and health[key]["cited"]["value"] == 0)


def compute_health(report: Report) -> tuple[str, dict[str, Any]]:
    """The fingerprint and the figures of a report that is to be computed."""
    state = judgment_state(report.project)
    data = {"judgments": state.count, "figures": _figures(report.project)}
    return _fingerprint(report.project, state), data


def _figures(project: Project) -> dict[str, Any]:
    return figures.principle_health(project, Judgment.objects.filter(project=project).counting())


def _fingerprint(project: Project, state: JudgmentState) -> str:
    numbers = Guideline.objects.filter(project=project).values_list("number", flat=True)
    return f"{_VERSION}/{state.mark}/{numbers.order_by('-number').first() or 0}"
