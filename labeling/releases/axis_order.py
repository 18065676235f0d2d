"""In which order comparisons ask their questions, and whether overall came in a later task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count

from labeling.kinds import COMPARE, has_axes
from labeling.models import Release
from labeling.models.judgments import JudgmentQuerySet
from labeling.vocabulary import TaskKind, TaskPart
from projects.models import Criterion
from projects.selectors.rubric import asked_criteria, asked_in

_PASSES = {
    "": "at once",
    TaskPart.AXES: "first pass",
    TaskPart.SAME: "second pass, same raters",
    TaskPart.OTHERS: "second pass, other raters",
}


def axis_order(release: Release, standing: JudgmentQuerySet) -> dict[str, Any] | None:
    """The order under the questions in force when the release was asked for; judged tasks by pass.

    None where nothing is compared beside the primary question. `standing` are the judgments that
    the release may hold. What each judgment was asked, its version of the questions says.
    """
    asked = COMPARE.asked(_questions(release))
    if not has_axes(asked):
        return None
    keys = [question.key for question in asked]
    overall = next(q.key for q in asked if q.is_primary and q.scale.family == COMPARE.family)
    parts = standing.filter(task__kind=TaskKind.COMPARE).order_by().values_list("task__part")
    tasks = dict(parts.annotate(n=Count("task", distinct=True)))
    places = {0: "first", len(keys) - 1: "last"}
    return {
        "questions": keys,
        "overall": places.get(keys.index(overall), "between"),
        "tasks": {name: tasks[part] for part, name in _PASSES.items() if part in tasks},
    }


def _questions(release: Release) -> list[Criterion]:
    if release.rubric is None:
        return asked_criteria(release.project)
    return asked_in(release.rubric.criteria, release.project)


def order_in_words(order: Mapping[str, Any]) -> str:
    """The same in a sentence."""
    words = {
        "first": "The primary comparison is asked first, before the other questions.",
        "last": "The primary comparison is asked last, after the other questions.",
        "between": "The primary comparison is asked among the other questions.",
    }
    passes = {name: n for name, n in order["tasks"].items() if name.startswith("second")}
    if not passes:
        return words[order["overall"]]
    counted = " and ".join(f"{n:,} ({name})" for name, n in passes.items())
    return (
        "The primary comparison has a task of its own, after the other questions were sent: "
        f"{counted} so far."
    )
