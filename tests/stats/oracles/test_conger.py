"""Conger's kappa beside irrCAC, with missing ratings and weights."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from labeling.stats.agreement.conger import conger_kappa
from tests.stats.shapes import from_rows

raw = pytest.importorskip("irrCAC.raw", reason="pip install -r requirements-statistics.txt")
pandas = pytest.importorskip("pandas", reason="pip install -r requirements-statistics.txt")

SCALE = [1, 2, 3, 4]


def votes(seed: int, missing: float) -> Any:
    """Ratings that follow a common truth, NaN where missing; the last rater is strict."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(1, 5, 60)[:, None]
    values = np.where(rng.random((60, 5)) < 0.6, truth, rng.integers(1, 5, (60, 5))).astype(float)
    values[:, 4] = np.maximum(values[:, 4] - 1, 1)
    values[rng.random(values.shape) < missing] = np.nan
    return values


@pytest.mark.parametrize("missing", [0.0, 0.4])
@pytest.mark.parametrize("weights", ["identity", "linear", "quadratic", "ordinal"])
def test_value_and_standard_error(weights: Any, missing: float) -> None:
    values = votes(3, missing)
    rows = [[None if np.isnan(item) else int(item) for item in row] for row in values]
    ours = conger_kappa(from_rows(rows), categories=SCALE, weights=weights)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = raw.CAC(
            pandas.DataFrame(values), weights=weights, categories=SCALE, digits=12
        ).conger()
    assert ours.value == pytest.approx(table["est"]["coefficient_value"], abs=1e-9)
    # Theirs is the linearised error, ours the jackknife's on the Fisher scale: near, not equal.
    low, high = table["est"]["confidence_interval"]
    assert ours.low == pytest.approx(low, abs=0.02)
    assert ours.high == pytest.approx(high, abs=0.02)
