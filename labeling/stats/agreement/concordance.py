"""Concordance of rankings: Kendall's W, its test, and the mean rank correlation of raters.

A unit is what is ranked, a value its rank or its score: only the order of the values counts, and
equal values are ties. Ranks are mid-ranks, centred; with S the sum of squares of the objects' rank
sums and Q the sum of squares of all ranks, W = S / (m Q) for m raters, ties and all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from labeling.stats.coding import Coded, code, codes, counted, divide
from labeling.stats.intervals.jackknife import leave_one_out_interval
from labeling.stats.intervals.proportions import CONFIDENCE, normal_quantile
from labeling.stats.ratings import (
    NO_JUDGMENTS,
    Figure,
    Floats,
    Ints,
    Ratings,
    RatingsError,
    column,
    plural,
)
from labeling.stats.table import scores

Statistic = Callable[[Floats], float]

_FEWEST = 10  # Objects below which an interval over them says nothing.


@dataclass(frozen=True, eq=False)
class _Rankings:
    """Complete rankings: `value` (objects, raters), and which cluster an object is of."""

    value: Floats
    cluster: Ints | None
    left_out: int
    raters: int

    @property
    def ranks(self) -> Floats:
        """Mid-ranks of each rater, shape (objects, raters)."""
        return _mid_ranks(self.value)


def kendall_w(
    ratings: Ratings,
    *,
    correct_ties: bool = True,
    categories: Sequence[Any] | None = None,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return Kendall's W: how far raters put the same objects in the same order, 0 to 1.

    Use it for one list of objects that every rater ranks or scores. Without any agreement W is
    about 1 / raters, not 0: compare it only at equal numbers of raters, or read the mean rank
    correlation (`mean_spearman`), which is 0 there. For many short lists, one a task, use
    `kendall_w_within`. n counts objects that every rater ranked; the convention says how many
    were left out.

    Args:
        correct_ties: divide by the variance that the ranks with their ties can have; without,
            ties lower W (R's irr prints both).
        categories: the declared order of the values; needed where they are not numbers.

    The interval is a jackknife over objects (over prompts, where those hold several objects), for
    objects that stand for more of their kind. With fewer than 10 there is none, and for a fixed
    list, all of it ranked, it has no meaning: the raters are taken as given.

    Raises:
        RatingsError: values without an order, or any that `code` refuses.

    Source: Kendall and Babington Smith (1939), Annals of Mathematical Statistics 10; Kendall,
    Rank Correlation Methods, chapter 6.
    """
    kind = "corrected for ties" if correct_ties else "not corrected for ties"
    convention = f"Kendall's W, {kind}"
    return _figure(
        ratings, convention, _w if correct_ties else _w_uncorrected, categories, confidence
    )


def mean_spearman(
    ratings: Ratings,
    *,
    categories: Sequence[Any] | None = None,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return the mean of Spearman's rank correlation over all pairs of raters, ties as mid-ranks.

    Read it beside W: it is 0 without agreement, whatever the number of raters m, and without ties
    W = (1 + (m - 1) mean) / m. Undefined where a rater ties everything, since that rater's
    correlation is. n, interval and errors as for `kendall_w`.

    Source: Spearman (1904), American Journal of Psychology 15; Kendall, Rank Correlation Methods.
    """
    convention = "mean of Spearman's rank correlation over pairs of raters"
    return _figure(ratings, convention, _mean_correlation, categories, confidence)


def friedman_test(
    ratings: Ratings, *, categories: Sequence[Any] | None = None
) -> tuple[float, int, float]:
    """Return chi-square, its degrees of freedom, and p for "the rankings are all random".

    Chi-square is m (n - 1) W, W corrected for ties, for m raters and n objects. The
    approximation is rough below 8 objects or 5 raters. It asks whether there is *any* agreement;
    a small p is no sign of much. Where W is undefined chi-square is 0 and p is 1.

    Raises:
        RatingsError: as for `kendall_w`.

    Source: Friedman (1937), Journal of the American Statistical Association 32.
    """
    rankings = _complete(code(ratings, categories))
    objects = len(rankings.value)
    w = _w(rankings.ranks)
    if not np.isfinite(w):
        return 0.0, max(objects - 1, 0), 1.0
    statistic = rankings.raters * (objects - 1) * w
    return statistic, objects - 1, float(special.chdtrc(objects - 1, statistic))


def kendall_w_within(
    ratings: Ratings,
    *,
    prompt: npt.ArrayLike | None = None,
    categories: Sequence[Any] | None = None,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return the mean of Kendall's W over tasks, the responses of each task ranked on their own.

    Use it for K-wise rankings: a unit is a response, its `cluster` the task; tasks may have
    raters and numbers of responses of their own. A rater who left out a response of a task is
    left out there. W is corrected for ties; n counts tasks that at least two raters ranked in
    full and not all as ties. Without agreement it is about 1 / raters: compare only at equal
    numbers of raters a task.

    Args:
        prompt: what each rating's task was drawn with, where some prompts hold several tasks.
        categories: the declared order of the values; needed where they are not numbers.

    The interval is the jackknife over tasks, or prompts where those are named (for a mean of
    tasks Student's t), on the Fisher z scale. Source: as for `kendall_w`.

    Raises:
        RatingsError: no `cluster`, values without an order, or any that `code` refuses.
    """
    normal_quantile(confidence)
    if ratings.cluster is None:
        raise RatingsError("The cluster must name the task that each response belongs to.")
    coded = code(ratings, categories)
    _require_order(coded)
    convention = "mean over tasks of Kendall's W, corrected for ties, of the responses of a task"
    if not len(ratings):
        return Figure(None, None, None, 0, f"{convention}; n counts tasks", NO_JUDGMENTS)
    cluster = np.arange(coded.units) if coded.cluster is None else coded.cluster
    coefficients = _w_of_tasks(coded, cluster)
    defined = coefficients[np.isfinite(coefficients)]
    convention += "; n counts tasks that two raters ranked in full"
    unranked = len(coefficients) - len(defined)
    convention += f"; {plural(unranked, 'task')} left out" if unranked else ""
    if not len(defined):
        reason = "No task has responses that two raters ranked in full, other than all as ties."
        return Figure(None, None, None, 0, convention, reason)
    drawn, over = np.arange(len(coefficients)), "tasks"
    if prompt is not None:
        drawn[cluster[coded.unit]] = codes(column("prompt", prompt))[0]
        over = "prompts"
    rest = _means_without(defined, codes(drawn[np.isfinite(coefficients)])[0])
    value, n = float(defined.mean()), len(defined)
    return _with_interval(value, rest, 0.0, n, convention, over, 2, confidence)


def _figure(
    ratings: Ratings,
    convention: str,
    statistic: Statistic,
    categories: Sequence[Any] | None,
    confidence: float,
) -> Figure:
    """Return a statistic of the complete rankings with its jackknife over objects."""
    normal_quantile(confidence)
    rankings = _complete(code(ratings, categories))
    n = len(rankings.value)
    convention += f", {plural(rankings.raters, 'rater')}; n counts objects that every rater ranked"
    convention += f", {rankings.left_out} left out" if rankings.left_out else ""
    reason = _missing(rankings, len(ratings))
    if reason is not None:
        return Figure(None, None, None, n, convention, reason)
    value = float(statistic(rankings.ranks))
    if not np.isfinite(value):
        return Figure(None, None, None, n, convention, _constant(rankings.value))
    floor = -1 / (rankings.raters - 1) if statistic is _mean_correlation else 0.0
    over = "objects" if rankings.cluster is None else "prompts"
    rest = np.zeros(0) if n < _FEWEST else _leave_one_out(rankings, statistic)
    return _with_interval(value, rest, floor, n, convention, over, _FEWEST, confidence)


def _with_interval(
    value: float,
    rest: Floats,
    floor: float,
    n: int,
    convention: str,
    over: str,
    fewest: int,
    confidence: float,
) -> Figure:
    """Return the figure with its jackknife interval, or the sentence why there is none."""
    if len(rest) < fewest:
        reason = f"No interval: the figure rests on fewer than {fewest} {over}."
        return Figure(value, None, None, n, convention, reason)
    ends = leave_one_out_interval(value, rest, np.ones(len(rest)), floor, confidence)
    if ends is None:
        reason = f"No interval: leaving out one of the {over} changes nothing."
        return Figure(value, None, None, n, convention, reason)
    convention += f"; {100 * confidence:g}% interval over {len(rest):,} {over}, "
    convention += "jackknife-t on the Fisher z scale"
    return Figure(value, ends.low, ends.high, n, convention)


def _complete(coded: Coded) -> _Rankings:
    """Return the objects that every rater ranked, as a full table."""
    _require_order(coded)
    raters = len(coded.raters)
    kept = np.bincount(coded.unit, minlength=coded.units) == max(raters, 1)
    used = kept[coded.unit]
    place = np.cumsum(kept) - 1
    value = np.zeros((int(kept.sum()), raters))
    value[place[coded.unit[used]], coded.rater[used]] = coded.value[used]
    cluster = None if coded.cluster is None else coded.cluster[kept]
    return _Rankings(value, cluster, coded.units - len(value), raters)


def _require_order(coded: Coded) -> None:
    if scores(coded.categories) is None and not coded.declared:
        raise RatingsError(
            "Ranks need values that are numbers, or categories in their declared order."
        )


def _means_without(values: Floats, of: Ints) -> Floats:
    """Return the mean of values without those of each group."""
    size = int(of.max()) + 1
    under = np.maximum(len(values) - counted(of, size), 1)
    return np.asarray((values.sum() - counted(of, size, values)) / under)


def _w_of_tasks(coded: Coded, cluster: Ints) -> Floats:
    """Return W of each task by the raters who ranked all its responses; NaN where undefined."""
    of = cluster[coded.unit]
    order = np.lexsort((coded.unit, coded.rater, of))
    of, rater, value = of[order], coded.rater[order], coded.value[order]
    size = np.bincount(cluster)
    starts = np.flatnonzero((np.diff(of, prepend=-1) != 0) | (np.diff(rater, prepend=-1) != 0))
    lengths = np.diff(starts, append=len(of))
    starts = starts[lengths == size[of[starts]]]
    coefficients = np.full(len(size), np.nan)
    for count in np.unique(size[of[starts]]).tolist():
        begin = starts[size[of[starts]] == count]
        task = of[begin]
        # A row a ranking, sorted by task; all rankings of a task stand together.
        ranks = _mid_ranks(value[begin[:, None] + np.arange(count)].T).T
        centred = ranks - ranks.mean(axis=1, keepdims=True)
        first = np.flatnonzero(np.diff(task, prepend=-1))
        raters = np.diff(first, append=len(task))
        possible = raters * np.add.reduceat((centred**2).sum(axis=1), first)
        seen = (np.add.reduceat(centred, first) ** 2).sum(axis=1)
        coefficients[task[first]] = divide(seen, np.where(raters > 1, possible, 0.0))
    return coefficients


def _leave_one_out(rankings: _Rankings, statistic: Statistic) -> Floats:
    """Return the statistic without each cluster of objects, the rest being ranked anew.

    Taking an object away lowers the rank of those above it by 1 and of those beside it by 1/2.
    """
    value, ranks = rankings.value, rankings.ranks
    objects = np.arange(len(value))
    groups = (
        list(objects[:, None])
        if rankings.cluster is None
        else np.split(
            np.argsort(rankings.cluster, kind="stable"),
            np.flatnonzero(np.diff(np.sort(rankings.cluster))) + 1,
        )
    )
    rest = []
    for group in groups:
        lower = np.zeros(value.shape)
        for gone in value[group]:
            lower += (gone < value) + 0.5 * (gone == value)
        rest.append(statistic(np.delete(ranks - lower, group, axis=0)))
    return np.array(rest)


def _mid_ranks(value: Floats) -> Floats:
    """Return the ranks of each column, ties sharing the mean of theirs."""
    order = np.argsort(value, axis=0, kind="stable")
    ordered, place = np.take_along_axis(value, order, axis=0), np.arange(len(value))[:, None]
    begins = np.ones(value.shape, dtype=bool)
    begins[1:] = ordered[1:] != ordered[:-1]
    ends = np.ones(value.shape, dtype=bool)
    ends[:-1] = begins[1:]
    first = np.maximum.accumulate(np.where(begins, place, 0), axis=0)
    last = np.minimum.accumulate(np.where(ends, place, len(value))[::-1], axis=0)[::-1]
    ranks = np.empty(value.shape)
    np.put_along_axis(ranks, order, (first + last) / 2 + 1, axis=0)
    return ranks


def _w(ranks: Floats) -> float:
    """Return W corrected for ties; NaN where all is tied or fewer than two raters ranked."""
    objects, raters = ranks.shape
    if raters < 2 or objects < 2:
        return np.nan
    centred = ranks - ranks.mean(axis=0)
    possible = raters * float((centred**2).sum())
    return float((centred.sum(axis=1) ** 2).sum() / possible) if possible > 0 else np.nan


def _w_uncorrected(ranks: Floats) -> float:
    """Return W as if no rater had ties; NaN where all is tied."""
    objects, raters = ranks.shape
    centred = ranks - ranks.mean(axis=0)
    if objects < 2 or not centred.any():
        return np.nan
    possible = raters**2 * (objects**3 - objects) / 12
    return float((centred.sum(axis=1) ** 2).sum() / possible)


def _mean_correlation(ranks: Floats) -> float:
    """Return the mean correlation of pairs of columns; NaN where a column does not vary."""
    raters = ranks.shape[1]
    centred = ranks - ranks.mean(axis=0)
    length = np.sqrt((centred**2).sum(axis=0))
    if not length.all():
        return np.nan
    together = (centred / length).sum(axis=1)
    return float(((together**2).sum() - raters) / (raters * (raters - 1)))


def _missing(rankings: _Rankings, ratings: int) -> str | None:
    """Return the sentence for data without two raters or two objects in common, or None."""
    if not ratings:
        return NO_JUDGMENTS
    if rankings.raters < 2:
        return "Concordance needs at least 2 raters, and here is 1."
    if len(rankings.value) > 1:
        return None
    objects = "1 object was" if len(rankings.value) else "No object was"
    return f"{objects} ranked by all {rankings.raters} raters, and concordance needs at least 2."


def _constant(value: Floats) -> str:
    """Return the sentence for raters who tie everything."""
    still = int((value == value[0]).all(axis=0).sum())
    if still == value.shape[1]:
        return f"All ranks are tied: every rater put all {len(value)} objects level."
    who = plural(still, "rater")
    return f"{who} put all {len(value)} objects level, so that no order can be compared."
