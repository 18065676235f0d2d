"""Counts of answer patterns that follow every judgment in constant time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any, Final

import numpy as np
from scipy import sparse

from labeling.stats.coding import code, crossed
from labeling.stats.ratings import Ratings, RatingsError
from labeling.stats.table import Table, scores

Pattern = tuple[int, ...]


class Histogram:
    """The patterns of answers of a growing set of judgments.

    A judgment that arrives, is revised or is withdrawn moves one unit from one pattern to
    another, whatever the number of judgments so far; `table()` is then what every agreement
    figure reads. Use it to follow a running project; for ratings at hand `table_of` is quicker.

    It counts answers, not raters: that nobody rates a unit twice is for the caller to see to
    (`table_of` and `Histogram.of` check it).

        histogram = Histogram(categories=(-1, 0, 1))
        histogram.add("task-1", -1, cluster="prompt-1")
        histogram.revise("task-1", -1, 0)
        krippendorff_alpha(histogram.table())
    """

    def __init__(self, categories: Sequence[Hashable]) -> None:
        """Start without judgments on the declared scale, in its declared order.

        Raises:
            RatingsError: a scale that names a category twice.
        """
        self.categories: Final = tuple(categories)
        self._place = {category: place for place, category in enumerate(self.categories)}
        if len(self._place) != len(self.categories):
            raise RatingsError(f"The scale {self.categories} names a category twice.")
        self._pattern: dict[Hashable, Pattern] = {}
        self._cluster: dict[Hashable, Hashable] = {}
        self._units: dict[Hashable, set[Hashable]] = {}
        self._kinds: Counter[tuple[Pattern, ...]] = Counter()

    @classmethod
    def of(cls, ratings: Ratings, categories: Sequence[Hashable]) -> Histogram:
        """Return the histogram of ratings at hand, to be kept up to date from then on.

        Raises:
            RatingsError: what `code` refuses.
        """
        coded = code(ratings, categories)
        histogram = cls(categories)
        size = len(histogram.categories)
        patterns = crossed(coded.unit, coded.value, coded.units, size).tolist()
        first = np.unique(coded.unit, return_index=True)[1]
        names = ratings.unit[first].tolist()
        clusters = names if ratings.cluster is None else ratings.cluster[first].tolist()
        for unit, cluster, pattern in zip(names, clusters, patterns, strict=True):
            histogram._pattern[unit] = tuple(pattern)
            histogram._join(unit, ("alone", unit) if ratings.cluster is None else cluster)
        for units in histogram._units.values():
            histogram._kinds[histogram._kind(units)] += 1
        return histogram

    def add(self, unit: Hashable, value: Hashable, *, cluster: Hashable | None = None) -> None:
        """Count a judgment of `unit`; the first one of a unit says what it was drawn with.

        Args:
            cluster: what the unit was drawn with (its prompt); None for a unit drawn alone.

        Raises:
            RatingsError: a value off the scale, or a unit that is already in another cluster.
        """
        place = self._placed(unit, value)
        home = ("alone", unit) if cluster is None else cluster
        known = self._cluster.get(unit)
        if known is None:
            self._forget_kind(home)
            self._join(unit, home)
            self._pattern[unit] = (0,) * len(self.categories)
            self._count_kind(home)
        elif cluster is not None and known != cluster:
            raise RatingsError(f"unit {unit} is in cluster {known} and cannot join {cluster}.")
        self._move(unit, {place: 1})

    def revise(self, unit: Hashable, old: Hashable, new: Hashable) -> None:
        """Replace a judgment of `unit` that said `old` by one that says `new`.

        Raises:
            RatingsError: a value off the scale, or no judgment of the unit that says `old`.
        """
        before, after = self._counted(unit, old), self._placed(unit, new)
        if before != after:
            self._move(unit, {before: -1, after: 1})

    def remove(self, unit: Hashable, value: Hashable) -> None:
        """Take back a judgment of `unit` that said `value`.

        Raises:
            RatingsError: a value off the scale, or no judgment of the unit that says `value`.
        """
        self._move(unit, {self._counted(unit, value): -1})

    def table(self) -> Table:
        """Return the patterns as every agreement figure reads them."""
        kinds: Counter[tuple[Pattern, ...]] = Counter()
        for kind, times in self._kinds.items():
            kinds[tuple(pattern for pattern in kind if any(pattern))] += times
        del kinds[()]
        patterns = sorted({pattern for kind in kinds for pattern in kind})
        place = {pattern: row for row, pattern in enumerate(patterns)}
        lengths = [len(kind) for kind in kinds]
        rows = np.repeat(np.arange(len(kinds)), lengths)
        columns = np.array([place[p] for kind in kinds for p in kind], dtype=np.int64)
        frequency = np.array(list(kinds.values()), dtype=np.float64)
        shape = (len(kinds), len(patterns))
        groups = sparse.csr_matrix((np.ones(len(columns)), (rows, columns)), shape=shape)
        counts = np.array(patterns, dtype=np.float64).reshape(-1, len(self.categories))
        held = np.asarray(frequency @ groups, dtype=np.float64).ravel()
        clustered = max(lengths, default=1) > 1
        return Table(
            categories=self.categories,
            declared=True,
            scores=scores(self.categories),
            counts=counts,
            groups=groups if clustered else None,
            frequency=frequency if clustered else held,
            units=round(float(held.sum())),
            ratings=round(float(held @ counts.sum(axis=1))),
        )

    def _placed(self, unit: Hashable, value: Any) -> int:
        place = self._place.get(value)
        if place is None:
            listed = ", ".join(str(item) for item in self.categories)
            raise RatingsError(f"value {value} of unit {unit} is not on the scale: {listed}.")
        return place

    def _counted(self, unit: Hashable, value: Any) -> int:
        place = self._placed(unit, value)
        if not self._pattern.get(unit, (0,) * len(self.categories))[place]:
            raise RatingsError(f"no judgment of unit {unit} says {value}.")
        return place

    def _join(self, unit: Hashable, cluster: Hashable) -> None:
        self._cluster[unit] = cluster
        self._units.setdefault(cluster, set()).add(unit)

    def _move(self, unit: Hashable, changes: dict[int, int]) -> None:
        """Change a unit's pattern, and with it the kind of its cluster."""
        cluster = self._cluster[unit]
        self._forget_kind(cluster)
        counts = list(self._pattern[unit])
        for place, change in changes.items():
            counts[place] += change
        self._pattern[unit] = tuple(counts)
        self._count_kind(cluster)

    def _kind(self, units: set[Hashable]) -> tuple[Pattern, ...]:
        return tuple(sorted(self._pattern[unit] for unit in units))

    def _count_kind(self, cluster: Hashable) -> None:
        self._kinds[self._kind(self._units[cluster])] += 1

    def _forget_kind(self, cluster: Hashable) -> None:
        units = self._units.get(cluster)
        if units is None:
            return
        kind = self._kind(units)
        self._kinds[kind] -= 1
        if not self._kinds[kind]:
            del self._kinds[kind]
