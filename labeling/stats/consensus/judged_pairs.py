"""Comparisons of two responses with who made them: the columns, checked and turned into codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from labeling.stats.coding import codes, counted, first_again, joined, plain
from labeling.stats.ratings import (
    Array,
    Floats,
    Ints,
    RatingsError,
    column,
    number_column,
    same_length,
)

PairTies = Literal["drop", "half"]


class JudgedPairs:
    """Comparisons in long form, one row per judgment.

    Attributes:
        first, second: the two responses (or models) compared, in canonical order, shape (n,).
        rater: who judged, shape (n,).
        value: negative where the first is better, positive where the second is, 0 for a tie;
            only the sign counts, shape (n,).
        task: what the judgment was part of, shape (n,), or None where every judgment stands on
            its own. All judgments of a task compare the same two, in the same order.
    """

    __slots__ = ("first", "rater", "second", "task", "value")

    def __init__(
        self,
        first: npt.ArrayLike,
        second: npt.ArrayLike,
        rater: npt.ArrayLike,
        value: npt.ArrayLike,
        task: npt.ArrayLike | None = None,
    ) -> None:
        """Take the columns and refuse what cannot be read.

        Raises:
            RatingsError: unequal lengths, a hole, values that are not numbers, a response
                compared with itself, a task with two pairs, a rater twice on a task; the message
                names the column and the position.
        """
        self.first: Final = column("first", first)
        self.second: Final = column("second", second)
        self.rater: Final = column("rater", rater)
        self.value: Final = number_column("value", value)
        self.task: Final = None if task is None else column("task", task)
        columns = {name: getattr(self, name) for name in ("first", "second", "rater", "value")}
        same_length(**columns, task=self.task)

    def __len__(self) -> int:
        """Return the number of judgments."""
        return len(self.value)


@dataclass(frozen=True, eq=False)
class CodedPairs:
    """Judgments as codes, ties settled, grouped by what shares one truth.

    Attributes:
        responses, raters, tasks: what the codes stand for; M, R and U of them. Without tasks
            the judgments are numbered.
        first, second: codes of the two responses of each truth, shape (truths,).
        weight: how much each truth counts, shape (truths,): 1, or one half for half a tie.
        truth: which truth a judgment is about, shape (judgments,).
        rater: code of who judged, shape (judgments,).
        side: +1 where the judgment says the first is better, -1 the second, shape (judgments,).
        task_n: judgments of each task, ties included, shape (U,).
        ties: ties of each rater, shape (R,).
    """

    responses: tuple[Any, ...]
    raters: tuple[Any, ...]
    tasks: Array
    first: Ints
    second: Ints
    weight: Floats
    truth: Ints
    rater: Ints
    side: Floats
    task_n: Ints
    ties: Ints

    @property
    def decided(self) -> Floats:
        """Judgments of each rater about some truth, a tie as the halves it was made, shape (R,)."""
        return counted(self.rater, len(self.raters), self.weight[self.truth])


def code_pairs(pairs: JudgedPairs, ties: PairTies) -> CodedPairs:
    """Turn judgments into codes.

    The first truths are those of the tasks, in order; half ties follow, two for each tie.

    Raises:
        RatingsError: see `JudgedPairs`.
    """
    n = len(pairs)
    both, responses = codes(_joined(pairs.first, pairs.second))
    first, second = both[:n], both[n:]
    rater, raters = codes(pairs.rater)
    if pairs.task is None:
        task, tasks = np.arange(n), np.arange(n)
    else:
        task, tasks = codes(pairs.task)
    _refuse(pairs, first, second, task, rater, len(raters))
    of_task = np.zeros((2, len(tasks)), dtype=np.int64)
    of_task[0, task], of_task[1, task] = first, second
    side = -np.sign(pairs.value.astype(np.float64))
    tied = side == 0
    truth, rater_of, sides = task[~tied], rater[~tied], side[~tied]
    firsts, seconds, weight = of_task[0], of_task[1], np.ones(len(tasks))
    if ties == "half":
        halves = np.arange(2 * int(tied.sum()))
        truth = np.concatenate([truth, len(tasks) + halves])
        rater_of = np.concatenate([rater_of, np.repeat(rater[tied], 2)])
        sides = np.concatenate([sides, 1.0 - 2.0 * (halves % 2)])
        firsts = np.concatenate([firsts, np.repeat(first[tied], 2)])
        seconds = np.concatenate([seconds, np.repeat(second[tied], 2)])
        weight = np.concatenate([weight, np.full(len(halves), 0.5)])
    return CodedPairs(
        responses=plain(responses),
        raters=plain(raters),
        tasks=tasks,
        first=firsts,
        second=seconds,
        weight=weight,
        truth=truth,
        rater=rater_of,
        side=sides,
        task_n=np.bincount(task, minlength=len(tasks)),
        ties=np.bincount(rater[tied], minlength=len(raters)),
    )


def _joined(first: Array, second: Array) -> Array:
    """Return both columns end to end, refusing names beside numbers."""
    if len(first) and (first.dtype.kind in "US") != (second.dtype.kind in "US"):
        raise RatingsError("first and second must name responses alike, both by number or by name.")
    return joined(first, second)


def _refuse(
    pairs: JudgedPairs, first: Ints, second: Ints, task: Ints, rater: Ints, raters: int
) -> None:
    """Refuse a response beside itself, two pairs in a task, and a rater twice on a task."""
    same = first == second
    if same.any():
        position = int(np.argmax(same))
        raise RatingsError(
            f"first and second at position {position} are both {pairs.first[position]}: "
            "a response cannot be compared with itself."
        )
    if pairs.task is None or not len(pairs):
        return
    again = first_again(task * raters + rater)
    if again is not None:
        raise RatingsError(
            f"rater {pairs.rater[again]} judges task {pairs.task[again]} a second time "
            f"at position {again}."
        )
    known = np.zeros((2, int(task.max()) + 1), dtype=np.int64)
    known[0, task[::-1]], known[1, task[::-1]] = first[::-1], second[::-1]
    differs = (known[0, task] != first) | (known[1, task] != second)
    if differs.any():
        position = int(np.argmax(differs))
        raise RatingsError(
            f"task {pairs.task[position]} compares other responses at position {position} than "
            "before, or in another order."
        )
