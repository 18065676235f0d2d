"""Rankings of a few responses a task: the pairs of responses they imply, and how raters order them.

A ranking of K responses implies K (K - 1) / 2 preferences. Pairs of one task hang together, so that
intervals go over prompts; tau compares two raters within a task and never across tasks, where
equal ranks say nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.stats.agreement.tau import TauPairs
from labeling.stats.coding import codes, counted, divide, partners, places_within, plain
from labeling.stats.intervals.jackknife import (
    jackknife_ends,
    jackknife_errors,
    leave_one_out_interval,
)
from labeling.stats.intervals.proportions import CONFIDENCE, normal_quantile
from labeling.stats.ratings import (
    NO_JUDGMENTS,
    Array,
    Figure,
    Floats,
    Ints,
    RatingsError,
    column,
    number_column,
    same_length,
    unpaired,
)
from labeling.stats.table import Table, table_from_units

_AT_ONCE = 500_000  # Cells of compared ranks in memory together.
_TAU = (
    "Kendall's tau-b of the responses of a task, the mean over tasks; n counts tasks that both "
    "put in some order"
)
_MEAN_TAU = (
    "Kendall's tau-b of the responses of a task, the mean over its pairs of raters and then over "
    "tasks; n counts tasks that two raters put in some order"
)


class TaskTauPairs(TauPairs):
    """Kendall's tau-b of pairs of raters within tasks; n counts tasks."""

    def figure(self, index: int) -> Figure:
        """Return tau of one pair, ready to be shown."""
        n, tau, low = int(self.n[index]), float(self.tau[index]), float(self.low[index])
        if not n:
            reason = "They share no task that both put in some order."
            return Figure(None, None, None, 0, self.convention, reason)
        if np.isnan(low):
            reason = "No interval: they share too few tasks, or their order is alike in all."
            return Figure(tau, None, None, n, self.convention, reason)
        return Figure(tau, low, float(self.high[index]), n, self.convention)


@dataclass(frozen=True, eq=False)
class TaskLists:
    """Rankings of the responses of tasks, sorted by task.

    Attributes:
        task, rater: codes, shape (rankings,).
        prompt: code of each task's prompt, shape (tasks,).
        rank: 1 for the best, equal where level, NaN where a response was not ranked; a column a
            response of the task, shape (rankings, most).
        beside: another number of the same responses (a rating by the same rater), NaN where there
            is none, of the same shape; None where nothing was compared.
        raters: the raters behind the codes.
    """

    task: Ints
    rater: Ints
    prompt: Ints
    rank: Floats
    beside: Floats | None
    raters: tuple[Any, ...]

    def __len__(self) -> int:
        """Return the number of rankings."""
        return len(self.task)

    @property
    def tasks(self) -> int:
        """How many tasks there are."""
        return len(self.prompt)

    @cached_property
    def ends(self) -> tuple[Ints, Ints]:
        """The two columns of each pair of responses, shape (pairs,) each."""
        first, second = np.triu_indices(self.rank.shape[1], 1)
        return first.astype(np.int64), second.astype(np.int64)

    def parts(self, length: int) -> Iterator[slice]:
        """Cut so many rows into parts whose pairs of responses are in memory together."""
        step = max(1, _AT_ONCE // max(1, len(self.ends[0])))
        for start in range(0, length, step):
            yield slice(start, min(start + step, length))

    def sides(self, rows: Any, values: Floats | None = None) -> Floats:
        """Return what rankings say of each pair of responses: -1 the first, 1 the second, 0 level.

        NaN where one of the two was not ranked; shape (rows, pairs).
        """
        first, second = self.ends
        of = (self.rank if values is None else values)[rows]
        return np.asarray(np.sign(of[:, first] - of[:, second]))

    @cached_property
    def votes(self) -> npt.NDArray[np.int32]:
        """How many rankings put the first above, both level, the second above.

        One row a pair of responses of a task, task by task; shape (tasks times pairs, 3).
        """
        pairs = len(self.ends[0])
        votes = np.zeros(self.tasks * pairs * 3, dtype=np.int32)
        for part in self.parts(len(self)):
            side = self.sides(part)
            row, pair = np.nonzero(np.isfinite(side))
            unit = self.task[part][row] * pairs + pair
            np.add.at(votes, unit * 3 + side[row, pair].astype(np.int64) + 1, 1)
        return votes.reshape(-1, 3)

    @property
    def implied(self) -> Table:
        """The pairs of responses as units, each ranking being a preference of it or a tie."""
        compared = self.votes.any(axis=1)
        prompt = np.repeat(self.prompt, len(self.ends[0]))[compared]
        most = int(self.votes.max(initial=0)) + 1
        # A row as one number: whole rows would be sorted in four times the memory and time.
        key = self.votes[compared].astype(np.int64) @ np.array([most * most, most, 1])
        keys, shown = np.unique(key, return_inverse=True)
        patterns = np.stack([keys // (most * most), keys // most % most, keys % most], axis=1)
        return table_from_units(patterns, shown, prompt, (-1, 0, 1))

    @property
    def leads(self) -> tuple[Array, Array]:
        """By how many rankings each pair is led, and which pairs were compared.

        Below 0 more rankings put the first above; shape (tasks, pairs) each.
        """
        votes = self.votes.reshape(self.tasks, len(self.ends[0]), 3)
        return votes[:, :, 2] - votes[:, :, 0], np.asarray(votes.any(axis=2))


def task_lists(
    task: npt.ArrayLike,
    response: npt.ArrayLike,
    rater: npt.ArrayLike,
    rank: npt.ArrayLike,
    prompt: npt.ArrayLike,
    beside: npt.ArrayLike | None = None,
) -> TaskLists:
    """Return rankings in long form, one row a response ranked, as one row a ranking.

    Args:
        task, response, rater, rank, prompt: one entry a row; 1 is the best rank.
        beside: a number of the same response by the same rater, NaN where there is none.

    Raises:
        RatingsError: unequal lengths, a hole, a rank that is no number, a response twice in a
            ranking, a task of two prompts; the position is named.
    """
    columns = {
        "task": column("task", task),
        "response": column("response", response),
        "rater": column("rater", rater),
        "rank": number_column("rank", rank),
        "prompt": column("prompt", prompt),
    }
    other = None if beside is None else np.asarray(beside, dtype=np.float64)
    same_length(**columns, beside=other)
    if not len(columns["task"]):
        none = np.zeros(0, dtype=np.int64)
        return TaskLists(none, none, none, np.zeros((0, 0)), None, ())
    tasks, levels = codes(columns["task"])
    raters, names = codes(columns["rater"])
    of_task, wrong = partners(tasks, len(levels), codes(columns["prompt"])[0])
    if wrong is not None:
        raise RatingsError(f"task {columns['task'][wrong]} at position {wrong} has two prompts.")
    place = places_within(tasks, codes(columns["response"])[0])
    lists, row = np.unique(tasks * len(names) + raters, return_inverse=True)
    cell = row * (int(place.max()) + 1) + place
    if (again := np.bincount(cell).max()) > 1:
        raise RatingsError(f"A response stands {again} times in one ranking of a task.")
    return TaskLists(
        task=lists // len(names),
        rater=lists % len(names),
        prompt=of_task,
        rank=_square(cell, columns["rank"], len(lists), int(place.max()) + 1),
        beside=None if other is None else _square(cell, other, len(lists), int(place.max()) + 1),
        raters=plain(names),
    )


def kendall_tau_lists(
    lists: TaskLists, *, confidence: float = CONFIDENCE
) -> tuple[Figure, TaskTauPairs]:
    """Return the mean of Kendall's tau-b within tasks, and tau of every pair of raters.

    Two raters are compared on the responses that both ranked, task by task; a task that one of
    them put all level has no order to compare and is left out. 0 is no agreement, whatever the
    number of raters. The interval is the jackknife-t over prompts on the Fisher z scale.

    Source: Kendall (1945), Biometrika 33, within tasks as K-wise rankings are compared.
    """
    normal_quantile(confidence)
    upper, lower = _later(lists.task)
    parts = [_taus(lists, upper[part], lower[part]) for part in lists.parts(len(upper))]
    tau = np.concatenate(parts) if parts else np.zeros(0)
    ordered = np.isfinite(tau)
    tau, task = tau[ordered], lists.task[upper[ordered]]
    ends = np.sort(np.stack([lists.rater[upper[ordered]], lists.rater[lower[ordered]]]), axis=0)
    mean = _mean_tau(lists, tau, task, confidence)
    return mean, _by_pair(lists, tau, lists.prompt[task], ends, confidence)


def rank_contradictions(lists: TaskLists, *, confidence: float = CONFIDENCE) -> tuple[Floats, ...]:
    """Return, a ranking each, how many pairs its rater rated the other way, and how many both told.

    A pair counts where the ranking puts one above the other and the ratings beside it differ.
    """
    against, decided = np.zeros(len(lists)), np.zeros(len(lists))
    if lists.beside is None:
        return against, decided
    for part in lists.parts(len(lists)):
        ranked = lists.sides(part)
        # A higher rating is better and a lower rank is.
        rated = -lists.sides(part, lists.beside)
        both = np.nan_to_num(ranked * rated)
        against[part], decided[part] = (both < 0).sum(axis=1), (both != 0).sum(axis=1)
    return against, decided


def _square(cell: Ints, values: Array, rows: int, width: int) -> Floats:
    square = np.full(rows * width, np.nan)
    square[cell] = values
    return square.reshape(rows, width)


def _later(group: Ints) -> tuple[Ints, Ints]:
    """Return every two rows of a group, groups being sorted."""
    ends = np.searchsorted(group, group, "right")
    times = ends - np.arange(len(group)) - 1
    upper = np.repeat(np.arange(len(group)), times)
    starts = np.cumsum(times) - times
    return upper, upper + 1 + np.arange(len(upper)) - starts[upper]


def _taus(lists: TaskLists, upper: Ints, lower: Ints) -> Floats:
    """Return tau-b of pairs of rankings; NaN where one of them ties all that both ranked."""
    first, second = lists.sides(upper), lists.sides(lower)
    both = first * second
    shared = np.isfinite(both)
    agree = np.where(shared, both, 0.0).sum(axis=1)
    untied = [((side != 0) & shared).sum(axis=1).astype(np.float64) for side in (first, second)]
    return divide(agree, np.sqrt(untied[0] * untied[1]))


def _mean_tau(lists: TaskLists, tau: Floats, task: Ints, confidence: float) -> Figure:
    """Return the mean over tasks of the mean over a task's pairs of raters."""
    times = counted(task, lists.tasks)
    means = divide(counted(task, lists.tasks, tau), times)
    used = times > 0
    n = int(used.sum())
    if not n:
        reason = NO_JUDGMENTS if not len(lists) else _no_order(lists)
        return Figure(None, None, None, 0, _MEAN_TAU, reason)
    prompt = codes(lists.prompt[used])[0]
    prompts = int(prompt.max()) + 1
    total, held = counted(prompt, prompts, means[used]), counted(prompt, prompts)
    value = float(total.sum() / n)
    if prompts < 2:
        reason = "No interval: the figure rests on 1 prompt, and an interval needs at least 2."
        return Figure(value, None, None, n, _MEAN_TAU, reason)
    rest = (total.sum() - total) / (n - held)
    ends = leave_one_out_interval(value, rest, np.ones(prompts), -1.0, confidence)
    if ends is None:
        reason = "No interval: leaving out one of the prompts changes nothing."
        return Figure(value, None, None, n, _MEAN_TAU, reason)
    convention = (
        f"{_MEAN_TAU}; {100 * confidence:g}% interval over {prompts:,} prompts, "
        "jackknife-t on the Fisher z scale"
    )
    return Figure(value, ends.low, ends.high, n, convention)


def _no_order(lists: TaskLists) -> str:
    """Return why no two rankings can be compared."""
    if (np.bincount(lists.task) > 1).any():
        return "Of every two rankings of a task one puts all its responses level."
    return unpaired(lists.tasks)


def _by_pair(
    lists: TaskLists, tau: Floats, prompt: Ints, ends: Ints, confidence: float
) -> TaskTauPairs:
    """Return the mean over tasks for every pair of raters."""
    keys, pair = np.unique(ends[0] * len(lists.raters) + ends[1], return_inverse=True)
    n, total = counted(pair, len(keys)), counted(pair, len(keys), tau)
    # Tasks of one prompt are left out together.
    span = int(prompt.max(initial=0)) + 1
    groups, group = np.unique(pair * span + prompt, return_inverse=True)
    of = groups // span
    held, sums = counted(group, len(groups)), counted(group, len(groups), tau)
    rest = divide(total[of] - sums, n[of] - held)
    error, clusters = jackknife_errors(rest, of, np.ones(len(groups)), len(keys))
    value = total / np.maximum(n, 1)
    low, high = jackknife_ends(value, error, clusters, -1.0, confidence)
    return TaskTauPairs(
        raters=lists.raters,
        first=keys // max(len(lists.raters), 1),
        second=keys % max(len(lists.raters), 1),
        n=n.astype(np.int64),
        tau=value,
        low=low,
        high=high,
        convention=f"{_TAU}; {100 * confidence:g}% interval over prompts, "
        "jackknife-t on the Fisher z scale",
    )
