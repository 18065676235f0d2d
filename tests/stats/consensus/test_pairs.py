"""Bradley-Terry with rater reliability: recovery, mirror images, ties, what only the prior says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, special

from labeling.stats import RatingsError
from labeling.stats.consensus import JudgedPairs, rater_bradley_terry
from labeling.stats.consensus.judged_pairs import code_pairs
from labeling.stats.consensus.pair_likelihood import PairLikelihood, Prior
from tests.stats.consensus.worlds import RELIABILITY, pair_world, values


def test_without_tasks_the_likelihood_is_that_of_the_paper() -> None:
    world = pair_world(3, reliability=RELIABILITY[::3], tasks=100)
    alone = JudgedPairs(world.pairs.first, world.pairs.second, world.pairs.rater, world.pairs.value)
    model = PairLikelihood(code_pairs(alone, "drop"), Prior(0.5, 4, 1))
    x = np.random.default_rng(0).normal(size=model.size)
    strength, known = x[: model.responses], special.expit(x[model.responses :])
    s = special.expit(strength[alone.first] - strength[alone.second])
    h = known[alone.rater]
    first = h * s + (1 - h) * (1 - s)
    paper = np.log(np.where(np.asarray(alone.value) < 0, first, 1 - first)).sum()
    assert model.likelihood(x) == pytest.approx(paper, abs=1e-9)
    assert "one truth a judgment" in rater_bradley_terry(alone).convention


@pytest.mark.parametrize("ties", ["drop", "half"])
def test_slope_and_curvature_are_those_of_the_height(ties: Any) -> None:
    world = pair_world(1, reliability=RELIABILITY[::3], tasks=80, ties=0.2)
    model = PairLikelihood(code_pairs(world.pairs, ties), Prior(0.5, 4, 1))
    x = np.random.default_rng(1).normal(size=model.size)
    assert optimize.check_grad(model.height, model.slope, x) < 1e-4
    steps = 1e-5 * np.eye(model.size)
    hessian = np.array([(model.slope(x + e) - model.slope(x - e)) / 2e-5 for e in steps])
    assert model.information(x).toarray() == pytest.approx(-hessian, abs=1e-6)


def test_a_half_tie_is_half_a_judgment_for_each_side() -> None:
    tied = JudgedPairs([1, 1, 2], [2, 3, 3], ["a", "b", "a"], [-1, 0, 1])
    model = PairLikelihood(code_pairs(tied, "half"), Prior(0.5, 4, 1))
    x = np.array([0.3, -0.2, 0.5, 1.0, 0.4])
    said = [(0, 1, 0, 1.0, 1.0), (0, 2, 1, 1.0, 0.5), (0, 2, 1, -1.0, 0.5), (1, 2, 0, -1.0, 1.0)]
    total = 0.0
    for i, j, rater, side, weight in said:
        s, h = special.expit(side * (x[i] - x[j])), special.expit(x[3 + rater])
        total += weight * np.log(h * s + (1 - h) * (1 - s))
    assert model.likelihood(x) == pytest.approx(total)


def test_ties_left_out_change_nothing_but_the_share_of_ties() -> None:
    world = pair_world(2, reliability=RELIABILITY, ties=0.3)
    decided = np.asarray(world.pairs.value) != 0
    assert world.pairs.task is not None
    fewer = JudgedPairs(
        world.pairs.first[decided],
        world.pairs.second[decided],
        world.pairs.rater[decided],
        world.pairs.value[decided],
        world.pairs.task[decided],
    )
    with_ties, without = rater_bradley_terry(world.pairs), rater_bradley_terry(fewer)
    assert values(with_ties.strength) == pytest.approx(values(without.strength), abs=1e-5)
    assert with_ties.tie_share.mean() == pytest.approx(0.3, abs=0.05)
    assert not without.tie_share.any()


def test_half_ties_draw_strengths_together() -> None:
    rows = [-1] * 12 + [0] * 12
    pairs = JudgedPairs([1] * 24, [2] * 24, [f"r{i % 4}" for i in range(24)], rows)
    gap = [
        np.subtract(*values(rater_bradley_terry(pairs, ties=ties).strength))
        for ties in ("drop", "half")
    ]
    assert 0 < gap[1] < gap[0]


@given(st.randoms(use_true_random=False))
def test_neither_order_nor_names_nor_sides_matter(random: Any) -> None:
    world = pair_world(5, reliability=RELIABILITY[::4], tasks=60, responses=5)
    task = np.asarray(world.pairs.task)
    rows = list(range(len(task)))
    random.shuffle(rows)
    turned = np.array([random.random() < 0.5 for _ in range(60)])[task]
    first = np.where(turned, world.pairs.second, world.pairs.first)
    second = np.where(turned, world.pairs.first, world.pairs.second)
    value = np.where(turned, -world.pairs.value, world.pairs.value)
    names = np.array([f"model {9 - i}" for i in range(5)])
    other = JudgedPairs(
        names[first[rows]], names[second[rows]], world.pairs.rater[rows], value[rows], task[rows]
    )
    plain, renamed = rater_bradley_terry(world.pairs), rater_bradley_terry(other)
    assert values(renamed.strength)[::-1] == pytest.approx(values(plain.strength), abs=1e-5)
    assert values(renamed.reliability) == pytest.approx(values(plain.reliability), abs=1e-5)


def test_groups_that_never_met_are_said() -> None:
    fitted = rater_bradley_terry(JudgedPairs([1, 3], [2, 4], ["a", "b"], [-1, 1]))
    assert fitted.components == 2
    assert fitted.caution == (
        "The responses fall into 2 groups that were never compared with each other: strengths "
        "compare only within a group."
    )


def test_an_unbeaten_response_has_a_finite_strength_by_the_prior() -> None:
    fitted = rater_bradley_terry(JudgedPairs([1] * 9, [2] * 9, range(9), [-1] * 9))
    assert 0.8 < fitted.better(1, 2) < 1
    assert fitted.components == 1
    assert fitted.caution is None


def test_one_rater_is_said_to_rest_on_the_prior() -> None:
    fitted = rater_bradley_terry(JudgedPairs([1, 2], [2, 3], ["a", "a"], [-1, 1]))
    assert fitted.caution
    assert "There is one rater" in fitted.caution


def test_ties_only_are_a_reason() -> None:
    fitted = rater_bradley_terry(JudgedPairs([1, 1], [2, 3], ["a", "b"], [0, 0]))
    assert values(fitted.strength) == [None] * 3
    assert fitted.reliability[0].reason == "All of these judgments are ties, left out here."
    assert fitted.consensus.answers() == {0: None, 1: None}
    with pytest.raises(KeyError, match="1 has no strength"):
        fitted.better(1, 2)


def test_no_judgments_are_a_reason() -> None:
    fitted = rater_bradley_terry(JudgedPairs([], [], [], []))
    assert fitted.reason == fitted.log_likelihood.reason == "There are no judgments yet."
    assert (fitted.responses, fitted.raters, fitted.components) == ((), (), 0)


def test_too_many_parameters_have_no_interval_and_say_so() -> None:
    n = 3000
    fitted = rater_bradley_terry(JudgedPairs(range(n), range(1, n + 1), ["a", "b"] * 1500, [1] * n))
    assert fitted.strength[0].low is None
    assert fitted.strength[0].reason
    assert "more than the 2500" in fitted.strength[0].reason


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([1, 2], [2, 2], ["a", "b"], [1, 1]), "position 1 are both 2"),
        (([1], [2], ["a"], [float("nan")]), "value at position 0 is nan"),
        (([1], [2], ["a"], ["left"]), "not a number"),
        (([1, 1], [2], ["a"], [1]), "first has 2, second has 1"),
        (([1, 1], [2, 2], ["a", "a"], [1, 1], [7, 7]), "judges task 7 a second time at position 1"),
        (([1, 2], [2, 1], ["a", "b"], [1, 1], [7, 7]), "task 7 compares other responses"),
        (([1], ["x"], ["a"], [1]), "name responses alike"),
    ],
)
def test_bad_input_is_refused_by_position(columns: Any, message: str) -> None:
    with pytest.raises(RatingsError, match=message):
        rater_bradley_terry(JudgedPairs(*columns))


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"prior_games": 0}, "priors must be above 0"),
        ({"trust": (0, 1)}, "priors must be above 0"),
        ({"ties": "davidson"}, "drop or half"),
        ({"tolerance": 0}, "tolerance"),
    ],
)
def test_settings_without_meaning_are_refused(setting: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rater_bradley_terry(JudgedPairs([1], [2], ["a"], [1]), **setting)


@pytest.mark.slow
def test_many_judgments_of_one_pair_and_many_raters_with_one_judgment() -> None:
    crowded = rater_bradley_terry(
        JudgedPairs([1] * 500, [2] * 500, range(500), [-1] * 300 + [1] * 200, [0] * 500)
    )
    assert crowded.consensus.answer(0) == -1
    thin = rater_bradley_terry(
        JudgedPairs([1, 2] * 1500, [2, 3] * 1500, range(3000), [-1, 1] * 1500)
    )
    assert len(thin.reliability) == 3000
    assert thin.better(3, 2) > 0.9
