"""Elo: strengths on the chess scale, and the rating that is updated game by game."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log
from typing import Any

import numpy as np

from labeling.stats.ranking.comparisons import Comparisons, code_comparisons
from labeling.stats.ratings import Floats

ELO_CENTRE = 1000.0
_FARTHEST = 300.0  # A larger power of ten is not a number.
ELO_PER_LOGIT = 400 / log(10)  # 173.7178: 400 points are odds of 10 to 1.


@dataclass(frozen=True, eq=False)
class EloRatings:
    """Ratings after the last game.

    Attributes:
        items: the items, sorted.
        rating: their ratings, shape (M,).
        n: how many games were played.
        convention: the constants, and that the order of the games matters.
    """

    items: tuple[Any, ...]
    rating: Floats
    n: int
    convention: str


def elo_from_strength(strength: float) -> float:
    """Return a strength (log scale, mean 0) on the Elo scale: 1000 + 400 / ln 10 times it.

    One unit of strength is 173.7 points. For display: the numbers mean nothing but their
    differences.
    """
    return ELO_CENTRE + ELO_PER_LOGIT * strength


def win_rate_at(points: float) -> float:
    """Return the expected score of an item that stands `points` above another on the Elo scale.

    100 points are 64.0 %. Ties count as half a win.
    """
    return _expected(-points)


def _expected(ahead: float) -> float:
    """Return the expected score against an item `ahead` by so many points."""
    return float(1 / (1 + 10 ** min(ahead / 400, _FARTHEST)))


def elo(comparisons: Comparisons, *, k: float = 4.0, initial: float = ELO_CENTRE) -> EloRatings:
    """Return Elo ratings, updated comparison by comparison in the order of the rows.

    For display of a running tally only. The same comparisons in another order give other ratings,
    late ones weigh more than early ones, and there is no interval; to rank models, whose
    strengths stand still while they are judged, use `bradley_terry`.

    Args:
        k: points at stake in a comparison; 4 as in the first Chatbot Arena, 32 in chess.
        initial: the rating everyone starts from.

    Raises:
        ValueError: `k` not above 0, or comparisons with weights or counts, which have no order.

    Source: Elo (1978), The Rating of Chessplayers.
    """
    if not 0 < k < inf:
        raise ValueError(f"k must be above 0 and finite, not {k}.")
    if comparisons.weight is not None or comparisons.count is not None:
        raise ValueError(
            "Elo takes one comparison after another; weights and counts have no order."
        )
    coded = code_comparisons(comparisons)
    ratings = [float(initial)] * len(coded.items)
    rows = zip(coded.first.tolist(), coded.second.tolist(), coded.outcome.tolist(), strict=True)
    for first, second, outcome in rows:
        expected = _expected(ratings[second] - ratings[first])
        gain = k * (1 - outcome / 2 - expected)
        ratings[first] += gain
        ratings[second] -= gain
    convention = (
        f"Elo, k = {k:g}, everyone from {initial:g}, ties as half wins, in the order given: "
        "another order gives other ratings; n counts comparisons; no interval"
    )
    return EloRatings(coded.items, np.array(ratings), len(coded), convention)
