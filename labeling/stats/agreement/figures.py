"""Agreement among any number of raters: percent, Krippendorff, Fleiss, Scott, Gwet, uniform.

Every function takes `Ratings` (or the `Table` of a histogram) and the declared `categories`, and
returns a `Figure` with a 95 % interval over prompts. A figure that cannot be computed has value
None and a sentence as its reason; it is never 0, 1 or NaN in disguise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from labeling.stats.agreement.coefficients import (
    Alpha,
    Average,
    Gwet,
    Level,
    Percent,
    PercentTies,
    Weights,
    weights_convention,
)
from labeling.stats.agreement.mirror import chance_convention, mirrored_scale
from labeling.stats.coding import codes
from labeling.stats.intervals.jackknife import Coefficient, Estimate, jackknife
from labeling.stats.intervals.proportions import CONFIDENCE
from labeling.stats.ratings import Figure, Floats, Ratings, require_option, unpaired
from labeling.stats.table import Table, require_mirror, table_of

Data = Ratings | Table

_AVERAGES = {
    "pairs": ("pooled over pairs", "pairs of judgments"),
    "units": ("the mean over tasks", "tasks"),
    "ratings": ("the mean of the tasks' shares over judgments", "judgments"),
}

_TIES = {
    "exact": "a tie agrees with a tie only",
    "half": "a tie beside a preference counts one half",
    "drop": "pairs with a tie are left out",
}


def percent_agreement(
    ratings: Data,
    ties: PercentTies = "exact",
    *,
    categories: Sequence[Any] | None = None,
    sides: bool = False,
    average: Average = "pairs",
    weights: Weights = "identity",
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return the share of agreeing pairs of ratings of one unit by different raters.

    Easy to read and not corrected for chance: never compare it between scales of different
    length, or with and without ties. A tie is category 0; all kinds of tie count alike.

    Args:
        ties: "exact" (a tie is a category like any other), "half" (one tie in a pair: one half)
            or "drop" (pairs with a tie are left out).
        sides: compare only which side is preferred, not how strongly.
        average: "pairs" pools all pairs (n counts pairs), "units" averages the units' shares
            (n counts units), which gives a unit with many ratings no more weight, "ratings"
            averages them over ratings (n counts ratings): with ties exact that is 1 less the
            observed disagreement of nominal alpha.
        weights: partial credit for categories near each other, as for Gwet's AC2; only with ties
            "exact", since it says by itself what a tie beside a preference is worth.

    Raises:
        ValueError: weights together with another convention for ties.

    Source: three conventions in use: exact match; WebGPT (Nakano et al. 2021) counts one half;
    Stiennon et al. (2020) leave ties out.
    """
    coefficient = Percent(ties, sides, average, weights)
    table = table_of(ratings, categories)
    what = "the preferred side is the same" if sides else "the category is the same"
    over, counted = _AVERAGES[average]
    convention = (
        f"share of pairs of judgments of different raters on one task in which {what}, {over}; "
        f"{_TIES[ties]}; n counts {counted}"
    )
    if weights != "identity":
        if ties != "exact":
            raise ValueError(f"Weights count a tie as a category; ties cannot be {ties} as well.")
        convention = f"{convention}; {weights} weights give credit for answers near each other"
    estimate = jackknife(coefficient, table, confidence)
    reason = None
    if estimate.value is None:
        reason = _nothing_paired(table) or "Every pair of judgments holds a tie."
    return figure(estimate, table, convention, reason, confidence)


def krippendorff_alpha(
    ratings: Data,
    level: Level = "nominal",
    *,
    categories: Sequence[Any] | None = None,
    symmetric: bool = False,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return Krippendorff's alpha: any number of raters, any ratings missing.

    Use "nominal" for categories without order, "ordinal" for ordered ones (the declared order),
    "interval" where differences of the numbers mean something, "ratio" for amounts from 0 on.
    n counts units rated at least twice; units rated once tell nothing and are passed over.

    Args:
        symmetric: for preferences. Expected distance comes from the ratings and their mirror
            images, so that the figure does not depend on which response is called the first
            (nominal, two raters: Scott's pi on mirrored shares). Not for absolute ratings.

    Raises:
        ValueError: interval or ratio without numbers, ratio with negative ones, or `symmetric`
            on a scale that is not its own mirror image.

    Source: Krippendorff, Computing Krippendorff's Alpha-Reliability (2011).
    """
    table = _mirrored(ratings, categories) if symmetric else table_of(ratings, categories)
    pool = "expected distance from these judgments"
    pool += " and their mirror images" if symmetric else ""
    convention = (
        f"Krippendorff's alpha, {level} distance, {pool}; n counts tasks judged at least twice"
    )
    estimate = jackknife(Alpha(level, symmetric), table, confidence)
    reason = None
    if estimate.value is None:
        reason = _nothing_paired(table) or _one_category(table)
    return figure(estimate, table, convention, reason, confidence)


def fleiss_kappa(
    ratings: Data,
    *,
    categories: Sequence[Any] | None = None,
    weights: Weights = "identity",
    missing: Literal["refuse", "gwet"] = "refuse",
    symmetric: bool = False,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return Fleiss' kappa: the same number of ratings for every unit.

    With unequal numbers the figure is undefined and the reason says so; `missing="gwet"` is
    Gwet's extension to that case. Units rated once are passed over (in Gwet's form they count
    for the shares of the categories).

    Args:
        symmetric: for preferences. Chance agreement comes from the ratings and their mirror
            images, so that the figure does not depend on which response is called the first: it
            is the plain one of all units once as they stand and once mirrored.

    Raises:
        ValueError: `symmetric` on a scale that is not its own mirror image.

    Source: Fleiss (1971), Psychological Bulletin 76; Gwet (2014) for missing ratings; Scott
    (1955), whose pool of categories this takes over both orders of the responses.
    """
    require_option("missing", missing, ("refuse", "gwet"))
    table = _mirrored(ratings, categories) if symmetric else table_of(ratings, categories)
    convention = f"Fleiss' kappa{weights_convention(weights)}{chance_convention(symmetric)}"
    convention += " with missing ratings (Gwet)" if missing == "gwet" else ""
    convention += "; n counts tasks judged at least twice"
    votes = table.counts.sum(axis=1)
    sizes = np.unique(votes[votes >= 2])
    if missing == "refuse" and len(sizes) > 1:
        reason = (
            "Fleiss' kappa needs the same number of judgments on every task; "
            f"here tasks have between {sizes[0]:.0f} and {sizes[-1]:.0f}. "
            "Krippendorff's alpha allows for that."
        )
        return Figure(None, None, None, _paired_units(table), convention, reason)
    coefficient = Gwet("fleiss", weights, missing == "refuse", symmetric)
    return _chance_corrected(coefficient, table, convention, confidence)


def scott_pi(
    ratings: Ratings,
    *,
    categories: Sequence[Any] | None = None,
    symmetric: bool = False,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return Scott's pi of two raters, over the units that both rated.

    Like Cohen's kappa with one pool of categories for both raters. For more raters it is
    Fleiss' kappa. Undefined, with the reason, unless there are exactly two raters. `symmetric`
    is for preferences, as for `fleiss_kappa`.

    Source: Scott (1955), Public Opinion Quarterly 19.
    """
    table = _mirrored(ratings, categories) if symmetric else table_of(ratings, categories)
    convention = f"Scott's pi of two raters{chance_convention(symmetric)}"
    convention += "; n counts tasks that both judged"
    raters = len(codes(ratings.rater)[1])
    if raters > 2:
        reason = f"Scott's pi is for two raters and here are {raters}; see Fleiss' kappa."
        return Figure(None, None, None, _paired_units(table), convention, reason)
    coefficient = Gwet("fleiss", paired_only=True, symmetric=symmetric)
    return _chance_corrected(coefficient, table, convention, confidence)


def gwet_ac(
    ratings: Data,
    *,
    categories: Sequence[Any] | None = None,
    weights: Weights = "identity",
    symmetric: bool = False,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return Gwet's AC1, or AC2 where `weights` are not "identity".

    Steadier than kappa when one category is rare (a flag, a violation). The number of declared
    categories enters: declare the scale. `symmetric` is for preferences, as for `fleiss_kappa`.

    Source: Gwet (2008), British Journal of Mathematical and Statistical Psychology 61.
    """
    table = _mirrored(ratings, categories) if symmetric else table_of(ratings, categories)
    name = "Gwet's AC1" if weights == "identity" else "Gwet's AC2"
    convention = f"{name}{weights_convention(weights)}{chance_convention(symmetric)}"
    convention += f", {_scale(table)}; n counts tasks judged at least twice"
    coefficient = Gwet("gwet", weights, symmetric=symmetric)
    return _chance_corrected(coefficient, table, convention, confidence)


def brennan_prediger(
    ratings: Data,
    *,
    categories: Sequence[Any] | None = None,
    weights: Weights = "identity",
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return the Brennan-Prediger coefficient: chance is one in the number of categories.

    With two categories it is PABAK; for several raters, Randolph's free-marginal kappa. The
    number of declared categories enters: declare the scale.

    Source: Brennan and Prediger (1981), Educational and Psychological Measurement 41.
    """
    table = table_of(ratings, categories)
    convention = f"Brennan-Prediger, {_scale(table)}{weights_convention(weights)}"
    convention += "; n counts tasks judged at least twice"
    return _chance_corrected(Gwet("uniform", weights), table, convention, confidence)


def figure(
    estimate: Estimate, table: Table, convention: str, reason: str | None, confidence: float
) -> Figure:
    """Return the estimate as a `Figure`, its convention ending with how the interval was made."""
    low, high = estimate.interval or (None, None)
    if estimate.interval is not None:
        over = "prompts" if table.clustered else "tasks"
        convention += f"; {100 * confidence:g}% interval over {estimate.clusters:,} {over}, "
        convention += estimate.method
    return Figure(estimate.value, low, high, estimate.n, convention, reason or estimate.trouble)


def _chance_corrected(
    coefficient: Coefficient, table: Table, convention: str, confidence: float
) -> Figure:
    """Return a coefficient of the (pa - pe) / (1 - pe) kind, with the reason where undefined."""
    estimate = jackknife(coefficient, table, confidence)
    reason = None
    if estimate.value is None:
        reason = _nothing_paired(table) or _one_category(table)
    return figure(estimate, table, convention, reason, confidence)


def _paired(table: Table) -> Floats:
    """Return, for each pattern, how many units show it, 0 for patterns of one rating."""
    return np.where(table.counts.sum(axis=1) >= 2, table.pattern_frequency, 0.0)


def _paired_units(table: Table) -> int:
    return round(float(_paired(table).sum()))


def _nothing_paired(table: Table) -> str | None:
    """Return the sentence for data without a pair of ratings, or None."""
    return None if _paired_units(table) else unpaired(table.units)


def _one_category(table: Table) -> str:
    """Return the sentence for data in which only one category occurs."""
    used = np.flatnonzero(_paired(table) @ table.counts)
    units = _paired_units(table)
    tasks = "the one task" if units == 1 else f"the {units} tasks"
    if len(table.categories) < 2 or len(used) == 1:
        name = table.categories[used[0]]
        return (
            f"Every judgment on {tasks} with at least two is in one category ({name}). Without "
            "variation, agreement cannot be told from chance."
        )
    return "Chance agreement is complete, so that nothing is left to be corrected."


def _scale(table: Table) -> str:
    count = len(table.categories)
    return (
        f"{count} declared categories"
        if table.declared
        else (f"{count} observed categories (no scale was declared)")
    )


def _mirrored(ratings: Data, categories: Sequence[Any] | None) -> Table:
    """Return the patterns on a scale that is its own mirror image."""
    table = table_of(ratings, mirrored_scale(ratings, categories))
    require_mirror(table.categories)
    return table
