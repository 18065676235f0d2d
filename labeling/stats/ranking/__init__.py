"""Ranking of models from comparisons and rankings: strengths, intervals, who is separable."""

from labeling.stats.ranking.bradley_terry import bradley_terry
from labeling.stats.ranking.comparisons import Comparisons
from labeling.stats.ranking.elo import EloRatings, elo, elo_from_strength, win_rate_at
from labeling.stats.ranking.head_to_head import HeadToHead, head_to_head, win_rates
from labeling.stats.ranking.plackett_luce import plackett_luce
from labeling.stats.ranking.rankings import Rankings, pairs_of
from labeling.stats.ranking.result import Ranking, Standing, arena_rank
from labeling.stats.ranking.separability import Separability, letters_of
from labeling.stats.ranking.style import (
    StyleControl,
    StyleFeatures,
    style_control,
    style_features,
)
from labeling.stats.ranking.triads import (
    Circles,
    Triads,
    circles_of_lists,
    circles_within,
    circular_triads,
    consistence,
)

__all__ = [
    "Circles",
    "Comparisons",
    "EloRatings",
    "HeadToHead",
    "Ranking",
    "Rankings",
    "Separability",
    "Standing",
    "StyleControl",
    "StyleFeatures",
    "Triads",
    "arena_rank",
    "bradley_terry",
    "circles_of_lists",
    "circles_within",
    "circular_triads",
    "consistence",
    "elo",
    "elo_from_strength",
    "head_to_head",
    "letters_of",
    "pairs_of",
    "plackett_luce",
    "style_control",
    "style_features",
    "win_rate_at",
    "win_rates",
]
