"""Circular triads: where A beats B, B beats C and C beats A, so that no order fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.stats.coding import codes, counted, places_within
from labeling.stats.intervals.clustered import clustered_share
from labeling.stats.ranking.cells import cells_of
from labeling.stats.ranking.comparisons import FIRST, SECOND, Comparisons, code_comparisons
from labeling.stats.ranking.likelihood import DENSE
from labeling.stats.ratings import (
    Array,
    Figure,
    Floats,
    Ints,
    RatingsError,
    column,
    plural,
    same_length,
)

_LISTED = 20  # How many circular triads are named.
_CELLS = 1 << 19  # Cells of many small tables of pairs in memory together.
_ZETA = (
    "Kendall's zeta, 1 less circular triads over the most there can be; 1 is a perfect order; "
    "n counts items; no interval"
)


@dataclass(frozen=True, eq=False)
class Triads:
    """How far the majorities between pairs of items fit an order.

    Attributes:
        circular: how many triples go in a circle.
        complete: how many triples have all three pairs decided.
        undecided: pairs that never met or met with equal wins on both sides.
        zeta: Kendall's coefficient of consistence; undefined unless all pairs are decided.
        share: circular over complete triples.
        cycles: up to 20 of the circles, each as (a, b, c) with a over b over c over a.
    """

    circular: int
    complete: int
    undecided: int
    zeta: Figure
    share: Figure
    cycles: tuple[tuple[Any, Any, Any], ...]

    @property
    def transitive(self) -> bool:
        """Whether no complete triple goes in a circle."""
        return self.circular == 0


def circular_triads(comparisons: Comparisons) -> Triads:
    """Count circular triads among the majorities of all pairs.

    Use it before `bradley_terry`: one number per item cannot describe preferences that go in
    circles, as between principles that each prevail over the next. With one comparison a pair it
    is a measure of one rater's consistency (expect a quarter of the triples from a coin).

    Raises:
        ValueError: more items than a full table of pairs is held for (2,000).

    Source: Kendall and Babington Smith (1940), Biometrika 31.
    """
    coded = code_comparisons(comparisons)
    size = len(coded.items)
    if size > DENSE:
        raise ValueError(f"Circular triads are counted among at most {DENSE} items, not {size}.")
    cells = cells_of(coded)
    lead = cells.weight[FIRST] - cells.weight[SECOND]
    over = np.zeros((size, size), dtype=bool)
    over[cells.a[lead > 0], cells.b[lead > 0]] = True
    over[cells.b[lead < 0], cells.a[lead < 0]] = True
    circles, triples = _triples(over)
    circular, complete = round(float(circles)), round(float(triples))
    undecided = size * (size - 1) // 2 - int(over.sum())
    return Triads(
        circular=circular,
        complete=complete,
        undecided=undecided,
        zeta=_zeta(circular, size, undecided),
        share=_share(circular, complete),
        cycles=tuple(_cycles(over, coded.items)) if circular else (),
    )


@dataclass(frozen=True, eq=False)
class Circles:
    """How far preferences between the items of many groups fit an order, group by group.

    Attributes:
        circular: how many triples go in a circle, in all groups.
        complete: how many triples have all three pairs decided.
        groups: how many groups have such a triple.
        share: circular over complete triples, with its interval over clusters.
        zeta: 1 less the circles over the most there can be, of groups with every pair decided.
    """

    circular: int
    complete: int
    groups: int
    share: Figure
    zeta: Figure


def circles_within(
    group: npt.ArrayLike,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    value: npt.ArrayLike,
    cluster: npt.ArrayLike,
    *,
    groups_are: str,
    clusters_are: str = "prompts",
) -> Circles:
    """Count circular triads of many small groups: the responses of a task, a rater's of a prompt.

    Rows of one pair are added up, so that several judgments of it count as their majority.

    Args:
        group, first, second: what is compared with what, in which group, shape (n,).
        value: below 0 where the first is preferred, above 0 where the second is, 0 for a tie.
        cluster: what each row's group was drawn with, shape (n,).
        groups_are: what a group is, in the conventions.

    Raises:
        RatingsError: unequal lengths or holes.

    Source: as for `circular_triads`; zeta of several groups as its pooled form.
    """
    columns = {"group": column("group", group), "value": column("value", value)}
    columns |= {"first": column("first", first), "second": column("second", second)}
    columns["cluster"] = column("cluster", cluster)
    same_length(**columns)
    if not len(columns["group"]):
        none, nothing = np.zeros(0), np.zeros(0, dtype=np.int64)
        return _circles(none, none, none, nothing, nothing, groups_are, clusters_are)
    of, levels = codes(columns["group"])
    both = np.concatenate([columns["first"], columns["second"]])
    place = places_within(np.tile(of, 2), codes(both)[0])
    a, b = place.reshape(2, -1)
    size = np.zeros(len(levels), dtype=np.int64)
    np.maximum.at(size, np.tile(of, 2), place + 1)
    clusters = np.zeros(len(levels), dtype=np.int64)
    clusters[of] = codes(columns["cluster"])[0]
    circular, complete, decided = np.zeros((3, len(levels)))
    for count in np.unique(size[size > 2]).tolist():
        chosen = np.flatnonzero(size == count)
        step = max(1, _CELLS // count**2)
        for start in range(0, len(chosen), step):
            groups = chosen[start : start + step]
            over = _over(of, a, b, columns["value"], groups, count)
            circular[groups], complete[groups] = _triples(over)
            decided[groups] = over.sum(axis=(1, 2)) == count * (count - 1) // 2
    return _circles(circular, complete, decided, size, clusters, groups_are, clusters_are)


def circles_of_lists(
    lead: Array,
    compared: Array,
    ends: tuple[Ints, Ints],
    cluster: npt.ArrayLike,
    *,
    groups_are: str,
    clusters_are: str = "prompts",
) -> Circles:
    """Count circular triads as `circles_within` does, of groups whose items stand in columns.

    Args:
        lead: by how much the second item of a pair leads, below 0 where the first does, shape
            (groups, pairs).
        compared: which pairs were compared, of the same shape.
        ends: the columns of the two items of each pair, shape (pairs,) each.
        cluster: what each group was drawn with, shape (groups,).
    """
    count = int(max(ends[1].max(initial=-1), 0)) + 1
    circular, complete, decided = np.zeros((3, len(lead)))
    size = np.zeros(len(lead), dtype=np.int64)
    step = max(1, _CELLS // count**2)
    for start in range(0, len(lead), step):
        part = slice(start, start + step)
        over = np.zeros((len(lead[part]), count, count), dtype=bool)
        over[:, ends[0], ends[1]] = lead[part] < 0
        over[:, ends[1], ends[0]] = lead[part] > 0
        met = np.zeros_like(over)
        met[:, ends[0], ends[1]] = met[:, ends[1], ends[0]] = compared[part]
        size[part] = met.any(axis=2).sum(axis=1)
        circular[part], complete[part] = _triples(over)
        decided[part] = over.sum(axis=(1, 2)) == size[part] * (size[part] - 1) // 2
    clusters = codes(column("cluster", cluster))[0] if len(lead) else size
    return _circles(circular, complete, decided, size, clusters, groups_are, clusters_are)


def consistence(win_scores: npt.ArrayLike) -> Figure:
    """Return Kendall's zeta from how many others each item beats, all pairs being decided.

    Raises:
        RatingsError: scores that no set of decided pairs can have.
    """
    scores = np.sort(np.asarray(win_scores, dtype=np.float64).reshape(-1))
    size = len(scores)
    whole = np.isfinite(scores).all() and (scores == np.floor(scores)).all()
    least = np.cumsum(np.arange(size))
    fits = whole and (np.cumsum(scores) >= least).all() and scores.sum() == least[-1:].sum()
    if not fits:
        raise RatingsError(
            f"No {size} items that each met each other once, without ties, have the win scores "
            f"{', '.join(f'{score:g}' for score in scores)}."
        )
    triples = size * (size - 1) * (size - 2) // 6
    circular = triples - round(float((scores * (scores - 1) / 2).sum()))
    return _zeta(circular, size, 0)


def _over(of: Ints, a: Ints, b: Ints, value: Array, groups: Ints, count: int) -> Array:
    """Return which item is over which, shape (groups, count, count)."""
    place = np.searchsorted(groups, of).clip(max=len(groups) - 1)
    rows = np.flatnonzero(groups[place] == of)
    cell = (place[rows] * count + a[rows]) * count + b[rows]
    size = len(groups) * count**2
    lead = counted(cell, size, value[rows].astype(np.float64)).reshape(-1, count, count)
    lead = lead - lead.swapaxes(1, 2)
    return np.asarray(lead < 0)


def _triples(over: Array) -> tuple[Floats, Floats]:
    """Return circular and complete triples of one table of who is over whom, or of many."""
    one_way = over.astype(np.float64)
    decided = one_way + one_way.swapaxes(-1, -2)
    circular = ((one_way @ one_way) * one_way.swapaxes(-1, -2)).sum(axis=(-1, -2)) / 3
    complete = ((decided @ decided) * decided).sum(axis=(-1, -2)) / 6
    return np.rint(circular), np.rint(complete)


def _circles(
    circular: Floats,
    complete: Floats,
    decided: Floats,
    size: Ints,
    cluster: Ints,
    groups_are: str,
    clusters_are: str,
) -> Circles:
    """Return the figures of counts by group."""
    share = clustered_share(
        circular,
        complete,
        cluster,
        "circular triads over triples of responses with all three pairs decided",
        nothing="No three responses have all three pairs decided.",
        counted="triples",
        clusters_are=clusters_are,
    )
    whole = (decided > 0) & (size > 2)
    most = (size**3 - size * np.where(size % 2, 1, 4)) / 24
    convention = (
        "Kendall's zeta, 1 less circular triads over the most there can be, pooled over "
        f"{groups_are} with every pair decided; 1 is a perfect order; n counts {groups_are}"
    )
    zeta = Figure(
        float(1 - circular[whole].sum() / most[whole].sum()) if whole.any() else None,
        None,
        None,
        int(whole.sum()),
        convention,
        "It has no interval: it is of these responses alone."
        if whole.any()
        else f"No {groups_are} have every pair of three responses decided.",
    )
    return Circles(
        circular=round(float(circular.sum())),
        complete=round(float(complete.sum())),
        groups=int((complete > 0).sum()),
        share=share,
        zeta=zeta,
    )


def _zeta(circular: int, size: int, undecided: int) -> Figure:
    """Return zeta from the count of circular triads."""
    if size < 3:
        return Figure(None, None, None, size, _ZETA, "A circle takes at least 3 items.")
    if undecided:
        reason = (
            f"{plural(undecided, 'pair')} of items never met or came out level; zeta needs every "
            "pair decided."
        )
        return Figure(None, None, None, size, _ZETA, reason)
    most = (size**3 - size * (1 if size % 2 else 4)) / 24
    return Figure(1 - circular / most, None, None, size, _ZETA)


def _share(circular: int, complete: int) -> Figure:
    convention = "circular triads over triples with all three pairs decided; n counts triples"
    convention += "; no interval"
    if not complete:
        reason = "No three items have all three pairs decided."
        return Figure(None, None, None, 0, convention, reason)
    return Figure(circular / complete, None, None, complete, convention)


def _cycles(over: Array, items: tuple[Any, ...]) -> list[tuple[Any, Any, Any]]:
    """Return the first circles, each named from its first item on."""
    circles: list[tuple[Any, Any, Any]] = []
    for a in range(len(items)):
        below, above = over[a].copy(), over[:, a].copy()
        below[:a] = above[:a] = False
        lower, upper = np.flatnonzero(below), np.flatnonzero(above)
        for b, c in np.argwhere(over[np.ix_(lower, upper)])[: _LISTED - len(circles)]:
            circles.append((items[a], items[lower[b]], items[upper[c]]))
        if len(circles) >= _LISTED:
            break
    return circles
