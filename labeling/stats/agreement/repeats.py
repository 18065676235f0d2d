"""Agreement of raters with themselves: what each said on a task, and on its blind repeat.

Pairs of first and second answers are ratings of one "task" by two "raters", so that percent
agreement, kappa and alpha keep their meaning: how alike the two occasions are. Agreement between
raters can hardly exceed the agreement of raters with themselves (see
`labeling.stats.agreement.ceiling`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from labeling.stats.agreement.coefficients import (
    Level,
    PercentTies,
    Weights,
    weight_matrix,
    weights_convention,
)
from labeling.stats.agreement.contingency import Contingency
from labeling.stats.agreement.figures import krippendorff_alpha, percent_agreement
from labeling.stats.agreement.mirror import chance_convention, mirrored_scale
from labeling.stats.agreement.pairs import KappaColumns, interval_conventions, kappa_columns
from labeling.stats.coding import Coded, code, codes, joined, plain
from labeling.stats.intervals.proportions import CONFIDENCE
from labeling.stats.ratings import Array, Figure, Ratings, column, same_length
from labeling.stats.table import scores, tabulate


@dataclass(frozen=True, eq=False)
class RaterRepeats(KappaColumns):
    """Agreement of each rater with their own earlier answers, as arrays of one length.

    Attributes:
        raters: the raters, in sorted order.
        n: repeats of each.
        percent, percent_low, percent_high: share answered as before, and its ends.
        kappa, kappa_low, kappa_high: kappa, NaN where undefined (use `figures` to show them).
        percent_convention, kappa_convention: the conventions.
    """

    TOO_FEW: ClassVar[str] = "There is only 1 repeat; kappa needs at least 2."
    ONE_CATEGORY: ClassVar[str] = (
        "All answers on the {n} repeats, first and second, are in one category."
    )


@dataclass(frozen=True, eq=False, slots=True)
class SelfAgreement:
    """Agreement of raters with their own earlier answers, pooled and rater by rater.

    Attributes:
        percent: share of repeats answered as before, all raters together; n counts repeats.
        kappa: Cohen's kappa of first and second answers, all raters together.
        alpha: Krippendorff's alpha of the same pairs, at the level asked for.
        by_rater: percent agreement and kappa of each rater.
    """

    percent: Figure
    kappa: Figure
    alpha: Figure
    by_rater: RaterRepeats


def self_agreement(
    rater: npt.ArrayLike,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    cluster: npt.ArrayLike | None = None,
    *,
    categories: Sequence[Any] | None = None,
    ties: PercentTies = "exact",
    sides: bool = False,
    level: Level = "nominal",
    symmetric: bool = False,
    weights: Weights = "identity",
    confidence: float = CONFIDENCE,
) -> SelfAgreement:
    """Return how far raters agree with themselves on tasks given to them twice.

    Use it for blind repeats, the sides shuffled anew; soon after the first time people answer
    from memory, and the figure is too high. It says how steady answers are, not how right: who
    always takes the longer response is steady. The pooled kappa and alpha take chance from all
    raters' answers together: where habits differ that is less than within one rater.

    Args:
        rater, first, second: one entry a repeat: who, the earlier answer, the later one.
        cluster: what the repeats were drawn with (the prompt); intervals go over it.
        categories: the declared scale.
        ties, sides: of the pooled percentage, as in `percent_agreement`; the percentages of
            single raters count exact agreement.
        level: of the pooled alpha, as in `krippendorff_alpha`.
        symmetric: of alpha and kappa, for preferences.
        weights: of kappa, as in `cohen_kappa`.

    Raises:
        RatingsError: columns of unequal length, holes, values off the scale (in whose position
            the entries of `second` follow those of `first`).
    """
    who, pooled = _pooled(rater, first, second, cluster)
    categories = mirrored_scale(pooled, categories) if symmetric else categories
    coded = code(pooled, categories)
    table = tabulate(coded)
    percent = percent_agreement(table, ties, sides=sides, confidence=confidence)
    alpha = krippendorff_alpha(table, level, symmetric=symmetric, confidence=confidence)
    kappas = partial(_by_rater, coded, weights, confidence, symmetric)
    together = kappas(np.zeros(len(who), dtype=np.int64))
    nobody = Figure(None, None, None, 0, together.kappa_convention, _NONE)
    return SelfAgreement(
        percent=_named(percent, len(who)),
        kappa=together.figures(0)[1] if len(who) else nobody,
        alpha=_named(alpha, len(who)),
        by_rater=kappas(who),
    )


def _named(figure: Figure, repeats: int) -> Figure:
    """Return a figure of two raters as one of a rater twice, or why there is none."""
    convention = f"{_SWAPPED}: {figure.convention}"
    return replace(figure, convention=convention, reason=figure.reason if repeats else _NONE)


_NONE = "No task has been judged twice by the same rater."
_SWAPPED = "a rater's first and second answer on a task in the place of two raters"


def _pooled(
    rater: npt.ArrayLike,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    cluster: npt.ArrayLike | None,
) -> tuple[Array, Ratings]:
    """Return who repeated, and the answers as ratings of two "raters", first and second."""
    who = column("rater", rater)
    before, after = column("first", first), column("second", second)
    drawn_with = None if cluster is None else column("cluster", cluster)
    same_length(rater=who, first=before, second=after, cluster=drawn_with)
    size = len(who)
    return who, Ratings(
        unit=np.tile(np.arange(size), 2),
        rater=np.repeat(["first", "second"], size),
        value=joined(before, after),
        cluster=None if drawn_with is None else np.tile(drawn_with, 2),
    )


def _by_rater(
    coded: Coded, weights: Weights, confidence: float, symmetric: bool, who: Array
) -> RaterRepeats:
    """Return percent agreement and kappa of first and second answers for each in `who`."""
    size, repeats = len(coded.categories), len(who)
    rater, levels = codes(who)
    first, again = coded.value[:repeats], coded.value[repeats:]
    answers = Contingency.of_answers(rater, first, again, size, coded.cluster)
    weight = weight_matrix(weights, scores(coded.categories), size)
    clustered = coded.cluster is not None
    over, percent, kappa = interval_conventions(
        "repeats", clustered=clustered, confidence=confidence
    )
    basis = f"{_SWAPPED}; n counts repeats; {over}"
    return RaterRepeats(
        raters=plain(levels),
        percent_convention=f"share of repeats answered as before, {basis}, {percent}",
        kappa_convention=(
            f"Cohen's kappa{weights_convention(weights)}{chance_convention(symmetric)}, {basis}, "
            f"{kappa}"
        ),
        **kappa_columns(answers, weight, confidence, symmetric=symmetric),
    )
