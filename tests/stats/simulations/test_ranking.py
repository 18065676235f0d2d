"""Seeded simulations: intervals of rankings cover the truth, effects are recovered."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from labeling.stats.ranking import (
    Comparisons,
    Rankings,
    bradley_terry,
    pairs_of,
    plackett_luce,
    win_rates,
)
from tests.stats.ranking.data import Truth

RUNS = 200
STRENGTH = np.array([-0.9, -0.4, 0.0, 0.3, 1.0])
ERROR = 3 * np.sqrt(0.05 * 0.95 / RUNS)  # Three Monte Carlo standard errors: 4.6 points.


@pytest.mark.parametrize(("ties", "nu"), [("half", 0.0), ("davidson", 0.7)])
@pytest.mark.parametrize("n", [150, 1000])
def test_intervals_of_strengths_cover_the_truth(ties: Any, nu: float, n: int) -> None:
    rng = np.random.default_rng(20240607)
    covered = []
    for _ in range(RUNS):
        ranking = bradley_terry(Truth(STRENGTH, nu=nu).draw(rng, n), ties=ties)
        covered.append((ranking.low <= STRENGTH) & (ranking.high >= STRENGTH))
    # Within 2.3 points: the mean over five items of 200 runs has an error of at most 1.5 points.
    assert abs(np.mean(covered) - 0.95) <= ERROR / 2


def test_davidson_the_side_and_the_style_are_recovered() -> None:
    truth = Truth(STRENGTH, nu=0.7, side=0.25, style=0.5)
    rng = np.random.default_rng(11)
    covered = []
    for _ in range(RUNS):
        ranking = bradley_terry(truth.draw(rng, 400), ties="davidson", side=True, style=True)
        figures = (ranking.tie, ranking.side, ranking.style[0])
        covered.append(
            [
                figure.low <= true <= figure.high  # type: ignore[union-attr, operator]
                for figure, true in zip(figures, (0.7, 0.25, 0.5), strict=True)
            ]
        )
    assert (np.abs(np.mean(covered, axis=0) - 0.95) <= ERROR).all()


def ranked(rng: np.random.Generator, prompts: int) -> Rankings:
    """Four of five items ranked on each prompt."""
    orders = []
    for _ in range(prompts):
        shown = rng.permutation(5)[:4]
        orders.append(shown[np.argsort(-(STRENGTH[shown] + rng.gumbel(size=4)))].tolist())
    return Rankings.from_orders(orders)


def test_plackett_luce_and_its_pairs_clustered_by_ranking_cover_the_truth() -> None:
    rng = np.random.default_rng(12)
    covered = []
    for _ in range(RUNS):
        rankings = ranked(rng, 80)
        whole, pairs = plackett_luce(rankings), bradley_terry(pairs_of(rankings))
        covered.append(
            [(ranking.low <= STRENGTH) & (ranking.high >= STRENGTH) for ranking in (whole, pairs)]
        )
    assert (np.abs(np.mean(covered, axis=(0, 2)) - 0.95) <= ERROR).all()


def test_intervals_over_prompts_cover_where_prompts_repeat_and_naive_ones_do_not() -> None:
    rng = np.random.default_rng(13)
    covered = np.zeros((RUNS, 2))
    for run in range(RUNS):
        # Every prompt shifts the two models' strengths for all of its ten comparisons.
        gap = 0.5 + rng.normal(size=60)
        gap = np.repeat(gap, 10)
        wins = rng.random(600) < 1 / (1 + np.exp(-gap))
        columns: Any = (np.zeros(600, int), np.ones(600, int), np.where(wins, -1, 1))
        for at, cluster in enumerate((None, np.repeat(np.arange(60), 10))):
            figure = win_rates(Comparisons(*columns, cluster=cluster))[0]
            assert figure.low is not None
            assert figure.high is not None
            covered[run, at] = figure.low <= MARGINAL <= figure.high
    naive, clustered = covered.mean(axis=0)
    assert naive < 0.9
    assert abs(clustered - 0.95) <= ERROR


def _marginal() -> float:
    shifts, weights = np.polynomial.hermite_e.hermegauss(60)
    return float((weights / (1 + np.exp(-0.5 - shifts))).sum() / weights.sum())


MARGINAL = _marginal()  # The share of wins over prompts.


def test_the_interval_over_prompts_is_wider_than_the_naive_one() -> None:
    pairs = pairs_of(ranked(np.random.default_rng(14), 100))
    clustered = bradley_terry(pairs)
    naive = bradley_terry(pairs, interval="sandwich")
    assert "over 100 prompts" in clustered.convention
    extremes = [0, 4]
    assert (clustered.error[extremes] > 1.05 * naive.error[extremes]).all()
