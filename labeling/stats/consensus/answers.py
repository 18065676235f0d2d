"""The answer of every task: its weight on each category, the leading one, margin and entropy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from labeling.stats.ratings import Array, Floats, Ints

TIED = -1  # What stands in `Consensus.leader` where the lead is shared.
_SAME = 1e-9  # Weights that differ by less are a shared lead.


@dataclass(frozen=True, eq=False)
class Consensus:
    """What the judgments say about every task, as arrays of one length.

    Attributes:
        tasks: the tasks, in sorted order, shape (U,).
        categories: the scale; K of them.
        n: judgments of each task, shape (U,).
        weight: share or posterior of each category, shape (U, K); every row adds up to 1.
        leader: place of the heaviest category on the scale, shape (U,), or -1 where two or more
            share the lead: a tie is never broken in silence.
        margin: weight of the heaviest less that of the second heaviest, shape (U,); 0 for a tie,
            and 1 on a scale of one category.
        entropy: in bits, shape (U,): 0 where all weight is on one category, log2 K at most.
        convention: what the weights are.
    """

    tasks: Array
    categories: tuple[Any, ...]
    n: Ints
    weight: Floats
    leader: Ints
    margin: Floats
    entropy: Floats
    convention: str

    def __len__(self) -> int:
        """Return the number of tasks."""
        return len(self.tasks)

    def answer(self, index: int) -> Any | None:
        """Return the answer of the task at `index`, or None where the lead is shared."""
        leader = int(self.leader[index])
        return None if leader == TIED else self.categories[leader]

    def answers(self) -> dict[Any, Any | None]:
        """Return every task with its answer, None where the lead is shared."""
        return {task: self.answer(index) for index, task in enumerate(self.tasks.tolist())}


def consensus_of(
    tasks: Array, categories: tuple[Any, ...], n: Ints, weight: Floats, convention: str
) -> Consensus:
    """Return the consensus that weights (U, K) amount to."""
    leader, margin = _lead(weight)
    return Consensus(
        tasks=tasks,
        categories=categories,
        n=n,
        weight=weight,
        leader=leader,
        margin=margin,
        entropy=entropy_bits(weight),
        convention=convention,
    )


def entropy_bits(weight: npt.ArrayLike) -> Floats:
    """Return the entropy of each row of weights (…, K) in bits; rows are scaled to add up to 1.

    Counts do as well as shares: 4 votes against 1 have 0.7219 bits. It says how split the votes
    are, not how much is known: 2 against 2 and 50 against 50 both have 1 bit.

    Raises:
        ValueError: a negative weight, one that is not a number, or a row without any weight.

    Source: Shannon (1948), Bell System Technical Journal 27.
    """
    weights = np.asarray(weight, dtype=np.float64)
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError("Weights must be numbers from 0 on.")
    total = weights.sum(axis=-1, keepdims=True)
    if not total.all():
        raise ValueError("A row without weight has no entropy.")
    bits = special.entr(weights / total).sum(axis=-1) / np.log(2)
    return np.asarray(bits, dtype=np.float64)


def _lead(weight: Floats) -> tuple[Ints, Floats]:
    """Return the heaviest category of each row (-1 for a shared lead) and its margin."""
    tasks, size = weight.shape
    if size < 2:
        return np.zeros(tasks, dtype=np.int64), np.ones(tasks)
    # The two heaviest of each row, in order, without sorting the rest.
    top = np.partition(weight, size - 2, axis=1)[:, -2:]
    margin = top[:, 1] - top[:, 0]
    tied = margin <= _SAME
    return np.where(tied, TIED, weight.argmax(axis=1)), np.where(tied, 0.0, margin)
