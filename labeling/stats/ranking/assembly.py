"""Turns a maximum and its sampling variation into a `Ranking`: shared by all models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from labeling.stats.ranking.likelihood import DENSE
from labeling.stats.ranking.outcomes import Outcomes
from labeling.stats.ranking.result import Ranking, arena_rank, logit_interval
from labeling.stats.ranking.separability import NO_ERROR
from labeling.stats.ranking.uncertainty import Variation
from labeling.stats.ratings import Figure, Floats, Ints

_BLOCK = 4_000_000


@dataclass(frozen=True, eq=False)
class Context:
    """What a ranking says besides its numbers; the fields are those of `Ranking`."""

    items: tuple[Any, ...]
    component: Ints
    counted: str
    met: Ints
    n: int
    confidence: float
    convention: str
    reason: str | None
    reasons: Mapping[Any, str]


@dataclass(frozen=True, eq=False)
class Ends:
    """Standard errors and interval ends of all parameters, NaN where there are none."""

    error: Floats
    low: Floats
    high: Floats

    def figure(
        self, place: int, value: float, n: int, convention: str, reason: str | None
    ) -> Figure:
        """Return the figure of one parameter."""
        if not np.isfinite(self.low[place]):
            return Figure(
                value, None, None, n, convention, reason or "No interval: nothing varies."
            )
        return Figure(value, float(self.low[place]), float(self.high[place]), n, convention)


def ends_of(parameters: Floats, variation: Variation, confidence: float) -> Ends:
    """Return errors and ends of all parameters."""
    nothing = np.full(len(parameters), np.nan)
    if variation.covariance is None:
        return Ends(nothing, nothing, nothing)
    error = np.sqrt(np.maximum(np.diagonal(variation.covariance), 0.0))
    error = np.where(error > NO_ERROR, error, np.nan)
    if variation.draws is not None:
        edge = (1 - confidence) / 2
        low, high = np.quantile(variation.draws, [edge, 1 - edge], axis=0)
        return Ends(error, np.where(error > 0, low, np.nan), np.where(error > 0, high, np.nan))
    reach = variation.reach(confidence) * error
    return Ends(error, parameters - reach, parameters + reach)


def ranking_of(
    context: Context,
    outcomes: Outcomes,
    parameters: Floats,
    variation: Variation,
    **others: Any,
) -> Ranking:
    """Return the ranking of items whose strengths are the first parameters.

    Args:
        others: tie, side, style, log_likelihood and deviance, as in `Ranking`.
    """
    items = len(context.items)
    sizes = np.bincount(context.component)
    alone = sizes[context.component] < 2
    ends = ends_of(parameters, variation, context.confidence)
    strength = np.where(alone, np.nan, parameters[:items])
    low, high = (np.where(alone, np.nan, end[:items]) for end in (ends.low, ends.high))
    rates = _win_rates(outcomes, parameters, context.component, variation, context.confidence)
    covariance = variation.covariance
    return Ranking(
        items=context.items,
        strength=strength,
        error=np.where(alone, np.nan, ends.error[:items]),
        low=low,
        high=high,
        covariance=None if covariance is None else covariance[:items, :items],
        rank=arena_rank(low, high, context.component),
        component=context.component,
        win_rate=rates[0],
        win_rate_low=rates[1],
        win_rate_high=rates[2],
        counted=context.counted,
        met=context.met,
        n=context.n,
        confidence=context.confidence,
        convention=f"{context.convention}; {variation.convention}",
        reason=context.reason,
        reasons=context.reasons,
        freedom=variation.freedom,
        unsure=variation.reason,
        **others,
    )


def nothing_of(context: Context, **others: Any) -> Ranking:
    """Return the ranking in which no item has a strength, for the reason of the context."""
    nothing = np.full(len(context.items), np.nan)
    return Ranking(
        items=context.items,
        strength=nothing,
        error=nothing,
        low=nothing,
        high=nothing,
        covariance=None,
        rank=np.zeros(len(context.items), dtype=np.int64),
        component=context.component,
        win_rate=nothing,
        win_rate_low=nothing,
        win_rate_high=nothing,
        counted=context.counted,
        met=context.met,
        n=context.n,
        confidence=context.confidence,
        log_likelihood=None,
        deviance=None,
        convention=f"{context.convention}; no interval",
        reason=context.reason,
        reasons=context.reasons,
        freedom=inf,
        unsure=context.reason,
        **others,
    )


def _win_rates(
    outcomes: Outcomes,
    parameters: Floats,
    component: Ints,
    variation: Variation,
    confidence: float,
) -> tuple[Floats, Floats, Floats]:
    """Return expected scores against the others of the component, and their ends.

    The errors come from the covariance of all parameters by the delta method.
    """
    items = len(component)
    strength = parameters[:items]
    tie = float(parameters[-1]) if outcomes.has_tie else 0.0
    others = np.bincount(component)[component] - 1
    rate, error = np.full(items, np.nan), np.full(items, np.nan)
    step = max(1, _BLOCK // max(1, items))
    for start in range(0, items, step):
        rows = slice(start, min(start + step, items))
        expected = outcomes.expected(strength[rows, None] - strength, tie)
        share = (component[rows, None] == component) / np.maximum(others[rows, None], 1)
        places = np.arange(items)[rows]
        share[np.arange(len(places)), places] = 0.0
        rate[rows] = (share * expected.score).sum(axis=1)
        if variation.covariance is None or items > DENSE:
            continue
        slopes = np.zeros((len(places), len(parameters)))
        slopes[:, :items] = -share * expected.by_eta
        slopes[np.arange(len(places)), places] = (share * expected.by_eta).sum(axis=1)
        if outcomes.has_tie:
            slopes[:, -1] = (share * expected.by_tie).sum(axis=1)
        variance = ((slopes @ variation.covariance) * slopes).sum(axis=1)
        error[rows] = np.sqrt(np.maximum(variance, 0.0))
    rate[others < 1] = np.nan
    error[~(error > NO_ERROR)] = np.nan
    low, high = logit_interval(rate, error, variation.reach(confidence))
    return rate, low, high
