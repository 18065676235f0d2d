"""Published and independently verified values, case by case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pytest
from scipy import stats

from labeling.stats import (
    Figure,
    Ratings,
    bootstrap_interval,
    brennan_prediger,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
    scott_pi,
    wilson_interval,
)
from labeling.stats.agreement.coefficients import Alpha
from tests.stats.shapes import from_contingency, from_counts, from_rows, golden

Scale = Sequence[Any] | None
Computed = Callable[[Ratings, Scale], Figure]

CASES = {case["name"]: case for case in golden("statistics")}

AGREEMENT: dict[str, Computed] = {
    "krippendorff_alpha_nominal": lambda r, c: krippendorff_alpha(r, "nominal", categories=c),
    "krippendorff_alpha_ordinal": lambda r, c: krippendorff_alpha(r, "ordinal", categories=c),
    "krippendorff_alpha_interval": lambda r, c: krippendorff_alpha(r, "interval", categories=c),
    "krippendorff_alpha_ratio": lambda r, c: krippendorff_alpha(r, "ratio", categories=c),
    "percent_agreement_unit_mean": lambda r, c: percent_agreement(r, categories=c, average="units"),
    "pairwise_agreement_pooled": lambda r, c: percent_agreement(r, categories=c),
    "pairwise_agreement_coincidence": lambda r, c: percent_agreement(
        r, categories=c, average="ratings"
    ),
    "cohen_kappa": lambda r, c: cohen_kappa(r, categories=c),
    "cohen_kappa_linear": lambda r, c: cohen_kappa(r, categories=c, weights="linear"),
    "cohen_kappa_quadratic": lambda r, c: cohen_kappa(r, categories=c, weights="quadratic"),
    "scott_pi": lambda r, c: scott_pi(r, categories=c),
    "fleiss_kappa": lambda r, c: fleiss_kappa(r, categories=c),
    "gwet_ac1": lambda r, c: gwet_ac(r, categories=c),
    "brennan_prediger": lambda r, c: brennan_prediger(r, categories=c),
    "pabak": lambda r, c: brennan_prediger(r, categories=c),
    "randolph_free_marginal_kappa": lambda r, c: brennan_prediger(r, categories=c),
    "fleiss_kappa_gwet_missing": lambda r, c: fleiss_kappa(r, categories=c, missing="gwet"),
}

WEIGHTED: dict[str, Callable[..., Figure]] = {
    "percent_agreement_weighted_": partial(percent_agreement, average="units"),
    "fleiss_kappa_gwet_missing_weighted_": partial(fleiss_kappa, missing="gwet"),
    "gwet_ac2_": gwet_ac,
    "brennan_prediger_weighted_": brennan_prediger,
}


def weighted(metric: str) -> Computed | None:
    """The weighted figure that a metric names, its weights being the last word."""
    for start, compute in WEIGHTED.items():
        if metric.startswith(start):
            weights: Any = metric.removeprefix(start)
            return lambda r, c: compute(r, categories=c, weights=weights)
    return None


# Three raters share a table of ratings there, so that "the" kappa of two raters has no meaning.
NOT_TWO_RATERS = {("degenerate_all_agree_single_category", "cohen_kappa")}


def read(case: dict[str, Any]) -> tuple[Ratings, Scale]:
    """The ratings of a case and its declared scale (counts and tables index theirs)."""
    if "counts" in case:
        return from_counts(case["counts"]), range(len(case["counts"][0]))
    if "contingency" in case:
        return from_contingency(case["contingency"]), range(len(case["contingency"]))
    return from_rows(case["data"]), case.get("categories")


CHECKS = [
    pytest.param(name, metric, id=f"{name}-{metric}")
    for name, case in CASES.items()
    if case.keys() & {"data", "counts", "contingency"} and case["level"] != "proportion"
    for metric in case["expected"]
    if (metric in AGREEMENT or weighted(metric)) and (name, metric) not in NOT_TWO_RATERS
]


@pytest.mark.parametrize(("name", "metric"), CHECKS)
def test_the_figure_equals_the_verified_value(name: str, metric: str) -> None:
    case = CASES[name]
    expected = case["expected"][metric]
    compute = AGREEMENT.get(metric) or weighted(metric)
    assert compute is not None
    figure = compute(*read(case))
    if expected["value"] is None:
        assert figure.value is None
        assert figure.reason
        return
    assert figure.value == pytest.approx(expected["value"], abs=expected["tolerance"])


LINEARISED = [
    ("fleiss1971_psychiatric_diagnoses", "fleiss_kappa_se_gwet", "fleiss_kappa"),
    ("gwet_kappa_paradox_125", "gwet_ac1_se", "gwet_ac1"),
]


@pytest.mark.parametrize(("name", "error", "metric"), LINEARISED)
def test_the_jackknife_error_is_near_the_linearised_one(name: str, error: str, metric: str) -> None:
    """Gwet's formulas are the first-order approximation of what the jackknife measures."""
    ratings, scale = read(CASES[name])
    figure = AGREEMENT[metric](ratings, scale)
    assert figure.value is not None
    assert figure.low is not None
    assert figure.high is not None
    units = len(np.unique(ratings.unit))
    reach = (np.arctanh(figure.high) - np.arctanh(figure.low)) / 2 * (1 - figure.value**2)
    standard_error = reach / stats.t.ppf(0.975, units - 1)
    assert standard_error == pytest.approx(CASES[name]["expected"][error]["value"], rel=0.03)


def test_weights_say_by_themselves_what_a_tie_is_worth() -> None:
    ratings, scale = read(CASES["fleiss1971_psychiatric_diagnoses"])
    with pytest.raises(ValueError, match="ties cannot be half as well"):
        percent_agreement(ratings, "half", categories=scale, weights="linear")


def test_enough_verified_values_are_checked() -> None:
    assert len(CHECKS) >= 70


def test_weights_given_as_a_matrix() -> None:
    case = CASES["cohen1968_weighted"]
    apart = np.array(case["disagreement_weights"], dtype=float)
    ratings, scale = read(case)
    figure = cohen_kappa(ratings, categories=scale, weights=1 - apart / apart.max())
    expected = case["expected"]["cohen_kappa_weighted_custom"]["value"]
    assert figure.value == pytest.approx(expected, abs=1e-9)


def test_wilson_intervals_equal_newcombe_1998() -> None:
    case = CASES["newcombe1998_wilson"]
    for successes, trials in case["counts"]:
        expected = case["expected"][f"wilson95_{successes}_{trials}"]["value"]
        assert wilson_interval(successes, trials) == pytest.approx(expected, abs=1e-9)


def test_the_bootstrap_over_units_equals_an_independent_one() -> None:
    case = CASES["bootstrap_fleiss1971_alpha_units"]
    ratings, scale = read(case)
    figure = bootstrap_interval(ratings, Alpha(), categories=scale, resamples=4000, seed=11)
    expected = case["expected"]["bootstrap_ci95_percentile_then_se"]
    assert [figure.low, figure.high] == pytest.approx(
        expected["value"][:2], abs=expected["tolerance"]
    )


def test_the_bootstrap_needs_two_units() -> None:
    ratings, scale = read(CASES["degenerate_one_pairable_unit_disagree"])
    figure = bootstrap_interval(ratings, Alpha(), categories=scale)
    assert (figure.value, figure.low, figure.high) == (0.0, None, None)
    assert figure.reason
    assert "at least 2" in figure.reason
