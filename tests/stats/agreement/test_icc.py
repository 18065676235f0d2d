"""Intraclass correlations: published values, an independent analysis of variance, odd data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.regression.linear_model import OLS

from labeling.stats import Ratings, RatingsError
from labeling.stats.agreement.icc import FORMS, icc, icc_forms
from labeling.stats.intervals.jackknife import leave_one_out_interval
from tests.stats.shapes import from_rows, golden

CASES = {case["name"]: case for case in golden("statistics")}
SHROUT = CASES["shrout_fleiss_1979"]

tables = st.integers(2, 4).flatmap(
    lambda raters: st.lists(
        st.lists(st.integers(-3, 3), min_size=raters, max_size=raters), min_size=2, max_size=9
    )
)


@pytest.mark.parametrize("form", FORMS)
def test_shrout_and_fleiss_1979_value_and_interval(form: Any) -> None:
    figure = icc(from_rows(SHROUT["data"]), form)
    expected = SHROUT["expected"]
    assert figure.value == pytest.approx(expected[f"ICC({form})"]["value"], abs=1e-9)
    ends = expected[f"ICC({form})_ci95"]["value"]
    assert [figure.low, figure.high] == pytest.approx(ends, abs=1e-6)
    assert figure.n == 6


@pytest.mark.parametrize("form", FORMS)
def test_without_any_variance_every_form_is_undefined(form: Any) -> None:
    figure = icc(from_rows(CASES["degenerate_icc_zero_variance"]["data"]), form)
    assert (figure.value, figure.low, figure.n) == (None, None, 4)
    assert figure.reason is not None
    assert figure.reason.startswith("All ratings on these tasks are equal.")


def unexplained(value: Any, *factors: Any) -> float:
    """The sum of squares that statsmodels' least squares leave with these factors."""
    columns = [np.asarray(factor)[:, None] == np.unique(factor)[1:] for factor in factors]
    design = np.column_stack([np.ones(len(value)), *columns]).astype(float)
    return float(OLS(value, design).fit().ssr)


def test_mean_squares_equal_an_analysis_of_variance_by_statsmodels() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(12, 1)) + rng.normal(size=(12, 4)) * 0.7 + [0.0, 0.5, 1.0, -0.2]
    unit, rater, value = np.repeat(np.arange(12), 4), np.tile(np.arange(4), 12), values.ravel()
    residual = unexplained(value, unit, rater)
    forms = icc_forms(Ratings(unit, rater, value))
    assert forms.between == pytest.approx((unexplained(value, rater) - residual) / 11)
    assert forms.rater == pytest.approx((unexplained(value, unit) - residual) / 3)
    assert forms.residual == pytest.approx(residual / 33)
    assert forms.within == pytest.approx(unexplained(value, unit) / 36)
    assert (forms.tasks, forms.raters) == (12, 4)


def test_all_forms_together_are_each_form_alone() -> None:
    ratings = from_rows(SHROUT["data"])
    forms = icc_forms(ratings)
    assert forms.figures == {form: icc(ratings, form) for form in FORMS}


def test_two_way_forms_use_only_tasks_that_every_rater_judged_and_say_so() -> None:
    gappy = [*SHROUT["data"], [3, None, 4, 4], [None, None, 1, None]]
    figure = icc(from_rows(gappy), "2,1")
    assert figure.value == pytest.approx(SHROUT["expected"]["ICC(2,1)"]["value"])
    assert "2 of 8 tasks are left out" in figure.convention
    assert icc(from_rows(gappy), "1,1").n == 7


def test_the_one_way_form_takes_tasks_with_raters_of_their_own() -> None:
    crowd = Ratings([1, 1, 2, 2, 2, 3, 3], list("abcdefg"), [1.0, 2.0, 4.0, 5.0, 4.0, 8.0, 9.0])
    left = unexplained(crowd.value, crowd.unit)
    between, within = (unexplained(crowd.value) - left) / 2, left / 4
    typical = (7 - (4 + 9 + 4) / 7) / 2
    single = (between - within) / (between + (typical - 1) * within)
    assert icc(crowd, "1,1").value == pytest.approx(single)
    missing = icc(crowd, "2,1")
    assert missing.reason is not None
    assert missing.reason.startswith("No task was judged by all 7 raters")


def test_tasks_that_share_prompts_take_the_jackknife_over_prompts() -> None:
    rng = np.random.default_rng(2)
    values = np.repeat(rng.normal(size=(8, 1)), 3, axis=0) + rng.normal(size=(24, 3)) * 0.8
    unit, rater = np.repeat(np.arange(24), 3), np.tile(np.arange(3), 24)
    prompt = unit // 3
    whole = icc(Ratings(unit, rater, values.ravel(), prompt), "2,1")
    rest = []
    for skip in range(8):
        kept = prompt != skip
        rest.append(icc(Ratings(unit[kept], rater[kept], values.ravel()[kept]), "2,1").value)
    assert whole.value is not None
    ends = leave_one_out_interval(whole.value, np.array(rest, dtype=float), np.ones(8), -1 / 2)
    assert ends is not None
    assert (whole.low, whole.high) == pytest.approx(tuple(ends))
    assert "over 8 prompts" in whole.convention


def test_one_prompt_alone_gives_no_interval() -> None:
    rows = from_rows(SHROUT["data"])
    figure = icc(Ratings(rows.unit, rows.rater, rows.value, np.zeros(len(rows), dtype=int)))
    assert figure.value == pytest.approx(SHROUT["expected"]["ICC(2,1)"]["value"])
    assert figure.low is None
    assert figure.reason is not None
    assert "share 1 prompt" in figure.reason


def test_an_interval_that_would_miss_its_own_value_is_not_shown() -> None:
    # The published formula for ICC(2,1) gives [-1.00, -1.00] around -0.92 here.
    figure = icc(from_rows([[0, 0], [2, -3]]), "2,1")
    assert figure.value == pytest.approx(-12 / 13)
    assert figure.low is None
    assert figure.reason is not None
    assert figure.reason.startswith("No interval:")


@given(tables)
def test_every_form_is_a_number_or_says_why_not(rows: list[Any]) -> None:
    for figure in icc_forms(from_rows(rows)).figures.values():
        if figure.value is None or figure.low is None:
            assert figure.reason
            assert figure.reason.endswith(".")
        if figure.value is not None and figure.low is not None and figure.high is not None:
            assert figure.low <= figure.value + 1e-9
            assert figure.value <= figure.high + 1e-9
            assert figure.high <= 1 + 1e-9


@given(tables, st.floats(0.5, 1000), st.integers(-1000, 1000))
def test_units_of_measurement_do_not_matter(rows: list[Any], stretch: float, shift: int) -> None:
    moved = [[shift + stretch * item for item in row] for row in rows]
    for form in FORMS:
        before, after = icc(from_rows(rows), form), icc(from_rows(moved), form)
        if before.value is None:
            assert after.value is None
        else:
            assert after.value == pytest.approx(before.value, rel=1e-6, abs=1e-6)


@given(tables, st.lists(st.integers(-50, 50), min_size=4, max_size=4))
def test_strict_raters_do_not_matter_to_consistency(rows: list[Any], strict: list[int]) -> None:
    moved = [[item + strict[rater] for rater, item in enumerate(row)] for row in rows]
    before, after = icc(from_rows(rows), "3,1").value, icc(from_rows(moved), "3,1").value
    assert after == (None if before is None else pytest.approx(before, abs=1e-6))


def test_full_consistency_has_no_interval_and_says_so() -> None:
    figure = icc(from_rows([[1, 2], [3, 4], [7, 8]]), "3,1")
    assert (figure.value, figure.low) == (1.0, None)
    assert figure.reason is not None
    assert figure.reason.startswith("No interval:")


def test_what_is_missing_is_said() -> None:
    assert icc(Ratings([], [], [])).reason == "There are no judgments yet."
    alone = icc(from_rows([[1], [2]]))
    assert alone.reason == "An intraclass correlation needs at least 2 raters, and here is 1."
    once = icc(from_rows([[1, 2], [None, 2]]), "1,k")
    assert once.reason == (
        "1 task was judged at least twice, and an intraclass correlation needs 2 such tasks."
    )


def test_what_cannot_be_read_is_refused() -> None:
    words = from_rows([["low", "high"], ["high", "high"]])
    with pytest.raises(RatingsError, match="needs ratings that are numbers"):
        icc(words)
    with pytest.raises(RatingsError, match="value 9 at position 3"):
        icc(from_rows([[1, 2], [1, 9]]), categories=range(1, 8))
    with pytest.raises(ValueError, match="not 4,1"):
        icc(from_rows([[1, 2], [1, 2]]), "4,1")  # type: ignore[arg-type]
