"""A rater beside the others on the same tasks: the contrast from which habits are tested.

Within a task, were its judgments handed out at random, any of them could be the rater's. That is
the null distribution here (a permutation within tasks): its variance is exact, whatever the
difficulty of the tasks and however few judgments each has. Intervals do not assume it; they come
from how the difference varies over the rater's tasks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labeling.stats.coding import Coded, counted
from labeling.stats.intervals.proportions import CONFIDENCE, normal_p
from labeling.stats.raters.columns import Bools
from labeling.stats.raters.habit import (
    FALSE_DISCOVERY,
    MIN_N,
    NO_PEERS,
    Habit,
    Habits,
    adjusted,
    decided,
    mean_figures,
    ratio,
    require_rule,
)
from labeling.stats.ratings import Figure, Floats


@dataclass(frozen=True, slots=True)
class Rule:
    """How habits are tested and shown.

    Attributes:
        min_n: judgments with a peer below which nothing is said of a rater.
        rate: false discovery rate over the raters.
        confidence: of the intervals.
    """

    min_n: int = MIN_N
    rate: float = FALSE_DISCOVERY
    confidence: float = CONFIDENCE


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown beside the differences.

    Attributes:
        figures: each rater's own figure over all judgments.
        overall: the same over all raters.
        convention: what the difference is of and what n counts.
        nothing: the sentence that is the reason where a rater has no difference.
    """

    figures: Sequence[Figure]
    overall: Figure
    convention: str
    nothing: str = NO_PEERS


def against_peers(table: Coded, score: Floats, shown: Shown, rule: Rule) -> Habits:
    """Return how each rater's mean score differs from the other raters' on the same tasks.

    Args:
        table: who judged what.
        score: what is averaged, one number per judgment, shape (n,).
    """
    others, mean, chance = peers(table, score)
    used = others > 0
    far = np.where(used, score - mean, 0.0)
    return contrasts(table, used, far, mean, chance, shown, rule)


def contrasts(
    table: Coded,
    used: Bools,
    far: Floats,
    expected: Floats,
    chance: Floats,
    shown: Shown,
    rule: Rule,
) -> Habits:
    """Return habits from differences per judgment and their variances under permutation.

    Args:
        used: which judgments count, shape (n,).
        far: observed less expected, shape (n,); 0 where unused.
        expected: what the other raters did, shape (n,).
        chance: variance of `far` when the judgments of the task are dealt at random, shape (n,).
    """
    require_rule(rule.min_n, rule.rate)
    size = len(table.raters)
    who, kept = table.rater[used], far[used]
    n, total = counted(who, size), counted(who, size, kept)
    z = ratio(total, counted(who, size, chance[used]))
    hoped = counted(who, size, expected[used]) / np.maximum(n, 1)
    p_values = np.where(n > 0, np.where(np.isnan(z), 1.0, normal_p(z)), np.nan)
    adjusted_p, status = adjusted(p_values, n, rule.min_n, rule.rate)
    gaps = rater_means(table, used, far, shown.convention, shown.nothing, rule.confidence)
    habits = tuple(
        Habit(
            rater=rater,
            figure=shown.figures[place],
            expected=float(hoped[place]) if n[place] else None,
            difference=gaps[place],
            z=None if np.isnan(z[place]) else float(z[place]),
            p=float(p_values[place]) if n[place] else None,
            adjusted_p=adjusted_p[place],
            status=status[place],
        )
        for place, rater in enumerate(table.raters)
    )
    against = "normal test against judgments dealt at random within each task"
    return Habits(habits, shown.overall, decided(rule.min_n, rule.rate, against))


def rater_means(
    table: Coded,
    used: Bools,
    values: Floats,
    convention: str,
    nothing: str,
    confidence: float,
    *,
    merged: bool = False,
) -> list[Figure]:
    """Return each rater's mean of a number per judgment, its interval over prompts or tasks.

    Args:
        used: which judgments count, shape (n,).
        values: what is averaged, shape (n,).
        merged: whether several raters go as one, so that a task may hold several of its rows.
    """
    size, who, kept = len(table.raters), table.rater[used], values[used]
    n = counted(who, size)
    mean = counted(who, size, kept) / np.maximum(n, 1)
    off = kept - mean[who]
    if table.cluster is None and not merged:
        spread = counted(who, size, off * off)
        return mean_figures(n, mean, spread, n, convention, nothing, confidence)
    cluster = np.arange(table.units) if table.cluster is None else table.cluster
    clusters = int(cluster.max(initial=0)) + 1
    pair = who * clusters + cluster[table.unit[used]]
    pairs, place = np.unique(pair, return_inverse=True)
    sums = counted(place, len(pairs), off)
    owner = pairs // clusters
    spread, groups = counted(owner, size, sums * sums), counted(owner, size)
    over = "task" if table.cluster is None else "prompt"
    return mean_figures(n, mean, spread, groups, convention, nothing, confidence, over)


def peers(table: Coded, score: Floats) -> tuple[Floats, Floats, Floats]:
    """Return, for each judgment, how many others the task has, their mean, and the variance.

    The variance is that of score less the others' mean when the task's scores are dealt at
    random: (m / (m - 1))^2 times the variance of the scores within the task.
    """
    votes = counted(table.unit, table.units)
    total = counted(table.unit, table.units, score)
    # Centred first, so that large scores lose no digits.
    middle = total / np.maximum(votes, 1)
    centred = score - middle[table.unit]
    spread = counted(table.unit, table.units, centred * centred)
    count = votes[table.unit]
    others = count - 1
    stretch = count / np.maximum(others, 1)
    mean = middle[table.unit] - centred / np.maximum(others, 1)
    chance = stretch**2 * spread[table.unit] / np.maximum(count, 1)
    return others, mean, np.where(others > 0, chance, 0.0)
