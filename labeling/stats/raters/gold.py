"""Gold accuracy: what is known of a rater's accuracy, and whether it is enough to decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from labeling.stats.coding import counted
from labeling.stats.intervals.proportions import CONFIDENCE
from labeling.stats.raters.columns import coded, flags
from labeling.stats.raters.habit import share_figures
from labeling.stats.ratings import Figure, Floats, RatingsError, same_length

GoldDecision = Literal["pass", "extend", "not yet"]

UNIFORM = (1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Gold:
    """What gold tasks say of one rater.

    Attributes:
        rater: whose it is.
        correct: correct answers; `observed.n` says of how many.
        observed: share correct, with Wilson's interval.
        posterior: mean of the posterior of the accuracy, with its equal-tailed interval.
        above: posterior probability that the accuracy exceeds the threshold.
        decision: "pass" where that is sure enough, "not yet" where it is sure enough not to be
            so, "extend" (give more gold) in between and without any gold.
    """

    rater: Any
    correct: int
    observed: Figure
    posterior: Figure
    above: float
    decision: GoldDecision


@dataclass(frozen=True, slots=True)
class GoldReport:
    """Gold accuracy of every rater, in the order of their names (or as `raters` was given).

    Attributes:
        raters: one `Gold` per rater.
        prior: the two parameters of the Beta prior.
        convention: where the prior came from and how decisions are made.
    """

    raters: tuple[Gold, ...]
    prior: tuple[float, float]
    convention: str

    def of(self, rater: Any) -> Gold:
        """Return what is known of one rater.

        Raises:
            KeyError: a rater that is not among them.
        """
        for gold in self.raters:
            if gold.rater == rater:
                return gold
        raise KeyError(rater)


def gold_accuracy(
    rater: npt.ArrayLike,
    correct: npt.ArrayLike,
    *,
    raters: Sequence[Any] | None = None,
    threshold: float = 0.75,
    passing: float = 0.80,
    failing: float = 0.20,
    prior: tuple[float, float] | Literal["raters"] = UNIFORM,
    confidence: float = CONFIDENCE,
) -> GoldReport:
    """Return what gold tasks say of each rater's accuracy, and whether it suffices to decide.

    A rater passes where P(accuracy > threshold) is at least `passing`, "not yet" below `failing`,
    and gets more gold in between. Do not compare raters who were given different gold.

    Args:
        rater: who answered a gold task, shape (n,).
        correct: whether rightly, shape (n,).
        raters: everybody to report, in this order; None: those with gold, sorted.
        prior: Beta parameters (a, b), or "raters" for those of all raters by the method of
            moments; not for qualification, where the cohort should not count.

    Raises:
        RatingsError: columns that cannot be read, by position; a rater not, or twice, in `raters`.
        ValueError: a threshold, prior or confidence that is out of range.

    Source: Beta-binomial; moments: Kleinman (1973), JASA 68.
    """
    _require_levels(threshold, passing, failing)
    names, n, k = _counts(rater, correct, raters)
    (a, b), whence = _prior(prior, k, n)
    whence = f"Beta({a:.3g}, {b:.3g}) prior {whence}"
    above = np.asarray(special.betaincc(a + k, b + n - k, threshold)).tolist()
    observed = share_figures(k, n, _SHARE, _NO_GOLD, confidence)
    posterior = _posteriors(a + k, b + n - k, n, whence, confidence)
    decisions = [
        _decide(sure, passing, failing) if count else "extend"
        for sure, count in zip(above, n, strict=True)
    ]
    rule = (
        f"pass: P(accuracy > {threshold:g}) is at least {passing:g}; not yet: below {failing:g}; "
        f"extend: in between; {whence}"
    )
    right = k.astype(np.int64).tolist()
    gold = tuple(map(Gold, names, right, observed, posterior, above, decisions))
    return GoldReport(gold, (a, b), rule)


_SHARE = "share of gold tasks answered right"
_NO_GOLD = "No gold task was answered yet."


def _posteriors(a: Floats, b: Floats, n: Floats, whence: str, confidence: float) -> list[Figure]:
    """Return the posterior of each rater's accuracy; without gold it is the prior, not shown."""
    convention = (
        f"posterior mean of the accuracy on gold, {whence}; n counts gold tasks; "
        f"{100 * confidence:g}% equal-tailed posterior interval"
    )
    edge = (1 - confidence) / 2
    low, high = special.betaincinv(a, b, edge), special.betaincinv(a, b, 1 - edge)
    return [
        Figure(float(mean), float(low[place]), float(high[place]), int(n[place]), convention)
        if n[place]
        else Figure(None, None, None, 0, convention, _NO_GOLD)
        for place, mean in enumerate(a / (a + b))
    ]


def beta_moments(successes: npt.ArrayLike, trials: npt.ArrayLike) -> tuple[float, float] | None:
    """Return the Beta parameters (a, b) from which shares of several raters seem drawn.

    By the method of moments, raters weighted by their trials. The weight a + b is kept between 1
    and the number of trials: shares that differ no more than by chance would ask for an infinite
    one. None where fewer than 2 raters have trials, or all or none of the trials succeeded.

    Args:
        successes, trials: per rater, shape (raters,).

    Source: Kleinman (1973), Journal of the American Statistical Association 68.
    """
    k, n = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    k, n = k[n > 0], n[n > 0]
    total = float(n.sum())
    if len(n) < 2 or not 0 < k.sum() < total:
        return None
    mean = float(k.sum() / total)
    spread = float((n * (k / n - mean) ** 2).sum())
    binomial = mean * (1 - mean) * (len(n) - 1)
    room = mean * (1 - mean) * (total - float((n * n).sum()) / total - (len(n) - 1))
    correlation = (spread - binomial) / room if room > 0 else 0.0
    weight = total if correlation <= 1 / (1 + total) else 1 / correlation - 1
    weight = min(max(weight, 1.0), total)
    return mean * weight, (1 - mean) * weight


def _counts(
    rater: npt.ArrayLike, correct: npt.ArrayLike, raters: Sequence[Any] | None
) -> tuple[tuple[Any, ...], Floats, Floats]:
    """Return the raters to report, their gold tasks, and how many were answered right."""
    code, levels = coded("rater", rater)
    right = flags("correct", correct)
    same_length(rater=code, correct=right)
    n, k = counted(code, len(levels)), counted(code, len(levels), right)
    if raters is None:
        return levels, n, k
    place = {name: index for index, name in enumerate(raters)}
    if len(place) < len(raters):
        raise RatingsError("The raters to report name somebody twice.")
    missing = [name for name in levels if name not in place]
    if missing:
        raise RatingsError(f"rater {missing[0]} is not among the raters to report.")
    where = np.array([place[name] for name in levels], dtype=np.int64)
    all_n, all_k = np.zeros(len(raters)), np.zeros(len(raters))
    all_n[where], all_k[where] = n, k
    return tuple(raters), all_n, all_k


def _prior(
    prior: tuple[float, float] | Literal["raters"], k: Floats, n: Floats
) -> tuple[tuple[float, float], str]:
    """Return the parameters of the prior and where they came from."""
    if prior == "raters":
        moments = beta_moments(k, n)
        if moments is None:
            return UNIFORM, "(uniform: the raters do not suffice to make one)"
        return moments, "by the method of moments over all raters (empirical Bayes)"
    a, b = prior
    if not (0 < a < np.inf and 0 < b < np.inf):
        raise ValueError(f"The prior must be two numbers above 0 or 'raters', not {prior}.")
    return (float(a), float(b)), "as given" if (a, b) != UNIFORM else "(uniform)"


def _decide(above: float, passing: float, failing: float) -> GoldDecision:
    if above >= passing:
        return "pass"
    return "extend" if above >= failing else "not yet"


def _require_levels(threshold: float, passing: float, failing: float) -> None:
    if not 0 < threshold < 1:
        raise ValueError(f"The threshold must lie between 0 and 1, not be {threshold}.")
    if not 0 <= failing <= passing <= 1:
        raise ValueError(
            f"failing ({failing}) must not be above passing ({passing}), both between 0 and 1."
        )
