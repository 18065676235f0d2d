"""Comparisons beside the primary one: where they pull apart, and which overall goes with."""

from __future__ import annotations

from typing import Any

from labeling import stats
from labeling.figures.beside import axis_figures
from labeling.figures.passes import first_passes, of_first_pass
from projects.models import Criterion, Project


class Axes:
    """The verdicts on the comparisons of a project, gathered one criterion at a time."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._passes = first_passes(project)
        self._axes: dict[str, stats.Verdicts] = {}
        self._overall: stats.Verdicts | None = None

    def add(self, criterion: Criterion, ratings: stats.Ratings) -> None:
        """Takes the preferences on one more criterion."""
        verdicts = stats.verdicts(of_first_pass(ratings, self._passes))
        if criterion.is_primary:
            self._overall = verdicts
        else:
            self._axes[criterion.key] = verdicts

    def figures(self) -> dict[str, Any] | None:
        """How far the axes pull apart, and what overall goes with; None with nothing to compare."""
        return axis_figures(self._project, self._axes, self._overall)
