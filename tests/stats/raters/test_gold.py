"""Gold tasks and blind repeats."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from labeling.stats import RatingsError
from labeling.stats.raters import (
    beta_moments,
    gold_accuracy,
    self_consistency,
)

finite = st.floats(-1e3, 1e3)


# Gold


def test_a_rater_without_gold_is_listed_with_a_reason() -> None:
    report = gold_accuracy(["rui"], [True], raters=["sam", "rui"])
    assert [gold.rater for gold in report.raters] == ["sam", "rui"]
    sam = report.of("sam")
    assert sam.observed.value is None
    assert sam.posterior.value is None
    assert sam.posterior.reason == "No gold task was answered yet."
    assert sam.decision == "extend"


def test_a_rater_not_to_be_reported_is_refused_by_name() -> None:
    with pytest.raises(RatingsError, match="rater tao is not among"):
        gold_accuracy(["tao"], [True], raters=["sam"])


def test_the_posterior_is_the_beta_of_prior_and_counts() -> None:
    gold = gold_accuracy(["a"] * 10, [1] * 7 + [0] * 3, prior=(2, 3)).of("a")
    posterior = stats.beta(9, 6)
    assert gold.posterior.value == pytest.approx(posterior.mean())
    assert [gold.posterior.low, gold.posterior.high] == pytest.approx(posterior.interval(0.95))
    assert gold.above == pytest.approx(posterior.sf(0.75))
    assert "Beta(2, 3) prior as given" in gold.posterior.convention


def test_a_prior_from_all_raters_draws_those_with_little_gold_to_the_others() -> None:
    rng = np.random.default_rng(0)
    accuracy = rng.beta(16, 4, 60)
    rater = np.repeat(np.arange(60), 50)
    correct = rng.random(len(rater)) < accuracy[rater]
    rater, correct = np.append(rater, [99, 99]), np.append(correct, [False, False])
    report = gold_accuracy(rater, correct, prior="raters")
    assert report.prior[0] / sum(report.prior) == pytest.approx(0.8, abs=0.03)
    assert 8 < sum(report.prior) < 50
    newcomer = report.of(99)
    assert newcomer.observed.value == 0.0
    assert newcomer.posterior.value is not None
    assert newcomer.posterior.value > 0.6
    assert "empirical Bayes" in report.convention


def test_raters_who_differ_by_chance_only_make_a_prior_worth_all_the_gold() -> None:
    assert beta_moments([5, 5, 5], [10, 10, 10]) == (15.0, 15.0)


@pytest.mark.parametrize(("right", "n"), [([], []), ([3], [4]), ([4, 5], [4, 5]), ([0, 0], [4, 5])])
def test_too_little_to_make_a_prior_of(right: list[int], n: list[int]) -> None:
    assert beta_moments(right, n) is None


def test_raters_who_are_always_or_never_right_make_the_flattest_prior() -> None:
    moments = beta_moments([10, 0, 10, 0], [10, 10, 10, 10])
    assert moments == (0.5, 0.5)


def test_without_other_raters_the_prior_is_uniform_and_says_so() -> None:
    report = gold_accuracy(["a"] * 4, [1] * 4, prior="raters")
    assert report.prior == (1.0, 1.0)
    assert "do not suffice" in report.convention


@pytest.mark.parametrize(
    "options",
    [
        {"threshold": 1.0},
        {"passing": 0.1, "failing": 0.2},
        {"prior": (0, 1)},
        {"prior": (1, np.inf)},
    ],
)
def test_rules_out_of_range_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        gold_accuracy(["a"], [1], **options)


def test_an_answer_that_is_neither_right_nor_wrong_is_refused_by_position() -> None:
    with pytest.raises(RatingsError, match=r"correct at position 1 is 0\.5"):
        gold_accuracy(["a", "a"], [1, 0.5])


@given(st.integers(0, 30), st.integers(0, 30))
def test_one_more_right_answer_never_lowers_the_posterior(right: int, wrong: int) -> None:
    def above(k: int, n: int) -> float:
        return gold_accuracy(["a"] * n, [1] * k + [0] * (n - k), raters=["a"]).of("a").above

    assert above(right + 1, right + wrong + 1) > above(right, right + wrong)
    assert above(right, right + wrong + 1) < above(right, right + wrong)


# Self-consistency


def test_equal_values_and_equal_sides_are_two_figures() -> None:
    report = self_consistency(["a"] * 4, [-2, -1, 0, 1], [-2, -2, 0, -1])
    assert report.raters[0].equal.value == 0.5
    assert report.raters[0].same_side.value == 0.75
    assert report.raters[0].swap is None
    assert report.equal.n == 4


def test_the_same_choice_on_a_swapped_screen_is_consistent() -> None:
    report = self_consistency(
        ["a"], [-1], [-1], first_shown_first=[True], repeat_shown_first=[False]
    )
    consistency = report.raters[0]
    assert consistency.equal.value == 1.0
    assert consistency.swap is not None
    assert (consistency.swap.stayed_left, consistency.swap.stayed_right, consistency.swap.p) == (
        0,
        0,
        None,
    )
    assert consistency.swap.status == "too few"


def test_ties_and_unswapped_repeats_say_nothing_of_sides() -> None:
    report = self_consistency(
        ["a"] * 4,
        [-1, -1, 0, 1],
        [1, 1, 1, -1],
        first_shown_first=[True, True, True, None],
        repeat_shown_first=[True, False, False, False],
    )
    swap = report.raters[0].swap
    assert swap is not None
    assert (swap.stayed_left, swap.stayed_right) == (1, 0)


def test_sides_are_given_for_both_times_or_for_neither() -> None:
    with pytest.raises(ValueError, match="both"):
        self_consistency(["a"], [1], [1], first_shown_first=[True])


def test_nothing_came_back() -> None:
    report = self_consistency([], [], [])
    assert report.raters == ()
    assert report.equal.reason == "No task came back to anybody."
