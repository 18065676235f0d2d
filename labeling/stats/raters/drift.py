"""Drift: has the level of a stream of numbers, or of a rater's hits, moved? Charts and anchors.

CUSUM charts add up small deviations and find a lasting shift soonest; EWMA charts show it best;
anchors (the same tasks in two batches) tell drift of the raters from drift of the tasks.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from math import log
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.stats.intervals.proportions import CONFIDENCE, difference, two_proportion_test
from labeling.stats.raters.columns import Bools, coded, flags, numbers, parts
from labeling.stats.ratings import Figure, Floats, same_length


@dataclass(frozen=True, slots=True, eq=False)
class Cusum:
    """A two-sided tabular CUSUM.

    Attributes:
        above, below: the sums of deviations above and below the target, shape (n,).
        limit: what they must exceed to signal.
        signal: position of the first signal, from 0, or None.
    """

    above: Floats
    below: Floats
    limit: float
    signal: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Ewma:
    """An exponentially weighted moving average with its control limits.

    Attributes:
        level: the average after each value, shape (n,).
        low, high: the limits there, shape (n,).
        signal: position of the first value outside, from 0, or None.
    """

    level: Floats
    low: Floats
    high: Floats
    signal: int | None


@dataclass(frozen=True, slots=True, eq=False)
class HitDrift:
    """The Bernoulli CUSUM of one rater's hits and misses.

    Attributes:
        rater: whose it is.
        score: the sum of log likelihood ratios after each judgment, shape (n,).
        limit: what it must reach to signal.
        signal: which judgment of the rater signalled first, from 0, or None.
        convention: the two shares told apart and how often chance would signal.
    """

    rater: Any
    score: Floats
    limit: float
    signal: int | None
    convention: str


@dataclass(frozen=True, slots=True)
class AnchorDrift:
    """The same anchors in two batches.

    Attributes:
        change: first share less the second, with Newcombe's interval.
        z, p: the pooled z test of equal shares.
    """

    change: Figure
    z: float
    p: float


def cusum(values: npt.ArrayLike, *, target: float, slack: float, limit: float) -> Cusum:
    """Return the tabular CUSUM of a sequence, in time linear in its length.

    Args:
        values: in order of time, shape (n,).
        target: the level that is in order.
        slack: deviation that is let pass; half the shift to be found is usual.
        limit: sum that signals; 4 to 5 standard deviations of the values are usual.

    Raises:
        RatingsError: a value that is missing or infinite, named by position.
        ValueError: a negative slack or a limit that is not above 0.

    Source: Page (1954), Biometrika 41; Montgomery, Introduction to Statistical Quality Control.
    """
    if slack < 0 or not limit > 0:
        raise ValueError(f"slack ({slack}) must not be negative and limit ({limit}) above 0.")
    far = numbers("values", values) - target
    above, below = _reflected(far - slack), _reflected(-far - slack)
    return Cusum(above, below, limit, _first((above > limit) | (below > limit)))


def ewma(
    values: npt.ArrayLike, *, target: float, sd: float, weight: float = 0.2, width: float = 2.7
) -> Ewma:
    """Return the EWMA chart of a sequence, starting at the target, with exact limits.

    Args:
        values: in order of time, shape (n,).
        target: the level that is in order.
        sd: standard deviation of a single value while in order.
        weight: of the newest value, above 0 and at most 1.
        width: of the limits, in standard deviations of the average.

    Raises:
        RatingsError: a value that is missing or infinite, named by position.
        ValueError: options out of range.

    Source: Roberts (1959), Technometrics 1; Lucas and Saccucci (1990), Technometrics 32.
    """
    if not 0 < weight <= 1 or not sd > 0 or not width > 0:
        raise ValueError(
            f"weight ({weight}) must lie in 0 to 1, sd ({sd}) and width ({width}) above 0."
        )
    series = numbers("values", values)
    level = np.array(
        list(accumulate(series.tolist(), lambda z, x: z + weight * (x - z), initial=target))
    )[1:]
    step = np.arange(1, len(series) + 1)
    reach = width * sd * np.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * step)))
    return Ewma(level, target - reach, target + reach, _first(np.abs(level - target) > reach))


def hit_drift(
    rater: npt.ArrayLike,
    hit: npt.ArrayLike,
    *,
    good: float = 0.85,
    poor: float = 0.65,
    false_alarm_every: float = 1000.0,
    order: npt.ArrayLike | None = None,
) -> tuple[HitDrift, ...]:
    """Return the Bernoulli CUSUM of each rater's hits: on gold, on anchors, or on repeats.

    It signals when the hits of late speak for the share `poor` rather than `good`. The limit is
    log(false_alarm_every): by Lorden's bound, a rater who stays at `good` signals less than once
    in so many judgments, on average.

    Args:
        rater: who judged, shape (n,).
        hit: whether the judgment was right, shape (n,).
        good, poor: the shares of hits to be told apart, both between 0 and 1; `poor` may be the
            higher one, to notice that something became too easy.
        order: times or positions that sort the judgments, shape (n,); left out, rows are in order.

    Raises:
        RatingsError: columns that cannot be read, named by position.
        ValueError: shares that are equal or out of range, or fewer than 1 judgment per alarm.

    Source: Reynolds and Stoumbos (1999), Journal of Quality Technology 31; Lorden (1971), Annals
    of Mathematical Statistics 42.
    """
    if not (0 < good < 1 and 0 < poor < 1) or good == poor:
        raise ValueError(f"good ({good}) and poor ({poor}) must differ, between 0 and 1.")
    if not false_alarm_every > 1:
        raise ValueError(f"false_alarm_every must be above 1, not {false_alarm_every}.")
    code, raters = coded("rater", rater)
    hits = flags("hit", hit)
    when = np.arange(len(code)) if order is None else numbers("order", order)
    same_length(rater=code, hit=hits, order=when)
    gain = np.where(hits, log(poor / good), log((1 - poor) / (1 - good)))
    gain = gain[np.lexsort((when, code))]
    limit = log(false_alarm_every)
    convention = (
        f"Bernoulli CUSUM of {good:g} against {poor:g}; a rater who stays at {good:g} signals "
        f"less than once in {false_alarm_every:,.0f} judgments on average (Lorden's bound)"
    )
    drifts = []
    for name, part in zip(raters, parts(gain, code, len(raters)), strict=True):
        score = _reflected(part)
        drifts.append(HitDrift(name, score, limit, _first(score >= limit), convention))
    return tuple(drifts)


def anchor_drift(
    successes: tuple[int, int], trials: tuple[int, int], *, confidence: float = CONFIDENCE
) -> AnchorDrift:
    """Return whether a share moved between two batches: agreement on anchors, wins, hits.

    Anchors must be the same kind of tasks in both batches and the judgments independent; for the
    same tasks judged by the same raters twice use McNemar's test.

    Raises:
        ValueError: successes below 0 or above trials.

    Source: pooled z test; Newcombe (1998), Statistics in Medicine 17.
    """
    z, p = two_proportion_test(successes, trials)
    convention = "share in the first batch less that in the second"
    return AnchorDrift(difference(successes, trials, convention, confidence), z, p)


def _reflected(steps: Floats) -> Floats:
    """Return the sums of steps that start again from 0 instead of falling below it.

    max(0, previous + step) is the plain sum less its running minimum: no loop is needed.
    """
    sums = np.cumsum(steps)
    return np.asarray(sums - np.minimum(np.minimum.accumulate(sums), 0.0)) if len(sums) else sums


def _first(signals: Bools) -> int | None:
    return int(np.argmax(signals)) if signals.any() else None
