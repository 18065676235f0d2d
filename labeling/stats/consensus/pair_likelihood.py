"""Likelihood of comparisons by raters who err: its height, slope and curvature.

Every truth t is a coin: the first response is better with probability s_t = expit(a_i - a_j).
Raters report it, right with probability h_r = expit(b_r). With z_t the truth, everything follows
from its posterior q_t: the slope is the expected slope given z, and the curvature is what it
would be with z known, less what is lost by not knowing it (Louis 1982). In Chen et al. (2013) a_i
is s_i and h_r is eta_k.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse, special

from labeling.stats.consensus.judged_pairs import CodedPairs
from labeling.stats.ratings import Floats


@dataclass(frozen=True, slots=True)
class Prior:
    """What is assumed before any judgment.

    Attributes:
        games: games that every response has won, and as many lost, against one of strength 0.
        right, wrong: judgments that every rater has got right, and wrong.
    """

    games: float
    right: float
    wrong: float


class PairLikelihood:
    """Log likelihood plus log prior at parameters x: strengths (M,), then logits (R,)."""

    def __init__(self, coded: CodedPairs, prior: Prior) -> None:
        self.coded = coded
        self.prior = prior
        self.responses = len(coded.responses)
        self.size = self.responses + len(coded.raters)
        self.scale = 1.0 / max(float(coded.weight[coded.truth].sum()), 1.0)
        self.design = self._design()

    def start(self) -> Floats:
        """Return the pinned start: equal strengths, raters as the prior has them."""
        odds = np.log(self.prior.right) - np.log(self.prior.wrong)
        return np.concatenate([np.zeros(self.responses), np.full(self.size - self.responses, odds)])

    def height(self, x: Floats) -> float:
        """Return the log likelihood plus the log prior."""
        strength, logit = x[: self.responses], x[self.responses :]
        prior = self.prior.games * (special.log_expit(strength) + special.log_expit(-strength))
        trust = self.prior.right * special.log_expit(logit)
        trust = trust + self.prior.wrong * special.log_expit(-logit)
        return self.likelihood(x) + float(prior.sum()) + float(trust.sum())

    def likelihood(self, x: Floats) -> float:
        """Return the log likelihood of the judgments."""
        coded = self.coded
        said = coded.side * x[self.responses :][coded.rater]
        truths = len(coded.first)
        agree = np.bincount(coded.truth, special.log_expit(said), minlength=truths)
        differ = np.bincount(coded.truth, special.log_expit(-said), minlength=truths)
        # log(s_t prod P(said | z = 1) + (1 - s_t) prod P(said | z = 0)); no product underflows.
        gap = x[coded.first] - x[coded.second]
        logs = np.logaddexp(special.log_expit(gap) + agree, special.log_expit(-gap) + differ)
        return float(coded.weight @ logs)

    def posterior(self, x: Floats) -> Floats:
        """Return for every truth the probability that the first response is better."""
        # The log odds of z_t are a_i - a_j plus the logits of those who said so, less the others'.
        return np.asarray(special.expit(self.design @ x), dtype=np.float64)

    def slope(self, x: Floats) -> Floats:
        """Return the gradient of `height`."""
        coded, known = self.coded, special.expit(x)
        gap = special.expit(x[coded.first] - x[coded.second])
        posterior = self.posterior(x)
        # E[z_t - s_t | judgments]: by how much the first was better than its strength expects.
        pull = coded.weight * (posterior - gap)
        right = np.where(coded.side > 0, posterior[coded.truth], 1 - posterior[coded.truth])
        reliable = known[self.responses :]
        # E[right - h_r | judgments], of each judgment.
        trust = coded.weight[coded.truth] * (right - reliable[coded.rater])
        slope = np.zeros(self.size)
        slope[: self.responses] = (
            np.bincount(coded.first, pull, minlength=self.responses)
            - np.bincount(coded.second, pull, minlength=self.responses)
            + self.prior.games * (1 - 2 * known[: self.responses])
        )
        slope[self.responses :] = (
            np.bincount(coded.rater, trust, minlength=len(reliable))
            + self.prior.right * (1 - reliable)
            - self.prior.wrong * reliable
        )
        return slope

    def information(self, x: Floats) -> sparse.csr_matrix:
        """Return minus the Hessian of `height`, sparse (M + R, M + R)."""
        coded, known = self.coded, special.expit(x)
        spread = known * (1 - known)
        gap = special.expit(x[coded.first] - x[coded.second])
        posterior = self.posterior(x)
        pairs = self.design[:, : self.responses]
        # Louis: E[I_X] - var(S). q_t (1 - q_t) is the variance of z_t given what was said.
        doubt = sparse.diags_array(coded.weight * posterior * (1 - posterior))
        games = sparse.diags_array(coded.weight * gap * (1 - gap))
        # Diagonal of E[I_X]: each game against 0 and each judgment bends by p (1 - p).
        own = np.full(self.size, 2 * self.prior.games)
        own[self.responses :] = self.prior.right + self.prior.wrong
        own[self.responses :] += np.bincount(
            coded.rater, coded.weight[coded.truth], minlength=self.size - self.responses
        )
        # X' diag(s_t (1 - s_t)) X, the Bradley-Terry part of E[I_X].
        between = (pairs.T @ games @ pairs).tocsr()
        between.resize((self.size, self.size))
        # var(S): the score is linear in z_t with slope the row of the design, d log odds / dx.
        lost = self.design.T @ doubt @ self.design
        return sparse.csr_matrix(sparse.diags_array(own * spread) + between - lost)

    def _design(self) -> sparse.csr_matrix:
        """Return the matrix whose product with x is the log odds of every truth."""
        coded = self.coded
        truths = np.arange(len(coded.first))
        row = np.concatenate([truths, truths, coded.truth])
        column = np.concatenate([coded.first, coded.second, self.responses + coded.rater])
        entry = np.concatenate([np.ones(len(truths)), -np.ones(len(truths)), coded.side])
        return sparse.csr_matrix((entry, (row, column)), shape=(len(truths), self.size))
