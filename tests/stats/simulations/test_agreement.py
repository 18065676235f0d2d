"""Seeded simulations of agreement: ceilings hold, intervals cover, tests keep their level."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from labeling.stats import (
    Ratings,
    fleiss_test,
    icc,
    majority_accuracy,
    noise_ceiling,
    percent_agreement,
)
from tests.stats.shapes import from_rows


def raters(accuracy: Any, tasks: int, votes: int, seed: int) -> Ratings:
    """Raters who give the right one of two answers so often, independently."""
    rng = np.random.default_rng(seed)
    truth = rng.choice([-1, 1], tasks)[:, None]
    right = rng.random((tasks, votes)) < np.broadcast_to(accuracy, tasks)[:, None]
    return from_rows(np.where(right, truth, -truth).tolist())


@pytest.mark.parametrize("accuracy", [0.6, 0.75, 0.9])
def test_simulated_raters_have_the_accuracy_the_ceiling_says(accuracy: float) -> None:
    ratings = raters(accuracy, 60_000, 2, seed=5)
    assert noise_ceiling(ratings, categories=(-1, 1)).value == pytest.approx(accuracy, abs=0.01)


def test_where_tasks_differ_the_true_ceiling_lies_between_agreement_and_q() -> None:
    accuracy = np.random.default_rng(6).beta(6, 2, 60_000)
    ratings = raters(accuracy, 60_000, 2, seed=7)
    agreement = percent_agreement(ratings).value
    q = noise_ceiling(ratings, categories=(-1, 1)).value
    best = np.maximum(accuracy, 1 - accuracy).mean()
    assert agreement is not None
    assert q is not None
    assert agreement < best < q


@pytest.mark.parametrize("votes", [1, 2, 3, 4, 7])
def test_majority_accuracy_is_what_voting_gives(votes: int) -> None:
    rng = np.random.default_rng(8)
    right = (rng.random((200_000, votes)) < 0.7).sum(axis=1)
    seen = (right > votes / 2).mean() + (right == votes / 2).mean() / 2
    assert majority_accuracy(0.7, votes) == pytest.approx(seen, abs=0.004)


def test_f_intervals_cover_the_truth() -> None:
    rng = np.random.default_rng(20240607)
    covered = {"1,1": 0, "2,1": 0, "3,1": 0}
    truth = {"1,1": 1 / 1.75, "2,1": 1 / 1.75, "3,1": 1 / 1.5}
    for _ in range(300):
        strict = rng.normal(size=(1, 8)) * 0.5
        noise = rng.normal(size=(20, 8)) * 0.5**0.5
        task = rng.normal(size=(20, 1))
        for form in covered:
            own = rng.normal(size=(20, 8)) * 0.5 if form == "1,1" else strict
            figure = icc(from_rows((task + own + noise).tolist()), form)  # type: ignore[arg-type]
            assert figure.low is not None
            assert figure.high is not None
            covered[form] += figure.low <= truth[form] <= figure.high
    for hits in covered.values():
        assert 0.912 <= hits / 300 <= 0.988


def test_the_test_rejects_chance_about_as_often_as_it_should() -> None:
    rng = np.random.default_rng(3)
    rejected = [
        fleiss_test(from_rows(rng.choice(3, (60, 4), p=[0.6, 0.3, 0.1]).tolist()))[1] < 0.05
        for _ in range(400)
    ]
    assert 0.02 <= np.mean(rejected) <= 0.09
