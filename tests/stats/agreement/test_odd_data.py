"""Degenerate and hostile data: a reason or an error that names the place, never a wrong number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from labeling.stats import (
    Ratings,
    RatingsError,
    bootstrap_interval,
    cohen_kappa,
    cohen_kappa_pairs,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
    table_of,
)
from labeling.stats.agreement.coefficients import Alpha
from tests.stats.shapes import from_rows


def test_unequal_lengths_are_refused_with_the_lengths() -> None:
    with pytest.raises(RatingsError, match="unit has 2, rater has 2, value has 3"):
        Ratings([1, 2], [1, 2], [1, 2, 3])


@pytest.mark.parametrize("hole", [float("nan"), float("inf"), None])
def test_a_value_that_is_no_number_is_refused_by_position(hole: Any) -> None:
    with pytest.raises(RatingsError, match="value at position 2 is"):
        Ratings([1, 1, 2], ["a", "b", "a"], [1, 0, hole])


def test_a_value_off_the_scale_is_refused_by_position_unit_and_rater() -> None:
    ratings = Ratings(["q1", "q1", "q2"], ["rui", "sam", "rui"], [1, 0, 9])
    with pytest.raises(RatingsError, match=r"value 9 at position 2 \(unit q2, rater rui\)"):
        krippendorff_alpha(ratings, categories=(-1, 0, 1))


def test_a_word_on_a_scale_of_numbers_is_refused_by_position() -> None:
    with pytest.raises(RatingsError, match="value better at position 1"):
        table_of(Ratings([1, 1], [1, 2], ["1", "better"]), (0, 1))


def test_a_rater_twice_on_a_unit_is_refused_by_position() -> None:
    with pytest.raises(RatingsError, match="rater sam rates unit 1 a second time at position 2"):
        percent_agreement(Ratings([1, 1, 1], ["sam", "rui", "sam"], [0, 1, 1]))


def test_a_unit_in_two_clusters_is_refused_by_position() -> None:
    with pytest.raises(RatingsError, match="unit 7 at position 0 is in two clusters"):
        table_of(Ratings([7, 7, 8], [1, 2, 1], [0, 1, 1], cluster=[1, 2, 2]))


def test_two_dimensions_are_refused() -> None:
    with pytest.raises(RatingsError, match="one dimension, not 2"):
        Ratings([[1, 2]], [1], [1])


def test_a_scale_that_repeats_itself_is_refused() -> None:
    with pytest.raises(RatingsError, match="names a category twice"):
        gwet_ac(from_rows([[1, 1]]), categories=(1, 1))


def test_no_ratings_at_all() -> None:
    empty = Ratings([], [], [])
    for figure in (percent_agreement(empty), krippendorff_alpha(empty), gwet_ac(empty)):
        assert (figure.value, figure.n) == (None, 0)
        assert figure.reason == "There are no judgments yet."
    assert cohen_kappa(empty).reason == "They share no task."
    assert len(cohen_kappa_pairs(empty)) == 0


def test_one_rater_alone() -> None:
    figure = krippendorff_alpha(from_rows([[1], [2], [1]]))
    assert figure.value is None
    assert figure.reason == (
        "No two raters judged the same task. All 3 tasks were judged by one rater only."
    )


def test_a_single_category_names_the_category_and_the_number_of_tasks() -> None:
    figure = krippendorff_alpha(from_rows([[3, 3], [3, 3], [1, None]]), categories=(1, 2, 3))
    assert figure.value is None
    assert figure.reason is not None
    assert figure.reason.startswith("Every judgment on the 2 tasks with at least two is in one")
    assert "(3)" in figure.reason


def test_ties_only() -> None:
    ratings = from_rows([[0, 0], [0, 0], [0, 0]])
    assert percent_agreement(ratings, "exact").value == 1.0
    dropped = percent_agreement(ratings, "drop")
    assert (dropped.value, dropped.n) == (None, 0)
    assert dropped.reason == "Every pair of judgments holds a tie."
    assert krippendorff_alpha(ratings, symmetric=True, categories=(-1, 0, 1)).value is None


def test_full_agreement_still_has_an_interval() -> None:
    for rows in ([[1, 1], [2, 2]] * 10, [[1, 1], [2, 2]] * 200):
        figure = krippendorff_alpha(from_rows(rows))
        assert (figure.value, figure.high) == (1.0, 1.0)
        assert figure.low is not None
        assert 0 < figure.low < 1
        assert "Wilson" in figure.convention


def test_one_shared_task_gives_a_figure_without_interval_and_says_so() -> None:
    figure = krippendorff_alpha(from_rows([[1, 2], [None, 1]]))
    assert (figure.value, figure.low) == (0.0, None)
    assert figure.reason == (
        "No interval: the figure rests on 1 task, and an interval over tasks needs at least 2."
    )


def test_unequal_numbers_of_judgments_make_fleiss_undefined() -> None:
    figure = fleiss_kappa(from_rows([[1, 2, 1], [1, 1, None], [2, None, None]]))
    assert (figure.value, figure.n) == (None, 2)
    assert figure.reason is not None
    assert "tasks have between 2 and 3" in figure.reason
    assert fleiss_kappa(from_rows([[1, 2], [1, 1], [2, None]])).value is not None


def test_cohen_says_what_is_missing() -> None:
    apart = from_rows([[1, None], [None, 2]])
    once = from_rows([[1, 2], [None, 2]])
    still = from_rows([[1, 1], [1, 1]])
    assert cohen_kappa(apart).reason == "They share no task."
    assert cohen_kappa(once).reason == "They share only 1 task; kappa needs at least 2."
    assert cohen_kappa(still).reason == (
        "Both gave one and the same category on the 2 tasks they share."
    )
    with pytest.raises(ValueError, match="name two"):
        cohen_kappa(from_rows([[1, 1, 2], [1, 2, 2]]))


def test_two_raters_can_be_picked_out_of_many() -> None:
    ratings = from_rows([[1, 1, 2], [2, 2, 1], [1, 2, 2], [2, 2, 1]])
    assert cohen_kappa(ratings, 0, 1).value == pytest.approx(0.5)
    assert cohen_kappa(ratings, 0, 2).value == pytest.approx(-1.0)


def test_words_and_fractions_are_scales_too() -> None:
    words = from_rows([["low", "low"], ["high", "mid"], ["mid", "mid"], ["high", "high"]])
    codes = from_rows([[0, 0], [2, 1], [1, 1], [2, 2]])
    fractions = from_rows([[0.0, 0.0], [1.0, 0.5], [0.5, 0.5], [1.0, 1.0]])
    expected = krippendorff_alpha(codes, "ordinal").value
    named = krippendorff_alpha(words, "ordinal", categories=("low", "mid", "high"))
    assert named.value == pytest.approx(expected)
    alpha = krippendorff_alpha(fractions, "ordinal", categories=(0, 0.5, 1))
    assert alpha.value == pytest.approx(expected)
    with pytest.raises(ValueError, match="needs categories that are numbers"):
        krippendorff_alpha(words, "interval")


def test_ten_thousand_raters_with_one_vote_each() -> None:
    values = np.arange(10_000) // 5 % 2
    values[::17] = 1 - values[::17]
    ratings = Ratings(np.arange(10_000) // 5, np.arange(10_000), values)
    assert krippendorff_alpha(ratings).n == 2000
    pairs = cohen_kappa_pairs(ratings)
    assert len(pairs) == 20_000
    assert pairs.figures(3)[1].reason == "They share only 1 task; kappa needs at least 2."


def test_a_task_with_five_hundred_votes() -> None:
    rng = np.random.default_rng(3)
    ratings = Ratings(
        np.repeat([0, 1, 2], [500, 3, 3]),
        np.concatenate([np.arange(500), [0, 1, 2], [3, 4, 5]]),
        rng.integers(-3, 4, 506),
    )
    figure = krippendorff_alpha(ratings, "ordinal", categories=range(-3, 4))
    assert figure.value == pytest.approx(0, abs=0.1)
    assert percent_agreement(ratings).n == 500 * 499 // 2 + 6


def test_a_billion_pairs_do_not_overflow() -> None:
    table = table_of(from_rows([[0, 0], [0, 1], [1, 1]]), (0, 1))
    big = type(table)(**{**vars(table), "frequency": table.frequency * 10**9, "units": 3 * 10**9})
    figure = krippendorff_alpha(big)
    small = krippendorff_alpha(table)
    assert figure.n == 3 * 10**9
    assert small.value is not None
    assert figure.value == pytest.approx(1 / 3, abs=1e-6)


def test_a_slider_of_a_hundred_steps() -> None:
    rng = np.random.default_rng(5)
    truth = rng.integers(1, 101, 1000)
    values = np.clip(np.repeat(truth, 3) + rng.integers(-9, 10, 3000), 1, 100)
    ratings = Ratings(np.repeat(np.arange(1000), 3), np.tile([0, 1, 2], 1000), values)
    ordinal = krippendorff_alpha(ratings, "ordinal", categories=range(1, 101))
    interval = krippendorff_alpha(ratings, "interval", categories=range(1, 101))
    assert ordinal.value == pytest.approx(interval.value, abs=0.01)
    assert ordinal.low is not None
    assert ordinal.low > 0.95


def test_the_same_seed_gives_the_same_bootstrap() -> None:
    ratings = from_rows([[1, 1], [1, 2], [2, 2], [2, 1], [1, 1], [2, 2]])
    first, second = (bootstrap_interval(ratings, Alpha(), seed=4) for _ in range(2))
    assert first == second
    assert "seed 4" in first.convention


def test_a_figure_without_reason_leaves_the_key_out() -> None:
    plain = percent_agreement(from_rows([[1, 1], [1, 2]])).as_dict()
    assert set(plain) == {"value", "low", "high", "n", "convention"}
    assert "reason" in percent_agreement(from_rows([[1]])).as_dict()


def test_a_table_is_read_like_the_ratings_it_counts() -> None:
    ratings = from_rows([[1, 1], [1, 2], [2, 2]])
    assert krippendorff_alpha(table_of(ratings)) == krippendorff_alpha(ratings)
