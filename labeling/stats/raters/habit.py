"""What a habit of a rater is (`Habit`), and which habits stand out among many raters.

A habit is never a verdict on a person: raters with too few judgments are named as such, and among
the others the false discovery rate is held, so that a page of fifty raters does not point at
somebody by chance alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import special

from labeling.stats.intervals.multiplicity import benjamini_hochberg
from labeling.stats.intervals.proportions import CONFIDENCE, normal_quantile, share, t_quantile
from labeling.stats.raters.columns import Bools
from labeling.stats.ratings import Figure, Floats

Status = Literal["stands out", "as expected", "too few"]

NO_PEERS = "No task of this rater was judged by anybody else."
MIN_N = 30  # Judgments of a kind below which nothing is said of a rater.
FALSE_DISCOVERY = 0.05  # Of those that stand out, the share that may do so by chance.


@dataclass(frozen=True, slots=True)
class Habit:
    """One rater's figure beside what was expected of it.

    Attributes:
        rater: whose it is.
        figure: what the rater did (a share or a mean), with its interval.
        expected: the same figure as expected by chance or of the other raters on the same tasks,
            or None where it is undefined.
        difference: observed less expected, for habits measured against other raters; else None.
        z: the distance in standard errors under chance, or None where the test is exact.
        p: the two-sided p-value, or None where nothing could be tested.
        adjusted_p: `p` adjusted after Benjamini and Hochberg over the raters with enough
            judgments; None for those with too few.
        status: "stands out" where the adjusted p is at most the false discovery rate,
            "as expected" otherwise, "too few" below the least number of judgments.
    """

    rater: Any
    figure: Figure
    expected: float | None
    difference: Figure | None
    z: float | None
    p: float | None
    adjusted_p: float | None
    status: Status


@dataclass(frozen=True, slots=True)
class Habits:
    """One habit of every rater, in the order of their names.

    Attributes:
        raters: one `Habit` per rater.
        overall: the same figure over all judgments; its interval takes them as independent.
        convention: how `status` was decided.
    """

    raters: tuple[Habit, ...]
    overall: Figure
    convention: str

    def of(self, rater: Any) -> Habit:
        """Return the habit of one rater.

        Raises:
            KeyError: a rater that gave no judgment.
        """
        for habit in self.raters:
            if habit.rater == rater:
                return habit
        raise KeyError(rater)

    @property
    def standing_out(self) -> tuple[Any, ...]:
        """The raters whose habit stands out."""
        return tuple(habit.rater for habit in self.raters if habit.status == "stands out")


def adjusted(
    p_values: Floats, n: Floats, min_n: int, rate: float
) -> tuple[list[float | None], list[Status]]:
    """Return adjusted p-values over the raters with at least `min_n`, and every rater's status.

    `p_values` is NaN where nothing could be tested; such a rater is "too few".
    """
    enough = (n >= min_n) & np.isfinite(p_values)
    adjusted_p: list[float | None] = [None] * len(n)
    status: list[Status] = ["too few"] * len(n)
    places = np.flatnonzero(enough)
    for place, value in zip(places, benjamini_hochberg(p_values[enough]).tolist(), strict=True):
        adjusted_p[place] = value
        status[place] = "stands out" if value <= rate else "as expected"
    return adjusted_p, status


def decided(min_n: int, rate: float, against: str) -> str:
    """Return how the status was decided, in words."""
    return (
        f"stands out: {against}, adjusted over raters after Benjamini-Hochberg, at most {rate:g}; "
        f"too few: fewer than {min_n} judgments of the kind"
    )


def require_rule(min_n: int, rate: float) -> None:
    """Refuse options that cannot decide anything.

    Raises:
        ValueError: a least number below 1 or a rate outside 0 to 1.
    """
    if min_n < 1:
        raise ValueError(f"min_n must be at least 1, not {min_n}.")
    if not 0 < rate < 1:
        raise ValueError(f"The false discovery rate must lie between 0 and 1, not be {rate}.")


def coin_tests(successes: Floats, trials: Floats) -> Floats:
    """Return exact two-sided p-values against a fair coin, shape (raters,); NaN without trials.

    A fair coin is symmetric, so that the two-sided p-value is twice the lesser tail.
    """
    least = np.minimum(successes, trials - successes)
    p = np.minimum(1.0, 2 * special.bdtr(least, np.asarray(trials, dtype=np.int64), 0.5))
    return np.where(trials > 0, p, np.nan)


def share_figures(
    hits: Floats, n: Floats, convention: str, nothing: str, confidence: float
) -> list[Figure]:
    """Return each rater's share of hits among n independent trials (see `share`)."""
    return [
        share(float(hit), float(count), convention, nothing=nothing, confidence=confidence)
        for hit, count in zip(hits, n, strict=True)
    ]


def coin_habits(
    raters: Sequence[Any],
    successes: Floats,
    trials: Floats,
    convention: str,
    *,
    nothing: str,
    min_n: int,
    rate: float,
    confidence: float = CONFIDENCE,
) -> Habits:
    """Return shares against a fair coin: Wilson intervals and exact binomial tests."""
    require_rule(min_n, rate)
    p_values = coin_tests(successes, trials)
    figures = share_figures(successes, trials, convention, nothing, confidence)
    adjusted_p, status = adjusted(p_values, trials, min_n, rate)
    habits = tuple(
        Habit(
            rater=rater,
            figure=figures[place],
            expected=0.5,
            difference=None,
            z=None,
            p=float(p_values[place]) if trials[place] else None,
            adjusted_p=adjusted_p[place],
            status=status[place],
        )
        for place, rater in enumerate(raters)
    )
    overall = share(
        float(successes.sum()),
        float(trials.sum()),
        convention,
        nothing=nothing,
        confidence=confidence,
    )
    return Habits(habits, overall, decided(min_n, rate, "exact binomial test against one half"))


def mean_figures(
    n: Floats,
    mean: Floats,
    spread: Floats,
    groups: Floats,
    convention: str,
    nothing: str,
    confidence: float,
    over: str = "task",
) -> list[Figure]:
    """Return means with Student t intervals over what was drawn together.

    Args:
        n: how many numbers each mean rests on.
        spread: sum over the groups of the squared sums of deviations from the mean.
        groups: how many groups (tasks or prompts) there are.
        convention: what is averaged over what; the convention ends with how the interval was made.
        nothing: the sentence that is the reason where n is 0.
        over: what a group is.
    """
    normal_quantile(confidence)
    convention = f"{convention}; {100 * confidence:g}% Student t interval over {over}s"
    spare = np.maximum(groups - 1, 1)
    error = np.sqrt(spread * groups / spare) / np.maximum(n, 1)
    reach = t_quantile(spare, confidence) * error
    still = (groups < 2) | (spread <= 1e-18 * np.maximum(n * mean**2, 1))
    figures = []
    for place, count in enumerate(n.astype(np.int64).tolist()):
        value, half = float(mean[place]), float(reach[place])
        if not count:
            figures.append(Figure(None, None, None, 0, convention, nothing))
        elif still[place]:
            reason = _still(int(groups[place]), over)
            figures.append(Figure(value, None, None, count, convention, reason))
        else:
            figures.append(Figure(value, value - half, value + half, count, convention))
    return figures


def _still(groups: int, over: str) -> str:
    if groups < 2:
        return f"No interval: it rests on 1 {over}, and an interval needs at least 2."
    return f"No interval: it is the same on all {groups} {over}s."


def ratio(over: Floats, under: Floats) -> Floats:
    """Return over / sqrt(under), the z of a sum and its variance; NaN where that is 0."""
    moved: Bools = under > 1e-12
    out = np.full(len(over), np.nan)
    np.divide(over, np.sqrt(np.where(moved, under, 1.0)), out=out, where=moved)
    return out
