"""Dawid and Skene's model: the true category of every task and a confusion matrix per rater.

Every task has one true category; given it, raters answer independently, each by a confusion
matrix. EM starts from the shares of votes, as in the paper, and is not accelerated, so that the
same ratings always give the same result. The likelihood has several maxima; of all starts the
highest is kept, so that restarts can only improve on the first, and the classes of a restart are
named by what raters call them. Where no task was judged by two raters there is nothing to learn
of them, and the shares of votes come back with a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import optimize, special

from labeling.stats.coding import code
from labeling.stats.consensus.answers import Consensus
from labeling.stats.consensus.em import (
    Climb,
    Limits,
    normalise,
    require_from_zero,
    safe_log,
    settle,
)
from labeling.stats.consensus.incidence import Incidence
from labeling.stats.consensus.reliability import (
    caution,
    posteriors,
    reliabilities,
    unidentified,
    unknown_raters,
    votes_only,
)
from labeling.stats.intervals.proportions import CONFIDENCE, normal_quantile
from labeling.stats.ratings import Figure, Floats, Ints, Ratings
from labeling.stats.table import require_mirror

_NAME = "Dawid-Skene"


@dataclass(frozen=True, eq=False)
class DawidSkene:
    """Truths, raters and classes as the model sees them.

    Attributes:
        consensus: posterior of every task (`weight`), its leading category, margin, entropy.
        raters: the raters, in sorted order; R of them.
        confusion: shape (R, K, K): given the true category (second axis), the probability that
            the rater says each category (third axis). NaN where nothing is known of a row: no
            task of that rater has any weight on the true category (only without smoothing).
        class_shares: share of each true category, shape (K,); NaN where nothing was fitted.
        reliability: for every rater the expected accuracy, with its interval.
        shared: judgments of every rater on tasks that others judged too, shape (R,).
        log_likelihood: of the ratings under the model; n counts judgments.
        iterations: passes over the judgments until it settled.
        convention: how it was started, smoothed, stopped and chosen.
        caution: a sentence where some raters share too few tasks, or None.
        reason: why nothing was fitted, so that `consensus` holds shares of votes, or None.
    """

    consensus: Consensus
    raters: tuple[Any, ...]
    confusion: Floats
    class_shares: Floats
    reliability: tuple[Figure, ...]
    shared: Ints
    log_likelihood: Figure
    iterations: int
    convention: str
    caution: str | None = None
    reason: str | None = None


def dawid_skene(
    ratings: Ratings,
    *,
    categories: Sequence[Any] | None = None,
    smoothing: float = 0.1,
    shrinkage: float = 0.0,
    mirrored: bool = False,
    repeats: bool = False,
    tolerance: float = 1e-6,
    max_iterations: int = 2000,
    restarts: int = 0,
    seed: int = 0,
    confidence: float = CONFIDENCE,
) -> DawidSkene:
    """Estimate the true category of every task from raters who err in ways of their own.

    Use it where raters differ in skill, or favour some categories, and share at least 30 tasks
    each with others: there it beats the majority. Do not use it where tasks have no single truth
    (taste, values): it turns a minority view into error. Raters who copy each other break the
    independence and are believed too much.

    Args:
        smoothing: judgments added to every cell of every matrix and tasks to every category (the
            posterior mode under a Dirichlet prior); 0 is the paper exactly.
        shrinkage: judgments the average of all raters counts for in each row of a rater's matrix:
            only a long record sets a rater apart. From 10 to 30 where raters have few judgments:
            there the plain model is worse than the majority.
        mirrored: for preferences, where the order of the responses is arbitrary: raters confuse
            categories as their mirror images. Halves what must be learned; symmetric scales only.
        repeats: let a rater judge a task several times, each time anew (as in the paper).
        tolerance: stop when no posterior moves by as much in an iteration.
        restarts: further starts, from random posteriors drawn with `seed`.

    Raises:
        RatingsError: a value off the scale, or a rater twice on a task without `repeats`.
        ValueError: a setting without meaning.
        ConvergenceError: still moving after `max_iterations`.

    Source: Dawid and Skene (1979), Applied Statistics 28.
    """
    limits = Limits(_NAME, tolerance, max_iterations)
    normal_quantile(confidence)
    incidence = Incidence.of(code(ratings, categories, repeats=repeats))
    model = Model(incidence, smoothing, shrinkage, mirrored)
    convention = f"{model.convention}, until no posterior moves by {tolerance:g}"
    if not incidence.shared.any():
        return _unfitted(incidence, convention)
    best, selection = _settled(model, limits, restarts, seed)
    return _result(model, best, convention + selection, confidence)


def _settled(model: Model, limits: Limits, restarts: int, seed: int) -> tuple[Climb, str]:
    """Return the highest climb, the classes of a restart named by the votes, and how it came."""
    shares = model.incidence.shares
    tasks, size = shares.shape

    def draw(rng: np.random.Generator) -> Floats:
        return rng.dirichlet(np.ones(size), tasks)

    best, selection = settle(model.step, shares, draw, limits, restarts, seed)
    if best.restart:
        # Classes of a drawn start have no names: pair them with the votes they overlap most with.
        _, order = optimize.linear_sum_assignment(shares.T @ best.state, maximize=True)
        best = replace(best, state=best.state[:, order])
    return best, selection


class Model:
    """One step of EM, posteriors to posteriors."""

    def __init__(
        self, incidence: Incidence, smoothing: float, shrinkage: float, mirrored: bool
    ) -> None:
        require_from_zero(smoothing=smoothing, shrinkage=shrinkage)
        if mirrored:
            require_mirror(incidence.categories)
        self.incidence = incidence
        self.smoothing = smoothing
        self.shrinkage = shrinkage
        self.mirrored = mirrored

    @property
    def convention(self) -> str:
        """Return the model and how it is started, in words."""
        return (
            f"{_NAME}, EM from the shares of votes, smoothing {self.smoothing:g}"
            f"{f', shrinkage {self.shrinkage:g}' if self.shrinkage else ''}"
            f"{', mirrored' if self.mirrored else ''}"
        )

    def parameters(self, posterior: Floats) -> tuple[Floats, Floats]:
        """Return confusion (R, said, true) and class shares (true,): the M step."""
        confusion, shares, _ = self._fitted(posterior)
        return confusion, shares

    def _fitted(self, posterior: Floats) -> tuple[Floats, Floats, Floats]:
        """Return confusion, class shares, and the judgments (said, true) added to each rater's."""
        # sum_i T_ij n_il^(k) and sum_i T_ij: what pi_jl^(k) and p_j are made of in the paper.
        counts = self.incidence.expected(posterior)
        shares = posterior.sum(axis=0) + self.smoothing
        if self.mirrored:
            # pi_jl = pi_j'l' for mirror images: each judgment counts with its image.
            counts = counts + counts[:, ::-1, ::-1]
            shares = shares + shares[::-1]
        # All raters as one, the centre to which a row of a single rater is drawn.
        pooled = _divided(counts.sum(axis=0) + self.smoothing, axis=0)
        # alpha - 1 of the Dirichlet prior of a row, whose posterior mode (n + alpha - 1) / sum is.
        added = self.smoothing + self.shrinkage * pooled
        return _divided(counts + added, axis=1), shares / shares.sum(), added

    def posterior(self, confusion: Floats, shares: Floats) -> tuple[Floats, float]:
        """Return the posteriors under parameters and the log likelihood: the E step."""
        # log p_j + sum_kl n_il^(k) log pi_jl^(k): Bayes' rule for T_ij, before it adds up to 1.
        logs = self.incidence.evidence(safe_log(confusion))
        logs += safe_log(shares)
        return normalise(logs)

    def step(self, posterior: Floats) -> tuple[Floats, float]:
        """Return the next posteriors, and what EM climbs: log likelihood plus log prior."""
        confusion, shares, added = self._fitted(posterior)
        following, likelihood = self.posterior(confusion, shares)
        # Log density of the Dirichlet priors, (alpha - 1) log pi + (alpha - 1) log p.
        prior = float(special.xlogy(added, confusion).sum())
        prior += float(special.xlogy(self.smoothing, shares).sum())
        if self.shrinkage:
            # The centre moves, and with it the constant log Gamma(sum alpha) / prod Gamma(alpha).
            shape = added + 1
            density = special.gammaln(shape.sum(axis=0)) - special.gammaln(shape).sum(axis=0)
            prior += len(confusion) * float(density.sum())
        return following, likelihood + prior


def _divided(counts: Floats, axis: int) -> Floats:
    """Return counts as shares along an axis, 0 where there are none."""
    total = counts.sum(axis=axis, keepdims=True)
    shares = np.zeros_like(counts)
    np.divide(counts, total, out=shares, where=total > 0)
    return shares


def _result(model: Model, best: Climb, convention: str, confidence: float) -> DawidSkene:
    incidence = model.incidence
    confusion, shares = model.parameters(best.state)
    posterior, likelihood = model.posterior(confusion, shares)
    unknown = ~confusion.any(axis=1, keepdims=True)
    counted = f"log likelihood; n counts judgments; {convention}"
    shared = incidence.shared_judgments
    return DawidSkene(
        consensus=posteriors(incidence, posterior, convention),
        raters=incidence.raters,
        confusion=np.where(unknown, np.nan, confusion).transpose(0, 2, 1),
        class_shares=shares,
        reliability=reliabilities(incidence, posterior, convention, confidence),
        shared=shared,
        log_likelihood=Figure(likelihood, None, None, len(incidence.value), counted),
        iterations=best.iterations,
        convention=convention,
        caution=caution(incidence.raters, shared),
    )


def _unfitted(incidence: Incidence, convention: str) -> DawidSkene:
    """Return the shares of votes with the reason why there is no more to be said."""
    raters, size = len(incidence.raters), len(incidence.categories)
    reason = unidentified(incidence)
    return DawidSkene(
        consensus=votes_only(incidence, convention),
        raters=incidence.raters,
        confusion=np.full((raters, size, size), np.nan),
        class_shares=np.full(size, np.nan),
        reliability=unknown_raters(incidence, convention),
        shared=np.zeros(raters, dtype=np.int64),
        log_likelihood=Figure(None, None, None, len(incidence.value), convention, reason),
        iterations=0,
        convention=convention,
        reason=reason,
    )
