"""Dawid-Skene: the paper's table, several maxima, recovery of the truth, odd data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.stats import ConvergenceError, Ratings, RatingsError
from labeling.stats.consensus import dawid_skene
from tests.stats.consensus.worlds import one_coin, thin
from tests.stats.shapes import are_shares_or_say_why_not, from_rows, from_triples, golden

CASE = next(
    case for case in golden("statistics") if case["name"] == "dawid_skene_1979_anaesthetists"
)
PATIENTS = from_triples(CASE["triples"])
SCALE = (1, 2, 3, 4)


def expected(metric: str) -> Any:
    """A verified value of the paper's case and its tolerance."""
    verified = CASE["expected"][metric]
    return pytest.approx(np.array(verified["value"]), abs=verified["tolerance"])


def test_the_paper_exactly_with_three_readings_of_the_first_anaesthetist() -> None:
    model = dawid_skene(PATIENTS, categories=SCALE, smoothing=0, repeats=True, tolerance=1e-12)
    assert model.class_shares == expected("class_marginals")
    assert model.confusion == expected("error_rates_rater_x_true_x_observed")
    assert model.consensus.weight == expected("posterior_unit_x_class")
    assert model.log_likelihood.value == expected("log_likelihood")
    assert list(model.consensus.answers().values()) == CASE["expected"]["consensus_labels"]["value"]
    assert model.reliability[0].n == 135
    assert "EM from the shares of votes, smoothing 0, until no posterior moves" in model.convention


def test_restarts_find_the_highest_known_maximum_under_the_same_names_of_classes() -> None:
    plain = dawid_skene(PATIENTS, categories=SCALE, smoothing=0, repeats=True)
    model = dawid_skene(
        PATIENTS, categories=SCALE, smoothing=0, repeats=True, tolerance=1e-9, restarts=10, seed=0
    )
    assert plain.log_likelihood.value is not None
    assert model.log_likelihood.value is not None
    assert model.log_likelihood.value > plain.log_likelihood.value
    assert model.log_likelihood.value == expected("log_likelihood_global_max_200_random_starts")
    assert "the highest of 11 starts, random start 2 (seed 0)" in model.convention
    same = model.consensus.leader == plain.consensus.leader
    assert same.mean() > 0.9


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_restarts_never_end_below_the_pinned_start(smoothing: float) -> None:
    world = one_coin(np.array([0.7, 0.6, 0.5, 0.8]), 30, seed=5, categories=3)
    plain = dawid_skene(world.ratings, categories=range(3), smoothing=smoothing)
    model = dawid_skene(world.ratings, categories=range(3), smoothing=smoothing, restarts=5)

    def height(result: Any) -> float:
        if not smoothing:
            return float(result.log_likelihood.value)
        prior = np.log(result.confusion).sum() + np.log(result.class_shares).sum()
        return float(result.log_likelihood.value + smoothing * prior)

    assert height(model) >= height(plain) - 1e-3


def test_a_second_reading_is_refused_unless_asked_for() -> None:
    with pytest.raises(RatingsError, match="rater 1 rates unit 1 a second time at position 1"):
        dawid_skene(PATIENTS, categories=SCALE)


def test_mirrored_raters_do_not_depend_on_which_response_is_the_first() -> None:
    ratings, _ = thin(3)
    turned = np.random.default_rng(0).random(200) < 0.5
    sign = np.where(turned, -1, 1)[ratings.unit]
    other = Ratings(ratings.unit, ratings.rater, ratings.value * sign)
    settings_: dict[str, Any] = {"mirrored": True, "shrinkage": 5, "tolerance": 1e-10}
    plain = dawid_skene(ratings, categories=(-1, 1), **settings_)
    model = dawid_skene(other, categories=(-1, 1), **settings_)
    assert model.confusion == pytest.approx(plain.confusion, abs=1e-6)
    assert model.confusion == pytest.approx(model.confusion[:, ::-1, ::-1])
    again = np.where(turned[:, None], model.consensus.weight[:, ::-1], model.consensus.weight)
    assert again == pytest.approx(plain.consensus.weight, abs=1e-6)
    assert "shrinkage 5, mirrored" in model.convention


def test_much_shrinkage_makes_raters_alike() -> None:
    world = one_coin(np.array([0.9, 0.6, 0.6, 0.8]), 200, seed=1)
    model = dawid_skene(world.ratings, categories=(0, 1), shrinkage=1e6)
    assert np.ptp(model.confusion, axis=0).max() < 0.001


def test_shrinkage_without_smoothing_stays_defined_where_a_category_is_not_used() -> None:
    model = dawid_skene(from_rows([[0, 0], [0, 0]]), categories=(0, 1), smoothing=0, shrinkage=5)
    assert model.consensus.answers() == {0: 0, 1: 0}
    assert np.isfinite(model.consensus.weight).all()


def test_doubt_about_the_truth_widens_the_interval_of_a_rater() -> None:
    sure = one_coin(np.full(9, 0.9), 100, seed=2)
    torn = one_coin(np.full(9, 0.9), 100, seed=2, each=2)
    widths = []
    for world in (sure, torn):
        figure = dawid_skene(world.ratings, categories=(0, 1)).reliability[0]
        assert figure.low is not None
        assert figure.high is not None
        trials = figure.n / 100
        widths.append((figure.high - figure.low) * np.sqrt(trials))
    assert widths[1] > 1.2 * widths[0]


@pytest.mark.walk
@given(st.randoms(use_true_random=False), st.sampled_from((0.0, 0.1, 1.0)))
def test_neither_the_order_of_rows_nor_names_matter(random: Any, smoothing: float) -> None:
    world = one_coin(np.array([0.9, 0.7, 0.6, 0.8]), 25, seed=7, categories=3, each=3)
    rows = list(
        zip(
            world.ratings.unit.tolist(),
            world.ratings.rater.tolist(),
            world.ratings.value.tolist(),
            strict=True,
        )
    )
    shuffled = rows.copy()
    random.shuffle(shuffled)
    settings_ = {"categories": range(3), "smoothing": smoothing}
    plain = dawid_skene(from_triples(rows), **settings_)  # type: ignore[arg-type]
    turned = dawid_skene(from_triples(shuffled), **settings_)  # type: ignore[arg-type]
    assert np.array_equal(plain.consensus.weight, turned.consensus.weight)
    named = dawid_skene(
        from_triples([(f"q{900 - unit}", f"r{rater}", value) for unit, rater, value in shuffled]),
        **settings_,  # type: ignore[arg-type]
    )
    answers = named.consensus.answers()
    assert [answers[f"q{900 - unit}"] for unit in range(25)] == list(
        plain.consensus.answers().values()
    )


@given(st.permutations(range(3)))
def test_categories_are_only_names(order: list[int]) -> None:
    world = one_coin(np.array([0.9, 0.7, 0.6]), 30, seed=11, categories=3)
    renamed = Ratings(world.ratings.unit, world.ratings.rater, np.array(order)[world.ratings.value])
    plain = dawid_skene(world.ratings, categories=range(3), tolerance=1e-10)
    turned = dawid_skene(renamed, categories=range(3), tolerance=1e-10)
    assert turned.consensus.weight[:, order] == pytest.approx(plain.consensus.weight, abs=1e-6)


@given(
    st.lists(st.lists(st.one_of(st.none(), st.integers(0, 2)), min_size=4, max_size=4), min_size=1),
    st.sampled_from((0.0, 0.1)),
)
def test_every_result_is_a_probability_or_says_why_not(rows: list[Any], smoothing: float) -> None:
    model = dawid_skene(
        from_rows(rows), categories=range(3), smoothing=smoothing, max_iterations=20_000
    )
    assert np.isfinite(model.consensus.weight).all()
    assert model.consensus.weight.sum(axis=1) == pytest.approx(np.ones(len(model.consensus)))
    assert are_shares_or_say_why_not(model.reliability)


def test_no_judgments_are_a_reason() -> None:
    model = dawid_skene(Ratings([], [], []), categories=(0, 1))
    assert model.reason == model.log_likelihood.reason == "There are no judgments yet."
    assert (model.log_likelihood.value, model.reliability, len(model.consensus)) == (None, (), 0)


def test_one_rater_alone_is_neither_confirmed_nor_contradicted() -> None:
    model = dawid_skene(from_rows([[0], [1], [1]]), categories=(0, 1))
    assert model.reliability[0].value is None
    assert model.reliability[0].reason == (
        "None of the 3 tasks this rater judged was judged by anybody else, so nothing speaks for "
        "or against the answers."
    )
    assert model.reason == model.log_likelihood.reason
    assert model.reason == (
        "No task was judged by two raters, so nothing can be learned of any of them."
    )
    assert "share of the votes, not fitted" in model.consensus.convention
    assert list(model.consensus.answers().values()) == [0, 1, 1]


def test_nobody_overlaps() -> None:
    model = dawid_skene(Ratings([1, 2, 3], ["a", "b", "c"], [0, 1, 1]), categories=(0, 1))
    assert [figure.value for figure in model.reliability] == [None] * 3
    assert model.consensus.answers() == {1: 0, 2: 1, 3: 1}


def test_a_scale_of_one_category_cannot_be_answered_wrongly() -> None:
    model = dawid_skene(from_rows([[1, 1], [1, 1]]))
    assert model.reliability[0].reason == (
        "The scale has a single category, so that no answer can be wrong."
    )


def test_without_smoothing_a_category_nobody_means_leaves_its_row_unknown() -> None:
    model = dawid_skene(from_rows([[0, 0], [1, 1]]), categories=(0, 1, 2), smoothing=0)
    assert np.isnan(model.confusion[:, 2]).all()
    assert np.isfinite(model.confusion[:, :2]).all()
    assert model.class_shares.tolist() == [0.5, 0.5, 0.0]


def test_a_task_with_five_hundred_votes_does_not_underflow() -> None:
    model = dawid_skene(Ratings([0] * 500, range(500), [0] * 300 + [1] * 200))
    assert model.consensus.answer(0) == 0
    even = dawid_skene(Ratings([0] * 500, range(500), [0] * 250 + [1] * 250))
    assert even.consensus.answer(0) is None
    assert even.consensus.entropy[0] == pytest.approx(1)


def test_ten_thousand_raters_with_one_vote_each() -> None:
    model = dawid_skene(Ratings(np.arange(10_000) // 5, range(10_000), np.arange(10_000) % 3))
    assert model.caution
    assert "all of 10000 raters share fewer than 30 judgments" in model.caution
    assert (model.reliability[0].low, model.reliability[0].high) == (0.0, 1.0)


def test_ties_only() -> None:
    model = dawid_skene(from_rows([[0, 0, 0], [0, 0, 0]]), categories=(-1, 0, 1))
    assert set(model.consensus.answers().values()) == {0}


def test_what_does_not_settle_is_an_error() -> None:
    with pytest.raises(ConvergenceError, match="Dawid-Skene did not settle within 2 iterations"):
        dawid_skene(PATIENTS, categories=SCALE, repeats=True, max_iterations=2)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"smoothing": -1}, "smoothing must be a number from 0 on"),
        ({"smoothing": float("nan")}, "smoothing must be a number from 0 on"),
        ({"shrinkage": -1}, "shrinkage must be a number from 0 on"),
        ({"mirrored": True}, r"this one is 0, 1"),
        ({"tolerance": 0}, "tolerance must be above 0"),
        ({"max_iterations": 0}, "At least 1 iteration"),
        ({"restarts": -1}, "restarts must be a number from 0 on"),
        ({"confidence": 1}, "confidence must lie between"),
    ],
)
def test_settings_without_meaning_are_refused(setting: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dawid_skene(from_rows([[0, 1]]), **setting)
