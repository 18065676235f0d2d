"""The difference of a coefficient between two sets of ratings."""

from __future__ import annotations

import numpy as np
import pytest

from labeling.stats import (
    Alpha,
    Figure,
    Percent,
    Ratings,
    bootstrap_difference,
    krippendorff_alpha,
)


def some(units: int, agree: float, seed: int) -> Ratings:
    """Two raters on so many units, who say the same on about that share of them."""
    rng = np.random.default_rng(seed)
    first = rng.integers(0, 2, units)
    second = np.where(rng.random(units) < agree, first, 1 - first)
    unit = np.repeat(np.arange(units), 2)
    rater = np.tile([0, 1], units)
    return Ratings(unit, rater, np.column_stack([first, second]).ravel(), unit)


def ends_of(figure: Figure) -> tuple[float, float, float]:
    """The low end, the value and the high end of a figure that has all three."""
    assert figure.low is not None
    assert figure.value is not None
    assert figure.high is not None
    return figure.low, figure.value, figure.high


def test_a_difference_is_that_of_the_figures_and_the_same_ratings_differ_by_nothing() -> None:
    before, after = some(80, 0.6, seed=1), some(60, 0.95, seed=2)
    figure = bootstrap_difference(before, after, Alpha(), categories=(0, 1))
    old, new = (krippendorff_alpha(r, "nominal", categories=(0, 1)).value for r in (before, after))
    assert old is not None
    assert new is not None
    assert figure.value == pytest.approx(new - old)
    low, value, high = ends_of(figure)
    assert 0 < low < value < high
    assert figure.n == 140
    nothing = bootstrap_difference(before, before, Percent(), categories=(0, 1))
    low, value, high = ends_of(nothing)
    assert low < value == 0 < high


def test_the_interval_equals_one_drawn_unit_by_unit() -> None:
    before, after = some(50, 0.7, seed=3), some(70, 0.8, seed=4)
    figure = bootstrap_difference(before, after, Percent(), categories=(0, 1), resamples=4000)
    rng = np.random.default_rng(5)
    same = [np.asarray(r.value).reshape(-1, 2) for r in (before, after)]
    hits = [(pair[:, 0] == pair[:, 1]).astype(float) for pair in same]
    draws = [h[rng.integers(0, len(h), (4000, len(h)))].mean(axis=1) for h in hits]
    low, high = np.quantile(draws[1] - draws[0], [0.025, 0.975])
    assert [figure.low, figure.high] == pytest.approx([low, high], abs=0.02)


def test_two_few_clusters_have_a_difference_and_no_interval() -> None:
    figure = bootstrap_difference(some(1, 1.0, seed=1), some(9, 0.5, seed=2), Percent())
    assert figure.low is None
    assert figure.reason
    with pytest.raises(ValueError, match="at least 1 resample"):
        bootstrap_difference(some(3, 1, seed=1), some(3, 1, seed=2), Percent(), resamples=0)
