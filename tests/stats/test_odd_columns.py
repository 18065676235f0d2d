"""Columns of odd types: different things stay different, holes are named, scales are kept."""

from __future__ import annotations

import json
import uuid
from typing import Any

import numpy as np
import pytest

from labeling.stats import (
    Comparisons,
    Histogram,
    JudgedPairs,
    Rankings,
    Ratings,
    RatingsError,
    agreement_residuals,
    answer_entropy,
    bradley_terry,
    cohen_kappa,
    cohen_kappa_pairs,
    difference,
    gwet_ac,
    krippendorff_alpha,
    rater_bradley_terry,
    scott_pi,
    self_agreement,
    share,
    table_from_patterns,
    table_of,
    win_rates,
)
from tests.stats.shapes import from_rows

ROWS = [[1, 1], [1, 2], [2, 2], [3, 3], [10, 3]]
SCALE = (1, 2, 3, 10)


def objects(*items: Any) -> np.ndarray[Any, Any]:
    return np.fromiter(items, dtype=object, count=len(items))


def with_values(kind: Any) -> Ratings:
    plain = from_rows(ROWS)
    return Ratings(plain.unit, plain.rater, objects(*(kind(item) for item in plain.value)))


@pytest.mark.parametrize(
    ("column", "position"),
    [
        (["a", float("nan"), "b"], 1),
        (["a", "b", None], 2),
        (["a", 3, float("inf")], 2),
        (np.array(["2026-01-01", "NaT", "2026-01-02"], dtype="M8[s]"), 1),
        (np.ma.MaskedArray([1, 2, 3], mask=[False, False, True]), 2),
        (np.array([1, 2, complex("nan")]), 2),
    ],
)
def test_a_hole_is_refused_by_position_whatever_stands_beside_it(
    column: Any, position: int
) -> None:
    with pytest.raises(RatingsError, match=f"unit at position {position} is"):
        Ratings(column, [1, 2, 3], [1, 1, 1])


def test_a_hole_among_named_items_of_rankings_is_refused() -> None:
    with pytest.raises(RatingsError, match="item at position 1 is nan"):
        Rankings.from_orders([["a", float("nan")]])


def test_a_number_and_the_word_for_it_are_two_raters() -> None:
    columns: list[Any] = [[1, "1", 1, "1"], objects(1, "1", 1, "1")]
    for rater in columns:
        ratings = Ratings([1, 1, 2, 2], rater, [1, 1, 2, 2])
        assert krippendorff_alpha(ratings).n == 2
        assert scott_pi(ratings).value == 1.0
        assert set(cohen_kappa_pairs(ratings).raters) == {1, "1"}


def test_a_number_and_the_word_for_it_are_two_answers() -> None:
    said: Any = [1, "1", 2, 2]
    ratings = Ratings([1, 1, 2, 2], [1, 2, 1, 2], said)
    with pytest.raises(RatingsError, match="value 1 at position 1"):
        krippendorff_alpha(ratings, categories=(1, 2))
    mixed = self_agreement([1, 1], [1, 2], ["1", "2"])
    assert mixed.percent.value == 0.0


def test_whole_numbers_too_large_for_one_integer_type_stay_apart() -> None:
    units = [2**63, 2**63 + 1, -1, 2**63, 2**63 + 1, -1]
    ratings = Ratings(units, [1, 1, 1, 2, 2, 2], [1, 2, 1, 1, 2, 1])
    assert table_of(ratings).units == 3
    beside = Comparisons([2**63, 2**63 + 1], [5, 5], [-1, 1])
    assert bradley_terry(beside).items == (5, 2**63, 2**63 + 1)
    pairs = JudgedPairs([2**63, 2**63 + 1], [5, 5], [1, 1], [-1, 1])
    assert rater_bradley_terry(pairs).responses == (5, 2**63, 2**63 + 1)


def test_identifiers_of_any_type_come_back_as_they_went_in() -> None:
    names: list[tuple[Any, Any]] = [(uuid.UUID(int=1), uuid.UUID(int=2)), (5, 2**70)]
    for first, second in names:
        ratings = Ratings([1, 1, 2, 2, 3, 3], [first, second] * 3, [1, 1, 2, 2, 1, 2])
        assert cohen_kappa_pairs(ratings).raters == (first, second)
        assert cohen_kappa(ratings, first, second) == cohen_kappa(ratings)


@pytest.mark.parametrize("kind", [np.int64, np.int8, float, np.float32, int])
def test_numbers_in_an_object_column_are_the_numbers_they_are(kind: Any) -> None:
    ratings = with_values(kind)
    for level in ("nominal", "ordinal", "interval"):
        expected = krippendorff_alpha(from_rows(ROWS), level, categories=SCALE)
        assert krippendorff_alpha(ratings, level, categories=SCALE) == expected
    assert krippendorff_alpha(ratings, "interval") == krippendorff_alpha(
        from_rows(ROWS), "interval"
    )


def test_yes_and_no_in_an_object_column_are_a_scale() -> None:
    answers = [True, True, False, True, False, False]
    plain = Ratings([1, 1, 2, 2, 3, 3], [1, 2] * 3, answers)
    boxed = Ratings([1, 1, 2, 2, 3, 3], [1, 2] * 3, objects(*answers))
    expected = gwet_ac(plain, categories=(False, True))
    assert gwet_ac(boxed, categories=(False, True)) == expected
    assert gwet_ac(boxed, categories=(0, 1)) == expected


def test_a_scale_may_mix_numbers_and_words() -> None:
    said: Any = [1, 1, "unsure", 2, 2, 2]
    ratings = Ratings([1, 1, 2, 2, 3, 3], [1, 2] * 3, said)
    scale = (1, 2, "unsure")
    assert krippendorff_alpha(ratings, categories=scale).value == pytest.approx(0.5455, abs=1e-4)
    with pytest.raises(RatingsError, match="value unsure at position 2"):
        krippendorff_alpha(ratings, categories=(1, 2))


def test_words_of_any_width_are_words() -> None:
    column = np.array(["low", "low", "high", "low"], dtype=np.dtypes.StringDType())
    ratings = Ratings([1, 1, 2, 2], [1, 2, 1, 2], column)
    assert krippendorff_alpha(ratings, categories=("low", "high")).value == 0.0


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_scale_with_a_category_that_is_no_number_is_refused(bad: float) -> None:
    with pytest.raises(RatingsError, match="no number"):
        krippendorff_alpha(from_rows([[1, 2], [1, 1]]), "interval", categories=(1, 2, bad))
    with pytest.raises(RatingsError, match="no number"):
        Histogram((0, bad)).table()


def test_patterns_on_a_scale_that_names_a_category_twice_are_refused() -> None:
    with pytest.raises(RatingsError, match="names a category twice"):
        table_from_patterns([[2, 0]], [1], (0, 0))


@pytest.mark.parametrize("unit", [1e-200, 1e-9, 1e150, 2.0**1000])
def test_the_unit_of_a_scale_does_not_matter(unit: float) -> None:
    rows = [[1, 1], [2, 4], [2, 2], [4, 5]]
    scaled = from_rows([[item * unit for item in row] for row in rows])
    for level in ("interval", "ratio"):
        expected = krippendorff_alpha(from_rows(rows), level).value
        assert krippendorff_alpha(scaled, level).value == pytest.approx(expected)
    for weights in ("linear", "quadratic"):
        expected = gwet_ac(from_rows(rows), weights=weights).value
        assert gwet_ac(scaled, weights=weights).value == pytest.approx(expected)


def test_figures_hold_plain_numbers_only() -> None:
    first: Any = np.float32(1)
    two: Any = np.int64(2)
    five: Any = np.int64(5)
    figures = [
        share(first, two, "wins", nothing="No trial."),
        difference((first, two), (two, five), "gap"),
        *win_rates(Comparisons([1, 1, 1], [2, 2, 3], [-1, 0, -1])).values(),
        *(each.excess for each in agreement_residuals([1, 1, 2], [0.5, 0.7, 0.2], [1, 0, 1])),
        *answer_entropy(from_rows([[1, 2], [2, 2], [1, 1]]), categories=(1, 2)).values(),
    ]
    for figure in figures:
        json.dumps(figure.as_dict(), allow_nan=False)
        assert {type(figure.value), type(figure.low), type(figure.high)} <= {float, type(None)}
        assert type(figure.n) is int
