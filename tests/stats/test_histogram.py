"""A histogram kept up to date gives the figures of the judgments it has seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.stats import (
    Figure,
    Histogram,
    Ratings,
    RatingsError,
    Table,
    bootstrap_interval,
    brennan_prediger,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
    table_from_patterns,
    table_from_units,
    table_of,
)
from labeling.stats.agreement.coefficients import Alpha

SCALE = (-1, 0, 1)

events = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 3), st.sampled_from((None, *SCALE))), max_size=40
)


def figures(table: Table) -> list[Figure]:
    """Every figure that a table can give."""
    return [
        percent_agreement(table, "half"),
        krippendorff_alpha(table, "ordinal"),
        krippendorff_alpha(table, symmetric=True),
        fleiss_kappa(table, missing="gwet"),
        gwet_ac(table),
        brennan_prediger(table),
    ]


def numbers(figures: list[Figure]) -> list[float]:
    """Values, ends and n, NaN where undefined."""
    rows = [(f.value, f.low, f.high, f.n) for f in figures]
    return [np.nan if item is None else item for row in rows for item in row]


@given(events, st.sampled_from((1, 2, 3)))
def test_judging_revising_and_withdrawing_leave_the_figures_of_what_stands(
    judgments: list[tuple[int, int, Any]], size: int
) -> None:
    """Each event is a judgment of a task by a rater, a revision of it, or (None) its withdrawal."""
    histogram, standing = Histogram(SCALE), dict[tuple[int, int], int]()
    for task, rater, value in judgments:
        before = standing.get((task, rater))
        if value is None:
            if before is not None:
                histogram.remove(task, before)
                del standing[task, rater]
        elif before is None:
            histogram.add(task, value, cluster=task // size)
            standing[task, rater] = value
        else:
            histogram.revise(task, before, value)
            standing[task, rater] = value
    rows = [(task, rater, value) for (task, rater), value in standing.items()]
    tasks, raters, values = zip(*rows, strict=True) if rows else ((), (), ())
    clusters = [task // size for task in tasks]
    fresh = table_of(Ratings(tasks, raters, values, clusters), SCALE)
    followed = histogram.table()
    assert (followed.units, followed.ratings) == (fresh.units, fresh.ratings)
    np.testing.assert_allclose(
        numbers(figures(followed)), numbers(figures(fresh)), atol=1e-9, equal_nan=True
    )


def test_a_histogram_of_ratings_goes_on_from_there() -> None:
    ratings = Ratings([1, 1, 2, 2], ["rui", "sam"] * 2, [-1, -1, 0, 1], cluster=[7, 7, 7, 7])
    histogram = Histogram.of(ratings, SCALE)
    histogram.add(3, 1, cluster=8)
    histogram.add(3, 1)
    table = histogram.table()
    assert (table.units, table.ratings, table.clustered) == (3, 6, True)
    assert percent_agreement(table).value == pytest.approx(2 / 3)
    assert "over 2 prompts" in percent_agreement(table).convention


def test_an_empty_histogram_has_a_reason() -> None:
    figure = krippendorff_alpha(Histogram(SCALE).table())
    assert (figure.value, figure.reason) == (None, "There are no judgments yet.")


def test_what_cannot_be_counted_is_refused_and_changes_nothing() -> None:
    histogram = Histogram(SCALE)
    histogram.add("q1", 0, cluster="p1")
    with pytest.raises(RatingsError, match="value 9 of unit q1 is not on the scale: -1, 0, 1"):
        histogram.add("q1", 9)
    with pytest.raises(RatingsError, match="no judgment of unit q1 says 1"):
        histogram.revise("q1", 1, 0)
    with pytest.raises(RatingsError, match="no judgment of unit q2 says 0"):
        histogram.remove("q2", 0)
    with pytest.raises(RatingsError, match="unit q1 is in cluster p1 and cannot join p2"):
        histogram.add("q1", 1, cluster="p2")
    with pytest.raises(RatingsError, match="names a category twice"):
        Histogram((1, 1))
    assert histogram.table().ratings == 1


def test_patterns_counted_by_a_database_are_read_as_they_are() -> None:
    table = table_from_patterns([[2, 0, 0], [1, 1, 0], [0, 0, 3]], [40, 20, 5], SCALE)
    rows = [[-1, -1, None]] * 40 + [[-1, 0, None]] * 20 + [[1, 1, 1]] * 5
    cells = [(u, r, v) for u, row in enumerate(rows) for r, v in enumerate(row) if v is not None]
    unit, rater, value = zip(*cells, strict=True)
    fresh = table_of(Ratings(unit, rater, value), SCALE)
    np.testing.assert_allclose(numbers(figures(table)), numbers(figures(fresh)), atol=1e-12)
    seen = bootstrap_interval(table, Alpha(), seed=3)
    assert seen.low is not None


@pytest.mark.parametrize(
    ("counts", "frequency", "message"),
    [
        ([[1, -1, 0]], [1], r"counts at position \[0, 1\] is -1.0, not a count"),
        ([[1, 0.5, 0]], [1], r"counts at position \[0, 1\] is 0.5, not a count"),
        ([[1, 1, 0]], [float("nan")], r"frequency at position \[0\] is nan, not a count"),
        ([[1, 1]], [1], r"counts must have shape \(P, 3\)"),
        ([[1, 1, 0]], [1, 2], r"frequency shape \(P,\), not \(1, 3\) and \(2,\)"),
    ],
)
def test_patterns_that_are_no_counts_are_refused(counts: Any, frequency: Any, message: str) -> None:
    with pytest.raises(RatingsError, match=message):
        table_from_patterns(counts, frequency, SCALE)


@pytest.mark.parametrize("prompts", [1, 7, 65])
def test_patterns_of_units_told_apart_in_a_stream_are_drawn_with_their_prompts(
    prompts: int,
) -> None:
    patterns = [[2, 0, 0], [1, 1, 0], [0, 0, 3], [1, 0, 1]]
    shown = [unit % 4 for unit in range(65)]
    cluster = [unit % prompts for unit in range(65)]
    table = table_from_units(patterns, shown, cluster, SCALE)
    cells = [
        (unit, place, SCALE[value], cluster[unit])
        for unit, pattern in enumerate(shown)
        for place, value in enumerate(v for v in range(3) for _ in range(patterns[pattern][v]))
    ]
    unit, rater, answer, of = zip(*cells, strict=True)
    fresh = table_of(Ratings(unit, rater, answer, of), SCALE)
    np.testing.assert_allclose(numbers(figures(table)), numbers(figures(fresh)), atol=1e-12)


def test_units_of_a_pattern_that_nobody_counted_are_refused() -> None:
    with pytest.raises(RatingsError, match="a pattern beyond the 1 that were counted"):
        table_from_units([[1, 1, 0]], [0, 1], [0, 1], SCALE)
    with pytest.raises(RatingsError, match="cluster has 1"):
        table_from_units([[1, 1, 0]], [0, 0], [0], SCALE)
    assert table_from_units([], [], [], SCALE).units == 0
