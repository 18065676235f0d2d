"""Sample sizes before the labeling: how many judgments an interval or a comparison needs.

Numbers are rounded up and carry their assumptions in words. None of them is a promise, since they
rest on a share or an agreement that is guessed or comes from a pilot.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from labeling.stats.intervals.proportions import CONFIDENCE, normal_quantile
from labeling.stats.ratings import Figure, Floats

POWER = 0.8

_INDEPENDENT = "independent judgments: pairs from one prompt count for less"


@dataclass(frozen=True, slots=True)
class SampleSize:
    """How many judgments are enough, and for what.

    Attributes:
        judgments: in all.
        groups: how many groups share them equally (1, or 2 to be compared).
        convention: what they are enough for, and on which assumptions.
    """

    judgments: int
    groups: int
    convention: str

    @property
    def per_group(self) -> int:
        """Judgments in each group."""
        return self.judgments // self.groups


@dataclass(frozen=True, eq=False, slots=True)
class WidthCurve:
    """How an interval narrows with more of what its figure counts.

    Attributes:
        n: as asked for, in what the pilot's n counts, shape (points,).
        low, high: expected ends, shape (points,); None where the pilot has no interval.
        convention: how the curve was made.
        reason: why there is none, else None.
    """

    n: Floats
    low: Floats | None
    high: Floats | None
    convention: str
    reason: str | None = None

    @property
    def half_width(self) -> Floats | None:
        """Half the distance of the ends, shape (points,)."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


def judgments_for_half_width(
    half_width: float = 0.05, share: float = 0.5, *, confidence: float = CONFIDENCE
) -> SampleSize:
    """Return how many judgments bring the interval of a share to plus or minus `half_width`.

    385 for 5 points at a share of one half, which is the widest case: use it where nothing is
    known of the share. Not for chance-corrected figures; for those run a pilot and see
    `width_curve`.

    Raises:
        ValueError: a share outside 0 to 1, a half-width not above 0, a confidence outside 0 to 1.

    Source: Cochran, Sampling Techniques, chapter 4.
    """
    z = normal_quantile(confidence)
    _require("share", share)
    if half_width <= 0:
        raise ValueError(f"The half-width must be above 0, not {half_width}.")
    convention = (
        f"{100 * confidence:g}% interval of plus or minus {100 * half_width:g} points at a share "
        f"of {100 * share:g}%, normal approximation, {_INDEPENDENT}"
    )
    return SampleSize(round_up(z * z * share * (1 - share) / half_width**2), 1, convention)


def judgments_to_detect(
    share: float,
    chance: float = 0.5,
    *,
    power: float = POWER,
    confidence: float = CONFIDENCE,
) -> SampleSize:
    """Return how many judgments tell a true `share` from `chance`.

    783 to tell a win rate of 55% from one half, 4,904 for 52%: the number grows with the inverse
    square of the gap. Decided judgments only: with ties, divide by the share that is decided.

    Args:
        power: how likely the two-sided test is to find the difference if it is there.

    Raises:
        ValueError: shares outside 0 to 1 or equal, a power or confidence outside 0 to 1.

    Source: Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, chapter 2.
    """
    _require("share", share)
    _require("chance", chance)
    reach = normal_quantile(confidence) * sqrt(chance * (1 - chance))
    reach += _power_quantile(power) * sqrt(share * (1 - share))
    convention = (
        f"tells {100 * share:g}% from {100 * chance:g}% with {100 * power:g}% power, two-sided "
        f"{100 * (1 - confidence):.3g}% level, normal approximation, {_INDEPENDENT}"
    )
    return SampleSize(round_up((reach / _gap(share, chance)) ** 2), 1, convention)


def judgments_to_compare(
    first: float,
    second: float,
    *,
    power: float = POWER,
    confidence: float = CONFIDENCE,
) -> SampleSize:
    """Return how many judgments, in two groups of equal size, tell two shares apart.

    For groups of different tasks or raters. The same tasks judged twice need fewer: there only
    the judgments that differ count (`mcnemar_exact`).

    Raises:
        ValueError: shares outside 0 to 1 or equal, a power or confidence outside 0 to 1.

    Source: Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, chapter 4,
    without continuity correction.
    """
    _require("first", first)
    _require("second", second)
    middle = (first + second) / 2
    reach = normal_quantile(confidence) * sqrt(2 * middle * (1 - middle))
    reach += _power_quantile(power) * sqrt(first * (1 - first) + second * (1 - second))
    convention = (
        f"tells {100 * first:g}% from {100 * second:g}% in two groups of equal size with "
        f"{100 * power:g}% power, two-sided {100 * (1 - confidence):.3g}% level, pooled z test, "
        f"{_INDEPENDENT}"
    )
    return SampleSize(2 * round_up((reach / _gap(first, second)) ** 2), 2, convention)


def width_curve(
    pilot: Figure, n: npt.ArrayLike, kind: Literal["share", "coefficient"] = "coefficient"
) -> WidthCurve:
    """Return the interval to expect of a pilot's figure with `n` of what it counts.

    On the Fisher z scale an interval narrows with the square root of n while the value stays
    where it is: read it as "if the pilot is like the rest". A pilot of a dozen tasks gives a
    curve as unsure as itself.

    Args:
        pilot: any figure with an interval, of agreement or an ICC or tau.
        n: numbers to look at, in what the pilot's n counts (its convention says), at the same
            number of judgments for each.
        kind: "share" for percentages (0 to 1), "coefficient" for chance-corrected figures and
            correlations (-1 to 1).

    Raises:
        ValueError: an n below 1, another kind, or a pilot outside its scale.
    """
    wanted = np.atleast_1d(np.asarray(n, dtype=np.float64))
    if not (wanted >= 1).all():
        raise ValueError(f"Every n must be at least 1: {wanted[~(wanted >= 1)][0]:g} is not.")
    if kind not in ("share", "coefficient"):
        raise ValueError(f"The kind must be share or coefficient, not {kind}.")
    floor = 0.0 if kind == "share" else -1.0
    convention = (
        f"expected interval from a pilot with n = {pilot.n}, narrowing with the square root of n "
        f"on the Fisher z scale; pilot: {pilot.convention}"
    )
    if pilot.value is None or pilot.low is None or pilot.high is None:
        return WidthCurve(
            wanted, None, None, convention, pilot.reason or "The pilot has no interval."
        )
    if not floor <= pilot.low <= pilot.high <= 1:
        raise ValueError(f"A {kind} lies between {floor:g} and 1; the pilot's interval does not.")
    span = 1 - floor
    ends = 2 * (np.array([pilot.low, pilot.value, pilot.high]) - floor) / span - 1
    edge = 1 - 1e-12
    low, middle, high = np.arctanh(np.clip(ends, -edge, edge))
    shrink = np.sqrt(pilot.n / wanted)
    return WidthCurve(
        n=wanted,
        low=floor + span * (np.tanh(middle - (middle - low) * shrink) + 1) / 2,
        high=floor + span * (np.tanh(middle + (high - middle) * shrink) + 1) / 2,
        convention=convention,
    )


def round_up(number: float) -> int:
    """Return the next whole number, forgiving what floating point adds."""
    return ceil(number * (1 - 1e-12))


def _require(name: str, share: float) -> None:
    if not 0 <= share <= 1:
        raise ValueError(f"The {name} must lie between 0 and 1, not be {share}.")


def _gap(first: float, second: float) -> float:
    if first == second:
        raise ValueError(f"Two shares of {first:g} cannot be told apart.")
    return first - second


def _power_quantile(power: float) -> float:
    if not 0 < power < 1:
        raise ValueError(f"The power must lie between 0 and 1, not be {power}.")
    return float(special.ndtri(power))
