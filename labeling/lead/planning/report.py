"""What a plan starts from: what is asked, else what the data say, else what is usual."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labeling.lead.agreement.report import agreement_state
from labeling.lead.planning.figures import BOUNDS, Assumptions, plan_figures
from labeling.lead.planning.selectors import (
    SoFar,
    comparisons_in_play,
    known_of,
    median_seconds,
)
from projects.models import Project
from projects.scales import PREFERENCES

#: What is assumed where nothing is known: nearer to the middle of published projects than not.
USUAL: Mapping[str, Any] = {
    "tasks": 500,
    "agreement": 0.75,
    "tie_rate": 0.1,
    "share": 0.55,
    "half_width": 0.05,
}
#: Where an assumption comes from.
ASKED, DATA, PROJECT, ASSUMED = "asked", "data", "project", "assumed"
ORIGINS = (ASKED, DATA, PROJECT, ASSUMED)


def so_far(project: Project) -> SoFar:
    """What the data say; of agreement what was computed last, so that nobody waits."""
    criterion = project.criteria.filter(family=PREFERENCES, is_primary=True).first()
    report = agreement_state(project).report if criterion else None
    figures = report.data["criteria"].get(criterion.key) if report and criterion else None
    return SoFar(
        tasks=comparisons_in_play(project),
        seconds=median_seconds(project),
        **known_of(figures),
    )


def plan_report(project: Project, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a plan, with where each assumption comes from.

    `asked` are fields of `Assumptions`; what is None was not asked.
    """
    known = so_far(project)
    start, origins = _start(project, known)
    said = {name: value for name, value in asked.items() if value is not None}
    origins |= dict.fromkeys(said, ASKED)
    figures = plan_figures(Assumptions(**{**start, **said}), known.agreement)
    return figures | {"origins": origins, "answers": known.answers}


def _start(project: Project, known: SoFar) -> tuple[dict[str, Any], dict[str, str]]:
    start = {**USUAL, "overlap": project.overlap}
    start |= {"gold": project.gold_rate, "repeats": project.repeat_rate}
    origins = dict.fromkeys(USUAL, ASSUMED)
    origins |= dict.fromkeys(("overlap", "gold", "repeats"), PROJECT)
    if known.tasks:
        start["tasks"], origins["tasks"] = known.tasks, PROJECT
    data: dict[str, float | None] = {
        "agreement": known.agreement["value"] if known.agreement else None,
        "tie_rate": known.tie_rate,
        "seconds": known.seconds,
    }
    for name, value in data.items():
        least, most = BOUNDS[name]
        if value is not None and least <= value <= most:
            start[name], origins[name] = value, DATA
    return start, origins
