"""Circular triads: where A beats B, B beats C and C beats A, so that no order fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.stats.ranking.cells import cells_of
from labeling.stats.ranking.comparisons import FIRST, SECOND, Comparisons, code_comparisons
from labeling.stats.ranking.likelihood import DENSE
from labeling.stats.ratings import Array, Figure, RatingsError, plural

_LISTED = 20  # How many circular triads are named.
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
    decided = (over | over.T).astype(np.float64)
    one_way = over.astype(np.float64)
    circular = round(float(np.sum((one_way @ one_way) * one_way.T)) / 3)
    complete = round(float(np.sum((decided @ decided) * decided)) / 6)
    undecided = size * (size - 1) // 2 - int(over.sum())
    return Triads(
        circular=circular,
        complete=complete,
        undecided=undecided,
        zeta=_zeta(circular, size, undecided),
        share=_share(circular, complete),
        cycles=tuple(_cycles(over, coded.items)) if circular else (),
    )


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
