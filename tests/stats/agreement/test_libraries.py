"""Our figures beside independent libraries on the same random data.

Where a library is known to be wrong, it is not the oracle and the test says why:

- scikit-learn's weighted kappa without `labels` takes its weights from the *observed* categories,
  so that an unused step of the scale changes the figure; with `labels` it is right.
- krippendorff raises on data of a single category, where the figure is undefined (0/0).
- `kripp.alpha` of R's irr (0.84.1) forgets to divide by m - 1 on complete data of three or more
  raters; evalica's `alpha` returns 1 on a single category and its bootstrap draws pairs of
  ratings, so that its 95 % interval covers 71 to 77 %. Neither is used here.
"""

from __future__ import annotations

from typing import Any

import krippendorff
import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss
from statsmodels.stats.proportion import proportion_confint

from labeling.stats import (
    Ratings,
    cohen_kappa,
    cohen_kappa_pairs,
    fleiss_kappa,
    krippendorff_alpha,
    wilson_interval,
)
from tests.stats.shapes import from_rows

SCALE = (-3, -2, -1, 0, 1, 2, 3)
rng = np.random.default_rng(7)


def votes(units: int, raters: int, *, missing: float) -> Any:
    """Ratings that follow a common truth half of the time; NaN where missing."""
    truth = rng.integers(0, len(SCALE), units)
    noise = rng.integers(0, len(SCALE), (units, raters))
    places = np.where(rng.random((units, raters)) < 0.5, truth[:, None], noise)
    values = np.array(SCALE, dtype=float)[places]
    values[rng.random(values.shape) < missing] = np.nan
    return values


def long_form(values: Any) -> Ratings:
    """A units x raters array with NaN as `Ratings`."""
    return from_rows([[None if np.isnan(v) else int(v) for v in row] for row in values])


@pytest.mark.parametrize("missing", [0.0, 0.6])
@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_alpha_equals_the_krippendorff_library(level: Any, missing: float) -> None:
    values = votes(80, 5, missing=missing)
    theirs = krippendorff.alpha(values.T, level_of_measurement=level, value_domain=SCALE)
    ours = krippendorff_alpha(long_form(values), level, categories=SCALE)
    assert ours.value == pytest.approx(theirs, abs=1e-10)


@pytest.mark.parametrize("level", ["interval", "ordinal"])
def test_alpha_on_a_fine_scale_equals_the_krippendorff_library(level: Any) -> None:
    """A slider of 201 steps of a tenth; far from 0, where sums of squares lose digits."""
    steps = np.round(np.arange(201) / 10 + 1000, 1)
    truth = rng.integers(0, 201, 120)
    shown = np.clip(truth[:, None] + rng.integers(-30, 31, (120, 4)), 0, 200)
    values = steps[shown]
    values[rng.random(values.shape) < 0.3] = np.nan
    theirs = krippendorff.alpha(values.T, level_of_measurement=level, value_domain=steps)
    rows = [[None if np.isnan(v) else float(v) for v in row] for row in values]
    ours = krippendorff_alpha(from_rows(rows), level, categories=steps.tolist())
    assert ours.value == pytest.approx(theirs, abs=1e-9)
    assert ours.low is not None


def test_ratio_alpha_equals_the_krippendorff_library() -> None:
    values = np.abs(votes(60, 4, missing=0.3))
    theirs = krippendorff.alpha(values.T, level_of_measurement="ratio", value_domain=range(4))
    ours = krippendorff_alpha(long_form(values), "ratio", categories=range(4))
    assert ours.value == pytest.approx(theirs, abs=1e-10)


def test_the_krippendorff_library_fails_where_alpha_is_undefined() -> None:
    ours = krippendorff_alpha(from_rows([[2, 2], [2, 2]]), categories=SCALE)
    assert ours.value is None
    with pytest.raises(ValueError, match="more than one value"):
        krippendorff.alpha([[2, 2], [2, 2]], value_domain=[2])


def test_fleiss_equals_statsmodels() -> None:
    values = votes(90, 4, missing=0.0).astype(int)
    theirs = statsmodels_fleiss(aggregate_raters(values)[0], method="fleiss")
    ours = fleiss_kappa(long_form(values.astype(float)), categories=SCALE)
    assert ours.value == pytest.approx(theirs, abs=1e-10)


@pytest.mark.parametrize("weights", ["identity", "linear", "quadratic"])
def test_all_pairs_of_raters_equal_scikit_learn(weights: Any) -> None:
    values = votes(70, 5, missing=0.3)
    pairs = cohen_kappa_pairs(long_form(values), categories=SCALE, weights=weights)
    assert len(pairs) == 10
    for index in range(len(pairs)):
        first, second = values[:, pairs.first[index]], values[:, pairs.second[index]]
        both = ~np.isnan(first) & ~np.isnan(second)
        theirs = cohen_kappa_score(
            first[both].astype(int),
            second[both].astype(int),
            labels=SCALE,
            weights=None if weights == "identity" else weights,
        )
        percent, kappa = pairs.figures(index)
        assert kappa.value == pytest.approx(theirs, abs=1e-10)
        assert percent.value == pytest.approx(np.mean(first[both] == second[both]), abs=1e-10)
        assert percent.n == kappa.n == both.sum()


def test_scikit_learn_without_labels_weighs_by_observed_categories() -> None:
    first, second = [0, 0, 1, 4, 4, 1, 0], [0, 1, 1, 4, 1, 0, 4]
    ours = cohen_kappa(
        from_rows(list(zip(first, second, strict=True))), categories=range(5), weights="linear"
    )
    right = cohen_kappa_score(first, second, labels=range(5), weights="linear")
    wrong = cohen_kappa_score(first, second, weights="linear")
    assert ours.value == pytest.approx(right, abs=1e-12)
    assert abs(right - wrong) > 0.05


def test_wilson_equals_statsmodels() -> None:
    for successes, trials in ((0, 7), (3, 7), (7, 7), (812, 1000)):
        theirs = proportion_confint(successes, trials, method="wilson")
        assert wilson_interval(successes, trials) == pytest.approx(theirs, abs=1e-10)
