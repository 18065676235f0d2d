"""Plackett-Luce: strengths of items from rankings of two or more at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from typing import Literal

import numpy as np
from scipy import sparse

from labeling.stats.intervals.proportions import CONFIDENCE, normal_quantile
from labeling.stats.ranking.assembly import Context, nothing_of, ranking_of
from labeling.stats.ranking.connections import components, reason_apart, reasons_alone
from labeling.stats.ranking.likelihood import DENSE, NEAR, NEWTON_STEPS, SETTLED, SLACK, centring
from labeling.stats.ranking.outcomes import BradleyTerry
from labeling.stats.ranking.rankings import OrderedRankings, Rankings, ordered_rankings
from labeling.stats.ranking.result import Ranking
from labeling.stats.ranking.uncertainty import Variation, sandwich
from labeling.stats.ratings import ConvergenceError, Floats, Ints

PlackettLuceInterval = Literal["auto", "sandwich", "model"]

_NAME = "Plackett-Luce"


def plackett_luce(
    rankings: Rankings,
    *,
    interval: PlackettLuceInterval = "auto",
    confidence: float = CONFIDENCE,
) -> Ranking:
    """Return strengths of items such that each next place goes to i with chance ~ exp(theta_i).

    Use it for rankings of three or more, whose pairs are not independent; of rankings of two it
    is Bradley-Terry. Rankings need not hold all items. A band at the end ("the rest, in no
    order") is exact: nothing was chosen among them. A band anywhere else is refused, because the
    model has no ties: rank such data by `bradley_terry(pairs_of(rankings), ...)`, which takes a
    band as ties and clusters by ranking.

    As with `bradley_terry`, items that cannot be compared are fitted in groups and named.

    Args:
        interval: "sandwich" over prompts (where given, else over rankings; also "auto"), or
            "model" from the information, rankings being independent.

    Raises:
        RatingsError: a band above the last place; the ranking is named.
        ValueError: an unknown interval, more items than full matrices are held for (2,000).

    Sources: Plackett (1975), Applied Statistics 24; Luce (1959); Hunter (2004), Annals of
    Statistics 32, for the condition under which there is an estimate.
    """
    if interval not in ("auto", "sandwich", "model"):
        raise ValueError(f"There is no interval called {interval!r}.")
    normal_quantile(confidence)
    ordered = ordered_rankings(rankings)
    if len(ordered.items) > DENSE:
        raise ValueError(
            f"Plackett-Luce takes at most {DENSE} items, not {len(ordered.items)}; "
            "bradley_terry takes more."
        )
    ordered.refuse_bands()
    return _ranked(ordered, interval, confidence)


def _ranked(ordered: OrderedRankings, interval: PlackettLuceInterval, confidence: float) -> Ranking:
    """Find out what can be estimated, and estimate it."""
    winner, loser = ordered.edges
    component = components(winner, loser, len(ordered.items))
    inside = ordered.within(component)
    context = Context(
        items=ordered.items,
        component=component,
        counted="rankings",
        met=np.bincount(ordered.item, minlength=len(ordered.items)),
        n=len(np.unique(inside.names)),
        confidence=confidence,
        convention=f"{_NAME}; n counts rankings",
        reason=reason_apart(component, winner, loser, ordered.items),
        reasons=reasons_alone(component, winner, loser, ordered.items),
    )
    if not len(inside):
        reason = context.reason or "No ranking places one item above another."
        return nothing_of(replace(context, reason=reason), tie=None, side=None, style=())
    stages = _Stages(inside, component)
    strength, inverse = _maximise(stages)
    variation = _variation(stages, strength, inverse, interval, confidence)
    others = {"log_likelihood": stages.log_likelihood(strength), "deviance": None}
    return ranking_of(
        context, BradleyTerry(), strength, variation, tie=None, side=None, style=(), **others
    )


@dataclass(frozen=True, eq=False)
class _Stages:
    """The choices that make up the rankings: at each place one item out of those left."""

    ordered: OrderedRankings
    component: Ints

    @cached_property
    def chosen(self) -> Ints:
        """The rows chosen at a stage: all but those at a last place."""
        return np.flatnonzero(~self.ordered.last)

    @cached_property
    def left(self) -> tuple[Ints, Ints, Ints]:
        """Stages and items of what was to choose from, and where each stage starts."""
        rows = self.chosen
        times = self.ordered.ends[rows] - rows
        stage = np.repeat(np.arange(len(rows)), times)
        starts = np.cumsum(times) - times
        row = rows[stage] + np.arange(len(stage)) - starts[stage]
        return stage, self.ordered.item[row], starts

    def chances(self, strength: Floats) -> tuple[Floats, Floats]:
        """Return the chance of each item left at each stage, and each stage's log sum."""
        stage, item, starts = self.left
        raised = strength[item]
        top = np.maximum.reduceat(raised, starts)
        chance = np.exp(raised - top[stage])
        whole = np.add.reduceat(chance, starts)
        return chance / whole[stage], top + np.log(whole)

    def log_likelihood(self, strength: Floats) -> float:
        """Return the log likelihood of all rankings."""
        _, log_sum = self.chances(strength)
        return float(strength[self.ordered.item[self.chosen]].sum() - log_sum.sum())

    def step(self, strength: Floats) -> tuple[Floats, float, Floats]:
        """Return Newton's step, its gain, and the inverse of the information."""
        stage, item, _ = self.left
        size = len(strength)
        chance, _ = self.chances(strength)
        expected = np.bincount(item, chance, size)
        gradient = np.bincount(self.ordered.item[self.chosen], minlength=size) - expected
        among = sparse.csr_matrix((chance, (stage, item)), shape=(len(self.chosen), size))
        information = np.diag(expected) - np.asarray((among.T @ among).toarray())
        scale = float(np.diagonal(information).mean())
        level = centring(self.component, scale)
        inverse = np.linalg.inv(information + level)
        step = inverse @ gradient
        return step, float(gradient @ step), inverse - level / scale**2

    def scores(self, strength: Floats) -> sparse.csr_matrix:
        """Return the summed scores of each cluster, sparse (G, M)."""
        stage, item, _ = self.left
        chance, _ = self.chances(strength)
        _, cluster = np.unique(self.ordered.cluster[self.chosen], return_inverse=True)
        rows = np.concatenate([cluster, cluster[stage]])
        columns = np.concatenate([self.ordered.item[self.chosen], item])
        values = np.concatenate([np.ones(len(cluster)), -chance])
        shape = (int(cluster.max()) + 1, len(strength))
        return sparse.csr_matrix((values, (rows, columns)), shape=shape)


def _maximise(stages: _Stages) -> tuple[Floats, Floats]:
    """Return the most likely strengths and the inverse of the information there.

    Raises:
        ConvergenceError: no step leads up although the strengths are not yet still.
    """
    strength = np.zeros(len(stages.component))
    height = stages.log_likelihood(strength)
    for _ in range(NEWTON_STEPS):
        step, gain, inverse = stages.step(strength)
        size = float(np.abs(step).max())
        if size < SETTLED or (size < NEAR and gain < SLACK * abs(height)):
            return strength + step, inverse
        share = 1.0
        reached = stages.log_likelihood(strength + step)
        while reached < height - SLACK * abs(height) and share > SETTLED:
            share /= 2
            reached = stages.log_likelihood(strength + share * step)
        strength, height = strength + share * step, reached
    raise ConvergenceError(f"The strengths still move by {size:.2g} after {NEWTON_STEPS} steps.")


def _variation(
    stages: _Stages,
    strength: Floats,
    inverse: Floats,
    interval: PlackettLuceInterval,
    confidence: float,
) -> Variation:
    """Return the sampling variation of the strengths."""
    percent = f"{100 * confidence:g}%"
    if interval == "model":
        convention = f"{percent} interval from the model's information, rankings being independent"
        return Variation(inverse, inf, convention)
    scores = stages.scores(strength)
    clusters = scores.shape[0]
    convention = f"{percent} sandwich interval over {clusters:,} prompts or rankings"
    if clusters < 2:
        reason = f"No interval: it is over rankings and needs at least 2; there is {clusters}."
        return Variation(None, inf, convention, reason=reason)
    return Variation(sandwich(inverse, scores), clusters - 1, convention)
