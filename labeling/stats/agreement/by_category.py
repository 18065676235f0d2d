"""Agreement on one category at a time: which answers raters agree on, and which they do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import sqrt
from typing import Any

import numpy as np

from labeling.stats.agreement.figures import Data, fleiss_kappa
from labeling.stats.intervals.proportions import normal_p
from labeling.stats.ratings import Figure, Floats
from labeling.stats.table import Table, table_of


def agreement_by_category(
    ratings: Data,
    coefficient: Callable[[Table], Figure] = fleiss_kappa,
    *,
    categories: Sequence[Any] | None = None,
) -> dict[Any, Figure]:
    """Return a coefficient for each category, all others taken as one.

    Use it to find the step of a scale, or the kind of tie, on which raters part. With Fleiss'
    kappa, the default, these are Fleiss' own category kappas, and their mean weighed by
    p (1 - p), p being a category's share, is the kappa of all. Rare categories have wide
    intervals; one that nobody used is undefined and the reason says so.

    Args:
        coefficient: any of the figures that take a table, such as `krippendorff_alpha` or
            `gwet_ac`; it sees two categories, True and False.

    Source: Fleiss (1971), Psychological Bulletin 76.
    """
    table = table_of(ratings, categories)
    figures = {}
    for place, category in enumerate(table.categories):
        figure = coefficient(_against_the_rest(table, place))
        convention = f"category {category} against all others: {figure.convention}"
        reason = figure.reason
        if figure.value is None and table.ratings and not table.marginals[place]:
            reason = f"No judgment is in category {category}."
        figures[category] = replace(figure, convention=convention, reason=reason)
    return figures


def fleiss_test(ratings: Data, *, categories: Sequence[Any] | None = None) -> tuple[float, float]:
    """Return z and the two-sided p-value of "raters agree no more than by chance" (kappa is 0).

    A test only: its standard error holds where there is no agreement and makes no interval. z is
    0 and p is 1 where Fleiss' kappa is undefined, as with unequal numbers of judgments.

    Source: Fleiss, Nee and Landis (1979), Psychological Bulletin 86.
    """
    table = table_of(ratings, categories)
    kappa = fleiss_kappa(table).value
    if kappa is None:
        return 0.0, 1.0
    votes = table.counts.sum(axis=1)
    paired = votes >= 2
    tasks = float(table.pattern_frequency[paired].sum())
    m = float(votes[paired][0])
    totals: Floats = table.pattern_frequency[paired] @ table.counts[paired]
    p = totals / totals.sum()
    spread = p * (1 - p)
    bend = float((spread * (1 - 2 * p)).sum())
    whole = float(spread.sum())
    error = sqrt(2 * (whole**2 - bend) / (tasks * m * (m - 1))) / whole
    z = kappa / error
    return z, float(normal_p(z))


def _against_the_rest(table: Table, place: int) -> Table:
    """Return the table with two categories: this one, and any other."""
    this = table.counts[:, place]
    counts = np.column_stack([this, table.counts.sum(axis=1) - this])
    return replace(table, categories=(True, False), declared=True, scores=None, counts=counts)
