"""The acceptance values for preference data: tie conventions, orientation, intervals."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from labeling.stats import (
    Ratings,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
    scott_pi,
    wilson_interval,
)
from tests.stats.shapes import from_contingency, from_counts, from_rows, golden

VECTORS = {vector["id"]: vector for vector in golden("science_vectors")}
SIDES = {"A": -1, "T": 0, "B": 1}


def test_the_three_tie_conventions_differ_on_the_same_judgments() -> None:
    inputs, expected = VECTORS["G01"]["input"], VECTORS["G01"]["expected"]
    rows = [[SIDES[a], SIDES[b]] for a, b in zip(inputs["rater1"], inputs["rater2"], strict=True)]
    ratings = from_rows(rows)
    shares = [percent_agreement(ratings, ties).value for ties in ("exact", "half", "drop")]
    assert shares == pytest.approx(list(expected.values()), abs=1e-4)


def test_pairs_with_a_tie_leave_n_when_they_are_dropped() -> None:
    ratings = from_rows([[-1, -1, 0], [0, 0, 1], [1, 1, 1]])
    assert percent_agreement(ratings, "exact").n == 9
    assert percent_agreement(ratings, "drop").n == 4


def test_kappa_and_ac1_of_published_tables() -> None:
    plain = from_contingency(VECTORS["G02"]["input"]["table"])
    skewed = from_contingency(VECTORS["G03"]["input"]["table"])
    assert cohen_kappa(plain).value == pytest.approx(0.4, abs=1e-9)
    assert cohen_kappa(skewed).value == pytest.approx(-0.0234, abs=1e-4)
    assert gwet_ac(skewed, categories=(0, 1)).value == pytest.approx(0.9408, abs=1e-4)


@pytest.mark.parametrize("weights", ["quadratic", "linear", "identity"])
def test_weighted_kappa_on_the_declared_scale(weights: Any) -> None:
    inputs, expected = VECTORS["G04"]["input"], VECTORS["G04"]["expected"]
    ratings = from_rows(list(zip(inputs["r1"], inputs["r2"], strict=True)))
    figure = cohen_kappa(ratings, categories=range(-3, 4), weights=weights)
    name = "unweighted" if weights == "identity" else weights
    assert figure.value == pytest.approx(expected[name], abs=1e-4)


def test_fleiss_of_the_textbook_table() -> None:
    figure = fleiss_kappa(from_counts(VECTORS["G05"]["input"]["table"]))
    assert figure.value == pytest.approx(0.2099, abs=1e-4)


def test_alpha_with_missing_ratings_at_all_levels() -> None:
    columns = VECTORS["G06"]["input"]["rows_are_raters"]
    ratings = from_rows(list(zip(*columns, strict=True)))
    for level, expected in VECTORS["G06"]["expected"].items():
        assert krippendorff_alpha(ratings, level).value == pytest.approx(expected, abs=1e-4)


def _oriented(table: dict[str, int], swapped: set[int]) -> Ratings:
    votes = [
        (-1, -1, table["both_X"]),
        (1, 1, table["both_Y"]),
        (-1, 1, table["r1X_r2Y"]),
        (1, -1, table["r1Y_r2X"]),
    ]
    rows = [[a, b] for a, b, times in votes for _ in range(times)]
    return from_rows(
        [[-a, -b] if number in swapped else [a, b] for number, (a, b) in enumerate(rows)]
    )


def test_the_symmetric_alpha_does_not_depend_on_which_response_is_first() -> None:
    table = VECTORS["G07"]["input"]
    by_model = _oriented(table, set())
    at_random = _oriented(table, set(range(0, 100, 2)))
    for ratings in (by_model, at_random):
        figure = krippendorff_alpha(ratings, symmetric=True, categories=(-1, 0, 1))
        assert figure.value == pytest.approx(0.8, abs=1e-9)
    kappas = [cohen_kappa(ratings).value for ratings in (by_model, at_random)]
    assert kappas[0] == pytest.approx(0.4444, abs=1e-4)
    assert kappas[1] == pytest.approx(0.8, abs=0.01)


def test_the_symmetric_alpha_with_a_fifth_of_ties() -> None:
    rows = [[-1, -1]] * 33 + [[1, 1]] * 27 + [[0, 0]] * 10 + [[0, 1]] * 10 + [[-1, 0]] * 10
    ratings = from_rows(rows + [[-1, 1]] * 10)
    figure = krippendorff_alpha(ratings, symmetric=True, categories=(-1, 0, 1))
    assert percent_agreement(ratings).value == pytest.approx(0.7)
    assert figure.value == pytest.approx(VECTORS["G08"]["expected"]["pi"], abs=1e-4)


def test_the_symmetric_alpha_needs_a_scale_that_mirrors_itself() -> None:
    ratings = from_rows([[0, 1], [1, 1]])
    with pytest.raises(ValueError, match="mirrors itself around 0"):
        krippendorff_alpha(ratings, symmetric=True, categories=(0, 1, 2))


def test_wilson_limits_of_the_acceptance_list() -> None:
    counts, limits = VECTORS["G11"]["input"]["k/n"], VECTORS["G11"]["expected"]["ci"]
    for fraction, expected in zip(counts, limits, strict=True):
        successes, trials = (int(part) for part in fraction.split("/"))
        assert wilson_interval(successes, trials) == pytest.approx(expected, abs=1e-4)


def test_wilson_without_trials_is_the_whole_range() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)
    with pytest.raises(ValueError, match="between 0 and 3"):
        wilson_interval(4, 3)


def test_the_weaker_the_convention_the_higher_the_agreement() -> None:
    ratings = from_rows([[-2, -1], [-2, 2], [1, 1], [0, 1], [2, 1], [-1, -2]])
    exact = percent_agreement(ratings)
    side = percent_agreement(ratings, sides=True)
    assert exact.value == pytest.approx(1 / 6)
    assert side.value == pytest.approx(4 / 6)
    assert "preferred side" in side.convention


def test_scott_pi_refuses_a_third_rater_in_words() -> None:
    figure = scott_pi(from_rows([[1, 1, 2], [2, 2, 2]]))
    assert figure.value is None
    assert figure.reason == "Scott's pi is for two raters and here are 3; see Fleiss' kappa."


def test_intervals_widen_when_tasks_share_prompts() -> None:
    rows = [[1, 1], [1, 1], [1, 1], [2, 1], [2, 1], [1, 2], [2, 2], [2, 2], [2, 2]] * 4
    lone = from_rows(rows)
    unit = lone.unit
    together = Ratings(lone.unit, lone.rater, lone.value, cluster=unit // 3)
    narrow, wide = krippendorff_alpha(lone), krippendorff_alpha(together)
    assert narrow.value == wide.value
    assert "over 36 tasks" in narrow.convention
    assert "over 12 prompts" in wide.convention
    widths = [figure.high - figure.low for figure in (narrow, wide)]  # type: ignore[operator]
    assert all(a < b for a, b in pairwise(widths))
