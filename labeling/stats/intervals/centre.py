"""The middle of some values, with its interval: their mean, and their median."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from labeling.stats.intervals.proportions import CONFIDENCE, coin_quantile, t_quantile
from labeling.stats.ratings import Figure, Floats, RatingsError

_TOO_FEW = "These are too few values for an interval."


def mean_of(
    values: npt.ArrayLike,
    convention: str,
    *,
    nothing: str,
    ends: tuple[float, float] | None = None,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return the mean of independent values as a `Figure`, with Student's interval; n counts them.

    Args:
        convention: what the mean is of; the convention ends with how the interval was made.
        nothing: the sentence that is the reason where there are no values.
        ends: the least and the greatest value there can be: the interval stays between them.

    Raises:
        RatingsError: a value that is missing or infinite, named by position.
    """
    column = _finite(values)
    convention = f"mean, {convention}; n counts values; {100 * confidence:g}% t interval"
    if not column.size:
        return Figure(None, None, None, 0, convention, nothing)
    mean = float(column.mean())
    if column.size < 2:
        return Figure(mean, None, None, 1, convention, _TOO_FEW)
    error = float(column.std(ddof=1)) / np.sqrt(column.size)
    reach = float(t_quantile(column.size - 1, confidence)) * error
    low, high = mean - reach, mean + reach
    if ends is not None:
        low, high = max(low, ends[0]), min(high, ends[1])
    return Figure(mean, low, high, int(column.size), convention)


def median_of(
    values: npt.ArrayLike, convention: str, *, nothing: str, confidence: float = CONFIDENCE
) -> Figure:
    """Return the median of independent values as a `Figure`; n counts them.

    The interval runs between two of the values themselves, those that hold the median of whatever
    they were drawn from with at least `confidence` (the binomial interval of the sign test); with
    fewer than six values there is none at 95 %.

    Args:
        convention: what the median is of; the convention ends with how the interval was made.
        nothing: the sentence that is the reason where there are no values.

    Raises:
        RatingsError: a value that is missing or infinite, named by position.
    """
    column = np.sort(_finite(values))
    convention = f"median, {convention}; n counts values; {100 * confidence:g}% order statistics"
    if not column.size:
        return Figure(None, None, None, 0, convention, nothing)
    n, median = int(column.size), float(np.median(column))
    below = int(coin_quantile((1 - confidence) / 2, n)) - 1
    if below < 0:
        return Figure(median, None, None, n, convention, _TOO_FEW)
    return Figure(median, float(column[below]), float(column[n - 1 - below]), n, convention)


def _finite(values: npt.ArrayLike) -> Floats:
    column = np.asarray(values, dtype=np.float64).ravel()
    if not np.isfinite(column).all():
        at = int(np.argmin(np.isfinite(column)))
        raise RatingsError(f"The value at position {at} is missing or infinite.")
    return column
