"""The agreement coefficients, each as sums over units followed by a closed form.

A coefficient turns a pattern (how many ratings of one unit fall in each category) into a short
vector of sums; the figure is a function of the total. Leaving out a cluster, or drawing clusters
anew, is then subtraction and addition of such vectors: the jackknife is exact and cheap, and a
histogram kept up to date is as good as the ratings themselves.

Column 0 of every vector of sums is what the figure's n counts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from labeling.stats.agreement.mirror import mirrored_pool
from labeling.stats.coding import divide
from labeling.stats.ratings import Floats, require_option

Level = Literal["nominal", "ordinal", "interval", "ratio"]
PercentTies = Literal["exact", "half", "drop"]
Weights = Literal["identity", "linear", "quadratic", "ordinal"]
Chance = Literal["fleiss", "gwet", "uniform"]
Average = Literal["pairs", "units", "ratings"]

_FINE = 64  # From so many categories on a matrix of distances costs more than it is worth.


def distances(level: Level, scores: Floats | None, size: int) -> Floats:
    """Return squared distances between categories, shape (K, K).

    Source: Krippendorff, Computing Krippendorff's Alpha-Reliability (2011). The ordinal distance
    depends on the marginals and is made by `Alpha` itself.
    """
    if level == "nominal":
        return np.ones((size, size)) - np.eye(size)
    if scores is None:
        raise ValueError(f"The {level} level needs categories that are numbers.")
    scores = _moderate(scores)
    if level == "interval":
        return np.asarray(np.subtract.outer(scores, scores) ** 2)
    if (scores < 0).any():
        raise ValueError("The ratio level needs categories that are not negative.")
    total = np.add.outer(scores, scores)
    return divide(np.abs(np.subtract.outer(scores, scores)), total, otherwise=0.0) ** 2


def _moderate(scores: Floats) -> Floats:
    """Return scores halved or doubled to within 1, exactly, so that no square leaves the range."""
    return np.ldexp(scores, -int(np.frexp(np.abs(scores).max(initial=0.0))[1]))


def _apart(counts: Floats, level: Level, scores: Floats | None) -> Floats:
    """Return, for each row, the sum of n_c n_k d_ck over all pairs of categories.

    On fine scales (sliders, measurements) squared differences come from sums and sums of squares,
    whose work does not grow with the square of the categories.
    """
    size = counts.shape[1]
    if level != "interval" or size <= _FINE:
        return np.asarray(((counts @ distances(level, scores, size)) * counts).sum(axis=1))
    if scores is None:
        raise ValueError(f"The {level} level needs categories that are numbers.")
    place = _moderate(scores)
    place = place - (place.max() + place.min()) / 2
    first, second = counts @ place, counts @ place**2
    apart = 2 * (counts.sum(axis=1) * second - first**2)
    return np.where((counts > 0).sum(axis=1) > 1, np.maximum(apart, 0.0), 0.0)


@dataclass(frozen=True)
class Alpha:
    """Krippendorff's alpha, 1 - Do / De, for any number of raters and any missing ratings.

    With `symmetric`, De is taken over the ratings and their mirror images on the scale, as shares
    of an unlimited pool: the figure does not depend on which response is called the first.
    """

    level: Level = "nominal"
    symmetric: bool = False
    floor: float = -1.0

    def __post_init__(self) -> None:
        """Refuse a level that there is not."""
        require_option("level", self.level, get_args(Level))

    def sums(self, counts: Floats, scores: Floats | None) -> Floats:
        """Units, ratings by category, observed distance (or its parts, at the ordinal level)."""
        size = counts.shape[1]
        votes = counts.sum(axis=1)
        paired = votes >= 2
        kept = np.where(paired[:, None], counts, 0.0)
        under = np.where(paired, votes - 1, 1.0)[:, None]
        if self.level == "ordinal":
            first, second = np.triu_indices(size, 1)
            observed = 2 * kept[:, first] * kept[:, second] / under
        else:
            observed = _apart(kept, self.level, scores)[:, None] / under
        return np.column_stack([paired.astype(np.float64), kept, observed])

    def value(self, sums: Floats, scores: Floats | None) -> Floats:
        """Return alpha for each row; NaN where expected distance is 0."""
        size = self._size(sums)
        marginals, observed = sums[:, 1 : size + 1], sums[:, size + 1 :]
        total = marginals.sum(axis=1)
        pool = mirrored_pool(marginals) if self.symmetric else marginals
        spare = total if self.symmetric else total - 1
        if self.level == "ordinal":
            first, second = np.triu_indices(size, 1)
            # Mid-ranks as shares of all ratings, so that large counts keep their precision.
            middle = (pool.cumsum(axis=1) - pool / 2) / np.maximum(total, 1)[:, None]
            distance = (middle[:, first] - middle[:, second]) ** 2
            seen = (observed * distance).sum(axis=1)
            chance = (2 * pool[:, first] * pool[:, second] * distance).sum(axis=1)
        else:
            seen = observed[:, 0]
            chance = _apart(pool, self.level, scores)
        return np.asarray(1 - divide(seen * spare, chance))

    def expected(self, sums: Floats, scores: Floats | None) -> Floats:
        """Return the share of equal pairs among all ratings, whatever the level."""
        marginals = sums[:, 1 : self._size(sums) + 1]
        pool = mirrored_pool(marginals) if self.symmetric else marginals
        total = marginals.sum(axis=1, keepdims=True)
        return np.asarray((divide(pool, total) ** 2).sum(axis=1))

    def _size(self, sums: Floats) -> int:
        """Recover K from the width of the sums: 1 + K + 1, or 1 + K + K (K - 1) / 2."""
        width = int(sums.shape[1])
        if self.level == "ordinal":
            return round((-1 + math.sqrt(1 + 8 * (width - 1))) / 2)
        return width - 2


@dataclass(frozen=True)
class Percent:
    """Share of agreeing pairs of ratings of one unit by different raters.

    `ties` says what a pair with a tie (category 0) is worth: equal or not like any other category
    ("exact"), half when exactly one of the two is a tie ("half"), or left out ("drop").
    `sides` compares only which side was preferred, not how strongly. `average` pools all pairs,
    takes each unit's share and averages the units, or averages those over ratings. With `weights`
    categories that are near each other agree in part.
    """

    ties: PercentTies = "exact"
    sides: bool = False
    average: Average = "pairs"
    weights: Weights = "identity"
    floor: float = 0.0

    def __post_init__(self) -> None:
        """Refuse ties and averages that there are not."""
        require_option("ties", self.ties, get_args(PercentTies))
        require_option("average", self.average, get_args(Average))

    def sums(self, counts: Floats, scores: Floats | None) -> Floats:
        """Pairs (or units) that count, and how many of them agree."""
        if self.sides:
            counts, scores = side_counts(counts, scores), np.array([-1.0, 0.0, 1.0])
        votes = counts.sum(axis=1)
        weighted = counts @ weight_matrix(self.weights, scores, counts.shape[1])
        ties = np.zeros(len(counts))
        if self.ties != "exact" and scores is not None and (scores == 0).any():
            ties = counts[:, int(np.argmax(scores == 0))]
        agree = (counts * (weighted - 1)).sum(axis=1) / 2
        used = votes - ties if self.ties == "drop" else votes
        pairs = used * (used - 1) / 2
        if self.ties == "half":
            agree = agree + ties * (votes - ties) / 2
        elif self.ties == "drop":
            agree = agree - ties * (ties - 1) / 2
        if self.average != "pairs":
            weight = used if self.average == "ratings" else 1.0
            agree, pairs = weight * divide(agree, pairs, 0.0), np.where(pairs > 0, weight, 0.0)
        return np.column_stack([pairs, agree])

    def value(self, sums: Floats, scores: Floats | None) -> Floats:
        """Return the share for each row; NaN without pairs."""
        return divide(sums[:, 1], sums[:, 0])

    def expected(self, sums: Floats, scores: Floats | None) -> Floats:
        """Return 0: nothing is taken off for chance."""
        return np.zeros(len(sums))


def side_counts(counts: Floats, scores: Floats | None) -> Floats:
    """Merge categories into first better, tie, second better.

    Raises:
        ValueError: categories that are no numbers.
    """
    if scores is None:
        raise ValueError("Sides need categories that are numbers.")
    return np.column_stack(
        [counts[:, scores < 0].sum(1), counts[:, scores == 0].sum(1), counts[:, scores > 0].sum(1)]
    )


@dataclass(frozen=True)
class Gwet:
    """(pa - pe) / (1 - pe) with pa the mean over units, in Gwet's general form with weights.

    `chance` chooses pe: "fleiss" the squared shares, "gwet" AC1 and AC2, "uniform" one in K
    (Brennan-Prediger). Units rated once count for the shares only, unless `paired_only`. With
    `symmetric` pe comes from the shares and their mirror images, as in `Alpha`.

    Source: Gwet, Handbook of Inter-Rater Reliability, 4th ed. (2014), chapters 2 and 4.
    """

    chance: Chance = "gwet"
    weights: Weights = "identity"
    paired_only: bool = False
    symmetric: bool = False
    floor: float = -1.0

    def __post_init__(self) -> None:
        """Refuse weights and kinds of chance that there are not."""
        require_option("weights", self.weights, get_args(Weights))
        require_option("chance", self.chance, get_args(Chance))

    def sums(self, counts: Floats, scores: Floats | None) -> Floats:
        """Units with pairs, their agreement, units, and category shares."""
        votes = counts.sum(axis=1)
        paired = votes >= 2
        weighted = counts @ weight_matrix(self.weights, scores, counts.shape[1])
        agree = divide((counts * (weighted - 1)).sum(axis=1), votes * (votes - 1), 0.0)
        used = paired if self.paired_only else votes >= 1
        shares = divide(counts, np.where(used, votes, 0.0)[:, None], 0.0)
        return np.column_stack([paired, agree, used, shares])

    def value(self, sums: Floats, scores: Floats | None) -> Floats:
        """Return the coefficient for each row; NaN where chance agreement is complete."""
        agree = divide(sums[:, 1], sums[:, 0])
        chance = self.expected(sums, scores)
        left = 1 - chance
        return divide(agree - chance, np.where(left > 1e-12, left, 0.0))

    def expected(self, sums: Floats, scores: Floats | None) -> Floats:
        """Return pe for each row."""
        shares = divide(sums[:, 3:], sums[:, 2:3])
        shares = mirrored_pool(shares) if self.symmetric else shares
        size = shares.shape[1]
        weights = weight_matrix(self.weights, scores, size)
        if self.chance == "fleiss":
            return np.asarray(((shares @ weights) * shares).sum(axis=1))
        if self.chance == "uniform":
            return np.full(len(sums), weights.sum() / max(size**2, 1))
        spread = (shares * (1 - shares)).sum(axis=1)
        return np.asarray(weights.sum() * spread / max(size * (size - 1), 1))


def weights_convention(weights: Weights | npt.ArrayLike) -> str:
    """Return what a convention says of weights; nothing of "identity"."""
    if not isinstance(weights, str):
        return ", weighted"
    return "" if weights == "identity" else f", {weights} weights"


def weight_matrix(weights: Weights | npt.ArrayLike, scores: Floats | None, size: int) -> Floats:
    """Return agreement weights (K, K), 1 on the diagonal.

    Linear and quadratic weights follow the categories' numbers where they have them, else their
    places on the scale; ordinal weights are Gwet's. A matrix is taken as it is.
    """
    if not isinstance(weights, str):
        matrix = np.asarray(weights, dtype=np.float64)
        if matrix.shape != (size, size):
            raise ValueError(f"The weights must have shape {(size, size)}, not {matrix.shape}.")
        if not np.isfinite(matrix).all():
            raise ValueError("The weights must be numbers.")
        return matrix
    require_option("weights", weights, get_args(Weights))
    if weights == "identity":
        return np.eye(size)
    place = np.arange(size, dtype=np.float64) if scores is None else scores
    place = _moderate(place)
    apart = np.abs(np.subtract.outer(place, place))
    if weights == "ordinal":
        steps = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) + 1.0
        pairs = steps * (steps - 1) / 2
        return np.asarray(1 - pairs / max(float(pairs.max()), 1.0))
    far = max(float(apart.max()), np.finfo(float).tiny)
    return np.asarray(1 - (apart / far) ** (2 if weights == "quadratic" else 1))
