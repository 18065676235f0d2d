"""Kendall's tau-b of every pair of raters: how far two raters put the same objects in one order.

A pair of raters matters through the table of what one and the other gave to the objects they
share. Concordance of a cell with all others comes from sums over the four corners around it, so
that tau and its exact jackknife take time linear in the table and in the shared ratings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from labeling.stats.agreement.contingency import Clusters, contingency
from labeling.stats.coding import Coded, code, divide
from labeling.stats.intervals.jackknife import jackknife_ends, jackknife_errors
from labeling.stats.intervals.proportions import CONFIDENCE, normal_quantile
from labeling.stats.ratings import Figure, Floats, Ints, Ratings, RatingsError, of_two_raters
from labeling.stats.table import scores

_WIDEST = 2000  # Different ranks of one rater: a table of their square must fit in memory.


@dataclass(frozen=True, eq=False)
class TauPairs:
    """Kendall's tau-b of pairs of raters, as arrays of one length.

    Attributes:
        raters: the raters; `first` and `second` index it, first below second.
        n: objects that both ranked, shape (pairs,); only pairs with at least one are listed.
        tau, low, high: estimates and ends; NaN where undefined (use `figure` to show them).
        convention: the convention.
    """

    raters: tuple[Any, ...]
    first: Ints
    second: Ints
    n: Ints
    tau: Floats
    low: Floats
    high: Floats
    convention: str

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.n)

    def figure(self, index: int) -> Figure:
        """Return tau of one pair, ready to be shown."""
        n, tau, low = int(self.n[index]), float(self.tau[index]), float(self.low[index])
        if n < 2:
            return Figure(None, None, None, n, self.convention, _FEW[n])
        if np.isnan(tau):
            reason = f"One of the two put all {n} objects level, so that no order can be compared."
            return Figure(None, None, None, n, self.convention, reason)
        if np.isnan(low):
            return Figure(tau, None, None, n, self.convention, _STEADY)
        return Figure(tau, low, float(self.high[index]), n, self.convention)

    def matrix(self) -> Floats:
        """Return tau as a square, shape (raters, raters): 1 with oneself, NaN where undefined."""
        square = np.full((len(self.raters), len(self.raters)), np.nan)
        square[self.first, self.second] = square[self.second, self.first] = self.tau
        np.fill_diagonal(square, 1.0)
        return square


_FEW = ("They share no object.", "They share only 1 object; an order needs at least 2.")
_STEADY = (
    "No interval: the two share too few objects, or leaving one out changes nothing or leaves no "
    "order to compare."
)


def kendall_tau(
    ratings: Ratings,
    a: Any = None,
    b: Any = None,
    *,
    categories: Sequence[Any] | None = None,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return Kendall's tau-b of raters `a` and `b` over the objects both ranked.

    `a` and `b` may be left out when there are exactly two raters. See `kendall_tau_pairs`.

    Raises:
        ValueError: more than two raters and no `a` and `b`, or only one of the two.
        RatingsError: as for `kendall_tau_pairs`.
    """
    chosen = of_two_raters(ratings, a, b)
    pairs = kendall_tau_pairs(chosen, categories=categories, confidence=confidence)
    if len(pairs.raters) > 2:
        raise ValueError(f"Tau is for two raters and here are {len(pairs.raters)}: name two.")
    if not len(pairs):
        return Figure(None, None, None, 0, pairs.convention, _FEW[0])
    return pairs.figure(0)


def kendall_tau_pairs(
    ratings: Ratings,
    *,
    categories: Sequence[Any] | None = None,
    confidence: float = CONFIDENCE,
) -> TauPairs:
    """Return Kendall's tau-b of every pair of raters that shares an object.

    Tau is the share of pairs of objects put in the same order less that in opposite order; tau-b
    corrects it for ties. Use it for ranks, scores and strengths of which only the order counts;
    unlike alpha it does not see one rater being stricter. n counts objects both ranked. Undefined
    where one of the two ties all of those.

    The interval is the jackknife-t over objects (over prompts, where those hold several), on the
    Fisher z scale, the raters being taken as given.

    Raises:
        RatingsError: values without an order, more than 2,000 different values of one rater, or
            anything that `code` refuses.

    Source: Kendall (1945), Biometrika 33.
    """
    normal_quantile(confidence)
    coded = code(ratings, categories)
    if scores(coded.categories) is None and not coded.declared:
        raise RatingsError("Tau needs values that are numbers, or categories in declared order.")
    over = "objects" if coded.cluster is None else "prompts"
    shared = contingency(_ranked(coded))
    parts = [_columns(tables, clusters, confidence) for tables, clusters in shared.batches()]
    n, tau, low, high = np.concatenate(parts, axis=1) if parts else np.zeros((4, 0))
    return TauPairs(
        raters=coded.raters,
        first=shared.first,
        second=shared.second,
        n=n.astype(np.int64),
        tau=tau,
        low=low,
        high=high,
        convention="Kendall's tau-b; n counts objects that both ranked; "
        f"{100 * confidence:g}% interval over {over}, jackknife-t on the Fisher z scale",
    )


def _ranked(coded: Coded) -> Coded:
    """Replace values by their place among the rater's own: tau reads no more, tables are small."""
    size = len(coded.categories)
    keys, inverse = np.unique(coded.rater * max(size, 1) + coded.value, return_inverse=True)
    of = keys // max(size, 1)
    place = np.arange(len(keys)) - np.searchsorted(of, of)
    widest = int(place.max(initial=-1)) + 1
    if widest > _WIDEST:
        raise RatingsError(
            f"A rater gives {widest:,} different values and tau reads at most {_WIDEST:,}: "
            "round the values, or compare fewer objects."
        )
    return replace(coded, value=place[inverse], categories=tuple(range(widest)))


def _columns(tables: Floats, clusters: Clusters | None, confidence: float) -> Floats:
    """Return n, tau and its ends, as the 4 rows of an array."""
    n = tables.sum(axis=(1, 2))
    rows, columns = tables.sum(axis=2), tables.sum(axis=1)
    score = _concordance(tables)
    whole = np.stack(
        [
            (tables * score).sum(axis=(1, 2)),
            n**2 - (rows**2).sum(axis=1),
            n**2 - (columns**2).sum(axis=1),
        ]
    )
    tau = _tau(whole)
    if clusters is None:
        of, first, second = np.nonzero(tables)
        weight = tables[of, first, second]
        gone = 2 * _around(score, n, rows, columns, of, first, second)
    else:
        pair, cluster, cell = clusters
        first, second = np.divmod(cell, tables.shape[1])
        each = _around(score, n, rows, columns, pair, first, second)
        span = int(cluster.max(initial=0)) + 1
        keys, group = np.unique(pair * span + cluster, return_inverse=True)
        of, weight = keys // span, np.ones(len(keys))
        gone = np.stack([np.bincount(group, 2 * part, minlength=len(keys)) for part in each])
        gone = gone - _inside(group, first, second, len(keys))
    error, count = jackknife_errors(_tau(whole[:, of] - gone), of, weight, len(tau))
    return np.stack([n, tau, *jackknife_ends(tau, error, count, -1.0, confidence)])


def _around(
    score: Floats, n: Floats, rows: Floats, columns: Floats, pair: Ints, first: Ints, second: Ints
) -> Floats:
    """Return what one object adds to the parts of tau, shape (3, objects)."""
    return np.stack(
        [score[pair, first, second], n[pair] - rows[pair, first], n[pair] - columns[pair, second]]
    )


def _concordance(tables: Floats) -> Floats:
    """Return, for each cell, the objects in concordant cells less those in discordant ones."""
    score = np.zeros_like(tables)
    before = tables.cumsum(axis=1).cumsum(axis=2)
    rows, columns, total = before[:, :, -1:], before[:, -1:, :], before[:, -1:, -1:]
    padded = np.pad(before, ((0, 0), (1, 0), (1, 0)))
    above, left = padded[:, :-1, -1:], padded[:, -1:, :-1]
    score += padded[:, :-1, :-1] + (total - rows - columns + before)
    score -= (above - padded[:, :-1, 1:]) + (left - padded[:, 1:, :-1])
    return score


def _inside(group: Ints, first: Ints, second: Ints, groups: int) -> Floats:
    """Return the parts of tau that lie between objects of one cluster, shape (3, clusters)."""
    order = np.argsort(group, kind="stable")
    group, first, second = group[order], first[order], second[order]
    last = np.cumsum(np.bincount(group, minlength=groups))[group] - 1
    inside = np.zeros((3, groups))
    here = np.arange(len(group))
    for lag in range(1, len(group)):
        here = here[here + lag <= last[here]]
        if not len(here):
            break
        up = np.sign(first[here + lag] - first[here])
        across = np.sign(second[here + lag] - second[here])
        for row, part in zip(inside, (up * across, up**2, across**2), strict=True):
            row += 2 * np.bincount(group[here], part, minlength=groups)
    return inside


def _tau(parts: Floats) -> Floats:
    """Return tau-b from concordance and the pairs untied by either; NaN where one ties all."""
    agree, first, second = parts
    return divide(agree, np.sqrt(np.maximum(first * second, 0.0)))
