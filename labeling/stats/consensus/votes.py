"""Counting votes: shares, smoothed shares, entropy and majority of every task, ties kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labeling.stats.coding import code, crossed
from labeling.stats.consensus.answers import Consensus, consensus_of
from labeling.stats.ratings import NO_JUDGMENTS, Floats, Ints, Ratings
from labeling.stats.table import Table


@dataclass(frozen=True, eq=False)
class VoteShares:
    """The votes of every task, counted.

    Attributes:
        consensus: shares as weights, with the majority as `leader` (-1 for a shared lead),
            margin and entropy in bits. From a `Table` a row is a pattern of votes, not a task,
            and `tasks` numbers the rows.
        counts: votes for each category, shape (U, K).
        smoothed: shares after `smoothing` more votes for every category, shape (U, K): a label
            to train on that never claims certainty from a handful of votes.
        frequency: how many tasks a row stands for, shape (U,); 1 everywhere from `Ratings`.
        reason: why there is nothing to count, or None.
    """

    consensus: Consensus
    counts: Ints
    smoothed: Floats
    frequency: Ints
    reason: str | None = None


def vote_shares(
    ratings: Ratings | Table,
    *,
    categories: Sequence[Any] | None = None,
    smoothing: float = 1.0,
) -> VoteShares:
    """Return how the votes of every task are split, and which category leads.

    The plain consensus: every vote counts the same. Right where raters are about equally good,
    and the first thing to look at in any case; `dawid_skene` weighs raters by how often they
    are right. The category with the most votes leads, be it more than half or not (on two
    categories that is the majority); where several have as many, nobody leads.

    Args:
        ratings: ratings, or a `Table` of vote patterns where it does not matter which task is
            which: a million ratings of five categories have a few hundred patterns.
        categories: the declared scale; without it, what occurs. A `Table` brings its own.
        smoothing: votes added to every category in `smoothed`; 1 is Laplace's rule of
            succession, (n_c + 1) / (n + K): 4 votes of 5 on two categories make 0.714.

    Raises:
        RatingsError: a value off the scale, or a rater twice on a task.
        ValueError: a negative smoothing.
    """
    if not smoothing >= 0:
        raise ValueError(f"The smoothing must be 0 or more, not {smoothing}.")
    if isinstance(ratings, Table):
        rated = ratings.counts.sum(axis=1) > 0
        counts = ratings.counts[rated].astype(np.int64)
        frequency = ratings.pattern_frequency[rated].astype(np.int64)
        tasks, scale = np.arange(len(counts)), ratings.categories
    else:
        coded = code(ratings, categories)
        tasks, scale = coded.unit_levels, coded.categories
        counts = crossed(coded.unit, coded.value, coded.units, len(scale))
        frequency = np.ones(len(tasks), dtype=np.int64)
    # n_c, and n over all c: every share is a row of counts over its sum.
    n = counts.sum(axis=1)
    under = n[:, None]
    return VoteShares(
        consensus=consensus_of(
            tasks, scale, n, counts / under, "share of the votes; n counts votes"
        ),
        counts=counts,
        smoothed=(counts + smoothing) / (under + smoothing * len(scale)),
        frequency=frequency,
        reason=None if len(counts) else NO_JUDGMENTS,
    )
