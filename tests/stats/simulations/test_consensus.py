"""Seeded simulations of consensus: truths and raters come out, intervals cover, bounds hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from labeling.stats.consensus import (
    RaterBradleyTerry,
    Sequential,
    Vote,
    dawid_skene,
    mace,
    rater_bradley_terry,
    vote_shares,
)
from tests.stats.consensus.worlds import (
    RELIABILITY,
    PairWorld,
    close,
    competence,
    guessers,
    model,
    one_coin,
    pair_world,
    thin,
    values,
)
from tests.stats.shapes import from_rows, golden

VECTORS = {vector["id"]: vector for vector in golden("science_vectors")}
G30 = np.array([0.9, 0.85, 0.8, 0.6, 0.55, 0.5, 0.3])


def covered(fitted: RaterBradleyTerry, world: PairWorld) -> list[tuple[int, bool]]:
    """Whether each interval holds the truth: 0 for strengths, 1 for reliabilities."""
    truths = [(0, f, t) for f, t in zip(fitted.strength, world.strength, strict=True)]
    truths += [(1, f, t) for f, t in zip(fitted.reliability, world.reliability, strict=True)]
    return [
        (kind, f.low is not None and f.high is not None and bool(f.low <= t <= f.high))
        for kind, f, t in truths
    ]


def test_truths_strengths_and_raters_are_recovered() -> None:
    world = pair_world(0, reliability=RELIABILITY, tasks=3000)
    fitted = rater_bradley_terry(world.pairs)
    assert close(values(fitted.reliability), world.reliability, within=0.08)
    assert close(values(fitted.strength), world.strength, within=0.35)
    right = (fitted.consensus.leader == 0) == (world.first_better > 0)
    votes = np.bincount(
        np.asarray(world.pairs.task), -np.asarray(world.pairs.value), minlength=3000
    )
    assert right.mean() > ((votes > 0) == (world.first_better > 0)).mean() + 0.03


def test_intervals_cover_the_truth() -> None:
    cover = []
    for seed in range(15):
        world = pair_world(seed, reliability=RELIABILITY)
        cover += covered(rater_bradley_terry(world.pairs, tolerance=1e-6), world)
    for kind in (0, 1):
        share = np.mean([inside for what, inside in cover if what == kind])
        assert 0.9 < share < 0.99  # 180 and 300 intervals: standard errors of 0.016 and 0.013.


def test_skewed_raters_are_seen_through_where_the_majority_is_not() -> None:
    majority, modelled, last, covered = [], [], [], []
    for seed in range(20):
        world = one_coin(G30, 300, seed)
        result = dawid_skene(world.ratings, categories=(0, 1))
        counted = vote_shares(world.ratings, categories=(0, 1)).consensus
        majority.append((counted.leader == world.truth).mean())
        modelled.append((result.consensus.leader == world.truth).mean())
        last.append(result.reliability[6].value)
        covered += [
            figure.low is not None and figure.high is not None and figure.low <= true <= figure.high
            for figure, true in zip(result.reliability, G30, strict=True)
        ]
    # Of 200 seeds: 0.809, 0.940, 0.304; of 20 the standard errors are 0.005, 0.003, 0.007.
    assert np.mean(majority) == pytest.approx(0.809, abs=0.015)
    assert np.mean(modelled) == pytest.approx(0.940, abs=0.01)
    assert np.mean([value or 0 for value in last]) == pytest.approx(0.304, abs=0.02)
    assert np.mean(covered) > 0.88


def test_confusion_matrices_are_recovered() -> None:
    rng = np.random.default_rng(3)
    matrix = np.array([[0.8, 0.15, 0.05], [0.3, 0.6, 0.1], [0.05, 0.05, 0.9]])
    truth = rng.choice(3, size=3000, p=(0.5, 0.3, 0.2))
    said = [(rng.random((3000, 1)) > matrix[truth].cumsum(axis=1)).sum(axis=1) for _ in range(5)]
    fitted = dawid_skene(from_rows(np.stack(said, axis=1).tolist()), categories=range(3))
    assert fitted.confusion == pytest.approx(np.broadcast_to(matrix, (5, 3, 3)), abs=0.06)
    assert fitted.class_shares == pytest.approx([0.5, 0.3, 0.2], abs=0.04)
    assert fitted.caution is None


def test_shrinkage_mends_what_few_judgments_spoil() -> None:
    settings_: dict[str, dict[str, Any]] = {
        "plain": {},
        "shrunk": {"shrinkage": 20, "mirrored": True},
    }
    right: dict[str, list[float]] = {"majority": [], "plain": [], "shrunk": []}
    for seed in range(12):
        ratings, truth = thin(seed)
        answers = {
            name: dawid_skene(ratings, categories=(-1, 1), **settings_[name]).consensus
            for name in settings_
        }
        answers["majority"] = vote_shares(ratings, categories=(-1, 1)).consensus
        for name, consensus in answers.items():
            right[name].append((np.array([-1, 1])[consensus.leader] == truth).mean())
    assert np.mean(right["plain"]) < np.mean(right["majority"]) - 0.03
    assert np.mean(right["shrunk"]) > np.mean(right["majority"]) - 0.01


@pytest.mark.parametrize("method", ["variational", "em"])
def test_those_who_never_know_are_found(method: Any) -> None:
    right, errors, covered = [], [], []
    for seed in range(10):
        ratings, truth, know = guessers(seed)
        fitted = mace(ratings, categories=range(3), method=method)
        values = np.array(competence(fitted))
        assert set(np.argsort(values)[:2].tolist()) == {0, 1}
        assert values[:2].max() < 0.25
        right.append((fitted.consensus.leader == truth).mean())
        errors.append(values[2:] - know[2:])
        covered += [
            figure.low is not None and figure.high is not None and figure.low <= true <= figure.high
            for figure, true in zip(fitted.competence[2:], know[2:], strict=True)
        ]
    assert np.mean(right) > 0.85
    assert abs(np.mean(errors)) < 0.03
    assert np.mean(covered) > 0.78  # The interval is known to be narrow; the convention says why.


def test_the_bound_is_kept_where_the_model_of_raters_holds() -> None:
    rng = np.random.default_rng(8)
    accuracy = rng.uniform(0.6, 0.95, 20)
    rule = Sequential(
        model(**{f"r{i}": float(a) for i, a in enumerate(accuracy)}), bound=0.9, most=20
    )
    right, spent = [], []
    for _ in range(600):
        truth = int(rng.choice((-1, 1)))
        order = rng.permutation(20)
        ballots: list[Vote] = []
        decision = rule.decide(ballots)
        while decision.more:
            rater = int(order[len(ballots)])
            value = truth if rng.random() < accuracy[rater] else -truth
            ballots.append(Vote(f"r{rater}", value))
            decision = rule.decide(ballots)
        right.append(decision.answer == truth)
        spent.append(len(ballots))
    assert np.mean(right) > 0.9
    assert np.mean(spent) < 4


def test_a_majority_of_three_is_as_accurate_as_theory_says() -> None:
    inputs, expected = VECTORS["G10"]["input"], VECTORS["G10"]["expected"]
    q = (1 + np.sqrt(2 * inputs["a"] - 1)) / 2
    world = one_coin(np.full(3, q), 40_000, seed=1)
    majority = vote_shares(world.ratings, categories=(0, 1)).consensus.leader
    assert (majority == world.truth).mean() == pytest.approx(expected["q3"], abs=0.004)
