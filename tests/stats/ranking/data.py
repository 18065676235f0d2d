"""Made-up comparisons for the tests of ranking, drawn with a seed from a known truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from labeling.stats.ranking import Comparisons
from labeling.stats.ratings import Floats, Ints


@dataclass(frozen=True)
class Truth:
    """What the comparisons are drawn from: Davidson's model with a side and a style effect."""

    strength: Floats
    nu: float = 0.0
    side: float = 0.0
    style: float = 0.0

    def draw(self, rng: np.random.Generator, n: int, **columns: Any) -> Comparisons:
        """Compare two items drawn at random, n times."""
        items = len(self.strength)
        first = rng.integers(0, items, n)
        second = (first + rng.integers(1, items, n)) % items
        left = rng.choice([-1, 1], n)
        features = rng.normal(size=(n, 1))
        eta = self.strength[first] - self.strength[second]
        eta = eta + self.side * left + self.style * features[:, 0]
        return Comparisons(
            first,
            second,
            self.outcomes(rng, eta),
            left=left,
            features=features,
            **columns,
        )

    def outcomes(self, rng: np.random.Generator, eta: Floats) -> Ints:
        """Draw -1, 0 or 1 for each advantage of the first."""
        shares = np.stack([np.exp(eta / 2), np.full_like(eta, self.nu), np.exp(-eta / 2)])
        edges = np.cumsum(shares / shares.sum(axis=0), axis=0)
        drawn = rng.random(len(eta))
        return np.where(drawn < edges[0], -1, np.where(drawn < edges[1], 0, 1))
