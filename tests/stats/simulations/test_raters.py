"""Seeded simulations of rater statistics: false alarms are as rare, intervals as wide, as told."""

from __future__ import annotations

import numpy as np
from scipy import special

from labeling.stats.raters import hit_drift, peer_agreement, revealed_priorities, side_bias
from tests.stats.shapes import from_rows


def test_weights_cover_the_truth_as_often_as_told() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(100):
        x = rng.normal(size=(150, 2))
        x /= np.sqrt((x**2).mean(axis=0))
        overall = np.where(rng.random(150) < special.expit(x @ [0.8, 0.3]), 1, -1)
        figure = revealed_priorities(
            overall, {"a": x[:, 0], "b": x[:, 1]}, ridge=0.01, folds=2
        ).weights["b"]
        assert figure.low is not None
        assert figure.high is not None
        covered += figure.low <= 0.3 <= figure.high
    assert 0.89 <= covered / 100 <= 0.99


def test_the_false_discovery_rate_is_held_over_the_raters() -> None:
    rng = np.random.default_rng(3)
    rater = np.repeat(np.arange(200), 100)
    shown = rng.random(len(rater)) < 0.5
    value = np.where(rng.random(len(rater)) < 0.5, -1, 1)
    clicker = rater == 7
    value[clicker] = np.where(shown[clicker], -1, 1)
    habits = side_bias(rater, value, shown)
    assert habits.standing_out == (7,)
    assert sum(habit.p is not None and habit.p < 0.05 for habit in habits.raters) > 5


def test_raters_alike_are_pointed_at_no_more_often_than_promised() -> None:
    rng = np.random.default_rng(5)
    flagged = 0
    for _ in range(100):
        hard = rng.random((60, 1)) * 0.5
        rows = (rng.random((60, 6)) < hard).astype(int)
        habits = peer_agreement(from_rows(rows.tolist()), categories=(0, 1))
        flagged += sum(habit.p is not None and habit.p < 0.05 for habit in habits.raters)
    assert 0.02 < flagged / 600 < 0.08


def test_false_alarms_are_rarer_than_promised() -> None:
    rng = np.random.default_rng(2)
    hits = rng.random(200 * 300) < 0.85
    drifts = hit_drift(np.repeat(np.arange(200), 300), hits, false_alarm_every=300)
    assert sum(item.signal is not None for item in drifts) < 200 * (1 - np.exp(-1))
