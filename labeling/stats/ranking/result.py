"""What a ranking returns: strengths with errors, ranks, Elo, win rates, and who is separable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from labeling.stats.coding import divide
from labeling.stats.intervals.proportions import t_quantile
from labeling.stats.ranking.elo import elo_from_strength
from labeling.stats.ranking.separability import NO_ERROR, Separability, separate
from labeling.stats.ratings import Figure, Floats, Ints

LEVEL = 0.05
NOTHING_VARIES = "No interval: every comparison here was a tie, so that nothing varies."


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of a leaderboard.

    Attributes:
        item: the item.
        rank: 1 + the number of items whose interval lies wholly above; None without interval.
        strength, elo, win_rate: the figures of the item.
        letters: items of a group that share a letter are not separable.
        group: items of different groups cannot be compared; 0 is the first group.
        n: comparisons of the item.
    """

    item: Any
    rank: int | None
    strength: Figure
    elo: Figure
    win_rate: Figure
    letters: str
    group: int
    n: int


@dataclass(frozen=True, eq=False)
class Ranking:
    """Strengths of items; arrays are in the order of `items`, NaN where undefined.

    Use `standings` or the figures of an item to show them: those say in words what is missing.

    Attributes:
        items: the items, sorted; M of them.
        strength: on the log scale, mean 0 in each component, shape (M,). The difference of two
            is the log odds that the one beats the other.
        error: standard errors of the strengths, shape (M,).
        low, high: ends of the intervals, shape (M,).
        covariance: of the strengths, shape (M, M), or None where there is none.
        rank: 1 + how many items of the component have an interval wholly above, shape (M,); 0
            where undefined.
        component: items of different components cannot be compared, shape (M,).
        win_rate, win_rate_low, win_rate_high: expected score (win 1, tie 1/2) against an item
            drawn from the others of the component, shape (M,).
        counted: what `met` and `n` count: comparisons, or rankings.
        met: how many of them each item took part in, shape (M,).
        tie: the tie parameter of Davidson's or Rao and Kupper's model, else None.
        side: the advantage of standing on the left in log odds, or None if not asked for.
        style: the effect of one unit of each difference in style in log odds.
        n: how many the strengths rest on.
        confidence: of the intervals.
        log_likelihood: at the estimate, or None.
        deviance: twice the log likelihood lost against the observed shares of each pair, or None.
        convention: what was computed, from what, and how the intervals were made.
        reason: why some or all of it is undefined, or None.
        reasons: why an item has no strength, by item.
        freedom: degrees of freedom of the t that intervals and tests rest on; inf for a normal.
        unsure: why there are strengths but no intervals, or None.
    """

    items: tuple[Any, ...]
    strength: Floats
    error: Floats
    low: Floats
    high: Floats
    covariance: Floats | None
    rank: Ints
    component: Ints
    win_rate: Floats
    win_rate_low: Floats
    win_rate_high: Floats
    counted: str
    met: Ints
    tie: Figure | None
    side: Figure | None
    style: tuple[Figure, ...]
    n: int
    confidence: float
    log_likelihood: float | None
    deviance: float | None
    convention: str
    reason: str | None
    reasons: Mapping[Any, str]
    freedom: float
    unsure: str | None

    def strength_of(self, item: Any) -> Figure:
        """Return the strength of an item, ready to be shown; n counts its comparisons."""
        return self._figures(self._place(item))[0]

    def elo_of(self, item: Any) -> Figure:
        """Return the strength of an item on the Elo scale, mean 1000."""
        return self._figures(self._place(item))[1]

    def win_rate_of(self, item: Any) -> Figure:
        """Return the expected score of an item against one drawn from the others compared."""
        return self._figures(self._place(item))[2]

    def difference(self, item: Any, other: Any) -> Figure:
        """Return how much stronger `item` is than `other`, with the interval of the difference.

        Two intervals that overlap do not say that two items are alike: their estimates are
        correlated. This is the interval to read, one comparison at a time; see `separability`
        for all at once. n is that of the whole ranking.
        """
        first, second = self._place(item), self._place(other)
        convention = (
            f"strength of {item} less that of {other}; n counts {self.counted}; {self._method}"
        )
        if self.component[first] != self.component[second]:
            reason = f"{item} and {other} cannot be compared. {self.reason or ''}".strip()
            return Figure(None, None, None, self.n, convention, reason)
        value = float(self.strength[first] - self.strength[second])
        if not np.isfinite(value):
            return Figure(
                None, None, None, self.n, convention, self.reason or self.reasons.get(item)
            )
        if self.covariance is None or first == second:
            return Figure(
                value,
                None,
                None,
                self.n,
                convention,
                self.unsure or "No interval: an item equals itself.",
            )
        own = np.diagonal(self.covariance)
        spread = float(own[first] + own[second] - 2 * self.covariance[first, second])
        if spread < NO_ERROR**2:
            return Figure(value, None, None, self.n, convention, NOTHING_VARIES)
        reach = float(t_quantile(self.freedom, self.confidence)) * spread**0.5
        return Figure(value, value - reach, value + reach, self.n, convention)

    def separability(self, level: float = LEVEL) -> Separability:
        """Return Holm-adjusted tests of all pairs, and letters for those not separable.

        Raises:
            ValueError: the ranking has no covariance to test with; the message says why.
        """
        if self.covariance is None:
            raise ValueError(self.unsure or "There is no covariance.")
        known = np.flatnonzero(np.isfinite(self.strength))
        return separate(
            tuple(self.items[place] for place in known),
            self.strength[known],
            self.covariance[np.ix_(known, known)],
            self.component[known],
            level,
            self.freedom,
        )

    def standings(self, level: float = LEVEL) -> list[Standing]:
        """Return the leaderboard: groups apart, best first, items without a strength last."""
        letters: dict[Any, str] = {}
        if self.covariance is not None and np.isfinite(self.strength).any():
            tested = self.separability(level)
            letters = dict(zip(tested.items, tested.letters, strict=True))
        unknown = ~np.isfinite(self.strength)
        order = np.lexsort((-np.where(unknown, 0.0, self.strength), self.component, unknown))
        return [
            Standing(
                self.items[place],
                int(self.rank[place]) or None,
                *self._figures(place),
                letters=letters.get(self.items[place], ""),
                group=int(self.component[place]),
                n=int(self.met[place]),
            )
            for place in order.tolist()
        ]

    @property
    def _method(self) -> str:
        return self.convention.rsplit("; ", 1)[-1]

    def _place(self, item: Any) -> int:
        try:
            return self.items.index(item)
        except ValueError:
            raise KeyError(f"{item!r} is not among the items compared.") from None

    def _figures(self, place: int) -> tuple[Figure, Figure, Figure]:
        """Return strength, Elo and win rate of one item."""
        ends = f"n counts {self.counted} of the item; {self._method}"
        arrays = self.strength, self.low, self.high
        convention = f"strength, log scale, mean 0 over the items compared; {ends}"
        strength = self._figure(place, convention, *(float(array[place]) for array in arrays))
        convention = f"1000 + 400 / ln 10 times the strength; {ends}"
        elo = self._figure(
            place, convention, *(elo_from_strength(float(array[place])) for array in arrays)
        )
        convention = (
            "expected score (win 1, tie 1/2) against one of the others, each as likely; "
            f"{ends}, on the logit scale"
        )
        rates = self.win_rate, self.win_rate_low, self.win_rate_high
        return (
            strength,
            elo,
            self._figure(place, convention, *(float(rate[place]) for rate in rates)),
        )

    def _figure(self, place: int, convention: str, value: float, low: float, high: float) -> Figure:
        n = int(self.met[place])
        if not np.isfinite(value):
            reason = self.reasons.get(self.items[place], self.reason)
            return Figure(None, None, None, n, convention, reason)
        if not np.isfinite(low):
            return Figure(value, None, None, n, convention, self.unsure or NOTHING_VARIES)
        return Figure(value, low, high, n, convention)


def arena_rank(low: Floats, high: Floats, component: Ints | None = None) -> Ints:
    """Return 1 + how many items of the component have their low end above one's high end.

    Items without an interval (NaN) get 0. Ranks are shared where intervals overlap and err on the
    side of modesty: the best rank that the data do not rule out. Source: Chiang et al. (2024,
    arXiv:2403.04132).
    """
    rank = np.zeros(len(low), dtype=np.int64)
    component = np.zeros(len(low), dtype=np.int64) if component is None else component
    known = np.isfinite(low) & np.isfinite(high)
    for group in np.unique(component[known]):
        mine = np.flatnonzero(known & (component == group))
        rank[mine] = 1 + len(mine) - np.searchsorted(np.sort(low[mine]), high[mine], "right")
    return rank


def logit_interval(share: Floats, error: Floats, quantile: float) -> tuple[Floats, Floats]:
    """Return the ends of a share, symmetric on the logit scale."""
    bend = share * (1 - share)
    reach = quantile * divide(error, bend)
    middle = special.logit(share)
    return special.expit(middle - reach), special.expit(middle + reach)
