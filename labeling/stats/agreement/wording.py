"""Figures of units that are no tasks: the same figures, with the unit called by its name."""

from __future__ import annotations

import re
from dataclasses import replace

from labeling.stats.ratings import Figure

_TASKS = re.compile(r"\btask(s?)\b")


def of_units(figure: Figure, unit: str, units: str) -> Figure:
    """Return a figure that calls the things it was computed of what they are.

    Coefficients speak of tasks; of a response judged by itself, or of a pair of a ranking, that
    would name the wrong thing, and another number of them.
    """

    def named(words: str) -> str:
        return _TASKS.sub(lambda match: units if match[1] else unit, words)

    reason = None if figure.reason is None else named(figure.reason)
    return replace(figure, convention=named(figure.convention), reason=reason)
