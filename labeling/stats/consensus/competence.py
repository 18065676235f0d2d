"""MACE: raters who either know the answer or give one from a habit of their own.

A rater knows the true category with probability theta and says it; otherwise the answer comes
from a habit (a distribution of the rater's own) that ignores the task. True categories are
equally likely beforehand. EM starts with every rater knowing half of the time and without habits:
no random start is needed, and the order of the rows is of no consequence.

In Hovy et al. (2013) T_i is the true category, A_ij the answer of rater j, S_ij = 1 where it comes
from habit (their "spamming"), theta_j = P(S_ij = 0) the competence and xi_j the habit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import special

from labeling.stats.coding import code
from labeling.stats.consensus.answers import Consensus
from labeling.stats.consensus.em import (
    Climb,
    Limits,
    normalise,
    require_from_zero,
    settle,
)
from labeling.stats.consensus.incidence import Incidence
from labeling.stats.consensus.reliability import (
    ONE_CATEGORY,
    caution,
    effective_trials,
    nothing_shared,
    posteriors,
    unidentified,
    unknown_raters,
    votes_only,
)
from labeling.stats.intervals.proportions import CONFIDENCE, normal_quantile, wilson_interval
from labeling.stats.ratings import Figure, Floats, Ints, Ratings

Method = Literal["variational", "em"]

_NAME = "MACE"


@dataclass(frozen=True, eq=False)
class Mace:
    """Truths, and what raters know.

    Attributes:
        consensus: posterior of every task (`weight`), its leading category, margin, entropy.
        raters: the raters, in sorted order; R of them.
        competence: for every rater the probability of answering from knowledge, not from habit.
        habit: what each rater answers when not knowing, shape (R, K); rows add up to 1. NaN
            where nothing was fitted.
        shared: judgments of every rater on tasks that others judged too, shape (R,).
        log_evidence: log probability of the ratings under the fitted weights; n counts judgments.
        iterations: passes over the judgments until it settled.
        convention: how it was fitted, started and stopped.
        caution: a sentence where some raters share too few tasks, or None.
        reason: why nothing was fitted, so that `consensus` holds shares of votes, or None.
    """

    consensus: Consensus
    raters: tuple[Any, ...]
    competence: tuple[Figure, ...]
    habit: Floats
    shared: Ints
    log_evidence: Figure
    iterations: int
    convention: str
    caution: str | None = None
    reason: str | None = None


def mace(
    ratings: Ratings,
    *,
    categories: Sequence[Any] | None = None,
    method: Method = "variational",
    competence_prior: float = 0.5,
    habit_prior: float = 10.0,
    smoothing: float = 0.01,
    repeats: bool = False,
    tolerance: float = 1e-8,
    max_iterations: int = 2000,
    restarts: int = 0,
    seed: int = 0,
    confidence: float = CONFIDENCE,
) -> Mace:
    """Estimate the true category of every task and the competence of every rater.

    Use it to find raters who click through: it has K parameters a rater where Dawid-Skene has
    K (K - 1), so it needs less data. It cannot see a rater who mixes up two particular
    categories, or one who is systematically wrong. Where no task was judged by two raters the
    shares of votes come back with a `reason`.

    Args:
        categories: the declared scale; without it, what occurs. They count for the habits.
        method: "variational" (the paper's preferred one): variational Bayes with priors
            Beta(a, a) on competence and a symmetric Dirichlet on habits; "em": maximum likelihood
            with `smoothing` / K added to the counts of knowing, of not knowing and of every habit.
        competence_prior, habit_prior: a, and the Dirichlet's parameter (variational only).
        repeats: let a rater judge a task several times.
        tolerance: stop when no parameter moves by as much in an iteration.
        restarts: further starts from random parameters drawn with `seed`; of all starts the one
            with the highest log evidence is kept.

    Raises:
        RatingsError: a value off the scale, or a rater twice on a task without `repeats`.
        ValueError: a setting without meaning.
        ConvergenceError: still moving after `max_iterations`.

    Source: Hovy, Berg-Kirkpatrick, Vaswani and Hovy (2013), NAACL-HLT.
    """
    limits = Limits(_NAME, tolerance, max_iterations)
    normal_quantile(confidence)
    incidence = Incidence.of(code(ratings, categories, repeats=repeats))
    model = _model(incidence, method, competence_prior, habit_prior, smoothing)
    convention = f"{model.convention}, until no parameter moves by {tolerance:g}"
    if not incidence.shared.any():
        return _unfitted(incidence, convention)
    best, selection = settle(model.step, model.start(), model.start, limits, restarts, seed)
    return _result(model, best, convention + selection, confidence)


def _model(
    incidence: Incidence, method: str, competence: float, habit: float, smoothing: float
) -> _Model:
    """Return the model under checked settings."""
    require_from_zero(smoothing=smoothing)
    if not (competence > 0 and habit > 0):
        raise ValueError("The priors must be above 0.")
    if method == "variational":
        convention = (
            f"{_NAME}, variational Bayes, Beta({competence:g}, {competence:g}) on competence and "
            f"Dirichlet({habit:g}) on habits"
        )
        return _Model(incidence, competence, habit, convention, variational=True)
    if method == "em":
        added = smoothing / max(len(incidence.categories), 1)
        convention = f"{_NAME}, maximum likelihood by EM, {smoothing:g} / K added to the counts"
        return _Model(incidence, added, added, convention, variational=False)
    raise ValueError(f"The method must be variational or em, not {method}.")


class _Model:
    """One step of EM, weights to weights.

    The state has a row per rater: the weight of knowing, then of not knowing and saying each
    category; under variational Bayes weights add up to less than 1.
    """

    def __init__(
        self,
        incidence: Incidence,
        know_prior: float,
        habit_prior: float,
        convention: str,
        *,
        variational: bool,
    ) -> None:
        self.incidence = incidence
        self.convention = convention
        self.know_prior = know_prior
        self.habit_prior = habit_prior
        self.variational = variational
        self.usage = incidence.usage.astype(np.float64)

    def start(self, rng: np.random.Generator | None = None) -> Floats:
        """Return the pinned start, or a random one near it as in the authors' program."""
        raters, size = self.usage.shape
        know, habit = np.ones((raters, 2)), np.ones((raters, size))
        if rng is not None:
            know += rng.uniform(0, 0.5, know.shape)
            habit += rng.uniform(0, 0.5, habit.shape)
        know /= know.sum(axis=1, keepdims=True)
        habit /= habit.sum(axis=1, keepdims=True)
        # Column 0 is theta_j, the others (1 - theta_j) xi_j: P(S_ij, A_ij) for each way to answer.
        return np.concatenate([know[:, :1], know[:, 1:] * habit], axis=1)

    def posterior(self, state: Floats) -> tuple[Floats, float]:
        """Return the posteriors of the truths, and the log evidence."""
        size = self.usage.shape[1]
        # P(A_ij = a | T_i = t) = (1 - theta_j) xi_j(a), and theta_j more where a = t.
        guess = state[:, 1:]
        weights = np.repeat(guess[:, :, None], size, axis=2)
        own = np.arange(size)
        weights[:, own, own] += state[:, :1]
        logs = self.incidence.evidence(np.log(weights))
        # P(T_i) = 1 / K: no category is likelier beforehand.
        logs -= np.log(size)
        return normalise(logs)

    def counts(self, state: Floats, posterior: Floats) -> tuple[Floats, Floats]:
        """Return how often each rater answered from knowledge, and from habit by category."""
        own = np.arange(self.usage.shape[1])
        right = self.incidence.expected(posterior)[:, own, own]
        # E[number of S_ij = 0]: only right answers can come from knowledge; the rest is habit.
        knew = right * self.knowing(state)
        return knew.sum(axis=1), np.maximum(self.usage - knew, 0)

    def knowing(self, state: Floats) -> Floats:
        """Return the probability that a right answer (R, K) came from knowledge."""
        # P(S_ij = 0 | A_ij = T_i = a) = theta_j / (theta_j + (1 - theta_j) xi_j(a)).
        return np.asarray(state[:, :1] / (state[:, :1] + state[:, 1:]), dtype=np.float64)

    def step(self, state: Floats) -> tuple[Floats, float]:
        """Return the next weights, and the log evidence of the ones given."""
        posterior, evidence = self.posterior(state)
        knew, guessed = self.counts(state, posterior)
        # Counts plus prior, for theta_j (a Beta) and for xi_j (a Dirichlet): the M step.
        coin = np.stack([knew, guessed.sum(axis=1)], axis=1) + self.know_prior
        habit = guessed + self.habit_prior
        scale = _geometric if self.variational else _shares
        know = scale(coin)
        return np.concatenate([know[:, :1], know[:, 1:] * scale(habit)], axis=1), evidence


def _geometric(counts: Floats) -> Floats:
    """Return exp E log p under Dirichlet(counts), row by row."""
    # Variational Bayes: exp(psi(c) - psi(sum c)) stands where maximum likelihood has c / sum c.
    total = counts.sum(axis=1, keepdims=True)
    return np.asarray(np.exp(special.digamma(counts) - special.digamma(total)), dtype=np.float64)


def _shares(counts: Floats) -> Floats:
    tiny = np.finfo(np.float64).tiny  # Without smoothing a count may be 0; its log must not be.
    total = np.maximum(counts.sum(axis=1, keepdims=True), tiny)
    return np.asarray(np.maximum(counts, tiny) / total, dtype=np.float64)


def _result(model: _Model, best: Climb, convention: str, confidence: float) -> Mace:
    incidence = model.incidence
    posterior, evidence = model.posterior(best.state)
    _, guessed = model.counts(best.state, posterior)
    habit = guessed + max(model.habit_prior, np.finfo(np.float64).tiny)
    shared = incidence.shared_judgments
    counted = f"log evidence at the fitted weights; n counts judgments; {convention}"
    return Mace(
        consensus=posteriors(incidence, posterior, convention),
        raters=incidence.raters,
        competence=_competences(model, best.state, posterior, convention, confidence),
        habit=habit / habit.sum(axis=1, keepdims=True),
        shared=shared,
        log_evidence=Figure(evidence, None, None, len(incidence.value), counted),
        iterations=best.iterations,
        convention=convention,
        caution=caution(incidence.raters, shared),
    )


def _competences(
    model: _Model, state: Floats, posterior: Floats, convention: str, confidence: float
) -> tuple[Figure, ...]:
    """Return every rater's competence with Wilson's interval at the effective judgments."""
    incidence = model.incidence
    knew = posterior[incidence.task, incidence.value]
    # P(S_ij = 0 | all answers) = P(T_i = A_ij | all answers) P(S_ij = 0 | A_ij = T_i).
    knew *= model.knowing(state)[incidence.rater, incidence.value]
    raters = len(incidence.raters)
    share, effective, n = effective_trials(incidence.rater, knew, raters)
    convention = (
        f"probability that the rater answers from knowledge, {convention}; n counts the rater's "
        f"judgments; {100 * confidence:g}% Wilson interval at the effective number of judgments, "
        "which falls with the doubt about who knew what (Louis 1982)"
    )
    raters_cannot_err = len(incidence.categories) < 2
    figures = []
    for row, shared in enumerate(incidence.shared_judgments.tolist()):
        count, value = int(n[row]), float(state[row, 0])
        if not shared or raters_cannot_err:
            reason = ONE_CATEGORY if raters_cannot_err else nothing_shared(count)
            figures.append(Figure(None, None, None, count, convention, reason))
            continue
        low, high = wilson_interval(
            float(share[row] * effective[row]), float(effective[row]), confidence
        )
        figures.append(Figure(value, min(low, value), max(high, value), count, convention))
    return tuple(figures)


def _unfitted(incidence: Incidence, convention: str) -> Mace:
    """Return the shares of votes with the reason why there is no more to be said."""
    raters, size = len(incidence.raters), len(incidence.categories)
    reason = unidentified(incidence)
    return Mace(
        consensus=votes_only(incidence, convention),
        raters=incidence.raters,
        competence=unknown_raters(incidence, convention),
        habit=np.full((raters, size), np.nan),
        shared=np.zeros(raters, dtype=np.int64),
        log_evidence=Figure(None, None, None, len(incidence.value), convention, reason),
        iterations=0,
        convention=convention,
        reason=reason,
    )
