"""Anomalous voters: whose votes, taken together, are unlike everybody else's on the same pairs?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from labeling.stats.coding import crossed
from labeling.stats.raters.columns import coded, numbers, parts
from labeling.stats.raters.habit import Status
from labeling.stats.ratings import Floats, Ints, same_length


@dataclass(frozen=True, slots=True)
class Voter:
    """The combined evidence against one voter's votes being like the others'.

    Attributes:
        rater: whose it is.
        n: votes on pairs that others voted on too, as far as they were looked at.
        looks: after how many votes the evidence was looked at.
        p: the least p-value of the looks in both directions, times the number of them (at most
            1), or None without votes to look at.
        status: "stands out" where p is at most the level; "too few" below the least number.
    """

    rater: Any
    n: int
    looks: tuple[int, ...]
    p: float | None
    status: Status


def anomalous_voters(
    rater: npt.ArrayLike,
    pair: npt.ArrayLike,
    value: npt.ArrayLike,
    *,
    level: float = 0.05,
    looks: int = 5,
    horizon: int = 100,
    min_n: int = 10,
    seed: int = 0,
) -> tuple[Voter, ...]:
    """Return which voters' votes are jointly too high or too low among the others'.

    Each vote's p-value is its rank among the others' votes on the same pair of models. Fisher's
    method combines the first j of them, at `looks` random j up to `horizon`, in both directions,
    which share the level. It holds for one voter: many voters are many tests. Whoever is unlike
    the rest may be the expert: look before leaving anybody out.

    Args:
        rater: who voted, shape (n,), rows in order of time.
        pair: what was voted on: the pair of models (or the task, given many votes), shape (n,).
        value: canonical values, the same orientation for all votes of a pair, shape (n,).
        level: chance of a voter like the others to stand out.
        looks: how often the evidence is looked at.
        horizon: votes after which it is no longer looked at.
        min_n: votes below which nothing is said of a voter.
        seed: of the random looks.

    Raises:
        RatingsError: columns that cannot be read, named by position.
        ValueError: options out of range.

    Source: Chiang et al. (2024, Chatbot Arena, arXiv:2403.04132), section 5.1, which looks in
    one direction; here both are, as the order of the responses is arbitrary.
    """
    if not 0 < level < 1 or looks < 1 or horizon < 1 or min_n < 1:
        raise ValueError("level must lie in 0 to 1; looks, horizon and min_n be at least 1.")
    who, raters = coded("rater", rater)
    of, pairs = coded("pair", pair)
    votes = numbers("value", value)
    same_length(rater=who, pair=of, value=votes)
    high, low, others = _ranks(who, of, votes, len(pairs))
    used = np.flatnonzero(others > 0)
    order = used[np.argsort(who[used], kind="stable")]
    rng = np.random.default_rng(seed)
    return tuple(
        _voter(name, high[part[:horizon]], low[part[:horizon]], level, looks, min_n, rng)
        for name, part in zip(raters, parts(order, who[order], len(raters)), strict=True)
    )


def _voter(
    rater: Any,
    high: Floats,
    low: Floats,
    level: float,
    looks: int,
    min_n: int,
    rng: np.random.Generator,
) -> Voter:
    """Combine the p-values of one voter's first votes, in both directions."""
    n = len(high)
    if n < min_n:
        return Voter(rater, n, (), None, "too few")
    at = np.unique(rng.integers(min_n, n + 1, size=looks))
    # Fisher's statistic after every vote; looked at only where the looks fall.
    combined = [np.cumsum(-2 * np.log(p))[at - 1] for p in (high, low)]
    least = float(np.min(special.chdtrc(2 * at, combined)))
    p_value = min(1.0, least * 2 * looks)
    status: Status = "stands out" if p_value <= level else "as expected"
    return Voter(rater, n, tuple(at.tolist()), p_value, status)


def _ranks(who: Ints, of: Ints, votes: Floats, pairs: int) -> tuple[Floats, Floats, Floats]:
    """Return p-values of each vote being high, and low, among the other voters', and their n.

    p = (1 + others at least as high) / (1 + others), and the same downwards.
    """
    steps, step = np.unique(votes, return_inverse=True)
    size = len(steps)
    if not size:
        empty = np.zeros(0)
        return empty, empty, empty
    table = crossed(of, step, pairs, size)
    voters = int(who.max()) + 1
    mine_of, mine = np.unique(of * voters + who, return_inverse=True)
    own = crossed(mine, step, len(mine_of), size)
    others = table.sum(axis=1)[of] - own.sum(axis=1)[mine]

    def at_least(counts: Ints) -> Ints:
        return np.asarray(counts[:, ::-1].cumsum(axis=1)[:, ::-1])

    above = at_least(table)[of, step] - at_least(own)[mine, step]
    below = table.cumsum(axis=1)[of, step] - own.cumsum(axis=1)[mine, step]
    return (1 + above) / (1 + others), (1 + below) / (1 + others), others
