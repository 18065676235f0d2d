"""Habits of raters: sides, ties, end points, severity."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from labeling.stats import Ratings, RatingsError
from labeling.stats.raters import (
    answer_entropy,
    clicked_sides,
    extremity,
    severity,
    side_bias,
    tie_rate,
)
from tests.stats.raters.panels import SCALE, panel, sound
from tests.stats.shapes import from_rows

# Sides


def test_ties_and_unknown_sides_are_left_out_of_side_bias() -> None:
    habits = side_bias(["rui"] * 4, [-1, 0, 1, -1], [True, True, False, None])
    assert habits.of("rui").figure.n == 2
    assert habits.of("rui").figure.value == 1.0
    assert "not known left out" in habits.overall.convention


def test_a_rater_with_few_decisive_judgments_is_never_pointed_at() -> None:
    habit = side_bias(["rui"] * 20, [-1] * 20, [True] * 20).of("rui")
    assert habit.p == pytest.approx(2 * 0.5**20)
    assert habit.status == "too few"
    assert habit.adjusted_p is None


def test_only_ties_leave_no_side_to_be_biased_to() -> None:
    habits = side_bias(["rui"] * 3, [0, 0, 0], [True, False, True])
    assert habits.of("rui").figure.value is None
    assert habits.overall.reason == "There is no decisive judgment whose screen side is known."
    assert habits.of("rui").p is None


def test_clicks_are_what_the_screen_saw() -> None:
    assert clicked_sides([-2, -2, 1, 0], [True, False, True, False]).tolist() == [-1, 1, 1, 0]
    with pytest.raises(RatingsError, match="shown_first at position 1"):
        clicked_sides([-2, 1], [True, None])


@pytest.mark.parametrize("hole", [float("nan"), float("inf"), None])
def test_a_value_that_is_no_number_is_refused_by_position(hole: Any) -> None:
    with pytest.raises(RatingsError, match="value at position 1 is"):
        side_bias(["a", "b"], [1, hole], [True, True])


def test_columns_of_unequal_length_are_refused_with_the_lengths() -> None:
    with pytest.raises(RatingsError, match="rater has 2, value has 3, shown_first has 3"):
        side_bias(["a", "b"], [1, 1, 1], [True, True, True])


def test_a_side_that_is_neither_yes_nor_no_is_refused_by_position() -> None:
    with pytest.raises(RatingsError, match="shown_first at position 1 is 2"):
        side_bias(["a", "b"], [1, 1], [1, 2])
    with pytest.raises(RatingsError, match="shown_first at position 0 is left"):
        side_bias(["a"], [1], ["left"])


@pytest.mark.parametrize("options", [{"min_n": 0}, {"rate": 0.0}, {"confidence": 1.0}])
def test_options_that_decide_nothing_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        side_bias(["a"], [1], [True], **options)


def test_nobody_judged_anything() -> None:
    habits = side_bias([], [], [])
    assert habits.raters == ()
    assert habits.overall.value is None
    with pytest.raises(KeyError):
        habits.of("rui")


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from((-1, 1)), st.booleans())))
def test_the_other_side_has_the_rest(cells: list[tuple[str, int, bool]]) -> None:
    rater, value, shown = [c[0] for c in cells], [c[1] for c in cells], [c[2] for c in cells]
    left = side_bias(rater, value, shown)
    right = side_bias(rater, value, [not item for item in shown])
    for first, second in zip(left.raters, right.raters, strict=True):
        assert first.figure.value is not None
        assert second.figure.value is not None
        assert first.figure.value + second.figure.value == pytest.approx(1)
        assert first.p == pytest.approx(second.p)


@given(st.integers(1, 60), st.data())
def test_the_exact_test_equals_scipy(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    habit = side_bias(["a"] * n, [-1] * k + [1] * (n - k), [True] * n).of("a")
    assert habit.p == pytest.approx(stats.binomtest(k, n).pvalue)


# Ties, ends, severity


def test_a_rater_who_never_ties_stands_out_beside_the_others() -> None:
    rng = np.random.default_rng(0)
    ratings = panel(rng, 120, [sound, sound, lambda value: value or 1])
    habits = tie_rate(ratings, categories=(-1, 0, 1))
    assert habits.standing_out == (0, 1, 2)
    never = habits.of(2)
    assert never.figure.value == 0.0
    assert never.expected == pytest.approx(habits.of(0).figure.value)
    assert never.z is not None
    assert never.z < -5
    assert never.difference is not None
    assert never.difference.high is not None
    assert never.difference.high < 0


def test_a_tie_rate_as_high_as_the_tasks_ask_for_is_as_expected() -> None:
    easy = [[-1, -1, -1, None]] * 60
    hard = [[None, 0, 0, 0]] * 60
    habits = tie_rate(from_rows(easy + hard), categories=(-1, 0, 1))
    assert habits.of(3).figure.value == 1.0
    assert habits.of(3).expected == 1.0
    assert habits.of(3).difference == habits.of(3).difference
    assert habits.standing_out == ()


def test_a_difference_that_never_varies_has_no_interval_but_a_test() -> None:
    habits = tie_rate(from_rows([[0, 1, 1]] * 40), categories=(-1, 0, 1))
    gap = habits.of(0).difference
    assert gap is not None
    assert (gap.value, gap.low) == (1.0, None)
    assert gap.reason == "No interval: it is the same on all 40 tasks."
    assert habits.of(0).status == "stands out"


def test_tasks_nobody_else_judged_say_nothing_about_the_difference() -> None:
    habits = tie_rate(from_rows([[0], [1], [0]]), categories=(-1, 0, 1))
    habit = habits.of(0)
    assert habit.figure.value == pytest.approx(2 / 3)
    assert habit.difference is not None
    assert habit.difference.reason == "No task of this rater was judged by anybody else."
    assert (habit.expected, habit.z, habit.p, habit.status) == (None, None, None, "too few")


def test_the_ends_are_those_of_the_declared_scale() -> None:
    ratings = from_rows([[-1, 1], [1, 1], [0, -1]])
    assert extremity(ratings, categories=(-1, 0, 1)).overall.value == pytest.approx(5 / 6)
    assert extremity(ratings, categories=SCALE).overall.value == 0.0
    with pytest.raises(ValueError, match="two ends"):
        extremity(from_rows([[1]]), categories=(1,))


def test_a_stricter_rater_lies_below_the_others() -> None:
    rng = np.random.default_rng(1)
    quality = rng.integers(3, 8, 80)
    rows = [[int(q), int(q) + int(rng.integers(0, 2)), int(q) - 2] for q in quality]
    habits = severity(from_rows(rows), categories=range(11))
    strict = habits.of(2)
    assert strict.difference is not None
    assert strict.difference.value == pytest.approx(-2.25, abs=0.2)
    assert strict.difference.high is not None
    assert strict.difference.high < -2
    assert strict.figure.low is not None


def test_the_overall_mean_takes_the_judgments_of_a_task_together() -> None:
    rng = np.random.default_rng(0)
    quality = np.repeat(rng.integers(0, 11, (50, 1)), 4, axis=1)
    overall = severity(from_rows(quality.tolist()), categories=range(11)).overall
    assert overall.n == 200
    half = stats.t.ppf(0.975, 49) * stats.sem(quality[:, 0])
    assert overall.value == pytest.approx(quality.mean())
    assert overall.high == pytest.approx(quality.mean() + half)


def test_strength_counts_from_the_tie_whichever_side() -> None:
    ratings = from_rows([[-2, 1], [2, -1], [-2, 1], [2, 0]])
    habits = severity(ratings, categories=SCALE, of="strength")
    assert habits.of(0).figure.value == 2.0
    assert habits.of(1).figure.value == 0.75


def test_words_have_no_severity() -> None:
    with pytest.raises(ValueError, match="numbers"):
        severity(from_rows([["good", "bad"]]))


def test_the_entropy_of_even_and_of_single_answers() -> None:
    ratings = Ratings(range(12), ["even"] * 4 + ["one"] * 4 + ["odd"] * 4, [0, 0, 1, 1] * 1
                      + [1] * 4 + [0, 1, 1, 1])  # fmt: skip
    entropies = answer_entropy(ratings, categories=(0, 1))
    assert entropies["even"].value == 1.0
    assert entropies["one"].value == 0.0
    assert entropies["one"].reason
    assert entropies["odd"].value == pytest.approx(stats.entropy([1, 3], base=2))
    assert entropies["odd"].low is not None
