"""How likely each outcome of a comparison is: Bradley-Terry, Davidson and Rao-Kupper.

Every model sees a comparison through one number, eta, the advantage of the first item on the
log scale, and through at most one tie parameter. All log likelihoods are concave in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, log
from typing import Literal, NamedTuple, Protocol

import numpy as np
from scipy import special

from labeling.stats.ranking.comparisons import FIRST, SECOND, TIE
from labeling.stats.ratings import Floats

RankingTies = Literal["half", "drop", "davidson", "rao_kupper"]


class Curvature(NamedTuple):
    """Minus the second derivatives of a log likelihood, each of the shape of eta."""

    eta: Floats
    cross: Floats
    tie: Floats


class Expected(NamedTuple):
    """The expected score (win 1, tie 1/2) of the first item and its derivatives."""

    score: Floats
    by_eta: Floats
    by_tie: Floats


class Outcomes(Protocol):
    """A model of the outcomes first, tie and second; `tie` is ignored by models without one."""

    @property
    def has_tie(self) -> bool:
        """Whether there is a tie parameter."""
        ...

    @property
    def floor(self) -> float:
        """What the tie parameter lies above."""
        ...

    def start(self, weight: Floats) -> float:
        """Return the tie parameter that fits the share of ties among equals."""
        ...

    def log_likelihoods(self, eta: Floats, tie: float) -> Floats:
        """Return the log likelihood of each outcome, shape (3, ...)."""
        ...

    def scores(self, eta: Floats, tie: Floats | float) -> tuple[Floats, Floats]:
        """Return the derivatives by eta and by the tie parameter, each of shape (3, ...)."""
        ...

    def gradient(self, eta: Floats, tie: Floats | float, weight: Floats) -> tuple[Floats, Floats]:
        """Return the derivatives summed over outcomes with their weights, of the shape of eta."""
        ...

    def curvature(self, eta: Floats, tie: float, weight: Floats) -> Curvature:
        """Return minus the second derivatives, summed over outcomes with their weights."""
        ...

    def expected(self, eta: Floats, tie: float) -> Expected:
        """Return the expected score of the first item."""
        ...


@dataclass(frozen=True, slots=True)
class BradleyTerry:
    """P(first) = 1 / (1 + exp(-eta)); a tie is half a win for each."""

    has_tie: bool = False
    floor: float = -inf

    def start(self, weight: Floats) -> float:
        """Return 0: there is no tie parameter."""
        return 0.0

    def log_likelihoods(self, eta: Floats, tie: float) -> Floats:
        """Return log P(first), the mean of both for a tie, log P(second)."""
        first = special.log_expit(eta)
        return np.stack([first, first - eta / 2, first - eta], axis=0)

    def scores(self, eta: Floats, tie: Floats | float) -> tuple[Floats, Floats]:
        """Return outcome less expectation, the outcome being 1, 1/2 or 0."""
        p = special.expit(eta)
        by_eta = np.stack([1 - p, 0.5 - p, -p], axis=0)
        return by_eta, np.zeros_like(by_eta)

    def gradient(self, eta: Floats, tie: Floats | float, weight: Floats) -> tuple[Floats, Floats]:
        """Return wins and half the ties of the first, less what is expected."""
        won = weight[FIRST] + weight[TIE] / 2
        by_eta = won - special.expit(eta) * weight.sum(axis=0)
        return by_eta, np.zeros_like(by_eta)

    def curvature(self, eta: Floats, tie: float, weight: Floats) -> Curvature:
        """Return p (1 - p) times the weight."""
        spread = special.expit(eta) * special.expit(-eta) * weight.sum(axis=0)
        return Curvature(spread, np.zeros_like(spread), np.zeros_like(spread))

    def expected(self, eta: Floats, tie: float) -> Expected:
        """Return p."""
        p = special.expit(eta)
        return Expected(p, p * (1 - p), np.zeros_like(p))


@dataclass(frozen=True, slots=True)
class Davidson:
    """P(first) : P(second) : P(tie) = exp(eta/2) : exp(-eta/2) : nu, with tie = log nu.

    With eta = theta_i - theta_j this is pi_i : pi_j : nu sqrt(pi_i pi_j).
    Source: Davidson (1970), Journal of the American Statistical Association 65.
    """

    has_tie: bool = True
    floor: float = -inf

    def start(self, weight: Floats) -> float:
        """Return log nu of equals with this share of ties, nu / (2 + nu)."""
        ties, others = _ties_and_others(weight)
        return log(2 * ties / others)

    def log_likelihoods(self, eta: Floats, tie: float) -> Floats:
        """Return the log of each share."""
        terms = np.stack([eta / 2, np.full_like(eta, tie), -eta / 2], axis=0)
        return np.asarray(terms - special.logsumexp(terms, axis=0, keepdims=True))

    def scores(self, eta: Floats, tie: Floats | float) -> tuple[Floats, Floats]:
        """Return sufficient statistics (1/2, 0, -1/2) and (0, 1, 0) less their expectations."""
        first, tied, second = self._shares(eta, tie)
        lead = (first - second) / 2
        by_eta = np.stack([0.5 - lead, -lead, -0.5 - lead], axis=0)
        return by_eta, np.stack([-tied, 1 - tied, -tied], axis=0)

    def gradient(self, eta: Floats, tie: Floats | float, weight: Floats) -> tuple[Floats, Floats]:
        """Return sums of the sufficient statistics, less what is expected."""
        first, tied, second = self._shares(eta, tie)
        total = weight.sum(axis=0)
        lead = weight[FIRST] - weight[SECOND] - (first - second) * total
        return lead / 2, weight[TIE] - tied * total

    def curvature(self, eta: Floats, tie: float, weight: Floats) -> Curvature:
        """Return the covariance of the sufficient statistics times the weight."""
        first, tied, second = self._shares(eta, tie)
        total = weight.sum(axis=0)
        return Curvature(
            (first + second - (first - second) ** 2) / 4 * total,
            (second - first) / 2 * tied * total,
            tied * (1 - tied) * total,
        )

    def expected(self, eta: Floats, tie: float) -> Expected:
        """Return P(first) + P(tie) / 2."""
        first, tied, second = self._shares(eta, tie)
        by_eta = (first + second - (first - second) ** 2) / 4
        return Expected((1 + first - second) / 2, by_eta, (second - first) / 2 * tied)

    def _shares(self, eta: Floats, tie: Floats | float) -> tuple[Floats, Floats, Floats]:
        top = np.maximum(np.abs(eta) / 2, tie)
        first, second = np.exp(eta / 2 - top), np.exp(-eta / 2 - top)
        tied = np.exp(tie - top)
        whole = first + second + tied
        return first / whole, tied / whole, second / whole


@dataclass(frozen=True, slots=True)
class RaoKupper:
    """P(first) = s(eta - h), P(second) = s(-eta - h), a tie otherwise, with tie = h above 0.

    A tie is what a rater says where the difference felt is below a threshold. P(tie) equals
    (exp(2h) - 1) P(first) P(second), which keeps its logarithm exact for small h.
    Source: Rao and Kupper (1967), Journal of the American Statistical Association 62.
    """

    has_tie: bool = True
    floor: float = 0.0

    def start(self, weight: Floats) -> float:
        """Return h of equals with this share of ties, (exp(h) - 1) / (exp(h) + 1)."""
        ties, others = _ties_and_others(weight)
        return log((2 * ties + others) / others)

    def log_likelihoods(self, eta: Floats, tie: float) -> Floats:
        """Return the log of each probability."""
        first, second = special.log_expit(eta - tie), special.log_expit(-eta - tie)
        tied = 2 * tie + np.log1p(-exp(-2 * tie)) + first + second
        return np.stack([first, tied, second], axis=0)

    def scores(self, eta: Floats, tie: Floats | float) -> tuple[Floats, Floats]:
        """Return the derivatives of the log probabilities."""
        not_first, not_second = special.expit(tie - eta), special.expit(tie + eta)
        by_eta = np.stack([not_first, not_first - not_second, -not_second], axis=0)
        tied = -2 / np.expm1(-2 * np.asarray(tie)) - not_first - not_second
        return by_eta, np.stack([-not_first, tied, -not_second], axis=0)

    def gradient(self, eta: Floats, tie: Floats | float, weight: Floats) -> tuple[Floats, Floats]:
        """Return the sums of the scores: a tie counts like a win of either, and on its own."""
        first = special.expit(tie - eta) * (weight[FIRST] + weight[TIE])
        second = special.expit(tie + eta) * (weight[SECOND] + weight[TIE])
        own = -2 / np.expm1(-2 * np.asarray(tie))
        return first - second, own * weight[TIE] - first - second

    def curvature(self, eta: Floats, tie: float, weight: Floats) -> Curvature:
        """Return minus the second derivatives: a tie bends like a win of either and its own."""
        first = special.expit(eta - tie) * special.expit(tie - eta)
        second = special.expit(-eta - tie) * special.expit(tie + eta)
        first = first * (weight[FIRST] + weight[TIE])
        second = second * (weight[SECOND] + weight[TIE])
        own = 4 * exp(-2 * tie) / np.expm1(-2 * tie) ** 2
        both = first + second
        return Curvature(both, second - first, both + own * weight[TIE])

    def expected(self, eta: Floats, tie: float) -> Expected:
        """Return P(first) + P(tie) / 2."""
        first, second = special.expit(eta - tie), special.expit(-eta - tie)
        bend_first = first * special.expit(tie - eta)
        bend_second = second * special.expit(tie + eta)
        return Expected(
            (1 + first - second) / 2,
            (bend_first + bend_second) / 2,
            (bend_second - bend_first) / 2,
        )


def _ties_and_others(weight: Floats) -> tuple[float, float]:
    """Return the weights of ties and of the rest, each kept off 0 to start an iteration."""
    ties = float(weight[TIE].sum())
    others = float(weight.sum()) - ties
    return max(ties, others * 1e-6), max(others, ties * 1e-6)
