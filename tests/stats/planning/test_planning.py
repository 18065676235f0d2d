"""Planning: acceptance values, exact power by enumeration, what a budget buys."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import (
    power_proportions_2indep,
    proportion_confint,
    samplesize_confint_proportion,
)

from labeling.stats import Figure, Ratings, krippendorff_alpha, percent_agreement, wilson_interval
from labeling.stats.agreement.ceiling import majority_accuracy
from labeling.stats.planning.budget import (
    comparison_information,
    cost_per_retained_label,
    labeling_cost,
    overlap_plan,
)
from labeling.stats.planning.sample_size import (
    judgments_for_half_width,
    judgments_to_compare,
    judgments_to_detect,
    width_curve,
)
from tests.stats.shapes import golden

VECTORS = {vector["id"]: vector for vector in golden("science_vectors")}


def test_the_sample_sizes_of_the_acceptance_list() -> None:
    expected = VECTORS["G12"]["expected"]
    assert judgments_for_half_width().judgments == expected["half_width_5pp_at_50pct"] == 385
    assert judgments_to_detect(0.55).judgments == expected["detect_55_vs_50"] == 783
    assert judgments_to_detect(0.52).judgments == expected["detect_52_vs_50"] == 4904


@given(st.floats(0.05, 0.95), st.floats(0.01, 0.2), st.floats(0.8, 0.99))
def test_the_half_width_is_reached_and_not_with_one_less(
    share: float, half_width: float, confidence: float
) -> None:
    needed = judgments_for_half_width(half_width, share, confidence=confidence).judgments
    theirs = samplesize_confint_proportion(share, half_width, 1 - confidence)
    assert needed == int(np.ceil(theirs * (1 - 1e-12)))

    def reach(n: int) -> float:
        low, high = proportion_confint(share * n, n, 1 - confidence, method="normal")
        return float(high - low) / 2

    if half_width < min(share, 1 - share):
        assert reach(needed) <= half_width * (1 + 1e-9)
        assert needed == 1 or reach(needed - 1) > half_width * (1 - 1e-9)


def test_the_power_promised_is_the_power_of_the_test_by_enumeration() -> None:
    for share, power in ((0.55, 0.8), (0.6, 0.9), (0.3, 0.8)):
        n = judgments_to_detect(share, power=power).judgments
        wins = np.arange(n + 1)
        significant = np.abs(wins - n / 2) / np.sqrt(n / 4) > stats.norm.ppf(0.975)
        assert stats.binom.pmf(wins, n, share)[significant].sum() == pytest.approx(power, abs=0.02)


def test_two_groups_of_the_size_named_have_the_power_statsmodels_says() -> None:
    for first, second in ((0.62, 0.48), (0.9, 0.8), (0.1, 0.02)):
        plan = judgments_to_compare(first, second)
        assert plan.judgments == 2 * plan.per_group
        theirs = power_proportions_2indep(first - second, second, plan.per_group)
        assert theirs.power == pytest.approx(0.8, abs=0.01)


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_which_share_is_first_does_not_matter_and_the_mirror_image_needs_as_many(
    first: float, second: float
) -> None:
    if abs(first - second) < 0.01:
        return
    needed = judgments_to_compare(first, second).judgments
    for other in ((second, first), (1 - first, 1 - second)):
        assert abs(judgments_to_compare(*other).judgments - needed) <= 2


def test_closer_shares_more_power_and_confidence_need_more() -> None:
    base = judgments_to_detect(0.6).judgments
    assert judgments_to_detect(0.55).judgments > base
    assert judgments_to_detect(0.6, power=0.9).judgments > base
    assert judgments_to_detect(0.6, confidence=0.99).judgments > base
    assert "80% power" in judgments_to_detect(0.6).convention


def pilot(tasks: int, seed: int = 1) -> Ratings:
    """Three raters of a five-point scale who follow a common truth."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 5, tasks)[:, None]
    value = np.where(rng.random((tasks, 3)) < 0.6, truth, rng.integers(0, 5, (tasks, 3)))
    return Ratings(np.repeat(np.arange(tasks), 3), np.tile([0, 1, 2], tasks), value.ravel())


def test_the_curve_foretells_the_interval_of_more_tasks() -> None:
    scale = range(5)
    alpha = krippendorff_alpha(pilot(100), "ordinal", categories=scale)
    more = krippendorff_alpha(pilot(1600, seed=2), "ordinal", categories=scale)
    curve = width_curve(alpha, [100, 400, 1600])
    assert curve.half_width is not None
    assert more.high is not None
    assert more.low is not None
    assert curve.half_width[2] == pytest.approx((more.high - more.low) / 2, rel=0.25)
    percent = percent_agreement(pilot(100), categories=scale)
    shares = width_curve(percent, [percent.n, 4 * percent.n], kind="share")
    assert shares.low is not None
    assert shares.low[0] == pytest.approx(percent.low)
    assert shares.half_width is not None
    assert shares.half_width[1] == pytest.approx(shares.half_width[0] / 2, rel=0.1)


@given(st.floats(-0.9, 0.9), st.floats(0.01, 0.9), st.integers(5, 500))
def test_the_curve_starts_at_the_pilot_and_narrows_about_its_value(
    value: float, reach: float, n: int
) -> None:
    low, high = np.tanh(np.arctanh(value) + np.array([-reach, reach]))
    figure = Figure(value, float(low), float(high), n, "alpha")
    curve = width_curve(figure, [n, 2 * n, 50 * n])
    assert curve.low is not None
    assert curve.high is not None
    assert (curve.low[0], curve.high[0]) == pytest.approx((low, high))
    assert (np.diff(curve.high - curve.low) < 0).all()
    assert (curve.low <= value).all()
    assert (curve.high >= value).all()


def test_a_pilot_without_an_interval_gives_no_curve_but_its_reason() -> None:
    nothing = Figure(None, None, None, 0, "alpha", "There are no judgments yet.")
    curve = width_curve(nothing, [10])
    assert (curve.low, curve.half_width, curve.reason) == (
        None,
        None,
        "There are no judgments yet.",
    )


def test_one_rater_on_more_tasks_wins_while_tasks_cost_nothing() -> None:
    cheap = overlap_plan(0.8, budget=900)
    assert list(cheap.tasks) == [900, 300, 180, 128, 100]
    assert cheap.best() == cheap.best("right") == 1
    assert cheap.best("accuracy") == 9
    dear = overlap_plan(0.8, budget=900, price_of_task=10)
    assert dear.best() == 5
    assert cheap.accuracy[1] == pytest.approx(majority_accuracy(0.8, 3))
    assert cheap.cost_per_right[0] == pytest.approx(1 / 0.8)


@given(st.floats(0.5, 1), st.floats(0, 5000), st.floats(0.1, 9), st.floats(0, 20))
def test_a_plan_never_overspends_and_leaves_less_than_a_task(
    accuracy: float, budget: float, price: float, price_of_task: float
) -> None:
    plan = overlap_plan(accuracy, budget, price, price_of_task=price_of_task)
    cost = price_of_task + plan.raters * price
    assert (plan.tasks * cost <= budget * (1 + 1e-6) + 1e-6).all()
    assert ((plan.tasks + 1) * cost > budget * (1 - 1e-6)).all()
    assert (plan.information <= plan.tasks + 1e-9).all()
    assert plan.best() in plan.raters


def test_information_is_what_the_variance_of_a_win_rate_says() -> None:
    rng = np.random.default_rng(4)
    plan = overlap_plan(0.75, budget=300, raters=(1, 3))
    for index, raters in enumerate(plan.raters):
        tasks, right = int(plan.tasks[index]), plan.accuracy[index]
        truth = rng.random((4000, tasks)) < 0.5
        seen = np.where(rng.random(truth.shape) < right, truth, ~truth).mean(axis=1)
        win_rate = (seen - (1 - right)) / (2 * right - 1)
        assert 0.25 / win_rate.var() == pytest.approx(plan.information[index], rel=0.1), raters


def test_what_a_label_costs_that_the_rule_retains() -> None:
    figure = cost_per_retained_label(tasks=200, retained=150, judgments=680, price=0.5)
    assert figure.value == pytest.approx(340 / 150)
    low, high = wilson_interval(150, 200)
    assert (figure.low, figure.high) == pytest.approx((340 / 200 / high, 340 / 200 / low))
    assert figure.n == 200
    assert cost_per_retained_label(200, 0, 680).reason == "No label of 200 was retained."
    assert cost_per_retained_label(0, 0, 0).reason == "There are no tasks yet."


def test_the_cost_of_a_project_counts_gold_and_repeats() -> None:
    cost = labeling_cost(1000, raters=1.4, price=0.5, gold=0.05, repeats=0.05, seconds=90)
    assert cost.live == 1400
    assert cost.judgments == cost.live + cost.gold + cost.repeats
    assert cost.gold / cost.judgments == pytest.approx(0.05, abs=1e-3)
    assert cost.total == pytest.approx(cost.judgments / 2)
    assert cost.hours == pytest.approx(cost.judgments * 90 / 3600)
    assert labeling_cost(10, 3, gold=0, repeats=0).judgments == 30
    assert labeling_cost(10).hours is None


def test_what_one_comparison_tells() -> None:
    gaps, expected = VECTORS["G38"]["input"]["delta_logit"], VECTORS["G38"]["expected"]["info"]
    assert comparison_information(gaps) == pytest.approx(expected, abs=1e-4)


REFUSED: list[tuple[Any, str]] = [
    (lambda: judgments_for_half_width(0), "half-width must be above 0"),
    (lambda: judgments_for_half_width(share=1.5), "share must lie between 0 and 1"),
    (lambda: judgments_to_detect(0.5), "cannot be told apart"),
    (lambda: judgments_to_detect(0.6, power=80), "power must lie between 0 and 1"),
    (lambda: judgments_to_compare(0.6, 1.2), "second must lie between 0 and 1"),
    (lambda: judgments_to_compare(0.6, 0.5, confidence=95), "confidence must lie between"),
    (lambda: width_curve(Figure(0.5, 0.4, 0.6, 9, ""), [4, 0]), "at least 1: 0 is not"),
    (lambda: width_curve(Figure(0, -0.4, 0.4, 9, ""), [4], "share"), "lies between 0 and 1"),
    (lambda: overlap_plan(0.8, 10, price=0), "Prices must be at least 0 and finite"),
    (lambda: overlap_plan(0.8, -1), "budget must be at least 0 and finite"),
    (lambda: overlap_plan(1.8, 10), "accuracy must lie between 0 and 1"),
    (lambda: cost_per_retained_label(5, 6, 9), "between 0 and 5, not be 6"),
    (lambda: cost_per_retained_label(5, 3, 9, price=-1), "must be at least 0"),
    (lambda: labeling_cost(10, gold=0.6, repeats=0.4), "leave nothing"),
    (lambda: labeling_cost(-1), "must be at least 0"),
]


@pytest.mark.parametrize(("attempt", "message"), REFUSED)
def test_what_makes_no_plan_is_refused_by_name(attempt: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        attempt()
