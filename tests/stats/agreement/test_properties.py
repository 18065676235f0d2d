"""Identities and invariances that hold for any ratings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from labeling.stats import (
    Figure,
    Ratings,
    brennan_prediger,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
    table_of,
)
from tests.stats.shapes import from_rows

SCALE = (-2, -1, 0, 1, 2)

cells = st.one_of(st.none(), st.sampled_from(SCALE))
gappy = st.lists(st.lists(cells, min_size=4, max_size=4), min_size=2, max_size=12)
complete = st.integers(2, 5).flatmap(
    lambda raters: st.lists(
        st.lists(st.sampled_from(SCALE), min_size=raters, max_size=raters),
        min_size=2,
        max_size=12,
    )
)
binary = st.lists(st.lists(st.sampled_from((0, 1)), min_size=3, max_size=3), min_size=2)


def figures(ratings: Ratings) -> list[Figure]:
    """Every figure of many raters, on the declared scale."""
    return [
        percent_agreement(ratings, "exact", categories=SCALE),
        percent_agreement(ratings, "half", categories=SCALE),
        percent_agreement(ratings, "drop", categories=SCALE),
        krippendorff_alpha(ratings, "nominal", categories=SCALE),
        krippendorff_alpha(ratings, "ordinal", categories=SCALE),
        krippendorff_alpha(ratings, "interval", categories=SCALE),
        krippendorff_alpha(ratings, "ordinal", symmetric=True, categories=SCALE),
        fleiss_kappa(ratings, categories=SCALE),
        gwet_ac(ratings, categories=SCALE),
        brennan_prediger(ratings, categories=SCALE),
    ]


def numbers(figures: list[Figure]) -> list[Any]:
    """Values and ends, NaN where undefined, so that two runs can be compared."""
    return [
        np.nan if item is None else item
        for figure in figures
        for item in (figure.value, figure.low, figure.high)
    ]


def reach(figure: Figure) -> float:
    """Half the width of an interval on the Fisher z scale."""
    assert figure.low is not None
    assert figure.high is not None
    return float(np.arctanh(figure.high) - np.arctanh(figure.low)) / 2


@given(gappy)
def test_every_figure_is_a_number_with_an_interval_or_says_why_not(rows: list[Any]) -> None:
    for figure in figures(from_rows(rows)):
        if figure.value is None or figure.low is None:
            assert figure.reason
            assert figure.reason.endswith(".")
        if figure.value is not None and figure.low is not None and figure.high is not None:
            assert -1 - 1e-9 <= figure.low <= figure.value + 1e-9
            assert figure.value - 1e-9 <= figure.high <= 1 + 1e-9


@given(gappy, st.randoms(use_true_random=False))
def test_figures_do_not_depend_on_the_order_of_raters_and_units(
    rows: list[Any], random: Any
) -> None:
    shuffled = [random.sample(row, len(row)) for row in rows]
    random.shuffle(shuffled)
    np.testing.assert_allclose(
        numbers(figures(from_rows(rows))), numbers(figures(from_rows(shuffled))), atol=1e-9
    )


@given(gappy)
def test_mirroring_every_judgment_changes_no_figure(rows: list[Any]) -> None:
    mirrored = [[None if item is None else -item for item in row] for row in rows]
    np.testing.assert_allclose(
        numbers(figures(from_rows(rows))), numbers(figures(from_rows(mirrored))), atol=1e-9
    )


@given(gappy, st.data())
def test_the_symmetric_alpha_is_blind_to_the_order_of_responses(rows: list[Any], data: Any) -> None:
    swaps = data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    swapped = [
        [None if item is None else (-item if swap else item) for item in row]
        for row, swap in zip(rows, swaps, strict=True)
    ]
    ends = [
        krippendorff_alpha(from_rows(table), "interval", symmetric=True, categories=SCALE).value
        for table in (rows, swapped)
    ]
    assert ends[0] == pytest.approx(ends[1])


@given(complete)
def test_on_complete_data_alpha_is_fleiss_corrected_for_sample_size(rows: list[Any]) -> None:
    ratings = from_rows(rows)
    kappa = fleiss_kappa(ratings, categories=SCALE).value
    alpha = krippendorff_alpha(ratings, categories=SCALE).value
    assume(kappa is not None)
    assert kappa is not None
    assert alpha == pytest.approx(kappa + (1 - kappa) / len(ratings))


@given(binary)
def test_on_two_categories_all_levels_are_one(rows: list[Any]) -> None:
    ratings = from_rows(rows)
    nominal = krippendorff_alpha(ratings, "nominal").value
    for level in ("ordinal", "interval", "ratio"):
        assert krippendorff_alpha(ratings, level).value == pytest.approx(nominal)


@given(gappy)
def test_ordinal_alpha_reads_the_order_and_not_the_numbers(rows: list[Any]) -> None:
    stretch = {-2: -50, -1: 0, 0: 1, 1: 2, 2: 900, None: None}
    stretched = [[stretch[item] for item in row] for row in rows]
    assert krippendorff_alpha(from_rows(rows), "ordinal").value == pytest.approx(
        krippendorff_alpha(from_rows(stretched), "ordinal").value
    )


@given(gappy)
def test_units_judged_once_tell_alpha_nothing(rows: list[Any]) -> None:
    lonely = [*rows, [2, None, None, None], [None, -1, None, None]]
    for level in ("nominal", "ordinal", "interval"):
        with_them = krippendorff_alpha(from_rows(lonely), level, categories=SCALE)
        without = krippendorff_alpha(from_rows(rows), level, categories=SCALE)
        np.testing.assert_allclose(numbers([with_them]), numbers([without]), atol=1e-9)


@given(st.lists(st.lists(st.sampled_from((0, 1)), min_size=2, max_size=2), min_size=2))
def test_with_two_skewed_categories_ac1_is_at_least_brennan_prediger(rows: list[Any]) -> None:
    ratings = from_rows(rows)
    ac1 = gwet_ac(ratings, categories=(0, 1)).value
    uniform = brennan_prediger(ratings, categories=(0, 1)).value
    assert ac1 is not None
    assert uniform is not None
    assert ac1 >= uniform - 1e-12


@given(complete)
def test_the_jackknife_is_the_one_done_by_hand(rows: list[Any]) -> None:
    ratings = from_rows(rows)
    whole = krippendorff_alpha(ratings, categories=SCALE)
    left_out = [
        krippendorff_alpha(from_rows(rows[:skip] + rows[skip + 1 :]), categories=SCALE).value
        for skip in range(len(rows))
    ]
    assume(len(rows) > 2 and None not in left_out and whole.value is not None)
    rest = np.array(left_out, dtype=float)
    error = np.sqrt((len(rows) - 1) / len(rows) * ((rest - rest.mean()) ** 2).sum())
    assume(error > 1e-9 and abs(whole.value or 0) < 1 - 1e-9)
    t = stats.t.ppf(0.975, len(rows) - 1)
    assert reach(whole) == pytest.approx(t * error / (1 - (whole.value or 0) ** 2), rel=1e-6)


@given(st.lists(st.lists(st.sampled_from(SCALE), min_size=2, max_size=2), min_size=3))
def test_a_cluster_of_one_unit_each_is_no_cluster(rows: list[Any]) -> None:
    plain = from_rows(rows)
    alone = Ratings(plain.unit, plain.rater, plain.value, cluster=plain.unit + 100)
    for a, b in zip(figures(plain), figures(alone), strict=True):
        assert a == b
    assert cohen_kappa(plain, categories=SCALE) == cohen_kappa(alone, categories=SCALE)


@given(gappy, st.integers(1, 4))
def test_grouping_units_into_clusters_loses_none(rows: list[Any], size: int) -> None:
    plain = from_rows(rows)
    assume(len(plain))
    cluster = plain.unit // size
    table = table_of(Ratings(plain.unit, plain.rater, plain.value, cluster), SCALE)
    assert table.frequency.sum() == len(np.unique(cluster))
    assert table.pattern_frequency.sum() == len(np.unique(plain.unit))
    np.testing.assert_array_equal(table.marginals, table_of(plain, SCALE).marginals)


@given(st.lists(st.lists(st.sampled_from(SCALE), min_size=2, max_size=2), min_size=6, max_size=12))
def test_the_jackknife_of_kappa_leaves_out_whole_clusters(rows: list[Any]) -> None:
    plain = from_rows(rows)
    cluster = plain.unit // 2
    whole = cohen_kappa(Ratings(plain.unit, plain.rater, plain.value, cluster), categories=SCALE)
    left_out = []
    for skip in np.unique(cluster):
        kept = cluster != skip
        rest = Ratings(plain.unit[kept], plain.rater[kept], plain.value[kept])
        left_out.append(cohen_kappa(rest, categories=SCALE).value)
    assume(whole.value is not None and None not in left_out)
    rest_values, count = np.array(left_out, dtype=float), len(left_out)
    error = np.sqrt((count - 1) / count * ((rest_values - rest_values.mean()) ** 2).sum())
    assume(error > 1e-9 and abs(whole.value or 0) < 1 - 1e-9)
    t = stats.t.ppf(0.975, count - 1)
    assert reach(whole) == pytest.approx(t * error / (1 - (whole.value or 0) ** 2), rel=1e-6)
