"""Ridge-logistic regression without an intercept, its errors taken over clusters.

Without an intercept because which response is called the first is arbitrary: a model of
preferences must give the mirrored answer for the mirrored pair.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg, special

from labeling.stats.raters.columns import Bools
from labeling.stats.ratings import ConvergenceError, Floats, Ints

_STEPS = 100
_STILL = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A fitted regression.

    Attributes:
        coefficients: shape (features,), log odds per unit of a feature.
        covariance: of the coefficients, clustered sandwich, shape (features, features), or None
            with fewer than 2 clusters.
        clusters: how many clusters the covariance rests on.
    """

    coefficients: Floats
    covariance: Floats | None
    clusters: int


def ridge_logistic(
    features: Floats, second: Bools, *, ridge: float = 1.0, cluster: Ints | None = None
) -> Fit:
    """Fit P(second better) = 1 / (1 + exp(-features @ coefficients)) by Newton's method.

    Minimises the negative log likelihood plus ridge / 2 times the squared coefficients (what
    scikit-learn calls C = 1 / ridge). The covariance is A^-1 B A^-1 with A the curvature and B
    the sum over clusters of the outer products of their scores, times G / (G - 1).

    Args:
        features: shape (n, features), on comparable scales.
        second: whether the second response won, shape (n,).
        ridge: penalty; 0 for plain maximum likelihood, which perfect prediction makes diverge.
        cluster: codes of what was drawn together (prompts), shape (n,); None: each row alone.

    Raises:
        ValueError: a negative ridge.
        ConvergenceError: no maximum was found, as without a ridge under perfect prediction.

    Source: Liang and Zeger (1986), Biometrika 73; le Cessie and van Houwelingen (1992), Applied
    Statistics 41.
    """
    if not 0 <= ridge < np.inf:
        raise ValueError(f"The ridge must not be negative, and is {ridge}.")
    beta = _newton(features, second.astype(np.float64), ridge)
    chance = special.expit(features @ beta)
    groups = np.arange(len(second)) if cluster is None else cluster
    size = len(np.unique(groups))
    if size < 2:
        return Fit(beta, None, size)
    residual = (second - chance)[:, None] * features
    _, code = np.unique(groups, return_inverse=True)
    scores = np.column_stack([np.bincount(code, weights=part) for part in residual.T])
    # Half-inverse sums stay symmetric, so that variances cannot come out negative.
    bread = linalg.cho_factor(_curvature(features, chance, ridge))
    half = linalg.cho_solve(bread, scores.T)
    covariance = half @ half.T * size / (size - 1)
    return Fit(beta, covariance, size)


def held_out_hits(
    features: Floats, second: Bools, cluster: Ints, *, folds: int, ridge: float, seed: int
) -> Floats | None:
    """Return how well each row is predicted by a fit to the other folds, shape (n,).

    1 for the right side, 0 for the wrong one, 1/2 where the prediction is even. Clusters stay in
    one fold. None with fewer than 2 clusters.

    Raises:
        ValueError: fewer than 2 folds.
    """
    if folds < 2:
        raise ValueError(f"There must be at least 2 folds, not {folds}.")
    levels, code = np.unique(cluster, return_inverse=True)
    if len(levels) < 2:
        return None
    parts = min(folds, len(levels))
    fold = np.random.default_rng(seed).permutation(len(levels))[code] % parts
    score = np.zeros(len(second))
    for part in range(parts):
        test = fold == part
        known = ~test
        scale = root_mean_square(features[known])
        beta = _newton(features[known] / scale, second[known].astype(np.float64), ridge)
        score[test] = features[test] / scale @ beta
    return np.where(score == 0, 0.5, (score > 0) == second).astype(np.float64)


def root_mean_square(features: Floats) -> Floats:
    """Return the scale of each feature, shape (features,); 1 where it is always 0.

    Not the standard deviation: differences of responses in arbitrary order have mean 0 by
    symmetry, and taking an observed mean off would make an intercept.
    """
    scale = np.sqrt((features**2).mean(axis=0)) if len(features) else np.ones(features.shape[1])
    return np.where(scale > 0, scale, 1.0)


def _newton(features: Floats, target: Floats, ridge: float) -> Floats:
    """Return the coefficients; steps are halved until the objective falls."""
    beta = np.zeros(features.shape[1])
    here = _objective(features, target, beta, ridge)
    for _ in range(_STEPS):
        chance = special.expit(features @ beta)
        slope = features.T @ (target - chance) - ridge * beta
        try:
            factor = linalg.cho_factor(_curvature(features, chance, ridge))
        except linalg.LinAlgError as error:
            raise _diverged() from error
        step = linalg.cho_solve(factor, slope)
        # A small step, not a small slope: under perfect prediction the slope vanishes on the way.
        if np.abs(step).max(initial=0.0) < _STILL * (1 + np.abs(beta).max(initial=0.0)):
            return beta + step
        size = 1.0
        while True:
            there = _objective(features, target, beta + size * step, ridge)
            if there <= here or size < 1e-6:
                break
            size /= 2
        beta, here = beta + size * step, there
        if np.abs(beta).max() > 1e3:
            break
    raise _diverged()


def _objective(features: Floats, target: Floats, beta: Floats, ridge: float) -> float:
    score = features @ beta
    return float(np.logaddexp(0, score).sum() - target @ score + ridge / 2 * beta @ beta)


def _curvature(features: Floats, chance: Floats, ridge: float) -> Floats:
    weight = chance * (1 - chance)
    return np.asarray((features.T * weight) @ features + ridge * np.eye(features.shape[1]))


def _diverged() -> ConvergenceError:
    return ConvergenceError(
        f"The logistic regression found no maximum within {_STEPS} steps: some features predict "
        "every judgment, or repeat one another. A ridge above 0 makes it finite."
    )
