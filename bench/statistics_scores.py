"""Rank correlation, Conger's kappa and self-agreement beside scipy and scikit-learn."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from scipy import stats
from sklearn.metrics import cohen_kappa_score

from bench.timing import Row, best, once
from labeling.stats import Ratings
from labeling.stats.agreement.concordance import kendall_w
from labeling.stats.agreement.conger import conger_kappa
from labeling.stats.agreement.icc import icc_forms
from labeling.stats.agreement.repeats import self_agreement
from labeling.stats.agreement.tau import kendall_tau_pairs


def rows() -> list[Row]:
    """Time ours, intervals included, and the libraries' values without any."""
    rng = np.random.default_rng(1)
    values = rng.integers(0, 7, (300, 100))
    many = _long(values)
    crowd = rng.integers(0, 5, (200_000, 5))
    crowded = _long(crowd)
    scored = _long(rng.normal(size=(1000, 5)))
    who, first, second = rng.integers(0, 500, 20_000), *rng.integers(0, 5, (2, 20_000))
    return [
        Row(
            "tau-b of 100 raters, 300 objects, with jackknife",
            best(lambda: kendall_tau_pairs(many), 3),
            once(lambda: [stats.kendalltau(*values.T[[a, b]]) for a, b in _pairs(100)]),
            "scipy, no interval",
        ),
        Row("Conger's kappa, 1,000,000 ratings", best(lambda: conger_kappa(crowded), 3), None, ""),
        Row("six ICCs, 1,000,000 ratings", best(lambda: icc_forms(crowded), 3), None, ""),
        Row(
            "Kendall's W, 1,000 objects, 5 raters, with jackknife",
            best(lambda: kendall_w(scored), 3),
            None,
            "",
        ),
        Row(
            "self-agreement of 500 raters, 20,000 repeats",
            best(lambda: self_agreement(who, first, second, categories=range(5)), 3),
            once(
                lambda: [
                    cohen_kappa_score(first[who == r], second[who == r], labels=range(5))
                    for r in range(500)
                ]
            ),
            "scikit-learn kappa, no interval",
        ),
    ]


def _long(values: np.ndarray) -> Ratings:
    units, raters = values.shape
    return Ratings(
        np.repeat(np.arange(units), raters), np.tile(np.arange(raters), units), values.ravel()
    )


def _pairs(raters: int) -> list[tuple[int, int]]:
    return list(combinations(range(raters), 2))
