"""Which of two responses is better, by a model of the raters: Dawid-Skene, learned from all tasks.

What is kept of a judgment until every task was seen is 13 bytes: who, on what, which side. Fitting
takes about ten times as much for a while, and 32 bytes a comparison stay. Rows are
sorted before the model sees them, so that the order in which tasks come changes no bit of it.
"""

from __future__ import annotations

from array import array
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labeling import stats
from labeling.datasets.recipes.per_task import PerTask
from labeling.datasets.recipes.votes import Votes
from labeling.datasets.records import TaskRecord
from labeling.vocabulary import TieKind

if TYPE_CHECKING:
    from labeling.stats.ratings import Ints

#: Judgments the average rater counts for in each row of a rater's matrix: few have a long record.
_SHRINKAGE = 20.0
#: A rater with fewer judgments on shared tasks cannot be told from the average one.
_ENOUGH_SHARED = 30
_CANNOT_TELL = TieKind.CANNOT_TELL.value


class Belief(NamedTuple):
    """How likely it is that the first is better, that neither is, and that the second is."""

    first: float
    neither: float
    second: float

    def probability(self, side: int) -> float:
        """The probability that a side is better, a tie counting half for each."""
        return (self.second if side else self.first) + self.neither / 2


class RaterLearner:
    """Learns from the votes that a recipe lets through; a reviewer's final word is none of them.

    Equally good and equally bad are one answer, that neither is better; cannot tell is no answer.
    """

    def __init__(self, recipe: PerTask, *, iterations: int = 2000) -> None:
        self._recipe, self._iterations = recipe, iterations
        self._units, self._raters, self._signs = array("Q"), array("I"), array("b")
        self._names: dict[str, int] = {}
        self._keys = np.empty(0, dtype=np.uint64)
        self._beliefs = np.empty((0, 3))
        self.notes: tuple[str, ...] = ()

    def learn(self, task: TaskRecord) -> None:
        """Takes note of who preferred what."""
        sifted = self._recipe.sift(task)
        if self._recipe.without_votes(task, sifted):
            return
        votes = [vote for vote in sifted.votes if not vote.adjudicates]
        for counted in self._recipe.counted(task, votes):
            unit = _unit(task, counted)
            for judgment, side in zip(counted.judgments, counted.sides, strict=True):
                if side or self._recipe.tie(judgment) != _CANNOT_TELL:
                    self._units.append(unit)
                    self._raters.append(self._names.setdefault(judgment.rater, len(self._names)))
                    self._signs.append(side)

    def settle(self) -> None:
        """Fits the model; where that cannot be done the shares of the votes stand in its place."""
        ratings = self._sorted()
        if not len(ratings):
            return
        scale = (-1, 0, 1) if not ratings.value.all() else (-1, 1)
        name = self._recipe.criterion.key
        try:
            fitted = stats.dawid_skene(
                ratings,
                categories=scale,
                mirrored=True,
                shrinkage=_SHRINKAGE,
                repeats=True,
                max_iterations=self._iterations,
            )
        except stats.ConvergenceError as error:
            self.notes = (_unfitted(name, str(error)),)
            return
        if fitted.reason:
            self.notes = (_unfitted(name, fitted.reason),)
            return
        self._keys = fitted.consensus.tasks
        weight = fitted.consensus.weight
        self._beliefs = weight if len(scale) > 2 else np.insert(weight, 1, 0.0, axis=1)
        self.notes = (
            f"“{name}”: the posteriors are those of {len(fitted.raters):,} raters on "
            f"{len(self._keys):,} comparisons ({fitted.convention}).",
            *_caution(name, fitted.shared),
        )

    def belief(self, task: TaskRecord, votes: Votes) -> Belief:
        """What the model says about two responses, or the votes where it says nothing."""
        unit = _unit(task, votes)
        place = int(np.searchsorted(self._keys, np.uint64(unit)))
        if place < len(self._keys) and int(self._keys[place]) == unit:
            return Belief(*self._beliefs[place].tolist())
        first, second = len(votes.first), len(votes.second)
        neither = votes.tied - votes.ties.get(_CANNOT_TELL, 0)
        total = first + second + neither
        return Belief(first / total, neither / total, second / total) if total else Belief(0, 1, 0)

    def _sorted(self) -> stats.Ratings:
        """The votes in an order of their own, and their store emptied."""
        names = sorted(self._names)
        ranks = np.empty(len(names), dtype=np.int64)
        ranks[[self._names[name] for name in names]] = np.arange(len(names))
        units = np.array(self._units, dtype=np.uint64)
        raters = ranks[np.array(self._raters, dtype=np.int64)]
        signs = np.array(self._signs, dtype=np.int64)
        del self._units[:], self._raters[:], self._signs[:]
        order = np.lexsort((signs, raters, units))
        return stats.Ratings(units[order], raters[order], signs[order])


def _unit(task: TaskRecord, votes: Votes) -> int:
    """A number for two responses of a task; among ten million, two share one once in 400,000."""
    first, second = votes.places
    text = f"{task.id}\0{first}\0{second}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")


def _unfitted(name: str, reason: str) -> str:
    return (
        f"“{name}”: no model of the raters could be fitted. {reason} The shares of the votes stand "
        "in its place."
    )


def _caution(name: str, shared: Ints) -> tuple[str, ...]:
    """A sentence where raters share too few tasks to be told apart."""
    few = int((shared < _ENOUGH_SHARED).sum())
    if not few:
        return ()
    return (
        f"“{name}”: {few:,} of {len(shared):,} raters have fewer than {_ENOUGH_SHARED} judgments "
        "on tasks that others judged too, and count much like the average rater.",
    )
