"""Means and medians with their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from labeling.stats import RatingsError, mean_of, median_of


def test_a_mean_has_student_s_interval_and_a_median_that_of_order_statistics():
    values = np.array([2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 34.0])
    mean = mean_of(values, "of seven", nothing="None.")
    expected = stats.t.interval(0.95, 6, values.mean(), stats.sem(values))
    assert (mean.low, mean.high, mean.n) == pytest.approx((*expected, 7))
    median = median_of(values, "of seven", nothing="None.")
    assert (median.low, median.value, median.high) == (2.0, 8.0, 34.0)
    hundred = median_of(np.arange(100), "of a hundred", nothing="None.")
    assert (hundred.low, hundred.value, hundred.high) == (39.0, 49.5, 60.0)


def test_too_few_values_have_no_interval_and_none_say_why():
    assert mean_of([], "of nothing", nothing="None.").reason == "None."
    assert (mean_of([3], "of one", nothing="None.").value, median_of([3], "", nothing="").low) == (
        3,
        None,
    )
    assert median_of(range(5), "of five", nothing="None.").high is None
    with pytest.raises(RatingsError, match="position 1"):
        mean_of([1, float("nan")], "of gaps", nothing="None.")
