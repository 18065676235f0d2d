"""Rankings of several items at a time: `Rankings`, and the comparisons they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from labeling.stats.coding import codes, first_again, partners, plain
from labeling.stats.ranking.comparisons import Comparisons
from labeling.stats.ratings import Array, Ints, RatingsError, column, number_column, same_length

_ABSENT = "which nothing can be ranked by. Leave the row out where nothing was ranked."


class Rankings:
    """Rankings in long form, one row per item ranked.

    Attributes:
        ranking: which ranking the row belongs to, integers or strings, shape (n,).
        item: the item (model), shape (n,). An item stands once in a ranking.
        place: 1 for the best; any numbers in ascending order. Items at one place are a band.
        cluster: what the ranking was drawn with (its prompt), shape (n,), the same in all rows of
            a ranking, or None when every ranking was drawn on its own.
    """

    __slots__ = ("cluster", "item", "place", "ranking")

    def __init__(
        self,
        ranking: npt.ArrayLike,
        item: npt.ArrayLike,
        place: npt.ArrayLike,
        cluster: npt.ArrayLike | None = None,
    ) -> None:
        """Take the columns as arrays or sequences and refuse what cannot be read.

        Raises:
            RatingsError: unequal lengths, a hole, a place that is no number, an item twice in a
                ranking, a ranking in two clusters; the message names the position.
        """
        self.ranking: Final = column("ranking", ranking, _ABSENT)
        self.item: Final = column("item", item, _ABSENT)
        self.place: Final = number_column("place", place, _ABSENT)
        self.cluster: Final = None if cluster is None else column("cluster", cluster, _ABSENT)
        same_length(ranking=self.ranking, item=self.item, place=self.place, cluster=self.cluster)
        self._require_once()

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.item)

    @classmethod
    def from_orders(cls, orders: Sequence[Sequence[Any]]) -> Rankings:
        """Return rankings from lists of items, best first; a list inside a list is a band.

        `[["a", "b", "c"], ["b", ["a", "c"]]]`: the second ranking has a and c level below b.
        """
        rows = [
            (number, item, place)
            for number, order in enumerate(orders)
            for place, band in enumerate(order, start=1)
            for item in (band if isinstance(band, list | tuple | set | frozenset) else [band])
        ]
        ranking, item, place = zip(*rows, strict=True) if rows else ((), (), ())
        return cls(np.array(ranking, dtype=int), item, np.array(place, dtype=int))

    def _require_once(self) -> None:
        ranking, levels = codes(self.ranking) if len(self) else (np.zeros(0, dtype=int), self.item)
        item, items = codes(self.item) if len(self) else (ranking, self.item)
        position = first_again(ranking * len(items) + item)
        if position is not None:
            raise RatingsError(
                f"item {self.item[position]} stands in ranking {self.ranking[position]} a second "
                f"time at position {position}."
            )
        if self.cluster is not None and len(self):
            _, position = partners(ranking, len(levels), codes(self.cluster)[0])
            if position is not None:
                raise RatingsError(
                    f"ranking {self.ranking[position]} at position {position} is in two clusters."
                )


@dataclass(frozen=True, eq=False)
class OrderedRankings:
    """Rankings as small integers, rows sorted by ranking and place.

    Attributes:
        items: the items behind the codes, sorted.
        names: the rankings as they were given, one a row.
        ranking, item, cluster: codes, shape (n,).
        place: as given, shape (n,).
    """

    items: tuple[Any, ...]
    names: Array
    ranking: Ints
    item: Ints
    cluster: Ints
    place: Array

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.item)

    @property
    def ends(self) -> Ints:
        """The row after the last one of each row's ranking, shape (n,)."""
        return np.searchsorted(self.ranking, self.ranking, "right").astype(np.int64)

    @property
    def run(self) -> Ints:
        """The first row of each row's band, shape (n,)."""
        if not len(self):
            return np.zeros(0, dtype=np.int64)
        fresh = np.ones(len(self), dtype=bool)
        fresh[1:] = (np.diff(self.ranking) != 0) | (np.diff(self.place) != 0)
        first: Ints = np.flatnonzero(fresh)[np.cumsum(fresh) - 1]
        return first

    @property
    def last(self) -> Array:
        """Whether each row stands at the last place of its ranking."""
        return np.asarray(self.run == self.run[self.ends - 1])

    @property
    def edges(self) -> tuple[Ints, Ints]:
        """Items one above the other at successive places, from which all others follow."""
        before = self.run - 1
        lower = (before >= 0) & (self.ranking[before] == self.ranking)
        return self.item[before[lower]], self.item[lower]

    def later(self) -> tuple[Ints, Ints]:
        """Return each row (repeated) and every row below it in its ranking, in order."""
        times = self.ends - np.arange(len(self)) - 1
        upper = np.repeat(np.arange(len(self)), times)
        starts = np.cumsum(times) - times
        return upper, upper + 1 + np.arange(len(upper)) - starts[upper]

    def keep(self, chosen: Array) -> OrderedRankings:
        """Return some of the rows."""
        columns = ("names", "ranking", "item", "cluster", "place")
        return replace(self, **{name: getattr(self, name)[chosen] for name in columns})

    def within(self, component: Ints) -> OrderedRankings:
        """Return each ranking cut into one a component, without those that order nothing."""
        groups = int(component.max(initial=0)) + 1
        apart = replace(self, ranking=self.ranking * groups + component[self.item])
        apart = apart.keep(np.lexsort((apart.place, apart.ranking)))
        if not len(apart):
            return apart
        _, again = np.unique(apart.ranking, return_inverse=True)
        orders = np.bincount(again, ~apart.last) > 0
        return apart.keep(orders[again])

    def refuse_bands(self) -> None:
        """Refuse items level above the last place.

        Raises:
            RatingsError: such a band; its ranking and items are named.
        """
        level = (self.run != np.arange(len(self))) & ~self.last
        if level.any():
            row = int(np.argmax(level))
            raise RatingsError(
                f"ranking {self.names[row]} has {self.items[self.item[row - 1]]} and "
                f"{self.items[self.item[row]]} level above its last place, and Plackett-Luce has "
                "no ties. Rank the pairs instead: bradley_terry(pairs_of(rankings))."
            )


def ordered_rankings(rankings: Rankings) -> OrderedRankings:
    """Turn rankings into codes, sorted by ranking and place."""
    if not len(rankings):
        none = np.zeros(0, dtype=np.int64)
        return OrderedRankings((), rankings.ranking, none, none, none, none)
    ranking, _ = codes(rankings.ranking)
    item, items = codes(rankings.item)
    cluster = ranking if rankings.cluster is None else codes(rankings.cluster)[0]
    coded = OrderedRankings(plain(items), rankings.ranking, ranking, item, cluster, rankings.place)
    return coded.keep(np.lexsort((coded.place, coded.ranking)))


def pairs_of(rankings: Rankings) -> Comparisons:
    """Return every two items of a ranking as a comparison, a band as a tie.

    A ranking of K items gives K (K - 1) / 2 comparisons of weight 1 / (K (K - 1) / 2), so that
    every ranking weighs the same; the cluster is the prompt, or the ranking where none is given,
    because pairs of one ranking are anything but independent.
    """
    ordered = ordered_rankings(rankings)
    upper, lower = ordered.later()
    level = ordered.place[upper] == ordered.place[lower]
    names = np.asarray(ordered.items)
    sizes = np.bincount(ordered.ranking)[ordered.ranking[upper]]
    return Comparisons(
        names[ordered.item[upper]],
        names[ordered.item[lower]],
        np.where(level, 0, -1),
        cluster=ordered.cluster[upper],
        weight=2 / (sizes * (sizes - 1)),
    )
