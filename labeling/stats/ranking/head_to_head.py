"""Raw win rates, before any model: of each item, and of each two items head to head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from labeling.stats.coding import counted, divide
from labeling.stats.intervals.jackknife import STILL, jackknife_errors, jackknife_or_wilson_ends
from labeling.stats.intervals.proportions import CONFIDENCE, normal_quantile, wilson_ends
from labeling.stats.ranking.cells import cells_of, oriented
from labeling.stats.ranking.comparisons import (
    FIRST,
    SECOND,
    TIE,
    CodedComparisons,
    Comparisons,
    code_comparisons,
)
from labeling.stats.ratings import Figure, Floats, Ints

RawTies = Literal["half", "drop"]

_TIES = {"half": "ties as half wins", "drop": "ties left out"}


@dataclass(frozen=True, eq=False)
class HeadToHead:
    """Each two items that met, as arrays of one length.

    Attributes:
        items: the items, sorted; `first` and `second` index it, first below second.
        wins, ties, losses: how often the first was better, level, worse, shape (pairs,);
            weighted where comparisons are.
        n: comparisons that the rate rests on, shape (pairs,).
        rate, low, high: the first's win rate and Wilson's interval; NaN without comparisons.
        convention: what the rate is.
    """

    items: tuple[Any, ...]
    first: Ints
    second: Ints
    wins: Floats
    ties: Floats
    losses: Floats
    n: Ints
    rate: Floats
    low: Floats
    high: Floats
    convention: str

    def __len__(self) -> int:
        """Return the number of pairs that met."""
        return len(self.n)

    def figure(self, item: Any, other: Any) -> Figure:
        """Return the win rate of `item` against `other`.

        Raises:
            KeyError: an item that is not among those compared, or twice the same.
        """
        if item not in self.items or other not in self.items or item == other:
            raise KeyError(f"{item!r} and {other!r} are not two of the items compared.")
        own, opposed = self.items.index(item), self.items.index(other)
        low, high = min(own, opposed), max(own, opposed)
        place = np.flatnonzero((self.first == low) & (self.second == high))
        if not len(place) or not self.n[place[0]]:
            reason = f"{item} and {other} were never compared."
            if len(place):
                reason = f"{item} and {other} only ever tied."
            return Figure(None, None, None, 0, self.convention, reason)
        at = place[0]
        ends = (float(self.rate[at]), float(self.low[at]), float(self.high[at]))
        if own > opposed:
            ends = (1 - ends[0], 1 - ends[2], 1 - ends[1])
        return Figure(*ends, int(self.n[at]), self.convention)


def head_to_head(
    comparisons: Comparisons, *, ties: RawTies = "half", confidence: float = CONFIDENCE
) -> HeadToHead:
    """Return the win rate of each two items that met, with Wilson's interval.

    Comparisons are taken as independent: where several rest on one prompt the intervals are too
    narrow, and `win_rates` or `bradley_terry` with clusters are the figures to quote. With ties
    as half wins the interval is that of a share with the same mean, a little too wide.

    Raises:
        ValueError: another way with ties.
    """
    _check(ties)
    coded = code_comparisons(comparisons)
    cells = cells_of(coded)
    used = [FIRST, TIE, SECOND] if ties == "half" else [FIRST, SECOND]
    weight = cells.weight[used].sum(axis=0)
    square = cells.square[used].sum(axis=0)
    won = cells.weight[FIRST] + (cells.weight[TIE] / 2 if ties == "half" else 0.0)
    rate = divide(won, weight)
    n = divide(weight**2, square, otherwise=0.0)
    low, high = wilson_ends(rate, n, confidence)
    convention = f"share of comparisons won, {_TIES[ties]}; n counts comparisons"
    if cells.weighted:
        convention += ", which are weighted; the interval rests on their effective number"
    return HeadToHead(
        items=coded.items,
        first=cells.a,
        second=cells.b,
        wins=cells.weight[FIRST],
        ties=cells.weight[TIE],
        losses=cells.weight[SECOND],
        n=np.rint(cells.count[used].sum(axis=0)).astype(np.int64),
        rate=rate,
        low=low,
        high=high,
        convention=f"{convention}; {100 * confidence:g}% Wilson interval",
    )


def win_rates(
    comparisons: Comparisons, *, ties: RawTies = "half", confidence: float = CONFIDENCE
) -> dict[Any, Figure]:
    """Return the share of its comparisons that each item won, by item.

    What it means depends on whom an item met: use it where all met the same others, or beside
    `bradley_terry`, which allows for the opponents. The interval is over prompts where clusters
    are given: the jackknife over prompts on the scale of the logit; where nothing varies,
    Wilson's limits over them. n counts comparisons.

    Raises:
        ValueError: another way with ties.
    """
    _check(ties)
    normal_quantile(confidence)
    coded = code_comparisons(comparisons)
    size = len(coded.items)
    low, high, outcome, _ = oriented(coded, side=False)
    parts = _parts(coded, size, ties)
    total = counted(parts.item, size, parts.times * parts.total)
    won = counted(parts.item, size, parts.times * parts.won)
    units = counted(parts.item, size, parts.times)
    rate = divide(won, total)
    error = _jackknife(parts, won, total)
    ends = jackknife_or_wilson_ends(rate, error, units, np.zeros(size), 0.0, confidence)
    used = outcome != TIE if ties == "drop" else np.ones(len(outcome), dtype=bool)
    count = np.ones(len(outcome)) if coded.count is None else coded.count
    met = counted(low[used], size, count[used]) + counted(high[used], size, count[used])
    convention = f"share of its comparisons won, {_TIES[ties]}; n counts comparisons"
    over = "comparisons" if coded.cluster is None else "prompts"
    convention += f"; {100 * confidence:g}% interval over {over}, jackknife-t on the logit scale, "
    convention += "Wilson limits where nothing varies"
    return {
        item: _rate(
            rate[place], ends[0][place], ends[1][place], units[place], met[place], convention
        )
        for place, item in enumerate(coded.items)
    }


@dataclass(frozen=True, eq=False)
class _Parts:
    """What each sampling unit adds to each item: won of total, so many times."""

    item: Ints
    won: Floats
    total: Floats
    times: Floats


def _parts(coded: CodedComparisons, size: int, ties: RawTies) -> _Parts:
    """Return the parts of all units: of clusters, else of comparisons, alike ones together."""
    item = np.concatenate([coded.first, coded.second])
    outcome = np.concatenate([coded.outcome, 2 - coded.outcome])
    ones = np.ones(len(coded))
    weight = np.tile(ones if coded.weight is None else coded.weight, 2)
    count = np.tile(ones if coded.count is None else coded.count, 2)
    if ties == "drop":
        used = outcome != TIE
        item, outcome, weight, count = item[used], outcome[used], weight[used], count[used]
        cluster = None if coded.cluster is None else np.tile(coded.cluster, 2)[used]
    else:
        cluster = None if coded.cluster is None else np.tile(coded.cluster, 2)
    won = 1 - outcome / 2
    if cluster is not None:
        keys, place = np.unique(cluster * size + item, return_inverse=True)
        whole = counted(place, len(keys), count * weight)
        won = counted(place, len(keys), count * weight * won)
        return _Parts(keys % size, won, whole, np.ones(len(keys)))
    if coded.weight is not None:
        return _Parts(item, won * weight, weight, count)
    alike = counted(item * 3 + outcome, 3 * size, count)
    kinds = np.arange(3 * size)
    return _Parts(kinds // 3, 1 - kinds % 3 / 2, np.ones(3 * size), alike)


def _jackknife(parts: _Parts, won: Floats, total: Floats) -> Floats:
    """Return the standard error of each item's rate, every unit left out once; NaN where none."""
    rest = total[parts.item] - parts.total
    without = np.divide(
        won[parts.item] - parts.won, rest, out=np.full(len(rest), np.nan), where=rest > STILL
    )
    without = np.where(parts.times > 0, without, 0.0)
    return jackknife_errors(without, parts.item, parts.times, len(won))[0]


def _rate(
    rate: float, low: float, high: float, units: float, met: float, convention: str
) -> Figure:
    """Return the win rate of one item."""
    n = round(met)
    if not np.isfinite(rate):
        return Figure(None, None, None, n, convention, "It was in no comparison that counts.")
    if units < 2:
        reason = "No interval: it rests on 1 prompt or comparison and needs at least 2."
        return Figure(float(rate), None, None, n, convention, reason)
    return Figure(float(rate), float(low), float(high), n, convention)


def _check(ties: str) -> None:
    if ties not in _TIES:
        raise ValueError(f"ties must be half or drop, not {ties!r}.")
