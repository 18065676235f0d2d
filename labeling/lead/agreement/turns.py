"""Agreement by turn: how far raters agree at each depth of conversations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import singledispatch
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.figures.by_kind import rating_figures
from labeling.figures.per_response import RankedAnswers, RatedAnswers
from labeling.kinds import kind_for
from labeling.lead.agreement.criteria import criterion_figures
from labeling.lead.agreement.gates import GateRatings
from labeling.lead.agreement.selectors import CriterionAnswers
from labeling.models import Task
from labeling.stats import Ratings, ResponseAnswers, criterion_report, ranking_report
from labeling.stats.ratings import Ints
from projects.models import Project

#: Turns that have figures of their own: the first ones.
MOST_TURNS = 20


@dataclass(frozen=True, slots=True)
class TaskTurns:
    """The tasks that are turns of conversations, by id, with their prompts and turns."""

    tasks: Ints
    prompts: Ints
    turns: Ints

    def of_tasks(self, tasks: Ints) -> Ints:
        """The turn of each of these tasks, 0 for those that are none."""
        return _turns_at(self.tasks, self.turns, tasks)

    def of_prompts(self, prompts: Ints) -> Ints:
        """The turn of each of these prompts, 0 for those that are none."""
        order = np.argsort(self.prompts, kind="stable")
        return _turns_at(self.prompts[order], self.turns[order], prompts)


def _turns_at(known: Ints, turns: Ints, wanted: Ints) -> Ints:
    if not len(known):
        return np.zeros(len(wanted), dtype=np.int64)
    place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[place] == wanted, turns[place], 0)


def task_turns(project: Project) -> TaskTurns:
    """Which tasks of a project are which turns."""
    tasks = Task.objects.filter(project=project, prompt__turn__isnull=False)
    rows = tasks.exclude(prompt__conversation="").order_by("pk")
    columns = rows.values_list("pk", "prompt_id", "prompt__turn").iterator(chunk_size=5000)
    table = np.fromiter(columns, dtype=np.dtype((np.int64, 3)), count=-1).reshape(-1, 3)
    return TaskTurns(*table.T)


def figures_by_turn(answers: object, turns: TaskTurns) -> list[dict[str, Any]]:
    """The two figures to quote at each turn, those of the first turns at most; none where no task
    is a turn."""
    if not len(turns.tasks):
        return []
    depths = _depths(answers, turns)
    return [
        {"turn": turn, **_figures(answers, depths == turn)}
        for turn in np.unique(depths[depths > 0]).tolist()[:MOST_TURNS]
    ]


@singledispatch
def _depths(answers: object, turns: TaskTurns) -> Ints:
    """The turn of each answer, or of each ranking."""
    raise TypeError(f"There are no turns of {type(answers).__name__}.")


@_depths.register
def _(answers: CriterionAnswers | GateRatings, turns: TaskTurns) -> Ints:
    return turns.of_tasks(np.asarray(answers.ratings.unit))


@_depths.register
def _(answers: RankedAnswers, turns: TaskTurns) -> Ints:
    return turns.of_tasks(answers.tasks)[answers.lists.task]


@_depths.register
def _(answers: RatedAnswers, turns: TaskTurns) -> Ints:
    return turns.of_prompts(np.asarray(answers.answers.prompt))


@singledispatch
def _figures(answers: object, kept: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """How many tasks or responses the kept answers are on, and how far they agree."""
    raise TypeError(f"There are no turns of {type(answers).__name__}.")


@_figures.register
def _(answers: CriterionAnswers, kept: npt.NDArray[np.bool_]) -> dict[str, Any]:
    figures, _pairs = criterion_report(
        _part(answers.ratings, kept),
        answers.categories,
        preference=kind_for(answers.criterion.scale).is_preference,
        side_only=answers.side_only[kept],
    )
    same = figures["same_side"] or figures["percent_agreement"]
    return {
        "judged": figures["counts"]["tasks"],
        "agreement": same["exact"],
        "beyond_chance": figures["krippendorff_alpha"]["symmetric"],
    }


@_figures.register
def _(answers: GateRatings, kept: npt.NDArray[np.bool_]) -> dict[str, Any]:
    part = replace(answers, ratings=_part(answers.ratings, kept))
    figures, _pairs = criterion_figures(part, as_ordered=False)
    return {
        "judged": figures["counts"]["tasks"],
        "agreement": figures["percent_agreement"],
        "beyond_chance": figures["gwet_ac1"],
    }


def _part(whole: Ratings, kept: npt.NDArray[np.bool_]) -> Ratings:
    cluster = None if whole.cluster is None else whole.cluster[kept]
    return Ratings(whole.unit[kept], whole.rater[kept], whole.value[kept], cluster)


@_figures.register
def _(answers: RankedAnswers, kept: npt.NDArray[np.bool_]) -> dict[str, Any]:
    lists = answers.lists
    tasks, task = np.unique(lists.task[kept], return_inverse=True)
    part = replace(
        lists,
        task=task,
        rater=lists.rater[kept],
        prompt=lists.prompt[tasks],
        rank=lists.rank[kept],
        beside=None if lists.beside is None else lists.beside[kept],
    )
    figures, _pairs = ranking_report(part, rated=False)
    return {
        "judged": len(tasks),
        "agreement": figures["percent_agreement"]["exact"],
        "beyond_chance": figures["kendall_tau"],
    }


@_figures.register
def _(answers: RatedAnswers, kept: npt.NDArray[np.bool_]) -> dict[str, Any]:
    whole = answers.answers
    columns = (whole.unit, whole.rater, whole.value, whole.prompt, whole.unsaid)
    part = ResponseAnswers(*(column[kept] for column in columns))
    principles = answers.principles[kept]
    figures, _pairs = rating_figures(replace(answers, answers=part, principles=principles))
    return {
        "judged": figures["counts"]["responses"],
        "agreement": figures["percent_agreement"],
        "beyond_chance": figures["gwet_ac1"],
    }
