"""Options that there are not are refused: none passes for another one in silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from labeling.stats import (
    Alpha,
    Comparisons,
    Gwet,
    Ratings,
    RatingsError,
    agreement_by_category,
    bootstrap_interval,
    brennan_prediger,
    clustered_share,
    cohen_kappa,
    conger_kappa,
    elo,
    fleiss_kappa,
    gold_accuracy,
    group_agreement_index,
    gwet_ac,
    kendall_tau,
    kendall_w_within,
    krippendorff_alpha,
    majority_accuracy,
    overlap_plan,
    percent_agreement,
    severity,
    width_curve,
    win_rate_at,
    win_rates,
)
from tests.stats.shapes import from_rows

RATINGS = from_rows([[1, 1], [2, 1], [2, 2], [2, 1]])
ANY: Any = "any"


@pytest.mark.parametrize(
    "call",
    [
        lambda: krippendorff_alpha(RATINGS, "Ordinal"),  # type: ignore[arg-type]
        lambda: percent_agreement(RATINGS, ANY),
        lambda: percent_agreement(RATINGS, average=ANY),
        lambda: gwet_ac(RATINGS, weights=ANY),
        lambda: brennan_prediger(RATINGS, weights=ANY),
        lambda: fleiss_kappa(RATINGS, weights=ANY),
        lambda: fleiss_kappa(RATINGS, missing=ANY),
        lambda: cohen_kappa(RATINGS, weights=ANY),
        lambda: conger_kappa(RATINGS, weights=ANY),
        lambda: Gwet(ANY),
        lambda: severity(RATINGS, of=ANY),
        lambda: width_curve(percent_agreement(RATINGS), [10], ANY),
    ],
)
def test_an_option_that_there_is_not_is_refused_with_those_there_are(
    call: Callable[[], object],
) -> None:
    with pytest.raises(ValueError, match=r"must be (one of )?[\w, ]+, not"):
        call()


@pytest.mark.parametrize("confidence", [95.0, 1.0, 0.0, float("nan")])
def test_a_confidence_outside_0_to_1_makes_no_interval_of_nan(confidence: float) -> None:
    in_lists = Ratings(RATINGS.unit, RATINGS.rater, RATINGS.value, RATINGS.unit // 2)
    for call in (
        lambda: percent_agreement(RATINGS, confidence=confidence),
        lambda: krippendorff_alpha(RATINGS, confidence=confidence),
        lambda: bootstrap_interval(RATINGS, Alpha(), confidence=confidence),
        lambda: clustered_share(
            [1, 0, 1], [1, 1, 1], [1, 2, 3], "", nothing="", confidence=confidence
        ),
        lambda: severity(RATINGS, confidence=confidence),
        lambda: group_agreement_index(RATINGS, [0, 1] * 4, confidence=confidence),
        lambda: win_rates(Comparisons([1, 1], [2, 2], [-1, 0]), confidence=confidence),
        lambda: kendall_w_within(in_lists, confidence=confidence),
    ):
        with pytest.raises(ValueError, match="confidence must lie between 0 and 1"):
            call()


def test_one_rater_of_two_must_not_be_named_alone() -> None:
    for figure in (cohen_kappa, kendall_tau):
        with pytest.raises(ValueError, match="Name two raters"):
            figure(RATINGS, 0)


def test_weights_of_ones_own_must_be_numbers() -> None:
    weights = np.array([[1, np.nan], [0, 1]])
    with pytest.raises(ValueError, match="must be numbers"):
        cohen_kappa(RATINGS, weights=weights)
    with pytest.raises(ValueError, match="must be numbers"):
        conger_kappa(RATINGS, weights=weights)


def test_an_interval_holds_its_value_even_below_minus_one() -> None:
    ratings = from_rows([[1, 2], [2, 3], [3, 1]])
    figure = cohen_kappa(ratings, weights=[[1, 0, 1], [1, 1, 0], [0, 1, 1]])
    assert figure.value is not None
    assert figure.low is not None
    assert figure.high is not None
    assert figure.value == pytest.approx(-2.0)
    assert figure.low <= figure.value <= figure.high


def test_a_bootstrap_without_a_defined_resample_says_so() -> None:
    ratings = from_rows([[1, 1], [2, 2]])
    figures = [bootstrap_interval(ratings, Alpha(), resamples=1, seed=seed) for seed in range(12)]
    undefined = [figure for figure in figures if figure.low is None]
    assert undefined
    assert undefined[0].value == 1.0
    assert undefined[0].reason == "No interval: the figure is undefined in every resample."
    with pytest.raises(ValueError, match="at least 1 resample"):
        bootstrap_interval(ratings, Alpha(), resamples=0)


def test_a_category_nobody_used_gives_no_reason_where_there_is_a_value() -> None:
    ratings = from_rows([[1, 2], [1, 1]])
    unused = agreement_by_category(ratings, gwet_ac, categories=(1, 2, 3))[3]
    assert (unused.value, unused.reason) == (1.0, None)
    assert agreement_by_category(ratings, categories=(1, 2, 3))[3].reason == (
        "No judgment is in category 3."
    )


def test_numbers_of_raters_are_whole() -> None:
    for call in (lambda: majority_accuracy(0.7, 2.5), lambda: overlap_plan(0.8, 100, raters=[2.5])):  # type: ignore[arg-type, list-item]
        with pytest.raises(ValueError, match="whole ones, not"):
            call()


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_budget_or_a_price_is_a_number(bad: float) -> None:
    with pytest.raises(ValueError, match="budget"):
        overlap_plan(0.8, bad)
    with pytest.raises(ValueError, match="Prices"):
        overlap_plan(0.8, 100, bad)


def test_elo_knows_no_distance_too_far() -> None:
    assert 0 <= win_rate_at(-1e6) < 1e-200
    assert win_rate_at(1e6) == 1.0
    far = elo(Comparisons([1, 1, 1], [2, 2, 2], [1, -1, 1]), k=1e6)
    assert np.isfinite(far.rating).all()


def test_raters_to_report_are_named_once() -> None:
    with pytest.raises(RatingsError, match="twice"):
        gold_accuracy(["ana"], [True], raters=["ana", "ana"])
