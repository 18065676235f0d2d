"""Agreement on a million ratings: ours beside krippendorff, statsmodels, evalica, scikit-learn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

import evalica
import krippendorff
import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from bench.timing import Row, best, once
from labeling.stats import (
    Figure,
    Histogram,
    Ratings,
    Table,
    bootstrap_interval,
    brennan_prediger,
    cohen_kappa_pairs,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
    table_of,
)
from labeling.stats.agreement.coefficients import Alpha

SCALE = range(5)
TASKS = 200_000
VOTES = 5

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Drawn:
    """Five votes a task on five categories, by different raters of a pool; one row a rating."""

    unit: Ints
    rater: Ints
    value: Ints
    prompt: Ints

    def ratings(self, *, clustered: bool = False) -> Ratings:
        """The columns as `Ratings`, tasks alone or grouped by prompt."""
        return Ratings(self.unit, self.rater, self.value, self.prompt if clustered else None)

    def shuffled(self) -> Drawn:
        """The same rows in any order."""
        order = np.random.default_rng(9).permutation(len(self.unit))
        return Drawn(self.unit[order], self.rater[order], self.value[order], self.prompt[order])

    def columns(self) -> npt.NDArray[Any]:
        """Tasks x votes, as libraries without names of raters take it."""
        return self.value.reshape(-1, VOTES)


def drawn(raters: int, seed: int = 1) -> Drawn:
    """A million ratings that follow a common truth about half of the time."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 5, TASKS)
    unit = np.repeat(np.arange(TASKS), VOTES)
    steps = rng.integers(1, raters // VOTES, (TASKS, VOTES)).cumsum(axis=1)
    rater = (rng.integers(0, raters, (TASKS, 1)) + steps) % raters
    value = np.where(rng.random(len(unit)) < 0.55, truth[unit], rng.integers(0, 5, len(unit)))
    prompt = rng.integers(0, TASKS // 2, TASKS)[unit]
    return Drawn(unit, rater.ravel(), value, prompt)


def together(table: Table) -> list[Figure]:
    """The five figures with their jackknife intervals."""
    return [
        krippendorff_alpha(table, "ordinal"),
        fleiss_kappa(table),
        gwet_ac(table),
        brennan_prediger(table),
        percent_agreement(table),
    ]


def from_arrays(ratings: Ratings) -> list[Figure]:
    """The five figures from the ratings themselves."""
    return together(table_of(ratings, SCALE))


def _alpha_of_krippendorff(data: Drawn) -> float:
    """Seconds of `krippendorff.alpha` alone, from the raters x tasks matrix that it wants."""
    matrix = np.full((int(data.rater.max()) + 1, TASKS), np.nan)
    matrix[data.rater, data.unit] = data.value
    call = partial(
        krippendorff.alpha, matrix, level_of_measurement="ordinal", value_domain=list(SCALE)
    )
    return best(call, 2)


def _cohen_of_scikit(data: Drawn, raters: int, pairs: int = 150) -> float:
    """Seconds of scikit-learn for all pairs, from the first `pairs` of them."""
    matrix = np.full((TASKS, raters), -1)
    matrix[data.unit, data.rater] = data.value

    shared = []
    for _, (a, b) in zip(range(pairs), combinations(range(raters), 2), strict=False):
        both = (matrix[:, a] >= 0) & (matrix[:, b] >= 0)
        shared.append((matrix[both, a], matrix[both, b]))

    def some() -> None:
        for a, b in shared:
            cohen_kappa_score(a, b, labels=list(SCALE))

    return once(some) * (raters * (raters - 1) / 2) / pairs


def rows() -> list[Row]:
    """Time everything once; some of the libraries take seconds."""
    data, crowd = drawn(100), drawn(1000)
    ratings, mixed, grouped = (
        data.ratings(),
        data.shuffled().ratings(),
        data.ratings(clustered=True),
    )
    table, clustered = table_of(ratings, SCALE), table_of(grouped, SCALE)
    histogram = Histogram.of(ratings, SCALE)
    alpha = _alpha_of_krippendorff(data)
    fleiss = best(
        lambda: statsmodels_fleiss(aggregate_raters(data.columns())[0], method="fleiss"), 1
    )
    resampled = once(
        lambda: evalica.alpha_bootstrap(
            pd.DataFrame(data.columns().T), distance="ordinal", n_resamples=20, random_state=1
        )
    )
    many = partial(bootstrap_interval, coefficient=Alpha("ordinal"))
    by_krippendorff = "krippendorff, alpha alone, no interval"
    five = "alpha, Fleiss, AC1, Brennan-Prediger, percent with intervals"
    return [
        Row(f"{five}, rows by task", best(lambda: from_arrays(ratings)),
            alpha, by_krippendorff, 0.015),
        Row("the same, rows in any order", best(lambda: from_arrays(mixed)),
            alpha, by_krippendorff, 0.015),
        Row("the same", best(lambda: from_arrays(ratings)), fleiss, "statsmodels, Fleiss alone"),
        Row(
            "the same from a histogram kept up to date",
            best(lambda: together(histogram.table())), None, "", 0.003,
        ),
        Row("the same from the table of patterns", best(lambda: together(table)), None, "", 0.003),
        Row("1,000 bootstraps of alpha by task", best(lambda: many(table), 3), resampled * 50,
            "evalica (pairs drawn), 20 times 50", 0.05),
        Row("1,000 bootstraps of alpha by prompt", best(lambda: many(clustered), 2), None, "", 1.0),
        Row("Cohen for all pairs of 100 raters",
            best(lambda: cohen_kappa_pairs(ratings, categories=SCALE), 3),
            _cohen_of_scikit(data, 100), "scikit-learn, no interval, 150 pairs scaled", 0.06),
        Row("Cohen for all pairs of 1,000 raters",
            best(lambda: cohen_kappa_pairs(crowd.ratings(), categories=SCALE), 3),
            None, "", 1.0),
    ]  # fmt: skip
