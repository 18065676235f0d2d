"""Whose values: rates by group of raters, small groups hidden, and shifts of answers."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from labeling.stats.coding import code, counted, partners
from labeling.stats.intervals.proportions import (
    CONFIDENCE,
    difference,
    normal_quantile,
    t_quantile,
    two_proportion_test,
    wilson_interval,
)
from labeling.stats.raters.columns import Bools, coded, flags, numbers
from labeling.stats.ratings import (
    Figure,
    Floats,
    Interval,
    Ints,
    Ratings,
    RatingsError,
    same_length,
)

SMALLEST_GROUP = 5  # People below whom a group could be recognised.


@dataclass(frozen=True, slots=True)
class GroupRate:
    """The rate of one group.

    Attributes:
        group: its name.
        people: how many raters it has; None where hidden.
        rate: share of their judgments that say yes, or undefined where hidden.
        effective: judgments that independent ones would have to be to be as informative.
    """

    group: Any
    people: int | None
    rate: Figure
    effective: float | None


@dataclass(frozen=True, slots=True)
class GroupGap:
    """The difference of two groups' rates.

    Attributes:
        gap: first rate less the second, with Newcombe's interval.
        wald: the textbook interval of the same difference, as published figures have it.
        z, p: the pooled z test.
    """

    gap: Figure
    wald: Interval | None
    z: float
    p: float


@dataclass(frozen=True, slots=True)
class LabelShift:
    """How answers moved between two conditions.

    Attributes:
        variation: total variation distance, the share of answers that would have to change.
        chi2, dof, p: the test of equal shares, or None where no two answers occur.
    """

    variation: Figure
    chi2: float | None
    dof: int
    p: float | None


def group_rates(
    rater: npt.ArrayLike,
    group: npt.ArrayLike,
    yes: npt.ArrayLike,
    *,
    smallest: int = SMALLEST_GROUP,
    confidence: float = CONFIDENCE,
) -> tuple[GroupRate, ...]:
    """Return each group's share of yes, hiding groups in which people could be recognised.

    Groups with fewer than `smallest` raters are hidden; where their raters together are fewer
    than that, the smallest group shown is hidden as well, since the rest could be subtracted.
    Judgments of one rater are alike: the interval is Wilson's for as many judgments as
    independent ones would be as informative (at most those there are).

    Args:
        rater: who judged, shape (n,); a rater is in one group.
        group: the group the rater declared, shape (n,).
        yes: the answer that is counted, shape (n,).
        smallest: people a group needs to be shown.

    Returns:
        One `GroupRate` per group, in the order of their names.

    Raises:
        RatingsError: columns that cannot be read, or a rater in two groups, by position.
    """
    who, raters = coded("rater", rater)
    of, groups = coded("group", group)
    said = flags("yes", yes)
    same_length(rater=who, group=of, yes=said)
    home, position = partners(who, len(raters), of)
    if position is not None:
        raise RatingsError(
            f"rater {raters[who[position]]} at position {position} is in two groups."
        )
    n, k = counted(who, len(raters)), counted(who, len(raters), said)
    hidden = _too_small(np.bincount(home, minlength=len(groups)), smallest)
    convention = (
        "share of the group's judgments; n counts judgments; "
        f"{100 * confidence:g}% Wilson interval, judgments of one rater taken as alike"
    )
    return tuple(
        _hidden(name, smallest, convention)
        if hidden[place]
        else _rate(name, n[home == place], k[home == place], convention, confidence)
        for place, name in enumerate(groups)
    )


def group_gap(
    successes: tuple[float, float],
    trials: tuple[float, float],
    *,
    confidence: float = CONFIDENCE,
) -> GroupGap:
    """Return the difference of two groups' rates with Newcombe's and the Wald interval.

    Rely on Newcombe's; the Wald interval is there to compare with publications and is too
    narrow for small groups or rates near 0 and 1. Give numbers of independent judgments; where
    raters gave many each, the `effective` ones of `group_rates` (with rate times effective as
    successes). Do not call it for a group that is hidden.

    Raises:
        ValueError: successes below 0 or above trials.

    Source: Newcombe (1998), Statistics in Medicine 17.
    """
    gap = difference(successes, trials, "rate of the first group less the second's", confidence)
    if gap.value is None:
        return GroupGap(gap, None, 0.0, 1.0)
    shares = [hits / count for hits, count in zip(successes, trials, strict=True)]
    apart = sqrt(sum(p * (1 - p) / count for p, count in zip(shares, trials, strict=True)))
    reach = normal_quantile(confidence) * apart
    wald = Interval(gap.value - reach, gap.value + reach)
    return GroupGap(gap, wald, *two_proportion_test(successes, trials))


def group_agreement_index(
    ratings: Ratings, group: npt.ArrayLike, *, confidence: float = CONFIDENCE
) -> Figure:
    """Return agreement within groups over agreement across groups; 1 is no difference.

    Above 1, raters agree more with their own group: the question divides people by who they are,
    and whose answers count is a choice. Pairs of judgments of one task are pooled, equal or not.

    Args:
        ratings: judgments, one per rater and task; intervals go over tasks (or prompts).
        group: the group of the rater of each judgment, shape (n,).

    Raises:
        RatingsError: columns that cannot be read, named by position.

    Source: Prabhakaran et al. (2024, GRASP, arXiv:2311.05074).
    """
    normal_quantile(confidence)
    table = code(ratings)
    of, groups = coded("group", group)
    same_length(rater=table.rater, group=of)
    sums = _pairs(table.unit, of, table.value, len(groups), len(table.categories), table.units)
    if table.cluster is not None:
        sums = np.stack([counted(table.cluster, int(table.cluster.max()) + 1, s) for s in sums.T]).T
    total = sums.sum(axis=0)
    n = int(total[1] + total[3])
    over = "tasks" if table.cluster is None else "prompts"
    convention = (
        "share of agreeing pairs within groups over that across groups; n counts pairs; "
        f"{100 * confidence:g}% jackknife-t interval over {over} on the log scale"
    )
    if not total[1] or not total[3]:
        where = "within a group" if not total[1] else "across groups"
        return Figure(
            None, None, None, n, convention, f"No two raters {where} judged the same task."
        )
    if not total[0] or not total[2]:
        where = "within a group" if not total[0] else "across groups"
        return Figure(
            None, None, None, n, convention, f"No pair {where} agrees, which leaves no ratio."
        )
    value = float(total[0] * total[3] / (total[1] * total[2]))
    rest = total - sums[(sums[:, 1] + sums[:, 3]) > 0]
    if len(rest) < 2 or not (rest > 0).all():
        reason = "No interval: it would rest on a single task that holds all pairs of a kind."
        return Figure(value, None, None, n, convention, reason)
    logs = np.log(rest[:, 0] * rest[:, 3] / (rest[:, 1] * rest[:, 2]))
    error = sqrt(float(((logs - logs.mean()) ** 2).sum()) * (len(logs) - 1) / len(logs))
    reach = float(t_quantile(len(logs) - 1, confidence)) * error
    return Figure(value, exp(log(value) - reach), exp(log(value) + reach), n, convention)


def label_shift(before: npt.ArrayLike, after: npt.ArrayLike) -> LabelShift:
    """Return how the distribution of answers moved between two conditions.

    Use it for judgments with and without assistance, on independent tasks.

    Args:
        before, after: how often each answer was given, shape (answers,), in the same order.

    Raises:
        RatingsError: columns of different lengths, or a negative number, by position.

    Source: Pearson's chi-squared test, no continuity correction.
    """
    counts = {"before": numbers("before", before, 0.0), "after": numbers("after", after, 0.0)}
    same_length(**counts)
    table = np.array(list(counts.values()))
    n = int(table.sum())
    convention = "total variation distance of the shares of answers; n counts judgments"
    reason = "No interval is made for a distance that is never below 0; see the test."
    sums = table.sum(axis=1)
    if not sums.all():
        nothing = Figure(None, None, None, n, convention, "One of the two has no judgments.")
        return LabelShift(nothing, None, 0, None)
    shares = table / sums[:, None]
    variation = Figure(
        float(np.abs(shares[0] - shares[1]).sum() / 2), None, None, n, convention, reason
    )
    used = table[:, table.sum(axis=0) > 0]
    if used.shape[1] < 2:
        return LabelShift(variation, None, 0, None)
    expected = np.outer(used.sum(axis=1), used.sum(axis=0)) / used.sum()
    chi2, dof = float(((used - expected) ** 2 / expected).sum()), used.shape[1] - 1
    return LabelShift(variation, chi2, dof, float(special.chdtrc(dof, chi2)))


def _too_small(people: Ints, smallest: int) -> Bools:
    """Return which groups to hide, so that no hidden one follows by subtraction."""
    hidden: Bools = people < smallest
    if hidden.any() and people[hidden].sum() < smallest and not hidden.all():
        shown = np.flatnonzero(~hidden)
        hidden[shown[np.argmin(people[shown])]] = True
    return hidden


def _hidden(group: Any, smallest: int, convention: str) -> GroupRate:
    reason = f"Hidden: with fewer than {smallest} people in a group they could be recognised."
    return GroupRate(group, None, Figure(None, None, None, 0, convention, reason), None)


def _rate(group: Any, n: Floats, k: Floats, convention: str, confidence: float) -> GroupRate:
    """Return the rate of a group from the judgments and the yes of each of its people."""
    total, people = float(n.sum()), len(n)
    value = float(k.sum()) / total
    effective = total
    if people > 1 and 0 < value < 1:
        off = float(((k - value * n) ** 2).sum()) * people / (people - 1) / total**2
        effective = min(total, value * (1 - value) / off) if off > 0 else total
    low, high = wilson_interval(value * effective, effective, confidence)
    return GroupRate(group, people, Figure(value, low, high, round(total), convention), effective)


def _pairs(
    unit: Ints,
    group: Ints,
    value: Ints,
    groups: int,
    size: int,
    units: int,
) -> Floats:
    """Return agreeing and all pairs within groups, then across them, per task: (units, 4)."""

    def pairs_of(key: Ints, cells: int) -> Floats:
        levels, counts = np.unique(key, return_counts=True)
        return counted(levels // cells, units, counts * (counts - 1) / 2)

    same_in = pairs_of((unit * groups + group) * size + value, groups * size)
    all_in = pairs_of(unit * groups + group, groups)
    same = pairs_of(unit * size + value, size)
    everything = pairs_of(unit, 1)
    return np.column_stack([same_in, all_in, same - same_in, everything - all_in])
