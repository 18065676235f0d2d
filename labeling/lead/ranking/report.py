"""The ranking of models at hand: computed at once for a small project, else by a worker."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from labeling.lead.basis import judgment_state, recent_judgment_state
from labeling.lead.ranking.figures import model_figures
from labeling.lead.ranking.selectors import imports_mark, model_pairs, ranked_criteria
from labeling.models import Report
from labeling.work.kept import FiguresAtHand, figures_at_hand, keep_report
from projects.models import Criterion, Project

_VERSION = 1  # Raise it when a figure or the shape changes: older reports are computed anew.
RANKING_TASK = "labeling.jobs.compute_ranking"
#: Up to so many judgments are computed while somebody waits, texts read and all.
QUICK_RANKING = 2_000


def ranking_at_hand(criterion: Criterion, category: str = "") -> FiguresAtHand:
    """The ranking for a request, which never waits for a large project to be computed."""
    project, kind = criterion.project, _kind(criterion, category)
    state = recent_judgment_state(project)

    def at_once() -> Report | None:
        if state.count > QUICK_RANKING:
            return None
        fingerprint, data = _computed(project, criterion, category)
        return keep_report(project, kind, fingerprint=fingerprint, data=data)

    kept = figures_at_hand(
        project,
        kind,
        fingerprint=_fingerprint(project, state.mark),
        task=RANKING_TASK,
        request={"criterion": criterion.key, "category": category},
        version=f"{_VERSION}/",
        at_once=at_once,
    )
    figures = kept.report.data["figures"] if kept.report else None
    return FiguresAtHand(figures, kept.computed_at, kept.newer(state.count), kept.progress)


def compute_figures_of_models(report: Report) -> tuple[str, dict[str, Any]]:
    """The fingerprint and the figures of a report that is to be computed."""
    asked = report.request
    rows = ranked_criteria(report.project)
    criterion = next((row for row in rows if row.key == asked["criterion"]), None)
    return _computed(report.project, criterion, asked["category"])


def _computed(
    project: Project, criterion: Criterion | None, category: str
) -> tuple[str, dict[str, Any]]:
    state = judgment_state(project)
    figures = None if criterion is None else model_figures(model_pairs(criterion), category)
    data = {"judgments": state.count, "figures": figures}
    return _fingerprint(project, state.mark), data


def _kind(criterion: Criterion, category: str) -> str:
    """As short as the kind of a report may be, whatever question and category are called."""
    digest = sha256(f"{criterion.key}\0{category}".encode()).hexdigest()
    return f"ranking/{digest[:30]}"


def _fingerprint(project: Project, mark: str) -> str:
    return f"{_VERSION}/{mark}/{imports_mark(project)}"
