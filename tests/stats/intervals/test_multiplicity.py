"""Many tests at once: verified values, statsmodels and scipy, properties, odd data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from labeling.stats.intervals.multiplicity import benjamini_hochberg, fisher_combination, holm
from tests.stats.shapes import golden

CASES = {case["name"]: case for case in golden("statistics")}
VECTORS = {vector["id"]: vector for vector in golden("science_vectors")}

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def test_holm_of_the_acceptance_list() -> None:
    adjusted = holm(VECTORS["G44"]["input"]["p"])
    assert adjusted == pytest.approx(VECTORS["G44"]["expected"]["adj"], abs=1e-6)


def test_verified_adjustment_and_combination() -> None:
    case = CASES["fisher_combination_and_bh"]
    expected = case["expected"]
    adjusted = benjamini_hochberg(case["p_values"])
    assert adjusted == pytest.approx(expected["bh_adjusted"]["value"], abs=1e-9)
    statistic, p = fisher_combination(case["p_values"])
    assert statistic == pytest.approx(expected["fisher_M"]["value"], abs=1e-9)
    assert p == pytest.approx(expected["fisher_p"]["value"], abs=1e-9)


@given(p_values)
def test_benjamini_hochberg_equals_statsmodels(values: list[float]) -> None:
    theirs = multipletests(values, method="fdr_bh")[1]
    assert benjamini_hochberg(values) == pytest.approx(theirs, abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_holm_equals_statsmodels(seed: int) -> None:
    values = np.random.default_rng(seed).random(9) ** 3
    theirs = multipletests(values, method="holm")[1]
    assert holm(values) == pytest.approx(theirs, abs=1e-12)


@given(st.lists(st.floats(1e-9, 1), min_size=1, max_size=12))
def test_the_combination_equals_scipys(values: list[float]) -> None:
    theirs = stats.combine_pvalues(values, method="fisher")
    assert fisher_combination(values) == pytest.approx((theirs.statistic, theirs.pvalue), abs=1e-9)


@given(p_values)
def test_adjusted_values_keep_order_and_are_never_smaller(
    values: list[float],
) -> None:
    raw = np.array(values)
    strict, lax = holm(raw), benjamini_hochberg(raw)
    assert (raw <= lax + 1e-12).all()
    assert (lax <= strict + 1e-12).all()
    assert (strict <= np.minimum(len(raw) * raw, 1) + 1e-12).all()
    order = np.argsort(raw, kind="stable")
    for adjusted in (strict, lax):
        assert (np.diff(adjusted[order]) >= 0).all()
    backwards = np.arange(len(raw))[::-1]
    np.testing.assert_allclose(holm(raw[backwards])[backwards], strict)
    np.testing.assert_allclose(benjamini_hochberg(raw[backwards])[backwards], lax)


def test_one_test_alone_is_not_adjusted() -> None:
    assert holm([0.03]) == benjamini_hochberg([0.03]) == [0.03]


def test_no_tests_at_all() -> None:
    assert len(holm([])) == len(benjamini_hochberg([])) == 0
    assert fisher_combination([]) == (0.0, 1.0)


def test_an_impossible_result_makes_the_combination_infinite() -> None:
    assert fisher_combination([0.0, 0.5]) == (float("inf"), 0.0)


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_what_is_no_p_value_is_refused_by_position(bad: float) -> None:
    for adjust in (holm, benjamini_hochberg, fisher_combination):
        with pytest.raises(ValueError, match="at position 1 is not in 0 to 1"):
            adjust([0.5, bad])
