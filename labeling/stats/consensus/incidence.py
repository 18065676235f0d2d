"""Who said what of which task, as a sparse matrix: the products that every EM here is made of.

With V (tasks, raters * K), V[u, r * K + c] = how often rater r put task u in category c, the
expected confusion counts of a posterior T are V' T, and the log likelihood of the truths given
confusion matrices P is V log P. Both are one pass over the judgments, without any one-hot array.
In Dawid and Skene (1979) V[i, k l] is n_il^(k), T is T_ij, and P is pi_jl^(k): patient i, observer
k, true class j, answer l.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from labeling.stats.coding import Coded, crossed
from labeling.stats.ratings import Array, Floats, Ints


@dataclass(frozen=True, eq=False)
class Incidence:
    """Coded ratings with their sparse matrix.

    Attributes:
        tasks, raters, categories: what the codes stand for; U, R and K of them.
        task, rater, value: codes, shape (n,).
        n: judgments of each task, shape (U,).
        shared: whether somebody else judged the task of each judgment too, shape (n,).
        matrix: V, shape (U, R * K).
        turned: V transposed, shape (R * K, U).
    """

    tasks: Array
    raters: tuple[Any, ...]
    categories: tuple[Any, ...]
    task: Ints
    rater: Ints
    value: Ints
    n: Ints
    shared: Any
    matrix: sparse.csr_matrix
    turned: sparse.csc_matrix

    @classmethod
    def of(cls, coded: Coded) -> Incidence:
        """Build the matrix; sums do not depend on the order of the rows."""
        units, raters, size = coded.units, len(coded.raters), len(coded.categories)
        column = coded.rater * size + coded.value
        matrix = sparse.csr_matrix(
            (np.ones(len(column)), (coded.unit, column)), shape=(units, raters * size)
        )
        matrix.sum_duplicates()
        return cls(
            tasks=coded.unit_levels,
            raters=coded.raters,
            categories=coded.categories,
            task=coded.unit,
            rater=coded.rater,
            value=coded.value,
            n=np.bincount(coded.unit, minlength=units),
            shared=_raters_of(matrix, size)[coded.unit] > 1,
            matrix=matrix,
            turned=matrix.T,
        )

    @property
    def shares(self) -> Floats:
        """Return the share of votes for each category, shape (U, K), in one pass."""
        # The paper's start, T_ij = sum_k n_ij^(k) / sum_kl n_il^(k).
        counts = crossed(self.task, self.value, len(self.tasks), len(self.categories))
        return np.asarray(counts / self.n[:, None], dtype=np.float64)

    @property
    def usage(self) -> Ints:
        """Return how often each rater gave each category, shape (R, K)."""
        return crossed(self.rater, self.value, len(self.raters), len(self.categories))

    @property
    def shared_judgments(self) -> Ints:
        """Return how many judgments of each rater are on tasks that others judged, shape (R,)."""
        return np.bincount(self.rater[self.shared], minlength=len(self.raters))

    def expected(self, posterior: Floats) -> Floats:
        """Return expected confusion counts (R, said, true) under the posterior (U, true)."""
        # sum_i T_ij n_il^(k), the numerator of pi_jl^(k), for all k, l and j at once.
        counts = self.turned @ posterior
        return np.asarray(counts).reshape(len(self.raters), len(self.categories), -1)

    def evidence(self, weights: Floats) -> Floats:
        """Return a task's log weights (R, said, true) summed over its judgments, (U, true)."""
        # sum_kl n_il^(k) log pi_jl^(k): the log of the product over answers.
        return np.asarray(self.matrix @ weights.reshape(-1, weights.shape[-1]))


def _raters_of(matrix: sparse.csr_matrix, size: int) -> Ints:
    """Return how many different raters judged each task."""
    task = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    rater = matrix.indices // max(size, 1)
    first = np.ones(len(task), dtype=bool)
    first[1:] = (task[1:] != task[:-1]) | (rater[1:] != rater[:-1])
    return np.bincount(task[first], minlength=matrix.shape[0])
