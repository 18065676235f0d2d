"""Conger's kappa: verified values, Cohen's as its case of two raters, the exact jackknife."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from labeling.stats import Ratings, cohen_kappa, fleiss_kappa
from labeling.stats.agreement import conger as module
from labeling.stats.agreement.conger import conger_kappa
from labeling.stats.coding import code
from labeling.stats.intervals.jackknife import leave_one_out_interval
from tests.stats.shapes import from_rows, golden

CASES = {case["name"]: case for case in golden("statistics")}
KRIPPENDORFF = CASES["kripp2011_C_missing_four_observers"]
SCALE = (-1, 0, 1)

two = st.lists(st.lists(st.sampled_from(SCALE), min_size=2, max_size=2), min_size=2, max_size=12)
gappy = st.lists(
    st.lists(st.one_of(st.none(), st.sampled_from(SCALE)), min_size=4, max_size=4),
    min_size=2,
    max_size=10,
)


@pytest.mark.parametrize("weights", ["identity", "linear", "quadratic", "ordinal"])
def test_verified_values_with_missing_ratings_and_weights(weights: Any) -> None:
    name = "conger_kappa" if weights == "identity" else f"conger_kappa_weighted_{weights}"
    figure = conger_kappa(
        from_rows(KRIPPENDORFF["data"]), categories=KRIPPENDORFF["categories"], weights=weights
    )
    assert figure.value == pytest.approx(KRIPPENDORFF["expected"][name]["value"], abs=1e-9)
    assert figure.n == 11


@given(two, st.sampled_from(["identity", "linear", "quadratic", "ordinal"]))
def test_with_two_raters_it_is_cohens_kappa_interval_and_all(rows: Any, weights: Any) -> None:
    ratings = from_rows(rows)
    conger = conger_kappa(ratings, categories=SCALE, weights=weights)
    cohen = cohen_kappa(ratings, categories=SCALE, weights=weights)
    assert (conger.value is None) == (cohen.value is None)
    if cohen.value is not None:
        ends = (conger.value, conger.low, conger.high)
        assert ends == pytest.approx((cohen.value, cohen.low, cohen.high), abs=1e-9)


@given(gappy, st.integers(1, 3))
def test_the_jackknife_is_what_recomputing_without_each_prompt_gives(
    rows: list[Any], per_prompt: int
) -> None:
    plain = from_rows(rows)
    prompt = plain.unit // per_prompt
    whole = conger_kappa(
        Ratings(plain.unit, plain.rater, plain.value, prompt), categories=SCALE, weights="linear"
    )
    rest = []
    for skip in np.unique(prompt):
        kept = prompt != skip
        less = Ratings(plain.unit[kept], plain.rater[kept], plain.value[kept])
        rest.append(conger_kappa(less, categories=SCALE, weights="linear").value)
    assume(whole.value is not None and None not in rest and "jackknife" in whole.convention)
    assert whole.value is not None
    ends = leave_one_out_interval(whole.value, np.array(rest, float), np.ones(len(rest)), -1.0)
    assert ends is not None
    assert (whole.low, whole.high) == pytest.approx(tuple(ends), abs=1e-9)


def test_blocks_give_the_same_jackknife_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    ratings = Ratings(
        np.repeat(np.arange(60), 4), np.tile(np.arange(4), 60), rng.integers(0, 3, 240)
    )
    whole = conger_kappa(ratings)
    monkeypatch.setattr(module, "_BLOCK", 30)
    assert conger_kappa(ratings) == whole


def test_a_strict_rater_is_not_chance_agreement_of_one_pool() -> None:
    rows = [[1, 1, 1], [1, 1, 0], [0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1]]
    conger, fleiss = conger_kappa(from_rows(rows)).value, fleiss_kappa(from_rows(rows)).value
    assert conger is not None
    assert fleiss is not None
    assert conger > fleiss


@given(gappy)
def test_it_is_a_number_with_an_interval_or_says_why_not(rows: list[Any]) -> None:
    figure = conger_kappa(from_rows(rows), categories=SCALE)
    if figure.value is None or figure.low is None:
        assert figure.reason
        assert figure.reason.endswith(".")
    else:
        assert figure.high is not None
        # Tasks judged once shape habits only, and can press the figure below -1.
        assert min(-1, figure.value) <= figure.low <= figure.value + 1e-9
        assert figure.value <= figure.high + 1e-9 <= 1 + 1e-8


def test_what_is_missing_is_said() -> None:
    assert conger_kappa(Ratings([], [], [])).reason == "There are no judgments yet."
    assert conger_kappa(from_rows([[1], [2]])).reason == (
        "No two raters judged the same task. All 2 tasks were judged by one rater only."
    )
    still = conger_kappa(from_rows([[1, 1], [1, 1]]))
    assert still.reason is not None
    assert still.reason.startswith("Every rater gave one and the same category")
    once = conger_kappa(from_rows([[1, 2, 2]]))
    assert (once.value is None) or once.low is None


def test_full_agreement_has_wilson_limits() -> None:
    figure = conger_kappa(from_rows([[1, 1, 1], [0, 0, 0]] * 10))
    assert (figure.value, figure.high) == (1.0, 1.0)
    assert figure.low is not None
    assert 0 < figure.low < 1
    assert "Wilson" in figure.convention


def test_coded_ratings_and_a_matrix_of_weights_are_read_too() -> None:
    ratings = from_rows([[0, 1, 2], [1, 1, 2], [2, 2, 2], [0, 0, 1]])
    weights = 1 - np.abs(np.subtract.outer(np.arange(3), np.arange(3))) / 2
    named = conger_kappa(ratings, categories=range(3), weights="linear")
    figure = conger_kappa(code(ratings, range(3)), weights=weights)
    assert figure.value == pytest.approx(named.value)
    assert ", weighted, " in figure.convention
    with pytest.raises(ValueError, match="must have shape"):
        conger_kappa(ratings, weights=np.eye(2))


def test_tasks_judged_once_can_press_it_below_minus_one() -> None:
    figure = conger_kappa(from_rows([[None, 0], [None, 0], [0, -1]]), categories=(-1, 0, 1))
    assert figure.value == pytest.approx(-2.0)
    assert figure.low == figure.value
