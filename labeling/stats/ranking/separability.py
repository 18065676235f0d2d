"""Which items of a ranking can be told apart: Holm-adjusted tests and groups by letter."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

import numpy as np
from scipy import special

from labeling.stats.intervals.multiplicity import holm
from labeling.stats.ratings import Array, Floats, Ints

NO_ERROR = 1e-7  # Errors below this are what rounding leaves of none at all.


@dataclass(frozen=True, eq=False)
class Separability:
    """All pairwise tests of one ranking.

    Attributes:
        items: best first; items without a strength are left out.
        p_value: Holm's adjusted p-value for each two items, shape (M, M) in the order of
            `items`; NaN on the diagonal and between groups that cannot be compared at all.
        letters: one string an item. Two items share a letter exactly where they were compared
            and are not separable.
        convention: what was tested.
    """

    items: tuple[Any, ...]
    p_value: Floats
    letters: tuple[str, ...]
    convention: str

    def groups(self) -> list[tuple[Any, ...]]:
        """Return the items of each letter, in the order of the letters."""
        names = sorted({name for letters in self.letters for name in letters.split()}, key=_place)
        return [
            tuple(
                item
                for item, letters in zip(self.items, self.letters, strict=True)
                if name in letters.split()
            )
            for name in names
        ]


def separate(
    items: tuple[Any, ...],
    strength: Floats,
    covariance: Floats,
    component: Ints,
    level: float,
    freedom: float,
) -> Separability:
    """Test every two items of one component, and letter those that are not separable.

    Args:
        items, strength, covariance, component: of the items that have a strength.
        level: items are separable where Holm's adjusted p-value is at most this.
        freedom: degrees of freedom of the t tests; infinite for z tests.
    """
    order = np.lexsort((-strength, component))
    strength, component = strength[order], component[order]
    covariance = covariance[np.ix_(order, order)]
    first, second = np.triu_indices(len(order), 1)
    met = component[first] == component[second]
    first, second = first[met], second[met]
    own = np.diagonal(covariance)
    error = np.sqrt(np.maximum(own[first] + own[second] - 2 * covariance[first, second], 0.0))
    varies = error > NO_ERROR
    z = np.zeros(len(first))
    z[varies] = (strength[first] - strength[second])[varies] / error[varies]
    adjusted = holm(2 * special.stdtr(freedom, -np.abs(z)))
    p_value = np.full((len(order), len(order)), np.nan)
    p_value[first, second] = p_value[second, first] = adjusted
    return Separability(
        items=tuple(items[place] for place in order),
        p_value=p_value,
        letters=letters_of(p_value > level),
        convention=(
            f"two-sided t tests of {len(first)} differences in strength, Holm-adjusted; items that "
            f"share a letter are not separable at level {level:g}"
        ),
    )


def letters_of(alike: Array) -> tuple[str, ...]:
    """Return letters such that two items share one exactly where they are `alike`.

    Args:
        alike: symmetric, shape (M, M); the diagonal is ignored.

    Every letter is a set in which all are alike, grown greedily from the first pair not yet
    covered. All maximal such sets, which a compact letter display lists, can be exponentially
    many; these are at most M (M - 1) / 2, and the same ones where errors are about equal.
    """
    size = len(alike)
    alike = alike.copy()
    np.fill_diagonal(alike, False)
    open_pairs = np.triu(alike)
    groups: list[Array] = []
    for start in range(size):
        alone = not alike[start].any()
        while alone or open_pairs[start].any():
            group = _grown(alike, start, open_pairs[start])
            groups.append(group)
            open_pairs[np.ix_(group, group)] = False
            if alone:
                break
    letters: list[list[str]] = [[] for _ in range(size)]
    for number, group in enumerate(groups):
        for place in group:
            letters[place].append(_letter(number))
    return tuple(" ".join(names) for names in letters)


def _grown(alike: Array, start: int, uncovered: Array) -> Array:
    """Return a set that contains `start`, uncovered partners first, in which all are alike."""
    group = [start]
    candidates = alike[start].copy()
    for wanted in (uncovered, np.ones(len(alike), dtype=bool)):
        while True:
            place = int(np.argmax(candidates & wanted))
            if not (candidates[place] and wanted[place]):
                break
            group.append(place)
            candidates &= alike[place]
    return np.sort(np.array(group))


def _letter(number: int) -> str:
    """Return a, b, ..., z, aa, ab, ..."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, len(ascii_lowercase))
        letters = ascii_lowercase[rest] + letters
    return letters


def _place(name: str) -> tuple[int, str]:
    return len(name), name
