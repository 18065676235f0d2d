"""Agreement of raters with themselves: what each said on a task, and on its blind repeat.

Pairs of first and second answers are ratings of one "task" by two "raters", so that percent
agreement, kappa and alpha keep their meaning: how alike the two occasions are. Agreement between
raters can hardly exceed the agreement of raters with themselves (see `labeling.stats.ceiling`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.stats.agreement import krippendorff_alpha, percent_agreement
from labeling.stats.coding import Coded, code, codes
from labeling.stats.coefficients import Level, Ties, Weights, weight_matrix
from labeling.stats.contingency import Contingency
from labeling.stats.pairs import pair_columns
from labeling.stats.proportions import CONFIDENCE
from labeling.stats.ratings import Array, Figure, Floats, Ints, Ratings, RatingsError, column
from labeling.stats.table import scores


@dataclass(frozen=True, eq=False)
class SelfAgreement:
    """Agreement of raters with their own earlier answers, pooled and rater by rater.

    Attributes:
        percent: share of repeats answered as before, all raters together; n counts repeats.
        kappa: Cohen's kappa of first and second answers, all raters together.
        alpha: Krippendorff's alpha of the same pairs, at the level asked for.
        raters: the raters, in sorted order; the arrays below have one entry a rater.
        n: repeats of each rater, shape (raters,).
        rater_percent, percent_low, percent_high: share answered as before, and its ends.
        rater_kappa, kappa_low, kappa_high: kappa, NaN where undefined (see `figures`).
        told_percent, told_kappa: the conventions of the figures of single raters.
    """

    percent: Figure
    kappa: Figure
    alpha: Figure
    raters: tuple[Any, ...]
    n: Ints
    rater_percent: Floats
    percent_low: Floats
    percent_high: Floats
    rater_kappa: Floats
    kappa_low: Floats
    kappa_high: Floats
    told_percent: str
    told_kappa: str

    def __len__(self) -> int:
        """Return the number of raters."""
        return len(self.raters)

    def figures(self, index: int) -> tuple[Figure, Figure]:
        """Return percent agreement and kappa of one rater, ready to be shown."""
        n = int(self.n[index])
        ends = float(self.percent_low[index]), float(self.percent_high[index])
        percent = Figure(float(self.rater_percent[index]), *ends, n, self.told_percent)
        kappa = np.array([self.rater_kappa[index], self.kappa_low[index], self.kappa_high[index]])
        return percent, _kappa(kappa, n, self.told_kappa)


def self_agreement(
    rater: npt.ArrayLike,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    cluster: npt.ArrayLike | None = None,
    *,
    categories: Sequence[Any] | None = None,
    ties: Ties = "exact",
    sides: bool = False,
    level: Level = "nominal",
    symmetric: bool = False,
    weights: Weights = "identity",
    confidence: float = CONFIDENCE,
) -> SelfAgreement:
    """Return how far raters agree with themselves on tasks given to them twice.

    Use it for blind repeats, the sides shuffled anew and the values stored in canonical order;
    soon after the first time people answer from memory, and the figure is too high. It says how
    steady the answers are, not how right: a rater who always takes the longer response is steady.

    Args:
        rater, first, second: one entry a repeat: who, the earlier answer, the later one.
        cluster: what the repeats were drawn with (the prompt); intervals go over it. Pass the
            raters again to ask how the pooled figures would move with other raters.
        categories: the declared scale.
        ties, sides: of the pooled percentage, as in `percent_agreement`; the percentages of
            single raters count exact agreement.
        level, symmetric: of the pooled alpha, as in `krippendorff_alpha`.
        weights: of kappa, as in `cohen_kappa`.

    The pooled kappa and alpha take chance from all raters' answers together. Where raters differ
    in their habits that chance is lower than any one rater's own, and the pooled figure higher
    than the raters' on the whole.

    Raises:
        RatingsError: columns of unequal length, holes, values off the scale; the message names
            the column and the position; in a message about the scale, the positions of `second`
            follow those of `first`.
    """
    who, pooled = _pooled(rater, first, second, cluster)
    coded = code(pooled, categories)
    alone = _by_rater(who, coded, weights, confidence)
    together = _by_rater(np.zeros(len(who), dtype=np.int64), coded, weights, confidence)
    over = "repeats" if coded.cluster is None else "prompts"
    told = f"{_SWAPPED}; n counts repeats; {100 * confidence:g}% interval over {over}"
    jackknife = "jackknife-t on the Fisher z scale, Wilson limits where nothing varies"
    told_kappa = f"Cohen's kappa{_named(weights)}, {told}, {jackknife}"
    percent = percent_agreement(
        pooled, ties, categories=categories, sides=sides, confidence=confidence
    )
    alpha = krippendorff_alpha(
        pooled, level, categories=categories, symmetric=symmetric, confidence=confidence
    )
    return SelfAgreement(
        percent=replace(percent, convention=f"{_SWAPPED}: {percent.convention}"),
        kappa=_kappa(together[4:, 0], together[0, 0], told_kappa)
        if len(who)
        else Figure(None, None, None, 0, told_kappa, "There are no repeats yet."),
        alpha=replace(alpha, convention=f"{_SWAPPED}: {alpha.convention}"),
        raters=tuple(item.item() if hasattr(item, "item") else item for item in codes(who)[1]),
        n=alone[0].astype(np.int64),
        rater_percent=alone[1],
        percent_low=alone[2],
        percent_high=alone[3],
        rater_kappa=alone[4],
        kappa_low=alone[5],
        kappa_high=alone[6],
        told_percent=f"share of repeats answered as before, {told}, "
        + ("Wilson" if coded.cluster is None else jackknife),
        told_kappa=told_kappa,
    )


_SWAPPED = "a rater's first and second answer on a task in the place of two raters"


def _pooled(
    rater: npt.ArrayLike,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    cluster: npt.ArrayLike | None,
) -> tuple[Array, Ratings]:
    """Return who repeated, and the answers as ratings of two "raters", first and second."""
    columns = {
        name: column(name, given)
        for name, given in (("rater", rater), ("first", first), ("second", second))
    }
    if cluster is not None:
        columns["cluster"] = column("cluster", cluster)
    if len({len(entries) for entries in columns.values()}) > 1:
        told = ", ".join(f"{name} has {len(entries)}" for name, entries in columns.items())
        raise RatingsError(f"The columns must have equal lengths: {told}.")
    size = len(columns["rater"])
    return columns["rater"], Ratings(
        unit=np.tile(np.arange(size), 2),
        rater=np.repeat(["first", "second"], size),
        value=np.concatenate([columns["first"], columns["second"]]),
        cluster=None if cluster is None else np.tile(columns["cluster"], 2),
    )


def _by_rater(who: Array, coded: Coded, weights: Weights, confidence: float) -> Floats:
    """Return n, percent and its ends, kappa and its ends for each rater, as 7 rows."""
    size, repeats = len(coded.categories), len(who)
    if not repeats:
        return np.zeros((7, 0))
    rater, _ = codes(who)
    first, again = coded.value[:repeats], coded.value[repeats:]
    answers = Contingency.of_answers(rater, first, again, size, coded.cluster)
    weight = weight_matrix(weights, scores(coded.categories), size)
    return pair_columns(answers, weight, confidence)


def _kappa(ends: Floats, repeats: float, told: str) -> Figure:
    """Return kappa as a figure, or the sentence that says why it is undefined."""
    n, (value, low, high) = int(repeats), (float(item) for item in ends)
    if n < 2:
        reason = "There is only 1 repeat; kappa needs at least 2."
        return Figure(None, None, None, n, told, reason)
    if np.isnan(value):
        reason = f"All answers on the {n} repeats, first and second, are in one category."
        return Figure(None, None, None, n, told, reason)
    return Figure(value, low, high, n, told)


def _named(weights: Weights) -> str:
    return "" if weights == "identity" else f", {weights} weights"
