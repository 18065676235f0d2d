"""Many tests at once: adjusted p-values (Holm, Benjamini-Hochberg) and their combination."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from labeling.stats.ratings import Floats


def holm(p_values: npt.ArrayLike) -> Floats:
    """Return Holm's adjusted p-values, in the order given, shape (tests,).

    Rejecting those at most alpha keeps the chance of any false rejection below alpha: use it
    when one wrong claim is too many, as between the models of a report. Source: Holm (1979),
    Scandinavian Journal of Statistics 6.

    Raises:
        ValueError: a p-value outside 0 to 1, named by position.
    """
    p, order = _sorted(p_values)
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    return _restored(stepped, order)


def benjamini_hochberg(p_values: npt.ArrayLike) -> Floats:
    """Return adjusted p-values that control the false discovery rate, in the order given.

    Of those at most alpha, a share of about alpha is false: use it to list raters worth a look.
    Source: Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57.

    Raises:
        ValueError: a p-value outside 0 to 1, named by position.
    """
    p, order = _sorted(p_values)
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    return _restored(np.minimum.accumulate(scaled[::-1])[::-1], order)


def fisher_combination(p_values: npt.ArrayLike) -> tuple[float, float]:
    """Return Fisher's statistic, -2 times the sum of log p, and its p-value.

    For independent tests of one hypothesis; without any, the statistic is 0 and p is 1. A p-value
    of 0 makes the statistic infinite. Source: Fisher, Statistical Methods for Research Workers.

    Raises:
        ValueError: a p-value outside 0 to 1, named by position.
    """
    p, _ = _sorted(p_values)
    if not len(p):
        return 0.0, 1.0
    if not p.min():
        return float("inf"), 0.0
    statistic = float(-2 * np.log(p).sum())
    return statistic, float(special.chdtrc(2 * len(p), statistic))


def _sorted(p_values: npt.ArrayLike) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Return the checked p-values and the order from smallest to largest."""
    p = np.asarray(p_values, dtype=np.float64).reshape(-1)
    bad = ~((p >= 0) & (p <= 1))
    if bad.any():
        position = int(np.argmax(bad))
        raise ValueError(f"The p-value {p[position]} at position {position} is not in 0 to 1.")
    return p, np.argsort(p, kind="stable")


def _restored(stepped: Floats, order: npt.NDArray[np.intp]) -> Floats:
    adjusted = np.empty(len(stepped))
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted
