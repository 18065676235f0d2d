"""Proportions: intervals for one and for a difference of two; tests of single and paired ones.

Every interval here is for independent trials. Pairs of judgments, several of which come from one
task, are not independent: their intervals are in `labeling.stats.intervals.jackknife`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, sqrt

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from labeling.stats.ratings import Figure, Floats, Interval, Ints

CONFIDENCE = 0.95


def normal_quantile(confidence: float) -> float:
    """Return z such that a standard normal lies within plus or minus z with `confidence`.

    Raises:
        ValueError: a confidence outside 0 to 1.
    """
    return float(special.ndtri(_upper(confidence)))


def t_quantile(freedom: Floats | float, confidence: float) -> Floats:
    """Return how far from 0 Student's t stays with `confidence`; infinite freedom is normal.

    Raises:
        ValueError: a confidence outside 0 to 1.
    """
    # A hundred times as fast as stats.t.ppf, which ends in the same call.
    return np.asarray(special.stdtrit(freedom, _upper(confidence)), dtype=np.float64)


def normal_p(z: Floats | float) -> Floats:
    """Return two-sided p-values of standard normal distances; NaN stays NaN."""
    return np.asarray(2 * special.ndtr(-np.abs(z)), dtype=np.float64)


def wilson_interval(successes: float, trials: float, confidence: float = CONFIDENCE) -> Interval:
    """Return Wilson's score interval for a proportion; without trials, the whole of 0 to 1.

    The default for single proportions: close to its nominal coverage from a handful of trials on.
    Source: Wilson (1927), in the form of Newcombe (1998), method 3.

    Raises:
        ValueError: successes below 0 or above trials, or a confidence outside 0 to 1.
    """
    z = normal_quantile(confidence)
    successes, trials = _require_share(successes, trials)
    if not trials:
        return Interval(0.0, 1.0)
    share = successes / trials
    middle = share + z * z / (2 * trials)
    reach = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    under = 1 + z * z / trials
    # Exactly 0 and 1 without successes or failures, and never beyond, rounding or not.
    low, high = max((middle - reach) / under, 0.0), min((middle + reach) / under, 1.0)
    return Interval(min(low, share), max(high, share))


def wilson_ends(share: Floats, trials: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return the ends of `wilson_interval` for many shares at once; NaN where a share is."""
    z = normal_quantile(confidence)
    under = trials + z * z
    middle = (share * trials + z * z / 2) / under
    reach = z / under * np.sqrt(share * (1 - share) * trials + z * z / 4)
    return np.clip(middle - reach, 0, share), np.clip(middle + reach, share, 1)


def jeffreys_interval(successes: float, trials: float, confidence: float = CONFIDENCE) -> Interval:
    """Return the equal-tailed interval of the Beta(1/2, 1/2) posterior of a proportion.

    Use it where a posterior is spoken of anyway; shorter than Wilson's near 0 and 1. The low end
    is 0 without successes and the high end 1 without failures. Source: Brown, Cai and DasGupta
    (2001), Statistical Science 16.

    Raises:
        ValueError: successes below 0 or above trials, or a confidence outside 0 to 1.
    """
    return _beta_ends(successes, trials, confidence, below=0.5, above=0.5)


def clopper_pearson_interval(
    successes: float, trials: float, confidence: float = CONFIDENCE
) -> Interval:
    """Return the exact interval of a proportion, which covers at least `confidence`.

    Use it for bounds that must hold ("0 of 50 failed: at most 7.1 %"); as an interval it is wider
    than need be. Source: Clopper and Pearson (1934), Biometrika 26.

    Raises:
        ValueError: successes below 0 or above trials, or a confidence outside 0 to 1.
    """
    return _beta_ends(successes, trials, confidence, below=0.0, above=1.0)


def share(
    successes: float,
    trials: float,
    convention: str,
    *,
    nothing: str,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return a proportion of independent trials as a `Figure`; n counts trials.

    Args:
        convention: what the share is of; the convention ends with how the interval was made.
        nothing: the sentence that is the reason where there are no trials.

    Raises:
        ValueError: successes below 0 or above trials, or a confidence outside 0 to 1.
    """
    normal_quantile(confidence)
    successes, trials = _require_share(successes, trials)
    convention = f"{convention}; n counts trials; {100 * confidence:g}% Wilson interval"
    if not trials:
        return Figure(None, None, None, 0, convention, nothing)
    low, high = wilson_interval(successes, trials, confidence)
    return Figure(successes / trials, low, high, round(trials), convention)


def newcombe_interval(
    successes: tuple[float, float],
    trials: tuple[float, float],
    confidence: float = CONFIDENCE,
) -> Interval:
    """Return the interval of the difference of two independent proportions, first less second.

    Use it for two groups of different tasks or raters; for the same tasks twice the proportions
    are paired and `mcnemar_exact` is the test. Without trials on a side its share may be anything.
    Source: Newcombe (1998), Statistics in Medicine 17, method 10.

    Raises:
        ValueError: successes below 0 or above trials, or a confidence outside 0 to 1.
    """
    first = wilson_interval(successes[0], trials[0], confidence)
    second = wilson_interval(successes[1], trials[1], confidence)
    if not trials[0] or not trials[1]:
        return Interval(first.low - second.high, first.high - second.low)
    a, b = float(successes[0]) / float(trials[0]), float(successes[1]) / float(trials[1])
    below = sqrt((a - first.low) ** 2 + (second.high - b) ** 2)
    above = sqrt((first.high - a) ** 2 + (b - second.low) ** 2)
    return Interval(max(a - b - below, -1.0), min(a - b + above, 1.0))


def difference(
    successes: tuple[float, float],
    trials: tuple[float, float],
    convention: str,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return the difference of two independent proportions as a `Figure`; n counts all trials."""
    convention = f"{convention}; n counts trials of both; {100 * confidence:g}% Newcombe interval"
    n = round(trials[0] + trials[1])
    low, high = newcombe_interval(successes, trials, confidence)
    if not trials[0] or not trials[1]:
        return Figure(None, None, None, n, convention, "One of the two has no trials to compare.")
    a, b = float(successes[0]) / float(trials[0]), float(successes[1]) / float(trials[1])
    return Figure(a - b, low, high, n, convention)


def stratified_share(
    successes: Sequence[float],
    trials: Sequence[float],
    shares: Sequence[float],
    convention: str,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return a share of a whole from samples of its strata, each at its own rate.

    Use it where one kind was sampled more than another: dialogues with a thumbs-down, 2 % of the
    traffic, and silent ones. n counts trials. The interval is the normal one from the strata's
    variances or, where a stratum has no successes or no failures and so seems not to vary,
    Wilson's limits of the strata put together (MOVER). A stratum without trials leaves the share
    undefined: leaving it out would answer another question.

    Args:
        successes, trials: of each stratum.
        shares: how much of the whole each stratum is; they add up to 1.
        convention: what the share is of.

    Raises:
        ValueError: unequal numbers of strata, shares below 0 or not adding up to 1, successes
            below 0 or above trials.

    Source: Cochran, Sampling Techniques, chapter 5; Zou and Donner (2008), Statistics in Medicine
    27, for putting limits together.
    """
    z = normal_quantile(confidence)
    successes, trials, shares = (
        [float(item) for item in column] for column in (successes, trials, shares)
    )
    _require_strata(successes, trials, shares)
    convention = f"{convention}; each stratum weighed by its share of the whole; n counts trials"
    n = round(sum(trials))
    ends = [
        wilson_interval(hits, count, confidence)
        for hits, count in zip(successes, trials, strict=True)
    ]
    for place, (count, share_of_whole) in enumerate(zip(trials, shares, strict=True)):
        if not count and share_of_whole:
            reason = f"Stratum {place + 1}, {100 * share_of_whole:g}% of the whole, has no trials."
            return Figure(None, None, None, n, convention, reason)
    rates = [hits / count if count else 0.0 for hits, count in zip(successes, trials, strict=True)]
    value = sum(w * rate for w, rate in zip(shares, rates, strict=True))
    used = [row for row in zip(shares, rates, trials, ends, strict=True) if row[0]]
    below, above, method = _strata_reach(used, z)
    convention += f"; {100 * confidence:g}% {method}"
    return Figure(value, max(value - below, 0.0), min(value + above, 1.0), n, convention)


def binomial_test(successes: int, trials: int, chance: float = 0.5) -> float:
    """Return the exact two-sided p-value of a proportion against `chance`; 1 without trials.

    Outcomes no more likely than the one seen count against chance. Source: Clopper and Pearson
    (1934), Biometrika 26, and the two-sided convention of R's binom.test.

    Raises:
        ValueError: successes below 0 or above trials.
    """
    _require_share(successes, trials)
    if not trials:
        return 1.0
    if chance == 0.5:  # symmetric: twice the lesser tail, without the half second to load more
        return min(1.0, 2 * float(special.bdtr(min(successes, trials - successes), trials, 0.5)))
    return float(stats.binomtest(successes, trials, chance).pvalue)


def coin_quantile(share: float, trials: npt.ArrayLike) -> Ints:
    """Return the least number of heads that so many fair coins stay at or below with `share`.

    For shares below a half: the quantiles of tails.
    """
    n = np.asarray(trials, dtype=np.int64)
    near = np.ceil(special.bdtrik(share, n, 0.5))
    heads = np.where(special.bdtr(0, n, 0.5) >= share, 0.0, np.nan_to_num(near))
    heads -= (heads > 0) & (special.bdtr(np.maximum(heads - 1, 0), n, 0.5) >= share)
    return np.asarray(heads, dtype=np.int64)


def mcnemar_exact(only_first: int, only_second: int) -> float:
    """Return the exact two-sided p-value of McNemar's test for paired yes and no answers.

    `only_first` counts pairs where only the first said yes, `only_second` those where only the
    second did; pairs in which both agree say nothing. Source: McNemar (1947), Psychometrika 12.
    """
    return binomial_test(only_first, only_first + only_second)


def two_proportion_test(
    successes: tuple[float, float], trials: tuple[float, float]
) -> tuple[float, float]:
    """Return z and the two-sided p-value of equal proportions in two independent groups.

    The pooled z test, for anchors of two batches and the like. Where neither group varies, or
    one has no trials, z is 0 and p is 1: nothing speaks against their being equal. Source: Fleiss,
    Levin and Paik, Statistical Methods for Rates and Proportions (3rd ed., 2003), section 3.

    Raises:
        ValueError: successes below 0 or above trials.
    """
    for hits, count in zip(successes, trials, strict=True):
        _require_share(hits, count)
    if not trials[0] or not trials[1]:
        return 0.0, 1.0
    pooled = (successes[0] + successes[1]) / (trials[0] + trials[1])
    error = sqrt(pooled * (1 - pooled) * (1 / trials[0] + 1 / trials[1]))
    if not error:
        return 0.0, 1.0
    z = float((successes[0] / trials[0] - successes[1] / trials[1]) / error)
    return z, float(normal_p(z))


def _upper(confidence: float) -> float:
    """Return the share below the upper end of an interval, refusing what is no confidence."""
    if not 0 < confidence < 1:
        raise ValueError(f"The confidence must lie between 0 and 1, not be {confidence}.")
    return (1 + confidence) / 2


def _strata_reach(
    strata: list[tuple[float, float, float, Interval]], z: float
) -> tuple[float, float, str]:
    """Return how far the ends lie below and above, from (weight, rate, trials, Wilson) rows."""
    if all(0 < rate < 1 for _, rate, _, _ in strata):
        reach = z * sqrt(sum(w * w * p * (1 - p) / count for w, p, count, _ in strata))
        return reach, reach, "normal interval"
    below = sqrt(sum((w * (p - wilson.low)) ** 2 for w, p, _, wilson in strata))
    above = sqrt(sum((w * (wilson.high - p)) ** 2 for w, p, _, wilson in strata))
    return below, above, "interval from Wilson limits of the strata"


def _require_strata(
    successes: Sequence[float], trials: Sequence[float], shares: Sequence[float]
) -> None:
    if not len(successes) == len(trials) == len(shares):
        raise ValueError(
            "The strata must be equally many: successes has "
            f"{len(successes)}, trials has {len(trials)}, shares has {len(shares)}."
        )
    if not shares or min(shares) < 0 or abs(sum(shares) - 1) > 1e-9:
        listed = ", ".join(f"{item:g}" for item in shares)
        raise ValueError(f"The strata's shares must be at least 0 and add up to 1: {listed}.")


def _require_share(successes: float, trials: float) -> tuple[float, float]:
    """Return the two as plain numbers."""
    if not 0 <= successes <= trials or trials == inf:
        raise ValueError(f"Successes must lie between 0 and {trials:g}, not be {successes:g}.")
    return float(successes), float(trials)


def _beta_ends(
    successes: float, trials: float, confidence: float, *, below: float, above: float
) -> Interval:
    """Return Beta quantiles around a proportion, with the ends 0 and 1 where nothing is beyond."""
    normal_quantile(confidence)
    _require_share(successes, trials)
    edge = (1 - confidence) / 2
    failures = trials - successes
    low, high = 0.0, 1.0
    if successes:
        low = float(special.betaincinv(successes + below, failures + above, edge))
    if failures:
        high = float(special.betaincinv(successes + above, failures + below, 1 - edge))
    return Interval(low, high)
