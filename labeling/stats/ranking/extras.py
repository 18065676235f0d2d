"""What moves an outcome besides the items: the side of the screen and differences in style."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from labeling.stats.ranking.assembly import Ends
from labeling.stats.ranking.cells import Cells
from labeling.stats.ranking.likelihood import DENSE, Design, Maximum
from labeling.stats.ranking.outcomes import BradleyTerry, Curvature
from labeling.stats.ranking.uncertainty import Variation
from labeling.stats.ratings import Figure, Floats, Ints

_CONSTANT = "It is 0 in every comparison used, so that it has no effect to estimate."
_CONFOUNDED = (
    "It cannot be told apart from the strengths (or from the effects before it): it is the same "
    "wherever the same two items meet."
)
_ALIKE = 1e-9  # A share of variation left below this is rounding.


@dataclass(frozen=True, eq=False)
class Extras:
    """The effects asked for, those that can be estimated, and why others cannot.

    Attributes:
        scale: root mean square of each effect's column, by which it was divided, shape (E,).
        kept: columns in the fit.
        reasons: for the others, by column.
        sided: comparisons in which the side is known.
        has_side: whether the first column is the side.
    """

    scale: Floats
    kept: list[int]
    reasons: dict[int, str]
    sided: int
    has_side: bool

    def side(self, maximum: Maximum, ends: Ends, variation: Variation) -> Figure:
        """Return the advantage of the left."""
        convention = (
            "log odds that the left one of two equal items wins; n counts comparisons whose side "
            f"is known; {variation.convention}"
        )
        return self._figure(0, self.sided, convention, maximum, ends, variation)

    def style(self, maximum: Maximum, ends: Ends, variation: Variation) -> tuple[Figure, ...]:
        """Return the effect of one unit of each difference in style."""
        convention = (
            "change in log odds by one unit of the difference in style; n counts comparisons; "
            f"{variation.convention}"
        )
        n = maximum.design.cells.total
        return tuple(
            self._figure(place, n, convention, maximum, ends, variation)
            for place in range(int(self.has_side), len(self.scale))
        )

    def _figure(
        self,
        place: int,
        n: int,
        convention: str,
        maximum: Maximum,
        ends: Ends,
        variation: Variation,
    ) -> Figure:
        if place not in self.kept:
            return Figure(None, None, None, n, convention, self.reasons[place])
        at = maximum.design.cells.items + self.kept.index(place)
        scale = self.scale[place]
        scaled = Ends(ends.error / scale, ends.low / scale, ends.high / scale)
        return scaled.figure(at, float(maximum.slopes[at] / scale), n, convention, variation.reason)


def extras_of(cells: Cells, component: Ints, *, side: bool) -> tuple[Cells, Extras]:
    """Return the cells with the effects that can be estimated, and what became of each.

    An effect is left out, with the reason, where it is 0 throughout or a linear combination of
    the items and of the effects before it. Columns are divided by their root mean square.
    """
    sided = round(float(cells.count[:, cells.extras[:, 0] != 0].sum())) if side else 0
    columns = cells.extras.shape[1]
    scale = np.sqrt(np.mean(cells.extras**2, axis=0)) if columns else np.zeros(0)
    reasons = dict.fromkeys(np.flatnonzero(scale == 0).tolist(), _CONSTANT)
    scale = np.where(scale > 0, scale, 1.0)
    kept: list[int] = []
    left = _beyond_items(cells, component, cells.extras / scale)
    basis = np.zeros((len(left), 0))
    for place in range(columns):
        if place in reasons:
            continue
        column = left[:, place]
        for _ in range(2):
            column = column - basis @ (basis.T @ column)
        norm = float(np.sqrt(column @ column))
        if norm**2 < _ALIKE * len(column):
            reasons[place] = _CONFOUNDED
            continue
        kept.append(place)
        basis = np.column_stack([basis, column / norm])
    scaled = (cells.extras / scale)[:, kept]
    return replace(cells, extras=scaled), Extras(scale, kept, reasons, sided, side)


def _beyond_items(cells: Cells, component: Ints, columns: Floats) -> Floats:
    """Return what of each column is not a difference of one number per item."""
    if not columns.shape[1]:
        return columns
    items = cells.items
    if items > DENSE:
        ends = Design(cells, BradleyTerry(), component).ends
        fitted = [
            sparse.linalg.lsmr(ends, column, atol=1e-12, btol=1e-12)[0] for column in columns.T
        ]
    else:
        design = Design(replace(cells, extras=columns[:, :0]), BradleyTerry(), component)
        ones = np.ones(len(columns))
        linked = design.gram(Curvature(ones, ones, ones)) + design.level(1.0)
        received = np.stack([design.spread(column) for column in columns.T], axis=1)
        fitted = list(np.linalg.solve(linked, received).T)
    explained = [values[cells.a] - values[cells.b] for values in fitted]
    return columns - np.stack(explained, axis=1)
