"""Rater statistics on a million judgments of a thousand raters, beside what a loop would take.

No library computes these for all raters at once; where one has the figure for a single rater, its
column is a loop over the raters, timed on a tenth of them and scaled up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats
from sklearn.linear_model import LogisticRegression

from bench.timing import Row, best, once
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
from labeling.stats.table import code

RATERS, TASKS, OVERLAP = 1_000, 200_000, 5
SCALE = tuple(range(-3, 4))


def rows() -> list[Row]:
    """Return the rows of the table."""
    rng = np.random.default_rng(1)
    n = TASKS * OVERLAP
    rater = (np.arange(n) * 7 + rng.integers(0, RATERS, TASKS).repeat(OVERLAP)) % RATERS
    task = np.arange(TASKS).repeat(OVERLAP)
    value, shown = rng.integers(-3, 4, n), rng.random(n) < 0.5
    first, second = (rng.integers(50, 500, TASKS).repeat(OVERLAP) for _ in range(2))
    seconds, hit = rng.lognormal(3.5, 0.5, n), rng.random(n) < 0.8
    table = code(Ratings(task, rater, value), SCALE)
    verdict, scores = value[:100_000], rng.integers(-3, 4, (3, 100_000))
    text = "# Title\n\n- **one** word\n- two\n\n```\ncode\n```\n" * 25_000

    def loop(call: Callable[[Any], Any]) -> float:
        """Time a call for each of a tenth of the raters, and scale it up."""
        some = [np.flatnonzero(rater == name) for name in range(RATERS // 10)]
        return 10 * once(lambda: [call(part) for part in some])

    def binomial(part: Any) -> Any:
        chose_left = (value[part] < 0) == shown[part]
        return stats.binomtest(int(chose_left.sum()), len(part)).proportion_ci(method="wilson")

    def slope(part: Any) -> Any:
        x = ((first - second) / (first + second))[part, None]
        model = LogisticRegression(C=np.inf, fit_intercept=False)
        return model.fit(x, value[part] < 0)

    def mine(task: str, call: Callable[[], Any], theirs: float | None = None, by: str = "") -> Row:
        return Row(task, best(call, 3), theirs, by)

    return [
        mine("side bias", lambda: side_bias(rater, value, shown), loop(binomial), "scipy, a loop"),
        mine(
            "length bias, shares and slopes",
            lambda: length_bias(rater, value, first, second),
            loop(slope),
            "scikit-learn, a loop, slopes only",
        ),
        mine("ties beside the others", lambda: tie_rate(table)),
        mine("agreement beside the others", lambda: peer_agreement(table, same_side=True)),
        mine("alpha without each rater", lambda: alpha_without_each(table, level="ordinal")),
        mine("gold", lambda: gold_accuracy(rater, hit, prior="raters")),
        mine("self-consistency", lambda: self_consistency(rater, value, value[::-1])),
        mine("pace", lambda: pace(rater, task, seconds, first + second)),
        mine("straight-lining", lambda: straight_lining(rater, value)),
        mine("drift of hits", lambda: hit_drift(rater, hit)),
        mine("anomalous voters", lambda: anomalous_voters(rater, task % 500, value)),
        mine(
            "priorities, 100,000 verdicts",
            lambda: revealed_priorities(verdict, dict(zip("abc", scores, strict=True))),
        ),
        mine("style of a megabyte", lambda: style_of(text)),
    ]
