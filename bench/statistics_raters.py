"""Rater statistics on a million judgments of a thousand raters, beside what a loop would take.

No library computes these for all raters at once; where one has the figure for a single rater, its
column is a loop over the raters, timed on a tenth of them and scaled up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats
from sklearn.linear_model import LogisticRegression

from bench.timing import Row, best, once
from labeling.stats.coding import code
from labeling.stats.raters import (
    alpha_without_each,
    anomalous_voters,
    gold_accuracy,
    hit_drift,
    length_bias,
    pace,
    peer_agreement,
    revealed_priorities,
    self_consistency,
    side_bias,
    straight_lining,
    style_of,
    tie_rate,
)
from labeling.stats.ratings import Ratings

RATERS, TASKS, OVERLAP = 1_000, 200_000, 5
SCALE = tuple(range(-3, 4))


@dataclass(frozen=True)
class Data:
    """A million judgments, five of each task, by a thousand raters."""

    rater: Any
    task: Any
    value: Any
    shown: Any
    first: Any
    second: Any
    seconds: Any
    hit: Any


def data(seed: int = 1) -> Data:
    """Draw them."""
    rng = np.random.default_rng(seed)
    n = TASKS * OVERLAP
    start = rng.integers(0, RATERS, TASKS).repeat(OVERLAP)
    first, second = (rng.integers(50, 500, TASKS).repeat(OVERLAP) for _ in range(2))
    return Data(
        rater=(np.arange(n) * 7 + start) % RATERS,
        task=np.arange(TASKS).repeat(OVERLAP),
        value=rng.integers(-3, 4, n),
        shown=rng.random(n) < 0.5,
        first=first,
        second=second,
        seconds=rng.lognormal(3.5, 0.5, n),
        hit=rng.random(n) < 0.8,
    )


def rows() -> list[Row]:
    """Return the rows of the table."""
    d = data()
    table = code(Ratings(d.task, d.rater, d.value), SCALE)
    some = slice(0, 100_000)
    scores = dict(zip("abc", np.random.default_rng(2).integers(-3, 4, (3, 100_000)), strict=True))
    text = "# Title\n\n- **one** word\n- two\n\n```\ncode\n```\n" * 23_000
    calls: dict[str, Callable[[], Any]] = {
        "side bias": lambda: side_bias(d.rater, d.value, d.shown),
        "length bias, shares and slopes": lambda: length_bias(d.rater, d.value, d.first, d.second),
        "ties beside the others": lambda: tie_rate(table),
        "agreement beside the others": lambda: peer_agreement(table, same_side=True),
        "alpha without each rater": lambda: alpha_without_each(table, level="ordinal"),
        "gold": lambda: gold_accuracy(d.rater, d.hit, prior="raters"),
        "self-consistency": lambda: self_consistency(d.rater, d.value, d.value[::-1]),
        "pace": lambda: pace(d.rater, d.task, d.seconds, d.first + d.second),
        "straight-lining": lambda: straight_lining(d.rater, d.value),
        "drift of hits": lambda: hit_drift(d.rater, d.hit),
        "anomalous voters": lambda: anomalous_voters(d.rater, d.task % 500, d.value),
        "priorities, 100,000 verdicts": lambda: revealed_priorities(d.value[some], scores),
        "style of a megabyte": lambda: style_of(text),
    }
    theirs = {
        "side bias": (looped(d, binomial), "scipy, a loop"),
        "length bias, shares and slopes": (looped(d, slope), "scikit-learn, a loop, slopes only"),
    }
    return [Row(name, best(call, 3), *theirs.get(name, (None, ""))) for name, call in calls.items()]


def looped(d: Data, call: Callable[[Data, Any], Any]) -> float:
    """Time a call for each of a tenth of the raters, and scale it up."""
    some = [np.flatnonzero(d.rater == name) for name in range(RATERS // 10)]
    return 10 * once(lambda: [call(d, rows) for rows in some])


def binomial(d: Data, rows: Any) -> Any:
    """The share of the left response of one rater, its test and its interval."""
    chose_left = (d.value[rows] < 0) == d.shown[rows]
    test = stats.binomtest(int(chose_left.sum()), len(rows))
    return test.pvalue, test.proportion_ci(method="wilson")


def slope(d: Data, rows: Any) -> Any:
    """The slope of one rater on relative length."""
    first, second = d.first[rows], d.second[rows]
    model = LogisticRegression(C=np.inf, fit_intercept=False)
    return model.fit(((first - second) / (first + second))[:, None], d.value[rows] < 0)
