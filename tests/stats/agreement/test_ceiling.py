"""The noise ceiling: acceptance values, simulated raters, what it refuses to say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.stats import Figure, Ratings, percent_agreement, table_of
from labeling.stats.agreement.ceiling import (
    agreement_ceiling,
    flip_rate,
    majority_accuracy,
    majority_ceiling,
    noise_ceiling,
)
from tests.stats.shapes import from_rows, golden

VECTORS = {vector["id"]: vector for vector in golden("science_vectors")}


def agreeing(value: float | None, low: float | None = None, high: float | None = None) -> Figure:
    """A share of agreeing pairs as some pilot would report it."""
    return Figure(value, low, high, 100, "share of agreeing pairs")


def test_the_ceilings_of_published_agreements() -> None:
    for agreement, q in zip(
        VECTORS["G09"]["input"]["a"], VECTORS["G09"]["expected"]["q"], strict=True
    ):
        assert noise_ceiling(agreeing(agreement)).value == pytest.approx(q, abs=1e-4)


def test_the_majority_of_three_predicts_the_published_agreement() -> None:
    expected = VECTORS["G10"]["expected"]
    ceiling = majority_ceiling(agreeing(VECTORS["G10"]["input"]["a"]), raters=3)
    assert ceiling.single.value == pytest.approx(expected["q"], abs=1e-4)
    assert ceiling.majority.value == pytest.approx(expected["q3"], abs=1e-4)
    name = "expected_agreement_majority_vs_single"
    assert ceiling.with_single.value == pytest.approx(expected[name], abs=1e-4)


def test_no_more_agreement_than_coins_gives_no_usable_signal() -> None:
    for agreement in (0.5, 0.45):
        figure = noise_ceiling(agreeing(agreement, 0.3, 0.6))
        assert (figure.value, figure.low, figure.high, figure.n) == (None, None, None, 100)
        assert figure.reason == (
            f"No usable signal: raters agree {100 * agreement:g}% of the time, "
            "no more than a coin would."
        )
    assert majority_ceiling(agreeing(0.5)).majority.value is None


def test_an_agreement_that_is_undefined_leaves_the_ceiling_so_with_its_reason() -> None:
    nothing = Figure(None, None, None, 0, "share", "There are no judgments yet.")
    for figure in (noise_ceiling(nothing), flip_rate(nothing), agreement_ceiling(nothing)):
        assert (figure.value, figure.reason) == (None, "There are no judgments yet.")


@given(st.floats(0.501, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_the_interval_is_carried_end_by_end(value: float, below: float, above: float) -> None:
    low, high = value * below, value + (1 - value) * above
    figure = noise_ceiling(agreeing(value, low, high))
    assert figure.value is not None
    assert figure.low is not None
    assert figure.high is not None
    assert 0.5 <= figure.low <= figure.value <= figure.high <= 1
    assert figure.value**2 + (1 - figure.value) ** 2 == pytest.approx(value)
    flips = flip_rate(agreeing(value, low, high))
    assert flips.value == pytest.approx(1 - figure.value)
    assert (flips.low, flips.high) == pytest.approx((1 - figure.high, 1 - figure.low))
    assert flips.value is not None
    assert 1 - 2 * flips.value * (1 - flips.value) == pytest.approx(value)


def test_of_preferences_it_takes_the_side_and_leaves_ties_out() -> None:
    scale = (-2, -1, 0, 1, 2)
    ratings = from_rows([[1, 2], [1, 1], [-1, -2], [0, 1], [-1, 1], [2, 1], [-2, -2]] * 4)
    pairs = percent_agreement(ratings, "drop", sides=True, categories=scale)
    for ceiling in (
        noise_ceiling(ratings, categories=scale),
        noise_ceiling(table_of(ratings, scale)),
    ):
        assert ceiling == noise_ceiling(pairs)
        assert "pairs with a tie are left out" in ceiling.convention
        assert ceiling.n == pairs.n


def test_two_declared_categories_need_no_sides() -> None:
    yes_no = from_rows([["yes", "yes"], ["no", "no"], ["no", "yes"], ["no", "no"]] * 5)
    ceiling = noise_ceiling(yes_no, categories=("no", "yes"))
    assert ceiling.value == pytest.approx((1 + 0.5**0.5) / 2)


@pytest.mark.parametrize("scale", [(0, 1, 2), None, ("low", "mid", "high")])
def test_a_scale_without_two_sides_is_refused(scale: Any) -> None:
    values = [[1, 1], [0, 1], [1, 1]]
    rows = [["low", "mid"], ["low", "low"]] if scale and scale[0] == "low" else values
    with pytest.raises(ValueError, match="two sides around 0, or two declared categories"):
        noise_ceiling(from_rows(rows), categories=scale)


def test_no_judgments_at_all() -> None:
    assert noise_ceiling(Ratings([], [], [])).reason == "There are no judgments yet."
    ratings = Ratings([], [], [])
    assert noise_ceiling(ratings, categories=(-1, 0, 1)).reason == "There are no judgments yet."


@given(st.floats(0.5, 1), st.integers(0, 20))
def test_more_votes_help_and_an_even_vote_adds_nothing(accuracy: float, half: int) -> None:
    votes = 2 * half + 1
    here = majority_accuracy(accuracy, votes)
    assert here == majority_accuracy(accuracy, votes + 1)
    assert majority_accuracy(accuracy, votes + 2) >= here - 1e-12
    assert majority_accuracy(1 - accuracy, votes) == pytest.approx(1 - here, abs=1e-9)


def test_raters_cannot_agree_more_than_with_themselves() -> None:
    figure = agreement_ceiling(agreeing(0.8, 0.7, 0.9))
    assert (figure.value, figure.low, figure.high) == (0.8, 0.7, 0.9)
    assert agreement_ceiling(agreeing(0.4)).reason == (
        "No usable signal: a rater agrees with itself 40% of the time, no more than a coin would."
    )
    # Two raters of one mind who flip with rate e agree just as often as each with itself.
    rng = np.random.default_rng(9)
    mind = rng.choice([-1, 1], 100_000)
    answers = [np.where(rng.random(100_000) < 0.15, -mind, mind) for _ in range(4)]
    within, between = (answers[0] == answers[1]).mean(), (answers[2] == answers[3]).mean()
    assert within == pytest.approx(between, abs=0.01)
    assert flip_rate(agreeing(float(within))).value == pytest.approx(0.15, abs=0.01)


def test_what_is_no_share_is_refused() -> None:
    kappa = agreeing(-0.2)
    for statistic in (noise_ceiling, majority_ceiling, flip_rate, agreement_ceiling):
        with pytest.raises(ValueError, match=r"between 0 and 1, not be -0\.2"):
            statistic(kappa)
    with pytest.raises(ValueError, match="at least 1 rater"):
        majority_ceiling(agreeing(0.7), raters=0)
    with pytest.raises(ValueError, match="accuracy must lie between 0 and 1"):
        majority_accuracy(1.2, 3)
