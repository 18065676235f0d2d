"""Alpha without each rater: whose judgments raise, and whose lower, the agreement of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from labeling.stats.agreement.coefficients import Alpha, Level
from labeling.stats.coding import Coded, code
from labeling.stats.ratings import Figure, Floats, Ratings
from labeling.stats.table import patterns_of, require_mirror, scores

_NOTHING = "Alpha is undefined for all judgments together."


def alpha_without_each(
    ratings: Ratings | Coded,
    *,
    level: Level = "nominal",
    symmetric: bool = False,
    categories: Sequence[Any] | None = None,
) -> dict[Any, Figure]:
    """Return how much Krippendorff's alpha rises when a rater is left out (below 0: it falls).

    A figure for finding where to look, together with `peer_agreement`, which takes the
    difficulty of the tasks out and has an interval. It depends on how much a rater judged: one
    with few judgments cannot move alpha far. Work is linear in the judgments: leaving a rater
    out changes the sums of alpha by those of the patterns (categories counted on a task) touched.

    Args:
        ratings: judgments (or their codes), one per rater and task.
        level: of measurement, as for `krippendorff_alpha`.
        symmetric: for preferences, as for `krippendorff_alpha`.
        categories: the declared scale.

    Returns:
        For each rater, alpha without the rater less alpha; n counts the rater's judgments of
        tasks that somebody else judged too.

    Raises:
        RatingsError: ratings that cannot be read, named by position.
        ValueError: a level that the categories do not allow, or a symmetric alpha of categories
            that do not mirror themselves around 0.
    """
    table = code(ratings, categories)
    values = scores(table.categories)
    if symmetric:
        require_mirror(table.categories)
    alpha = Alpha(level, symmetric)
    parts = _Parts.of(table)
    whole = parts.frequency @ alpha.sums(parts.patterns, values)
    lost = parts.taken @ (alpha.sums(parts.before, values) - alpha.sums(parts.after, values))
    full = float(alpha.value(whole[None, :], values)[0])
    rest = alpha.value(whole[None, :] - lost, values)
    kind = "symmetric " if symmetric else ""
    convention = (
        f"{kind}{level} alpha without the rater less alpha of all; n counts the rater's judgments "
        "of tasks somebody else judged too"
    )
    return {
        name: _figure(float(rest[place]), full, int(parts.shared[place]), convention)
        for place, name in enumerate(table.raters)
    }


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """Patterns of the tasks, and those that change when a judgment is taken away.

    Attributes:
        patterns: (P, K) distinct patterns; `frequency` how many tasks show each.
        before, after: (C, K) distinct changes: a pattern, and the same less one judgment.
        taken: sparse (raters, C); how many judgments of a rater make each change.
        shared: judgments of each rater on tasks that somebody else judged, shape (raters,).
    """

    patterns: Floats
    frequency: Floats
    before: Floats
    after: Floats
    taken: sparse.csr_matrix
    shared: Floats

    @classmethod
    def of(cls, table: Coded) -> _Parts:
        """Count the patterns and changes of coded ratings."""
        size = len(table.categories)
        votes = np.bincount(table.unit, minlength=table.units)
        patterns, pattern = patterns_of(table.unit, votes, table.value, size)
        of = pattern[table.unit]
        changes, change = np.unique(of * size + table.value, return_inverse=True)
        before = patterns[changes // max(size, 1)].astype(np.float64)
        after = before.copy()
        after[np.arange(len(changes)), changes % max(size, 1)] -= 1
        ones = np.ones(len(of))
        shape = (len(table.raters), len(changes))
        taken = sparse.csr_matrix((ones, (table.rater, change)), shape=shape)
        return cls(
            patterns=patterns.astype(np.float64),
            frequency=np.bincount(pattern, minlength=len(patterns)).astype(np.float64),
            before=before,
            after=after,
            taken=taken,
            shared=taken @ (before.sum(axis=1) > 1).astype(np.float64),
        )


def _figure(rest: float, full: float, n: int, convention: str) -> Figure:
    if np.isnan(full):
        return Figure(None, None, None, n, convention, _NOTHING)
    if np.isnan(rest):
        reason = "Without this rater alpha is undefined: too few judgments are left to compare."
        return Figure(None, None, None, n, convention, reason)
    reason = "No interval is made for this difference; see the agreement with the others."
    return Figure(rest - full, None, None, n, convention, reason)
