"""Contingency tables of pairs of raters, and kappa with its jackknife on many of them at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import stats

from labeling.stats.coefficients import divide
from labeling.stats.proportions import normal_quantile
from labeling.stats.ratings import Floats, Ints
from labeling.stats.table import Coded

_DENSE = 20_000_000  # Up to this many cells, pairs of raters are counted in one dense array.
_BATCH = 2_000_000  # Cells of contingency tables worked on at once.
_STILL = 1e-12  # A jackknife standard error below this is none at all.

Clusters = tuple[Ints, Ints, Ints]


@dataclass(frozen=True, eq=False)
class SharedRatings:
    """All pairs of ratings of one unit: which pair of raters, which unit, which two values."""

    first: Ints
    second: Ints
    pair: Ints
    unit: Ints
    cell: Ints
    size: int

    @classmethod
    def of(cls, coded: Coded) -> SharedRatings:
        """List the pairs: neighbours at every lag within a unit, raters in ascending order."""
        raters, size = max(len(coded.raters), 1), len(coded.categories)
        order = np.argsort(coded.unit * raters + coded.rater)
        unit, rater, value = coded.unit[order], coded.rater[order], coded.value[order]
        last = np.cumsum(np.bincount(unit, minlength=coded.units))[unit] - 1
        here = np.arange(len(unit))
        keys, units, cells = [], [], []
        for lag in range(1, len(unit)):
            here = here[here + lag <= last[here]]
            if not len(here):
                break
            keys.append(rater[here] * raters + rater[here + lag])
            units.append(unit[here])
            cells.append(value[here] * size + value[here + lag])
        none = [np.zeros(0, dtype=np.int64)]
        key = np.concatenate(keys or none)
        if raters * raters <= max(_DENSE, len(key)):
            present = np.bincount(key, minlength=raters * raters) > 0
            found, pair = np.flatnonzero(present), (np.cumsum(present) - 1)[key]
        else:
            found, pair = np.unique(key, return_inverse=True)
        unit, cell = np.concatenate(units or none), np.concatenate(cells or none)
        return cls(found // raters, found % raters, pair, unit, cell, size)

    def batches(self, cluster: Ints | None) -> Iterator[tuple[Floats, Clusters | None]]:
        """Yield contingency tables (pairs, K, K), and the cluster of every shared rating."""
        total, cells = len(self.first), self.size**2
        if not total:
            return
        step = max(1, _BATCH // cells)
        sort = np.argsort(self.pair, kind="stable") if total > step or cluster is not None else None
        pair = self.pair if sort is None else self.pair[sort]
        cell = self.cell if sort is None else self.cell[sort]
        of_unit = None if cluster is None else cluster[self.unit[sort]]
        for start in range(0, total, step):
            stop = min(start + step, total)
            span = (
                slice(0, len(pair))
                if sort is None
                else slice(*np.searchsorted(pair, [start, stop]))
            )
            local = pair[span] - start
            flat = np.bincount(local * cells + cell[span], minlength=(stop - start) * cells)
            tables = flat.reshape(-1, self.size, self.size).astype(np.float64)
            yield tables, None if of_unit is None else (local, of_unit[span], cell[span])


@dataclass(frozen=True, eq=False)
class KappaBatch:
    """Kappa with its jackknife for a batch of contingency tables (pairs, K, K)."""

    tables: Floats
    clusters: Clusters | None
    weight: Floats
    confidence: float

    def columns(self) -> Floats:
        """Return n, percent and its ends, kappa and its ends, as the 7 rows of an array."""
        tables, weight = self.tables, self.weight
        n = tables.sum(axis=(1, 2))
        rows, columns = tables.sum(axis=2), tables.sum(axis=1)
        agree = np.einsum("pck,ck->p", tables, weight)
        chance = np.einsum("pc,ck,pk->p", rows, weight, columns)
        same = np.einsum("pcc->p", tables)
        kappa, percent = _kappa(agree, chance, n), same / n
        if self.clusters is None:
            spread = self._leave_one_rating_out(n, rows, columns, agree, chance)
            percent_error = np.sqrt(percent * (1 - percent) / np.maximum(n - 1, 1))
            groups = n
        else:
            spread, percent_error, groups = self._leave_one_cluster_out(
                self.clusters, rows, columns, agree, chance, same, n
            )
        chance_share = np.clip(divide(chance, n * n), 0, 1)
        kappa_ends = self._ends(kappa, spread, groups, chance_share, -1.0)
        if self.clusters is None:
            percent_ends = self._wilson(percent, n)
        else:
            percent_ends = self._ends(percent, percent_error, groups, np.zeros(len(n)), 0.0)
        return np.stack([n, percent, *percent_ends, kappa, *kappa_ends])

    def _leave_one_rating_out(
        self, n: Floats, rows: Floats, columns: Floats, agree: Floats, chance: Floats
    ) -> Floats:
        """Return the jackknife standard error; ratings in one cell of the table are alike."""
        weight = self.weight
        left = n[:, None, None] - 1
        rest = _kappa(
            agree[:, None, None] - weight,
            chance[:, None, None]
            - (columns @ weight.T)[:, :, None]
            - (rows @ weight)[:, None, :]
            + weight,
            left,
        )
        rest = np.where(self.tables > 0, rest, 0.0)
        mean = (self.tables * rest).sum(axis=(1, 2)) / n
        square = (self.tables * (rest - mean[:, None, None]) ** 2).sum(axis=(1, 2))
        return np.asarray(np.sqrt(square * (n - 1) / n))

    def _leave_one_cluster_out(
        self,
        clusters: Clusters,
        rows: Floats,
        columns: Floats,
        agree: Floats,
        chance: Floats,
        same: Floats,
        n: Floats,
    ) -> tuple[Floats, Floats, Floats]:
        """Return jackknife standard errors of kappa and percent, and clusters of each pair."""
        pair, cluster, cell = clusters
        size = len(self.weight)
        keys, group = np.unique(
            pair * (int(cluster.max(initial=0)) + 1) + cluster, return_inverse=True
        )
        of = np.zeros(len(keys), dtype=np.int64)
        of[group] = pair
        first, second = np.divmod(cell, size)
        groups = len(keys)
        row = np.bincount(group * size + first, minlength=groups * size).reshape(groups, size)
        column = np.bincount(group * size + second, minlength=groups * size).reshape(groups, size)
        held = np.bincount(group, minlength=groups)
        agreed = np.bincount(group, self.weight[first, second], minlength=groups)
        matched = np.bincount(group, first == second, minlength=groups)
        weight = self.weight
        removed = (
            (row * (columns @ weight.T)[of]).sum(axis=1)
            + ((rows @ weight)[of] * column).sum(axis=1)
            - ((row @ weight) * column).sum(axis=1)
        )
        left = n[of] - held
        kappa_rest = _kappa(agree[of] - agreed, chance[of] - removed, left)
        percent_rest = divide(same[of] - matched, left)
        count = np.bincount(of, minlength=len(n)).astype(np.float64)
        return _spread(kappa_rest, of, count), _spread(percent_rest, of, count), count

    def _ends(
        self, value: Floats, error: Floats, groups: Floats, chance: Floats, floor: float
    ) -> tuple[Floats, Floats]:
        """Return jackknife-t ends on the Fisher scale; Wilson's, carried over, where it fails."""
        span = 1 - floor
        centred = 2 * (value - floor) / span - 1
        smooth = np.isfinite(error) & (error > _STILL) & (np.abs(centred) < 1 - _STILL)
        safe = np.where(smooth, centred, 0.0)
        t = stats.t.ppf((1 + self.confidence) / 2, np.maximum(groups - 1, 1))
        shift = np.where(smooth, error, 0.0) * t * 2 / span / (1 - safe**2)
        ends = [
            floor + span * (np.tanh(np.arctanh(safe) + sign * shift) + 1) / 2 for sign in (-1, 1)
        ]
        agree = np.clip(chance + value * (1 - chance), 0, 1)
        low, high = self._wilson(agree, groups)
        stretch = np.maximum(1 - chance, _STILL)
        carried_low = np.maximum(value - (agree - low) / stretch, floor)
        carried_high = np.minimum(value + (high - agree) / stretch, 1.0)
        return np.where(smooth, ends[0], carried_low), np.where(smooth, ends[1], carried_high)

    def _wilson(self, share: Floats, n: Floats) -> tuple[Floats, Floats]:
        """Return Wilson's ends of shares of n."""
        z = normal_quantile(self.confidence)
        middle = share + z * z / (2 * n)
        reach = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        under = 1 + z * z / n
        return (
            np.clip((middle - reach) / under, 0, share),
            np.clip((middle + reach) / under, share, 1),
        )


def _kappa(agree: Floats, chance: Floats, n: Floats) -> Floats:
    """Return (po - pe) / (1 - pe) from po n and pe n squared; NaN where pe is 1 or n is 0."""
    left = n * n - chance
    left = np.where(left > 1e-9, left, 0.0)
    return divide(n * agree - chance, left)


def _spread(rest: Floats, of: Ints, count: Floats) -> Floats:
    """Return jackknife standard errors from leave-one-out values grouped by pair."""
    pairs = len(count)
    mean = np.bincount(of, rest, minlength=pairs) / count
    square = np.bincount(of, (rest - mean[of]) ** 2, minlength=pairs)
    return np.asarray(np.sqrt(square * (count - 1) / count))
