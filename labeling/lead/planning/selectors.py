"""What a project's data say so far of agreement, ties and the time that a judgment takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from labeling.models import Judgment, Task
from labeling.vocabulary import Purpose, TaskKind
from projects.models import Project

#: So many of the newest judgments say how long one takes.
_NEWEST = 1_000
#: With fewer pairs or answers nothing is taken from the data.
_FEWEST = 30


@dataclass(frozen=True, slots=True)
class SoFar:
    """What is known; None where it is not.

    `agreement` is the figure of pairs of raters who prefer the same side, ties left out, and
    `tie_rate` the share of ties of `answers`.
    """

    tasks: int
    agreement: Mapping[str, Any] | None = None
    tie_rate: float | None = None
    answers: int = 0
    seconds: float | None = None


def comparisons_in_play(project: Project) -> int:
    """How many live comparisons a project has."""
    tasks = Task.objects.filter(project=project, kind=TaskKind.COMPARE, purpose=Purpose.LIVE)
    return tasks.in_play().count()


def median_seconds(project: Project) -> float | None:
    """How long a judgment of late takes, where its time was measured."""
    rows = Judgment.objects.filter(project=project).standing().order_by("-pk")
    times = rows.values_list("purpose", "active_ms", "times_cut")[:_NEWEST]
    timed = [ms for purpose, ms, is_cut in times if purpose == Purpose.LIVE and ms and not is_cut]
    return median(timed) / 1000 if len(timed) >= _FEWEST else None


def known_of(figures: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the report of a question of preferences says, where it rests on enough."""
    if not figures or "same_side" not in figures:
        return {}
    known: dict[str, Any] = {}
    agreement = figures["same_side"]["drop"]
    if agreement["value"] is not None and agreement["n"] >= _FEWEST:
        known["agreement"] = agreement
    counts = {item["value"]: item["count"] for item in figures["values"]}
    answers = sum(counts.values())
    if answers >= _FEWEST:
        known |= {"tie_rate": counts.get(0, 0) / answers, "answers": answers}
    return known
