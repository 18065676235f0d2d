"""Finds the strengths that make the comparisons most likely: Newton's method on the cells.

In the comments: theta the parameters, eta_c = x_c' theta the advantage of a in cell c with
x_c = e_a - e_b beside the cell's extras z_c, w_c = -d2 l_c / d eta_c^2 its bend, I the observed
information, minus the second derivatives of the log likelihood l. Strengths are log pi_i of
Bradley and Terry (1952), log gamma_i of Hunter (2004); tie parameters stand in `outcomes`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from labeling.stats.coding import counted
from labeling.stats.ranking.cells import Cells
from labeling.stats.ranking.outcomes import Curvature, Outcomes
from labeling.stats.ratings import ConvergenceError, Floats, Ints

DENSE = 2_000  # Up to this many items full matrices are held: 32 MB each.

NEWTON_STEPS = 200
SETTLED = 1e-9  # A step below this leaves an error of about its square.
NEAR = 1e-4  # Rounding may keep steps from falling further; steps that run away stay near 1.
_FAR = 0.1  # Steps to a maximum shrink before they vanish; those to infinity drown at once.
SLACK = 1e-13
_FLAT = 1e12  # Curvature alone over curvature with all else free: above this it is rounding.


@dataclass(frozen=True, eq=False)
class Design:
    """How cells depend on the parameters: M strengths, E extras and, maybe, a tie parameter.

    Attributes:
        cells: the comparisons.
        outcomes: the model of their outcomes.
        component: strengths have mean zero in each component, shape (M,).
        ridge: this times the sum of squared strengths is taken off the log likelihood.
    """

    cells: Cells
    outcomes: Outcomes
    component: Ints
    ridge: float = 0.0

    @property
    def slopes(self) -> int:
        """How many parameters move eta: M + E."""
        return self.cells.items + int(self.cells.extras.shape[1])

    @property
    def size(self) -> int:
        """How many parameters there are."""
        return self.slopes + self.outcomes.has_tie

    @property
    def dense(self) -> bool:
        """Whether full matrices over the parameters are held."""
        return self.cells.items <= DENSE

    def eta(self, slopes: Floats) -> Floats:
        """Return the advantage of a in every cell; slopes (..., M + E) gives (..., C)."""
        cells, items = self.cells, self.cells.items
        eta: Floats = slopes[..., cells.a] - slopes[..., cells.b]
        if cells.extras.shape[1]:
            eta = eta + slopes[..., items:] @ cells.extras.T
        return eta

    def pull(self, by_eta: Floats, by_tie: Floats) -> Floats:
        """Return derivatives by the parameters from those by eta and tie, (C,) to (P,)."""
        cells = self.cells
        # Chain rule, dl / d theta = X' (dl / d eta); the tie parameter is in every cell alike.
        parts = [self.spread(by_eta), by_eta @ cells.extras]
        if self.outcomes.has_tie:
            parts.append(by_tie.sum(keepdims=True))
        return np.concatenate(parts)

    def spread(self, by_eta: Floats) -> Floats:
        """Return what the items receive: a plus, b minus, shape (M,)."""
        cells = self.cells
        return counted(cells.a, cells.items, by_eta) - counted(cells.b, cells.items, by_eta)

    def gram(self, bend: Curvature) -> Floats:
        """Return the full matrix of second-order sums over the parameters, shape (P, P)."""
        cells, items = self.cells, self.cells.items
        full = np.zeros((self.size, self.size))
        # X'WX of x_c = e_a - e_b is a graph Laplacian: -w_c off the diagonal, row sums on it.
        met = np.bincount(self._pair, bend.eta, items * items).reshape(items, items)
        met += met.T
        full[:items, :items] = np.diag(met.sum(axis=1)) - met
        # The other blocks of X'WX: X_items' W Z received item by item, and Z'WZ of the extras.
        weighed = bend.eta[:, None] * cells.extras
        for place, column in enumerate(weighed.T, start=items):
            full[:items, place] = full[place, :items] = self.spread(column)
        full[items : self.slopes, items : self.slopes] = cells.extras.T @ weighed
        if self.outcomes.has_tie:
            # The border is X' of the cross derivatives, the corner the sum of the tie's own.
            full[-1, :-1] = full[:-1, -1] = np.concatenate(
                [self.spread(bend.cross), bend.cross @ cells.extras]
            )
            full[-1, -1] = bend.tie.sum()
        return full

    def sparse_gram(self, bend: Curvature) -> sparse.csr_matrix:
        """Return the same matrix for many items, as a sparse one."""
        slopes = sparse.hstack([self.ends, sparse.csr_matrix(self.cells.extras)], format="csr")
        # X'WX again, in which only pairs that met have an entry.
        square = slopes.T @ sparse.diags_array(bend.eta) @ slopes
        if not self.outcomes.has_tie:
            return sparse.csr_matrix(square)
        # X' of the cross derivatives beside the sum of the tie parameter's own, as in `gram`.
        border = sparse.csr_matrix((slopes.T @ bend.cross)[:, None])
        corner = sparse.csr_matrix([[bend.tie.sum()]])
        return sparse.csr_matrix(sparse.bmat([[square, border], [border.T, corner]]))

    @cached_property
    def ends(self) -> sparse.csr_matrix:
        """The items of each cell: 1 for a and -1 for b, sparse (C, M)."""
        cells, count = self.cells, len(self.cells.a)
        places = (np.tile(np.arange(count), 2), np.concatenate([cells.a, cells.b]))
        signs = np.repeat([1.0, -1.0], count)
        return sparse.csr_matrix((signs, places), shape=(count, cells.items))

    @cached_property
    def _pair(self) -> Ints:
        return self.cells.a * self.cells.items + self.cells.b

    def penalty(self, slopes: Floats) -> tuple[float, Floats]:
        """Return what the ridge takes off the log likelihood, and minus its derivatives."""
        strengths = slopes[: self.cells.items]
        pulled = np.zeros(self.size)
        pulled[: self.cells.items] = 2 * self.ridge * strengths
        return self.ridge * float(strengths @ strengths), pulled

    def level(self, size: float) -> Floats:
        """Return what makes the information on strengths invertible: ridge, or `centring`."""
        if self.ridge:
            # The ridge lambda |theta|^2 bends by 2 lambda in every direction.
            return np.diag(np.full(self.cells.items, 2 * self.ridge))
        return centring(self.component, size)


def centring(component: Ints, size: float) -> Floats:
    """Return `size` times the projection on moves of whole components, shape (M, M).

    A likelihood of differences does not change when all strengths of a component move together;
    this added to the information fixes their mean at 0 and changes nothing else.
    """
    # P = 1 1' / m in a component of m items; I P = 0, and I + c P has an inverse where I has none.
    together = component[:, None] == component[None, :]
    return np.asarray(size * together / np.bincount(component)[component])


@dataclass(frozen=True, eq=False)
class Maximum:
    """The parameters at which the log likelihood is highest.

    Attributes:
        design: cells and model.
        slopes: strengths (M) and effects of the extras (E).
        tie: the tie parameter; 0 in models without one.
        log_likelihood: the weighted sum over comparisons, without the ridge.
        inverse: the inverse of the information on contrasts of strengths, shape (P, P); None
            above `DENSE` items.
    """

    design: Design
    slopes: Floats
    tie: float
    log_likelihood: float
    inverse: Floats | None = None

    @property
    def eta(self) -> Floats:
        """The advantage of a in every cell."""
        return self.design.eta(self.slopes)

    @property
    def parameters(self) -> Floats:
        """All parameters, shape (P,)."""
        if self.design.outcomes.has_tie:
            return np.append(self.slopes, self.tie)
        return self.slopes


def maximise(design: Design) -> Maximum | None:
    """Return the maximum, or None where the log likelihood has none: it rises without end.

    The log likelihood is concave, so that Newton's steps, halved where they overshoot, find its
    maximum where there is one; where there is none they go on at an even pace.

    Raises:
        ConvergenceError: the equations of a step could not be solved (above `DENSE` items).
    """
    cells, outcomes = design.cells, design.outcomes
    point = Maximum(design, np.zeros(design.slopes), outcomes.start(cells.weight), -np.inf)
    point = replace(point, log_likelihood=_height(point))
    before, size = 0.0, 0.0
    for _ in range(NEWTON_STEPS):
        before = size
        step, gain, inverse = _newton_step(point)
        if not np.isfinite(step).all():
            return None
        size = float(np.abs(step).max(initial=0.0))
        if size < SETTLED or (size < NEAR and gain < SLACK * abs(point.log_likelihood)):
            point = _moved(point, step, 1.0)
            return None if before > _FAR else _checked(point, inverse)
        further = _uphill(point, step)
        if further is None:
            return _checked(point, inverse) if max(size, before) < _FAR else None
        point = further
    return None


def _checked(point: Maximum, inverse: Floats | None) -> Maximum | None:
    """Return the maximum with its height; None where some direction has no curvature left.

    Parameters on their way to infinity come to rest where rounding is all that is left of it.
    """
    point = replace(point, log_likelihood=_likelihood(point), inverse=inverse)
    if inverse is None:
        return point
    design = point.design
    weight = design.cells.weight
    bend = design.outcomes.curvature(point.eta, point.tie, weight)
    # I_kk (I^-1)_kk: curvature alone over curvature with all else free, a variance inflation.
    stiff = np.diagonal(design.gram(bend)) * np.diagonal(inverse)
    gone = float(bend.eta.sum()) * _FLAT < float(weight.sum())
    return None if gone or not np.abs(stiff).max() < _FLAT else point


def _newton_step(point: Maximum) -> tuple[Floats, float, Floats | None]:
    """Return the step to the top of the parabola that touches here, its gain, the inverse."""
    design, outcomes = point.design, point.design.outcomes
    eta, weight = point.eta, design.cells.weight
    gradient = design.pull(*outcomes.gradient(eta, point.tie, weight))
    # Of the penalised likelihood l - lambda |theta|^2.
    gradient -= design.penalty(point.slopes)[1]
    bend = outcomes.curvature(eta, point.tie, weight)
    if not design.dense:
        step = _conjugate(design, bend, gradient)
        return step, float(gradient @ step), None
    full = design.gram(bend)
    items = design.cells.items
    size = float(np.diagonal(full)[:items].mean()) if items else 1.0
    level = design.level(size)
    # I + c P (or I + 2 lambda), c of the size of I, so that the inverse loses no digits.
    full[:items, :items] += level
    try:
        inverse = np.asarray(np.linalg.inv(full), dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.full(design.size, np.nan), 0.0, None
    # Newton: theta + I^-1 dl / d theta; P dl / d theta = 0, so that c P does not show in the step.
    step = inverse @ gradient
    if not design.ridge:
        # (I + c P)^-1 = I^+ + P / c: taking P / c off leaves the inverse on contrasts, I^+.
        inverse[:items, :items] -= level / size**2
    return step, float(gradient @ step), inverse


def _conjugate(design: Design, bend: Curvature, gradient: Floats) -> Floats:
    """Return the step for many items, by conjugate gradients on the sparse information."""
    full = design.sparse_gram(bend)
    if design.ridge:
        extra = np.zeros(design.size)
        extra[: design.cells.items] = 2 * design.ridge
        full = full + sparse.diags_array(extra)
    # Jacobi's preconditioner D^-1: items met often and seldom come to one scale.
    diagonal = full.diagonal()
    lift = sparse.diags_array(1 / np.where(diagonal > 0, diagonal, 1.0))
    # I step = dl / d theta can be solved though I is singular: the gradient's sum is 0 as well.
    step, trouble = sparse.linalg.cg(full, gradient, rtol=1e-10, M=lift)
    if trouble:
        raise ConvergenceError(
            f"The strengths of {design.cells.items} items did not settle after {trouble} "
            "iterations: too few comparisons hold the items together."
        )
    if not design.ridge:
        items = design.cells.items
        # (1 - P) step: what moves a whole component together is no part of a contrast.
        means = np.bincount(design.component, step[:items]) / np.bincount(design.component)
        step[:items] -= means[design.component]
    return np.asarray(step)


def _uphill(point: Maximum, step: Floats) -> Maximum | None:
    """Return the point a step on, the step halved until it does not lead down."""
    floor = point.log_likelihood - SLACK * abs(point.log_likelihood) - SLACK
    share = 1.0
    while share > 1e-10:
        moved = _moved(point, step, share)
        if moved.tie > moved.design.outcomes.floor:
            height = _height(moved)
            if height >= floor:
                return replace(moved, log_likelihood=height)
        share /= 2
    return None


def _moved(point: Maximum, step: Floats, share: float) -> Maximum:
    slopes = point.slopes + share * step[: point.design.slopes]
    tie = point.tie + (share * float(step[-1]) if point.design.outcomes.has_tie else 0.0)
    return replace(point, slopes=slopes, tie=tie)


def _height(point: Maximum) -> float:
    """Return the log likelihood less the ridge."""
    return _likelihood(point) - point.design.penalty(point.slopes)[0]


def _likelihood(point: Maximum) -> float:
    weight = point.design.cells.weight
    logs = point.design.outcomes.log_likelihoods(point.eta, point.tie)
    return float((weight * np.where(weight > 0, logs, 0.0)).sum())
