"""Time on task and runs of identical answers."""

from __future__ import annotations

from itertools import groupby, pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.sandbox.stats.runs import runstest_1samp

from labeling.stats import RatingsError
from labeling.stats.raters import (
    expected_runs,
    pace,
    reading_floor,
    robust_z,
    straight_lining,
    time_against_task,
)

finite = st.floats(-1e3, 1e3)


def _longest_run(answers: Any) -> int:
    """The length of the longest run, by its definition."""
    return max(len(list(group)) for _, group in groupby(answers))


# Pace


def test_who_cannot_have_read_the_text_stands_out_and_is_not_ranked() -> None:
    rng = np.random.default_rng(0)
    task = np.tile(np.arange(60), 3)
    rater = np.repeat(["amy", "bob", "cat"], 60)
    words = np.full(180, 300)
    seconds = rng.lognormal(4.4, 0.3, 180)
    seconds[rater == "cat"] = rng.uniform(2, 8, 60)
    paces = pace(rater, task, seconds, words)
    assert [item.rater for item in paces] == ["amy", "bob", "cat"]
    assert [item.status for item in paces] == ["as expected", "as expected", "stands out"]
    assert paces[2].below_floor.value == 1.0
    assert paces[2].fast.value is not None
    assert paces[2].fast.value > 0.9
    assert paces[0].slow.value == 0.0
    assert paces[2].median.low is not None


def test_the_median_has_an_interval_between_order_statistics() -> None:
    times = np.arange(1.0, 18.0)
    figure = pace(["a"] * 17, range(17), times, [1] * 17)[0].median
    # Ranks 5 and 13 of 17: the textbook pair, covering 95.1 %.
    assert (figure.value, figure.low, figure.high) == (9.0, 5.0, 13.0)


def test_five_times_are_too_few_for_an_interval() -> None:
    figure = pace(["a"] * 5, range(5), [3, 1, 2, 5, 4], [1] * 5)[0].median
    assert (figure.value, figure.low) == (3.0, None)
    assert figure.reason == "No interval between order statistics: 5 times cannot make one."


def test_tasks_judged_once_have_no_time_to_be_compared_with() -> None:
    times = pace(["a"] * 3, range(3), [3, 1, 2], [1] * 3)[0]
    assert times.fast.value is None
    assert times.fast.reason == "No task was judged twice."
    assert times.below_floor.value == 0.0


def test_the_same_time_everywhere_has_no_spread() -> None:
    against = time_against_task([1, 1, 2, 2], [30.0] * 4)
    assert against.z is None
    assert against.reason
    assert "equal" in against.reason
    paces = pace(["a", "b"] * 2, [1, 1, 2, 2], [30.0] * 4, [100] * 4)
    assert paces[0].slow.value is None
    assert paces[0].slow.reason == against.reason


def test_a_time_of_zero_counts_as_a_tenth_of_a_second() -> None:
    zero = time_against_task([1, 1, 1, 2, 2, 2], [0, 20, 30, 20, 25, 30])
    tenth = time_against_task([1, 1, 1, 2, 2, 2], [0.1, 20, 30, 20, 25, 30])
    assert zero.z == pytest.approx(tenth.z)


@pytest.mark.parametrize("bad", [-1.0, float("nan")])
def test_times_that_are_none_are_refused_by_position(bad: float) -> None:
    with pytest.raises(RatingsError, match="seconds at position 1 is"):
        pace(["a", "a"], [1, 2], [3.0, bad], [10, 10])


def test_options_of_pace_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="wpm"):
        reading_floor([100], wpm=0)
    with pytest.raises(ValueError, match="tolerated"):
        pace(["a"], [1], [3.0], [10], tolerated=1.0)
    with pytest.raises(ValueError, match="limit"):
        robust_z([1, 2], limit=0)


def test_robust_z_of_nothing() -> None:
    scores = robust_z([])
    assert (scores.z, scores.median, scores.reason) == (None, None, "There are no values.")


@given(st.lists(finite, min_size=3, max_size=30), st.floats(0.5, 3), finite)
def test_robust_z_does_not_depend_on_the_units(x: list[float], scale: float, by: float) -> None:
    plain, moved = robust_z(x), robust_z(np.array(x) * scale + by)
    if plain.z is not None and moved.z is not None and plain.scale and plain.scale > 1e-3:
        assert plain.z == pytest.approx(moved.z, rel=1e-6, abs=1e-5)


# Runs


@given(st.lists(st.integers(0, 2), min_size=1, max_size=30))
def test_the_longest_run_equals_its_definition(answers: list[int]) -> None:
    assert straight_lining(["a"] * len(answers), answers)[0].longest == _longest_run(answers)


@given(st.lists(st.integers(0, 1), min_size=5, max_size=40).filter(lambda x: len(set(x)) > 1))
def test_the_runs_test_of_two_answers_equals_statsmodels(answers: list[int]) -> None:
    runs = straight_lining(["a"] * len(answers), answers)[0]
    z, p = runstest_1samp(answers, cutoff=0.5, correction=False)
    if runs.runs_z is not None:
        assert runs.runs_z == pytest.approx(z)
        assert runs.runs_p == pytest.approx(p)


@pytest.mark.parametrize("counts", [(2, 3), (1, 2, 2), (3, 1, 1, 1)])
def test_the_number_of_runs_has_the_mean_and_variance_of_all_orders(counts: Any) -> None:
    rng = np.random.default_rng(0)
    answers = np.repeat(np.arange(len(counts)), counts)
    runs = [1 + sum(a != b for a, b in pairwise(rng.permutation(answers))) for _ in range(20_000)]
    mean, variance = expected_runs(counts)
    assert mean[0] == pytest.approx(np.mean(runs), abs=0.03)
    assert variance[0] == pytest.approx(np.var(runs), rel=0.06)


def test_the_chance_of_the_longest_run_is_close_to_the_exact_one() -> None:
    """All 2^12 sequences of a fair coin, beside the Poisson approximation."""
    lengths = [_longest_run(sequence) for sequence in product((0, 1), repeat=12)]
    for length in (6, 8):
        answers = [0] * length + [1, 0] * ((12 - length) // 2)
        pool = [1, 0] * 5_000
        runs = straight_lining(["a"] * 12 + ["pool"] * 10_000, answers + pool)[0]
        exact = np.mean([item >= length for item in lengths])
        assert runs.longest == length
        assert runs.longest_p == pytest.approx(exact, rel=0.12)


def test_the_expected_longest_run_is_its_median() -> None:
    rng = np.random.default_rng(0)
    longest = [_longest_run(row) for row in rng.integers(0, 3, (2_000, 200))]
    runs = straight_lining(["a"] * 200, np.tile([0, 1, 2], 67)[:200])[0]
    assert runs.expected == pytest.approx(np.median(longest), abs=1)


def test_a_straight_liner_stands_out_and_one_who_likes_an_answer_need_not() -> None:
    rng = np.random.default_rng(0)
    mixed = [rng.integers(-1, 2, 100) for _ in range(3)]
    liner = np.concatenate([rng.integers(-1, 2, 60), np.ones(40, dtype=int)])
    liking = np.where(rng.random(100) < 0.9, 1, rng.integers(-1, 2, 100))
    rater = np.repeat(["a", "b", "c", "liner", "liking"], 100)
    answers = np.concatenate([*mixed, liner, liking])

    def status(chance: Any) -> dict[Any, str]:
        return {item.rater: item.status for item in straight_lining(rater, answers, chance=chance)}

    assert status("own") == dict.fromkeys(("a", "b", "c", "liking"), "as expected") | {
        "liner": "stands out"
    }
    assert status("all")["liner"] == status("all")["liking"] == "stands out"


def test_the_order_of_answers_may_be_given() -> None:
    rows = straight_lining(["a", "b", "a", "a"], [1, 2, 2, 1], order=[3, 1, 1, 2])
    assert [(item.longest, item.answer, item.runs) for item in rows] == [(2, 1, 2), (1, 2, 1)]


def test_one_answer_throughout_says_nothing_by_its_order() -> None:
    runs = straight_lining(["a"] * 50, [1] * 50)[0]
    assert runs.longest == 50
    assert (runs.longest_p, runs.expected, runs.runs_z, runs.status) == (
        None,
        None,
        None,
        "too few",
    )
    assert runs.reason
    assert runs.entropy == 0
    assert runs.spread == 0


def test_words_have_runs_but_no_spread() -> None:
    runs = straight_lining(["a"] * 3, ["left", "left", "right"])[0]
    assert (runs.longest, runs.answer, runs.spread) == (2, "left", None)
    assert straight_lining([], []) == ()
    with pytest.raises(ValueError, match="chance"):
        straight_lining(["a"], [1], chance="none")  # type: ignore[arg-type]
