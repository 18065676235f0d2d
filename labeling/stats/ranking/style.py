"""Style control: differences in style as features, and rankings raw and at equal style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from labeling.stats.coding import divide
from labeling.stats.intervals.proportions import CONFIDENCE
from labeling.stats.ranking.bradley_terry import bradley_terry
from labeling.stats.ranking.comparisons import Comparisons, matrix, refuse_cells
from labeling.stats.ranking.outcomes import RankingTies
from labeling.stats.ranking.result import Ranking
from labeling.stats.ranking.uncertainty import IntervalMethod
from labeling.stats.ratings import Figure, Floats, RatingsError


@dataclass(frozen=True, eq=False)
class StyleFeatures:
    """Differences in style between the two responses of each comparison.

    Attributes:
        values: shape (n, F); give them to `Comparisons(features=…)`.
        mean, deviation: of the relative differences, by feature, shape (F,); with `scaled` they
            were taken off and divided by. A feature that never varies is 0 throughout.
        convention: the formula.
    """

    values: Floats
    mean: Floats
    deviation: Floats
    convention: str


@dataclass(frozen=True, eq=False)
class StyleControl:
    """The same comparisons ranked as they are and at equal style; never show one alone.

    Attributes:
        raw: the ranking without regard to style.
        controlled: the ranking at equal style.
        effects: the effect of each feature by name, in log odds for one unit of the feature.
    """

    raw: Ranking
    controlled: Ranking
    effects: dict[str, Figure]

    def rows(self) -> list[tuple[Any, int | None, int | None, Figure]]:
        """Return item, raw rank, controlled rank, and controlled less raw strength, by raw rank.

        The shift has no interval of its own: both strengths come from the same comparisons.
        """
        convention = "strength at equal style less strength as is; n counts comparisons of the item"
        reason = "No interval: both strengths rest on the same comparisons."
        rows = []
        for line in self.raw.standings():
            place = self.raw.items.index(line.item)
            shift = float(self.controlled.strength[place] - self.raw.strength[place])
            figure = Figure(shift, None, None, line.n, convention, reason)
            if not np.isfinite(shift):
                missing = line.strength.reason or self.controlled.strength_of(line.item).reason
                figure = replace(figure, value=None, reason=missing)
            rows.append((line.item, line.rank, int(self.controlled.rank[place]) or None, figure))
        return rows


def style_features(
    first: npt.ArrayLike, second: npt.ArrayLike, *, scaled: bool = True, ddof: Literal[0, 1] = 0
) -> StyleFeatures:
    """Return relative differences in style, (a - b) / (a + b), standardised over comparisons.

    Args:
        first, second: amounts in the first and the second response (tokens, headings, lists,
            bold), at least 0, shape (n,) or (n, F). Where both have none, the difference is 0.
        scaled: take off the mean and divide by the standard deviation, so that effects are per
            standard deviation. Taking off the mean makes "equal style" the average difference;
            with the first response drawn at random that is near 0.
        ddof: divide by n - ddof in the standard deviation: 0 as in FastChat, 1 as in arena-rank.

    Raises:
        RatingsError: unequal shapes, a negative or not finite amount; the position is named.

    Source: the style control of Chatbot Arena (Li, Angelopoulos and Chiang, 2024).
    """
    a, b = _amounts("first", first), _amounts("second", second)
    if a.shape != b.shape:
        raise RatingsError(f"first has shape {a.shape} and second has shape {b.shape}.")
    values = divide(a - b, a + b, otherwise=0.0)
    rows = len(values)
    mean = values.mean(axis=0) if rows else np.zeros(values.shape[1])
    deviation = values.std(axis=0, ddof=ddof) if rows > ddof else np.zeros(values.shape[1])
    convention = "(a - b) / (a + b), 0 where both have none"
    if scaled:
        varies = deviation > 1e-12
        values = np.where(varies, (values - mean) / np.where(varies, deviation, 1.0), 0.0)
        convention += f", less its mean, over its standard deviation (ddof {ddof})"
    return StyleFeatures(values, mean, deviation, convention)


def style_control(
    comparisons: Comparisons,
    names: Sequence[str],
    *,
    ties: RankingTies = "half",
    side: bool = False,
    interval: IntervalMethod = "auto",
    confidence: float = CONFIDENCE,
    resamples: int = 1000,
    seed: int = 0,
) -> StyleControl:
    """Rank as is and at equal style, side by side.

    Raters prefer long and formatted answers; a model can win by style alone. At equal style is
    not "without bias": where a longer answer is better because it says more, that goes too.

    Args:
        names: of the features, in the order of their columns.
        ties, side, interval, confidence, resamples, seed: as in `bradley_terry`.

    Raises:
        ValueError: no features, or another number of names than of features.
    """
    if comparisons.features is None:
        raise ValueError("Style control needs differences in style: give `features`.")
    if comparisons.features.shape[1] != len(names):
        raise ValueError(
            f"There are {comparisons.features.shape[1]} features and {len(names)} names."
        )
    raw, controlled = (
        bradley_terry(
            comparisons,
            ties=ties,
            side=side,
            style=style,
            interval=interval,
            confidence=confidence,
            resamples=resamples,
            seed=seed,
        )
        for style in (False, True)
    )
    return StyleControl(raw, controlled, dict(zip(names, controlled.style, strict=False)))


def _amounts(name: str, values: Any) -> Floats:
    array = matrix(name, values)
    refuse_cells(array < 0, name, array, "is no amount of anything")
    return array
