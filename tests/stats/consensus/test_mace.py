"""MACE: the verified case, whatever the order of the rows; guessers found; odd data."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.stats import ConvergenceError, Ratings
from labeling.stats.consensus import mace
from tests.stats.consensus.worlds import competence, guessers
from tests.stats.shapes import are_shares_or_say_why_not, from_rows, from_triples, golden

CASE = next(
    case for case in golden("statistics") if case["name"] == "mace_anaesthetists_first_reading"
)
SCALE = (1, 2, 3, 4)


def test_the_verified_case_from_the_pinned_start() -> None:
    model = mace(from_rows(CASE["data"]), categories=SCALE)
    expected = CASE["expected"]
    assert competence(model) == pytest.approx(expected["competence"]["value"], abs=1e-5)
    assert model.log_evidence.value == pytest.approx(
        expected["log_marginal_likelihood"]["value"], abs=1e-4
    )
    assert list(model.consensus.answers().values()) == expected["consensus_labels"]["value"]


def test_restarts_find_nothing_higher_there() -> None:
    model = mace(from_rows(CASE["data"]), categories=SCALE, restarts=5, seed=3)
    assert "the highest of 6 starts, the pinned one (seed 3)" in model.convention


@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_is_of_no_consequence(random: Any) -> None:
    rows = [
        (unit, rater, value)
        for unit, row in enumerate(CASE["data"])
        for rater, value in enumerate(row)
    ]
    random.shuffle(rows)
    model = mace(from_triples(rows), categories=SCALE)
    assert competence(model) == competence(mace(from_rows(CASE["data"]), categories=SCALE))


def test_the_habit_of_a_rater_who_always_says_the_same_is_seen() -> None:
    ratings, _, _ = guessers(4)
    model = mace(ratings, categories=range(3), habit_prior=1)
    assert model.habit[1].argmax() == 1
    assert model.habit[1, 1] > 0.9


@pytest.mark.walk
@given(
    st.lists(st.lists(st.one_of(st.none(), st.integers(0, 2)), min_size=4, max_size=4), min_size=1),
    st.sampled_from(("variational", "em")),
)
def test_every_result_is_a_probability_or_says_why_not(rows: list[Any], method: Any) -> None:
    model = None
    with contextlib.suppress(ConvergenceError):  # a few judgments may lie on a ridge without a top
        model = mace(from_rows(rows), categories=range(3), method=method, max_iterations=50_000)
    if model is None:
        return
    assert np.isfinite(model.consensus.weight).all()
    assert are_shares_or_say_why_not(model.competence)


def test_likelihood_without_any_smoothing_stays_finite() -> None:
    model = mace(from_rows([[0, 0, 1]] * 5 + [[1, 1, 1]]), method="em", smoothing=0)
    assert np.isfinite(model.consensus.weight).all()
    assert model.log_evidence.value is not None
    assert np.isfinite(model.log_evidence.value)


def test_odd_data_are_reasons() -> None:
    assert mace(Ratings([], [], []), categories=(0, 1)).reason == "There are no judgments yet."
    alone = mace(from_rows([[0], [1]]), categories=(0, 1))
    assert alone.reason
    assert alone.competence[0].value is None
    assert alone.consensus.answers() == {0: 0, 1: 1}
    single = mace(from_rows([[1, 1], [1, 1]]))
    assert single.competence[0].reason
    assert "single category" in single.competence[0].reason


def test_many_votes_on_one_task_and_many_raters_with_one_vote() -> None:
    crowded = mace(Ratings([0] * 500, range(500), [0] * 300 + [1] * 200))
    assert crowded.consensus.answer(0) == 0
    thin = mace(Ratings(np.arange(10_000) // 5, range(10_000), np.arange(10_000) % 3))
    assert thin.caution
    assert np.isfinite(thin.consensus.weight).all()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"method": "gibbs"}, "must be variational or em"),
        ({"competence_prior": 0}, "priors must be above 0"),
        ({"smoothing": -1}, "smoothing"),
        ({"tolerance": -1}, "tolerance"),
    ],
)
def test_settings_without_meaning_are_refused(setting: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        mace(from_rows([[0, 1]]), **setting)


def test_what_does_not_settle_is_an_error() -> None:
    with pytest.raises(ConvergenceError, match="MACE did not settle within 1 iterations"):
        mace(from_rows(CASE["data"]), max_iterations=1)
