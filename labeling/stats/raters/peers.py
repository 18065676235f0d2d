"""Agreement of each rater with the others, with the difficulty of the tasks taken out.

Raw agreement punishes those who were given hard tasks. Here each rater is compared with what the
other raters reach among themselves on the very same tasks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.stats.coding import Coded, code, counted, crossed
from labeling.stats.intervals.proportions import CONFIDENCE, normal_p, normal_quantile, share
from labeling.stats.raters.columns import coded, flags, numbers
from labeling.stats.raters.contrast import Rule, Shown, contrasts
from labeling.stats.raters.habit import FALSE_DISCOVERY, MIN_N, NO_PEERS, Habits, share_figures
from labeling.stats.ratings import Figure, Floats, Ints, Ratings, RatingsError, same_length
from labeling.stats.table import scores

_NOT_THREE = "No task of this rater was judged by at least two others, who could be compared."


@dataclass(frozen=True, slots=True)
class Residual:
    """How often a rater agreed, beside how often that was to be expected.

    Attributes:
        rater: whose it is.
        observed: agreements.
        expected: sum of the chances of agreeing.
        excess: (observed - expected) per judgment, with its interval under those chances.
        z: observed less expected in standard errors, or None where every chance is 0 or 1.
        p: its two-sided p-value, or None.
    """

    rater: Any
    observed: int
    expected: float
    excess: Figure
    z: float | None
    p: float | None


def agreement_residuals(
    rater: npt.ArrayLike,
    chance: npt.ArrayLike,
    agreed: npt.ArrayLike,
    *,
    confidence: float = CONFIDENCE,
) -> tuple[Residual, ...]:
    """Return observed against expected agreements when the chance of agreeing is given.

    Use it when each task's difficulty is known without the rater in question: from earlier
    batches, from a model of the raters, or from many votes. From the same few votes use
    `peer_agreement`, which does not take noisy chances for known ones.

    Args:
        rater: who judged, shape (n,).
        chance: chance that a rater agrees on this task, 0 to 1, shape (n,), found without the
            rater in question.
        agreed: whether the rater did, shape (n,).

    Raises:
        RatingsError: columns that cannot be read, or a chance above 1, named by position.
    """
    code, raters = coded("rater", rater)
    hoped, hit = numbers("chance", chance, least=0.0), flags("agreed", agreed)
    same_length(rater=code, chance=hoped, agreed=hit)
    if (hoped > 1).any():
        position = int(np.argmax(hoped > 1))
        raise RatingsError(f"chance at position {position} is {hoped[position]:g}, above 1.")
    size = len(raters)
    n, observed = counted(code, size), counted(code, size, hit)
    expected, variance = counted(code, size, hoped), counted(code, size, hoped * (1 - hoped))
    sums = (n.tolist(), observed.tolist(), expected.tolist(), variance.tolist())
    return tuple(
        _residual(name, count, hits, hope, spread, confidence)
        for name, count, hits, hope, spread in zip(raters, *sums, strict=True)
    )


def _residual(
    rater: Any, n: float, observed: float, expected: float, variance: float, confidence: float
) -> Residual:
    """Put the figures of one rater together."""
    convention = (
        "agreements less those expected from the difficulty of the tasks, per judgment; n counts "
        f"judgments; {100 * confidence:g}% normal interval under the expected chances"
    )
    excess, error = float(observed - expected) / n, float(np.sqrt(variance))
    if error < 1e-9:
        reason = "No interval and no z: every chance is 0 or 1, so that nothing is left to vary."
        figure = Figure(excess, None, None, int(n), convention, reason)
        return Residual(rater, int(observed), float(expected), figure, None, None)
    reach = normal_quantile(confidence) * error / n
    figure = Figure(excess, excess - reach, excess + reach, int(n), convention)
    z = float(observed - expected) / error
    return Residual(rater, int(observed), float(expected), figure, z, float(normal_p(z)))


def peer_agreement(
    ratings: Ratings | Coded,
    *,
    categories: Sequence[Any] | None = None,
    same_side: bool = False,
    min_n: int = MIN_N,
    rate: float = FALSE_DISCOVERY,
    confidence: float = CONFIDENCE,
) -> Habits:
    """Return how much each rater agrees with the others, against how much those agree themselves.

    On each task the rater agrees with a share of the others, and these agree in a share of their
    pairs. The difference, averaged over tasks, is 0 for a rater like the others, however hard
    the tasks, and below 0 for one who differs. Tasks with fewer than 3 judgments cannot say how
    hard they are and are left out. `figure` is the plain agreement, over all shared tasks.

    Args:
        ratings: judgments (or their codes), one per rater and task.
        categories: the declared scale.
        same_side: compare which response is preferred, not how strongly.
        min_n: tasks with at least two others, below which nothing is said of a rater.
        rate: false discovery rate over the raters.

    Raises:
        RatingsError: ratings that cannot be read, named by position.
        ValueError: `same_side` with categories that are not numbers.

    Why it is needed: Bai et al. (2022, arXiv:2204.05862, section 2.1) found that agreement with
    their raters tracks the difficulty of the topics they wrote on. The test deals the judgments
    of each task at random, as Cochran-Mantel-Haenszel tests do.
    """
    table = _coded(ratings, categories, same_side)
    m, with_me, difference, theirs, chance = _beside_the_others(table)
    kind = "same preferred side" if same_side else "same category"
    figures, overall = _plain(table, with_me, m, kind, confidence)
    gap = (
        f"agreement with the others ({kind}) less that among the others on the same tasks; "
        "n counts tasks with at least two others"
    )
    rule = Rule(min_n, rate, confidence)
    shown = Shown(figures, overall, gap, _NOT_THREE)
    return contrasts(table, m > 2, difference, theirs, chance, shown, rule)


def majority_agreement(
    ratings: Ratings | Coded,
    *,
    categories: Sequence[Any] | None = None,
    same_side: bool = False,
    confidence: float = CONFIDENCE,
) -> dict[Any, Figure]:
    """Return how often each rater gives the answer that most of the others gave.

    The leave-one-out figure that AlpacaEval reports for people; comparable between projects of
    the same overlap only, and not adjusted for difficulty. Where k answers of the others share
    the most votes, agreeing with one of them counts 1 / k: what drawing one of them gives on
    average. Arguments as for `peer_agreement`.

    Returns:
        The figure of each rater; n counts tasks with another judgment.

    Raises:
        RatingsError: ratings that cannot be read, named by position.
        ValueError: `same_side` with categories that are not numbers.

    Source: Dubois et al. (2023, AlpacaFarm, arXiv:2305.14387).
    """
    table = _coded(ratings, categories, same_side)
    counts = _counts(table)
    most = counts.max(axis=1, initial=0)
    ahead = (counts == most[:, None]).sum(axis=1)
    behind = (counts == (most - 1)[:, None]).sum(axis=1)
    # Without my vote my answer is still in front only where it led alone; it then shares the
    # front with the answers that were one vote behind.
    in_front = (counts[table.unit, table.value] == most[table.unit]) & (ahead[table.unit] == 1)
    score = np.where(in_front, 1.0 / (1 + behind[table.unit]), 0.0)
    used = counts.sum(axis=1)[table.unit] > 1
    kind = "same preferred side" if same_side else "same category"
    size = len(table.raters)
    hits = counted(table.rater[used], size, score[used])
    n = counted(table.rater[used], size)
    convention = (
        f"share of tasks on which the rater gave the answer most of the others gave ({kind}; "
        "one of k answers in front counts 1/k)"
    )
    figures = share_figures(hits, n, convention, NO_PEERS, confidence)
    return dict(zip(table.raters, figures, strict=True))


def _coded(ratings: Ratings | Coded, categories: Sequence[Any] | None, same_side: bool) -> Coded:
    """Return coded ratings, merged to first better, tie, second better where sides are asked."""
    table = code(ratings, categories)
    if not same_side:
        return table
    values = scores(table.categories)
    if values is None:
        raise ValueError("Sides need categories that are numbers.")
    merged: Ints = (np.sign(values).astype(np.int64) + 1)[table.value]
    return replace(table, value=merged, categories=(-1, 0, 1))


def _beside_the_others(table: Coded) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Return five columns, one entry per judgment.

    Judgments of the task; others that agree; the share of others that agree less the share of
    the others' pairs that do; that latter share; and the variance of the difference when the
    task's judgments are dealt at random. The last three are 0 below 3 judgments.
    """
    counts = _counts(table)
    votes, same = counts.sum(axis=1), (counts * (counts - 1)).sum(axis=1)
    m, with_me = votes[table.unit], counts[table.unit, table.value] - 1
    enough = m > 2
    pairs = np.where(enough, (m - 1) * (m - 2), 1.0)
    theirs = np.where(enough, (same[table.unit] - 2 * with_me) / pairs, 0.0)
    mine = with_me / np.maximum(m - 1, 1)
    deviation = (counts * (votes[:, None] * (counts - 1) - same[:, None]) ** 2).sum(axis=1)
    chance = deviation[table.unit] / (m * pairs**2)
    difference = np.where(enough, mine - theirs, 0.0)
    return m, with_me, difference, theirs, np.where(enough, chance, 0.0)


def _counts(table: Coded) -> Floats:
    """Return how often each category was given on each task, shape (units, categories)."""
    counts = crossed(table.unit, table.value, table.units, len(table.categories))
    return counts.astype(np.float64)


def _plain(
    table: Coded, with_me: Floats, m: Floats, kind: str, confidence: float
) -> tuple[list[Figure], Figure]:
    """Return plain agreement with the others: the mean over the rater's tasks, and over all."""
    used = m > 1
    score = with_me[used] / (m[used] - 1)
    size = len(table.raters)
    hits, n = counted(table.rater[used], size, score), counted(table.rater[used], size)
    convention = f"mean share of the others on a task that agree ({kind}); ties are a category"
    figures = share_figures(hits, n, convention, NO_PEERS, confidence)
    nobody = "No two raters judged the same task."
    whole = share(
        float(hits.sum()), float(n.sum()), convention, nothing=nobody, confidence=confidence
    )
    return figures, whole
