"""How a rater uses the scale: ties, end points, severity, and the spread of the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from labeling.stats.coding import Coded, code, counted, crossed
from labeling.stats.intervals.proportions import CONFIDENCE, normal_quantile, share
from labeling.stats.raters.contrast import Rule, Shown, against_peers, rater_means
from labeling.stats.raters.habit import FALSE_DISCOVERY, MIN_N, Habits, share_figures
from labeling.stats.ratings import NO_JUDGMENTS, Figure, Floats, Ratings, require_option
from labeling.stats.table import scores


def tie_rate(
    ratings: Ratings | Coded,
    *,
    categories: Sequence[Any] | None = None,
    min_n: int = MIN_N,
    rate: float = FALSE_DISCOVERY,
    confidence: float = CONFIDENCE,
) -> Habits:
    """Return the share of ties of each rater, beside the others' on the same tasks.

    Use it to find raters who avoid ties or hide behind them; a difference is a reason to read
    their examples, not a mistake. The tie is the category 0.

    Args:
        ratings: judgments (or their codes), one per rater and task.
        categories: the declared scale.
        min_n: judgments of tasks somebody else judged too, below which nothing is said.
        rate: false discovery rate over the raters.

    Raises:
        RatingsError: ratings that cannot be read, named by position.
        ValueError: categories that are not numbers.
    """
    table = code(ratings, categories)
    tie = _numbers(table, "The tie rate") == 0
    rule = Rule(min_n, rate, confidence)
    return _share_habit(table, tie, "share of judgments that are ties (category 0)", rule)


def extremity(
    ratings: Ratings | Coded,
    *,
    categories: Sequence[Any],
    min_n: int = MIN_N,
    rate: float = FALSE_DISCOVERY,
    confidence: float = CONFIDENCE,
) -> Habits:
    """Return the share of answers at the ends of the scale, beside the others' on the same tasks.

    Use it before averaging strengths of different raters. The ends are those of the declared
    scale, its first and its last category. For a scale of two answers it is always 1 and says
    nothing. Arguments as for `tie_rate`.

    Raises:
        RatingsError: ratings that cannot be read, named by position.
        ValueError: fewer than two categories.
    """
    table = code(ratings, categories)
    if len(table.categories) < 2:
        raise ValueError("A scale needs at least two categories to have two ends.")
    ends = np.zeros(len(table.categories), dtype=np.bool_)
    ends[[0, -1]] = True
    first, last = table.categories[0], table.categories[-1]
    convention = f"share of judgments at the ends of the scale ({first}, {last})"
    return _share_habit(table, ends, convention, Rule(min_n, rate, confidence))


def severity(
    ratings: Ratings | Coded,
    *,
    categories: Sequence[Any] | None = None,
    of: Literal["value", "strength"] = "value",
    min_n: int = MIN_N,
    rate: float = FALSE_DISCOVERY,
    confidence: float = CONFIDENCE,
) -> Habits:
    """Return each rater's mean answer, beside the others' on the same tasks.

    With `of="value"` for scores of single responses: below 0 is stricter than the others. With
    `of="strength"` for preferences: the distance from the tie, whichever side. The mean value of
    a preference says nothing, as its sign belongs to an arbitrary order of the responses.

    Args: as for `tie_rate`.

    Raises:
        RatingsError: ratings that cannot be read, named by position.
        ValueError: categories that are not numbers, or another `of`.
    """
    require_option("of", of, ("value", "strength"))
    table = code(ratings, categories)
    values = _numbers(table, "Severity")
    score = (np.abs(values) if of == "strength" else values)[table.value]
    quantity = "mean strength (distance from the tie)" if of == "strength" else "mean answer"
    every = np.ones(len(score), dtype=np.bool_)
    own = f"{quantity}; n counts judgments"
    figures = rater_means(table, every, score, own, NO_JUDGMENTS, confidence)
    together = replace(table, rater=np.zeros_like(table.rater), raters=("all",))
    overall = rater_means(together, every, score, own, NO_JUDGMENTS, confidence, merged=True)[0]
    gap = f"{quantity} less the others' on the same tasks; n counts tasks with another judgment"
    rule = Rule(min_n, rate, confidence)
    return against_peers(table, score, Shown(figures, overall, gap), rule)


def answer_entropy(
    ratings: Ratings | Coded,
    *,
    categories: Sequence[Any],
    confidence: float = CONFIDENCE,
) -> dict[Any, Figure]:
    """Return how varied each rater's answers are, in bits: 0 is one answer only.

    The most it can be is log2 of the number of declared categories. A low entropy is what few
    distinct answers look like, whatever the cause: compare raters of the same tasks only. The
    plug-in estimate is a little low for few judgments (by about (K - 1) / (2 n ln 2) bits).

    Args: as for `tie_rate`.

    Returns:
        The figure of each rater; its interval is that of the delta method.

    Raises:
        RatingsError: ratings that cannot be read, named by position.

    Source: Shannon (1948); variance: Basharin (1959).
    """
    table = code(ratings, categories)
    size, raters = len(table.categories), len(table.raters)
    counts = crossed(table.rater, table.value, raters, size)
    n = counts.sum(axis=1)
    shares = counts / np.maximum(n, 1)[:, None]
    bits = -np.log2(np.where(shares > 0, shares, 1.0))
    entropy = (shares * bits).sum(axis=1)
    spread = (shares * bits**2).sum(axis=1) - entropy**2
    error = np.sqrt(np.maximum(spread, 0.0) / np.maximum(n, 1))
    reach = normal_quantile(confidence) * error
    most = float(np.log2(max(size, 1)))
    convention = (
        f"entropy of the answers in bits, of at most {most:.3g}; n counts judgments; "
        f"{100 * confidence:g}% delta-method interval"
    )
    figures: dict[Any, Figure] = {}
    for place, rater in enumerate(table.raters):
        value, count = abs(float(entropy[place])), int(n[place])
        if error[place] <= 1e-9:
            reason = "No interval: its variance vanishes when answers are as even as here."
            figures[rater] = Figure(value, None, None, count, convention, reason)
            continue
        low = max(value - float(reach[place]), 0.0)
        figures[rater] = Figure(
            value, low, min(value + float(reach[place]), most), count, convention
        )
    return figures


def _numbers(table: Coded, what: str) -> Floats:
    values = scores(table.categories)
    if values is None:
        raise ValueError(f"{what} needs categories that are numbers.")
    return values


def _share_habit(table: Coded, counts: Any, convention: str, rule: Rule) -> Habits:
    """Return the share of judgments in the categories that count, against the peers."""
    score = counts[table.value].astype(np.float64)
    size = len(table.raters)
    hits, n = counted(table.rater, size, score), counted(table.rater, size)
    figures = share_figures(hits, n, convention, NO_JUDGMENTS, rule.confidence)
    overall = share(
        float(hits.sum()),
        float(n.sum()),
        convention,
        nothing=NO_JUDGMENTS,
        confidence=rule.confidence,
    )
    gap = f"{convention} less the others' on the same tasks; n counts tasks with another judgment"
    return against_peers(table, score, Shown(figures, overall, gap), rule)
