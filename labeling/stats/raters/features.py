"""Length and format bias: do raters choose the longer, or the more decorated response?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from labeling.stats.coding import counted
from labeling.stats.intervals.proportions import CONFIDENCE, normal_quantile
from labeling.stats.raters.columns import Bools, coded, numbers
from labeling.stats.raters.habit import FALSE_DISCOVERY, MIN_N, Habits, coin_habits
from labeling.stats.raters.style import relative_difference
from labeling.stats.ratings import ConvergenceError, Figure, Floats, Ints, same_length

_ROUNDS = 100
_FIRST_STEP = 3.0  # On the scale of log odds.


@dataclass(frozen=True, slots=True)
class Slope:
    """How strongly one rater's choices follow a feature.

    Attributes:
        rater: whose it is.
        raw: log odds of choosing a response per standard deviation of the relative difference,
            from this rater's judgments only.
        shrunk: the same drawn towards the raters' mean as far as the data ask for it; to be
            shown and compared.
    """

    rater: Any
    raw: Figure
    shrunk: Figure


@dataclass(frozen=True, slots=True)
class FeatureBias:
    """How choices follow one feature of the responses.

    Attributes:
        feature: its name.
        shares: how often each rater chose the response with more of it.
        slopes: how strongly, one per rater.
        mean_slope: the mean of the raters' slopes.
        spread: standard deviation of the true slopes between raters (0: as far as can be seen
            all follow the feature alike), or None without slopes.
    """

    feature: str
    shares: Habits
    slopes: tuple[Slope, ...]
    mean_slope: Figure
    spread: float | None


def length_bias(
    rater: npt.ArrayLike,
    value: npt.ArrayLike,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    *,
    min_n: int = MIN_N,
    rate: float = FALSE_DISCOVERY,
    confidence: float = CONFIDENCE,
) -> FeatureBias:
    """Return how often, and how strongly, each rater chose the longer response.

    Longer responses can be better: people prefer them in about 6 of 10 cases (HH 59 %,
    AlpacaEval 64 %). What matters is who differs, and how much of the signal is length; to take
    it out of a ranking use Bradley-Terry with style covariates.

    Args:
        first, second: lengths (characters or words) of canonical response 1 and 2, shape (n,).
        others: as for `feature_bias`.
    """
    return feature_bias(
        rater,
        value,
        first,
        second,
        feature="length",
        min_n=min_n,
        rate=rate,
        confidence=confidence,
    )


def feature_bias(
    rater: npt.ArrayLike,
    value: npt.ArrayLike,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    *,
    feature: str,
    min_n: int = MIN_N,
    rate: float = FALSE_DISCOVERY,
    confidence: float = CONFIDENCE,
) -> FeatureBias:
    """Return how often, and how strongly, each rater chose the response with more of a feature.

    For headers, list items, bold (`style_columns`), or any other count. Ties, and pairs with as
    much of it on either side, are left out. The slope is that of a logistic regression without
    intercept on x = (a - b) / (a + b), in standard deviations of x over all judgments, by Firth's
    method (finite even for a rater who always chooses the longer one); slopes are shrunk to
    their mean by empirical Bayes.

    Args:
        rater: who judged, shape (n,).
        value: canonical values, shape (n,): below 0 the first response is better, 0 is a tie.
        first, second: how much of the feature canonical response 1 and 2 have, shape (n,).
        feature: its name, for the conventions.
        min_n: judgments that count, below which nothing is said of a rater.
        rate: false discovery rate over the raters, for the shares against one half.

    Raises:
        RatingsError: columns that cannot be read, named by position.
        ValueError: options out of range.

    Source: Firth (1993), Biometrika 80; DerSimonian and Laird (1986), Controlled Clinical
    Trials 7; Morris (1983), JASA 78.
    """
    code, raters = coded("rater", rater)
    values = numbers("value", value)
    x = relative_difference(first, second)
    same_length(rater=code, value=values, first=x)
    used = (values != 0) & (x != 0)
    code, x, first_won = code[used], x[used], values[used] < 0
    rule = (min_n, rate, confidence)
    shares = _shares(feature, code, raters, (x > 0) == first_won, rule)
    if not len(x):
        return _no_slopes(feature, raters, shares)
    scaled = x / np.sqrt(np.mean(x * x))
    slope, variance = firth_slopes(code, scaled, first_won.astype(np.float64), len(raters))
    n = counted(code, len(raters))
    return _with_slopes(feature, raters, shares, n, slope, variance, confidence)


def _shares(
    feature: str,
    code: Ints,
    raters: tuple[Any, ...],
    more: Bools,
    rule: tuple[int, float, float],
) -> Habits:
    """Return how often each rater chose the response with more of the feature."""
    what = "the longer response" if feature == "length" else f"the response with more {feature}"
    min_n, rate, confidence = rule
    return coin_habits(
        raters,
        counted(code, len(raters), more),
        counted(code, len(raters)),
        f"share of decisive judgments that chose {what}; ties and pairs without a difference "
        "left out",
        nothing=f"There is no decisive judgment of a pair that differs in {feature}.",
        min_n=min_n,
        rate=rate,
        confidence=confidence,
    )


def firth_slopes(code: Ints, x: Floats, y: Floats, size: int) -> tuple[Floats, Floats]:
    """Return each group's slope of a one-variable logistic regression, and its variance.

    Firth's penalty (half the log of the information) keeps slopes finite under separation and
    takes their first-order bias off. All groups are iterated together; settled ones drop out.

    Args:
        code: group of each row, shape (n,).
        x, y: variable and outcome (0 or 1), shape (n,).
        size: number of groups.

    Raises:
        ConvergenceError: some slope does not settle.
    """
    slope, information = np.zeros(size), np.full(size, np.nan)
    low, high = np.full(size, -np.inf), np.full(size, np.inf)
    open_ = counted(code, size, x * x) > 0
    largest = np.zeros(size)
    np.maximum.at(largest, code, np.abs(x))
    before = np.full(size, np.inf)
    for turn in range(_ROUNDS):
        rows = open_[code]
        if not rows.all():
            code, x, y = code[rows], x[rows], y[rows]
        pull, about, curve = _penalised(code, x, y, slope)
        low = np.where(open_ & (pull > 0), slope, low)
        high = np.where(open_ & (pull < 0), slope, high)
        # Cautious at first; a slope that has far to go may take longer and longer steps.
        longest = _FIRST_STEP * 1.5**turn / np.where(largest > 0, largest, 1.0)
        step = np.clip(pull / curve, -longest, longest)
        there = slope + step
        # Where a step leaves the bracket, or steps do not shrink, halve the bracket instead.
        wild = (there <= low) | (there >= high) | (np.abs(step) > before / 2)
        halve = wild & np.isfinite(low) & np.isfinite(high)
        there[halve] = (low[halve] + high[halve]) / 2
        before = moved = np.abs(there - slope)
        information[open_] = about[open_]
        slope = np.where(open_, there, slope)
        open_ &= moved > 1e-9 * (1 + np.abs(slope))
        if not open_.any():
            return slope, 1 / information
    raise ConvergenceError(
        f"The slope of {int(open_.sum())} raters did not settle within {_ROUNDS} rounds."
    )


def _penalised(code: Ints, x: Floats, y: Floats, slope: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the derivative of the penalised likelihood, the information, and what to step by.

    That is minus the second derivative where it is well above 0 (Newton), else the information
    (Fisher scoring). Groups without rows get harmless numbers.
    """
    size = len(slope)
    score = slope[code] * x
    chance, miss = special.expit(score), special.expit(-score)
    weight = chance * miss * x * x
    about = np.maximum(counted(code, size, weight), 1e-300)
    lean = counted(code, size, weight * x * (miss - chance)) / about
    bend = counted(code, size, weight * x * x * (1 - 6 * chance * miss)) / about
    pull = counted(code, size, x * np.where(y > 0, miss, -chance)) + lean / 2
    # Where the information underflows, the slope went too far.
    pull = np.where(about > 1e-300, pull, -np.sign(slope))
    curve = about - (bend - lean**2) / 2
    return pull, about, np.where(curve > about / 100, curve, about)


def shrink(slope: Floats, variance: Floats) -> tuple[Floats, Floats, float, float, float]:
    """Return estimates drawn to their mean: means, variances; mean, its variance, spread squared.

    The spread between the true values is DerSimonian and Laird's moment estimate; the variances
    include what is not known of the mean (Morris), but not what is not known of the spread.

    Args:
        slope, variance: independent estimates and their variances, shape (raters,), not empty.
    """
    weight = 1 / variance
    total = float(weight.sum())
    fixed = float(weight @ slope) / total
    room = total - float((weight**2).sum()) / total
    excess = float(weight @ (slope - fixed) ** 2) - (len(slope) - 1)
    spread = max(excess / room, 0.0) if room > 1e-12 * total else 0.0
    weight = 1 / (variance + spread)
    mean = float(weight @ slope) / float(weight.sum())
    mean_variance = 1 / float(weight.sum())
    kept = spread / (variance + spread)
    drawn = mean + kept * (slope - mean)
    return drawn, kept * variance + (1 - kept) ** 2 * mean_variance, mean, mean_variance, spread


def _with_slopes(
    feature: str,
    raters: tuple[Any, ...],
    shares: Habits,
    n: Floats,
    slope: Floats,
    variance: Floats,
    confidence: float,
) -> FeatureBias:
    """Shrink the slopes and put figures together."""
    seen = n > 0
    drawn, drawn_variance = np.zeros(len(slope)), np.zeros(len(slope))
    pooled = shrink(slope[seen], variance[seen])
    drawn[seen], drawn_variance[seen] = pooled[0], pooled[1]
    z = normal_quantile(confidence)
    raw_convention = (
        f"log odds of choosing a response per standard deviation of its relative {feature}; "
        f"Firth's logistic regression; n counts judgments; {100 * confidence:g}% normal interval"
    )
    shrunk_convention = f"{raw_convention}, drawn to the raters' mean (empirical Bayes)"
    nothing = shares.overall.reason or f"No decisive judgment of a pair that differs in {feature}."

    def figure(value: float, spread: float, count: float, convention: str) -> Figure:
        if not count:
            return Figure(None, None, None, 0, convention, nothing)
        reach = z * float(np.sqrt(spread))
        return Figure(
            float(value), float(value - reach), float(value + reach), int(count), convention
        )

    slopes = tuple(
        Slope(
            rater=name,
            raw=figure(slope[place], variance[place], n[place], raw_convention),
            shrunk=figure(drawn[place], drawn_variance[place], n[place], shrunk_convention),
        )
        for place, name in enumerate(raters)
    )
    mean_convention = f"mean over raters of: {raw_convention}; weights by DerSimonian and Laird"
    mean = figure(pooled[2], pooled[3], float(n.sum()), mean_convention)
    return FeatureBias(feature, shares, slopes, mean, float(np.sqrt(pooled[4])))


def _no_slopes(feature: str, raters: tuple[Any, ...], shares: Habits) -> FeatureBias:
    convention = f"log odds of choosing a response per standard deviation of its relative {feature}"
    nothing = Figure(None, None, None, 0, convention, shares.overall.reason)
    slopes = tuple(Slope(name, nothing, nothing) for name in raters)
    return FeatureBias(feature, shares, slopes, nothing, None)
