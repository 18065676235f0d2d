"""Agreement on one category at a time, and the test of Fleiss' kappa."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from labeling.stats import fleiss_kappa, gwet_ac, krippendorff_alpha, table_of
from labeling.stats.agreement.by_category import agreement_by_category, fleiss_test
from tests.stats.shapes import from_counts, from_rows, golden

FLEISS = {case["name"]: case for case in golden("statistics")}["fleiss1971_psychiatric_diagnoses"]
SCALE = (-1, 0, 1)

complete = st.lists(
    st.lists(st.sampled_from(SCALE), min_size=3, max_size=3), min_size=2, max_size=12
)


def test_the_category_kappas_of_fleiss_1971() -> None:
    expected = FLEISS["expected"]["fleiss_kappa_per_category"]
    figures = agreement_by_category(from_counts(FLEISS["counts"]), categories=range(5))
    assert [figure.value for figure in figures.values()] == pytest.approx(
        expected["value"], abs=expected["tolerance"]
    )
    assert figures[2].convention.startswith("category 2 against all others: Fleiss' kappa")
    assert all(figure.low is not None for figure in figures.values())


def test_the_z_of_fleiss_1971() -> None:
    z, p = fleiss_test(from_counts(FLEISS["counts"]))
    assert z == pytest.approx(FLEISS["expected"]["fleiss_kappa_z"]["value"], abs=1e-6)
    assert p == pytest.approx(2 * stats.norm.sf(z))


@given(complete)
def test_kappa_is_the_mean_of_the_category_kappas_by_their_spread(rows: list[Any]) -> None:
    ratings = from_rows(rows)
    whole = fleiss_kappa(ratings, categories=SCALE).value
    assume(whole is not None)
    figures = agreement_by_category(ratings, categories=SCALE)
    share = table_of(ratings, SCALE).marginals / len(ratings)
    spread = share * (1 - share)
    parts = [0.0 if figure.value is None else figure.value for figure in figures.values()]
    assert np.average(parts, weights=spread) == pytest.approx(whole)


@given(complete)
def test_of_two_categories_each_tells_the_whole(rows: list[Any]) -> None:
    sides = [[0 if item else 1 for item in row] for row in rows]
    whole = krippendorff_alpha(from_rows(sides), categories=(0, 1))
    for figure in agreement_by_category(
        from_rows(sides), krippendorff_alpha, categories=(0, 1)
    ).values():
        assert figure.value == (None if whole.value is None else pytest.approx(whole.value))
        assert figure.n == whole.n


def test_any_figure_that_takes_a_table_can_be_taken_apart() -> None:
    rows = from_rows([[1, 1, None], [0, 1, 1], [-1, -1, -1], [0, 0, None]])
    figures = agreement_by_category(table_of(rows, SCALE), gwet_ac)
    assert "2 declared categories" in figures[0].convention
    merged = from_rows([[0, 0, None], [1, 0, 0], [0, 0, 0], [1, 1, None]])
    assert figures[0].value == pytest.approx(gwet_ac(merged, categories=(0, 1)).value)


def test_a_category_nobody_used_is_undefined_and_says_so() -> None:
    figures = agreement_by_category(from_rows([[1, 1], [0, 1]]), categories=SCALE)
    assert (figures[-1].value, figures[-1].reason) == (None, "No judgment is in category -1.")


def test_where_kappa_is_undefined_the_test_speaks_for_nothing() -> None:
    assert fleiss_test(from_rows([[1, 1], [1, 1]])) == (0.0, 1.0)
    assert fleiss_test(from_rows([[1, 1, 0], [1, 0, None]])) == (0.0, 1.0)
