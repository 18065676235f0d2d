"""Bradley-Terry and its kin: strengths of items from comparisons of two at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from labeling.stats.intervals.proportions import CONFIDENCE, normal_quantile
from labeling.stats.ranking.assembly import Context, Ends, ends_of, nothing_of, ranking_of
from labeling.stats.ranking.cells import Cells, cells_of
from labeling.stats.ranking.comparisons import (
    FIRST,
    TIE,
    CodedComparisons,
    Comparisons,
    code_comparisons,
)
from labeling.stats.ranking.connections import (
    components,
    edges_of,
    reason_apart,
    reasons_alone,
    ties_run_away,
)
from labeling.stats.ranking.extras import Extras, extras_of
from labeling.stats.ranking.likelihood import Design, Maximum, maximise
from labeling.stats.ranking.outcomes import BradleyTerry, Davidson, Outcomes, RankingTies, RaoKupper
from labeling.stats.ranking.result import Ranking
from labeling.stats.ranking.uncertainty import IntervalMethod, Variation, variation_of
from labeling.stats.ratings import Figure, Ints, plural

_NAMES = {
    "half": "Bradley-Terry, ties as half wins",
    "drop": "Bradley-Terry, ties left out",
    "davidson": "Davidson's model with ties",
    "rao_kupper": "Rao and Kupper's model with ties",
}
_MODELS: dict[str, Outcomes] = {
    "half": BradleyTerry(),
    "drop": BradleyTerry(),
    "davidson": Davidson(),
    "rao_kupper": RaoKupper(),
}
_HIGHEST = 700.0  # The exponential of more is not a number.
_NO_MAXIMUM = (
    "The strengths have no finite estimate: some combination of strengths, side and style tells "
    "the outcome of some comparisons without fail, so that ever larger numbers fit ever better."
)
_RUN_AWAY = (
    "The strengths have no finite estimate with this model: each win goes down the order of the "
    "items and none goes up, so that ties and distances can grow together without end. "
    "Ties as half wins have an estimate where ties link the items."
)


@dataclass(frozen=True, slots=True)
class _Options:
    """The arguments of `bradley_terry`."""

    ties: RankingTies
    side: bool
    style: bool
    interval: IntervalMethod
    confidence: float
    resamples: int
    seed: int
    ridge: float


def bradley_terry(
    comparisons: Comparisons,
    *,
    ties: RankingTies = "half",
    side: bool = False,
    style: bool = False,
    interval: IntervalMethod = "auto",
    confidence: float = CONFIDENCE,
    resamples: int = 1000,
    seed: int = 0,
    ridge: float = 0.0,
) -> Ranking:
    """Return strengths of items such that P(i beats j) = 1 / (1 + exp(theta_j - theta_i)).

    Use it to rank models that met in different pairings: a win over a strong one counts more. Do
    not use it where who wins goes in circles (see `circular_triads`). Items of which some never
    lost to the others, or which never met, have no finite distance: they are fitted in groups
    (components), each with mean 0, and `reason` names them. Nothing is imputed without a `ridge`.

    Args:
        ties: "half" (half a win for each, as on Chatbot Arena), "drop" (left out), "davidson" or
            "rao_kupper" (an outcome with a parameter of its own).
        side: estimate the advantage of standing on the left; needs `left`.
        style: estimate the effect of the differences in style, so that strengths are those at
            equal style; needs `features` (see `style_features`, `style_control`).
        interval: "sandwich" (over comparisons, right even where the model is not), "cluster"
            (over prompts), "bootstrap" (over prompts if given), "model" (from the information,
            as in textbooks), "auto" ("cluster" where prompts are given, else "sandwich").
        resamples, seed: of the bootstrap; printed in the convention.
        ridge: this times the sum of squared strengths is taken off the log likelihood (a normal
            prior of variance 1 / (2 ridge)). Where an item never lost, the prior alone says how
            much better it is.

    Raises:
        ValueError: an unknown option, `side` without `left`, `style` without `features`,
            "cluster" without clusters, a negative ridge.

    Sources: Bradley and Terry (1952), Biometrika 39; Davidson (1970); Rao and Kupper (1967);
    Davidson and Beaver (1977) for the side; White (1982) for the sandwich.
    """
    options = _Options(ties, side, style, interval, confidence, resamples, seed, ridge)
    _check(comparisons, options)
    return _ranked(code_comparisons(comparisons), options)


def _ranked(coded: CodedComparisons, options: _Options) -> Ranking:
    """Count, find out what can be estimated, and estimate it."""
    cells = cells_of(coded, side=options.side, style=options.style)
    outcomes = _MODELS[options.ties]
    left_out = 0
    if options.ties == "drop":
        before, cells = cells.total, cells.without_ties()
        left_out = before - cells.total
    if outcomes.has_tie and not cells.count[TIE].any():
        outcomes = BradleyTerry()
    winner, loser = edges_of(cells)
    component = components(winner, loser, cells.items, strong=not options.ridge)
    context = _context(coded, cells, component, (winner, loser), left_out, options)
    inside = cells.keep(component[cells.a] == component[cells.b])
    if not inside.total:
        return _undefined(context, options, context.reason or "There are no comparisons.")
    if outcomes.has_tie and not options.ridge and ties_run_away(inside):
        return _undefined(context, options, _RUN_AWAY)
    inside, extras = extras_of(inside, component, side=options.side)
    maximum = maximise(Design(inside, outcomes, component, options.ridge))
    if maximum is None:
        return _undefined(context, options, _NO_MAXIMUM)
    variation = variation_of(
        maximum, coded, options.interval, options.confidence, options.resamples, options.seed
    )
    return _ranking(context, maximum, variation, extras, options)


def _check(comparisons: Comparisons, options: _Options) -> None:
    if options.ties not in _NAMES:
        raise ValueError(f"ties must be one of {', '.join(_NAMES)}, not {options.ties!r}.")
    if options.interval not in ("auto", "sandwich", "cluster", "bootstrap", "model"):
        raise ValueError(f"There is no interval called {options.interval!r}.")
    normal_quantile(options.confidence)
    if options.interval == "cluster" and comparisons.cluster is None:
        raise ValueError('interval="cluster" needs the cluster (the prompt) of every comparison.')
    if options.side and comparisons.left is None:
        raise ValueError("side=True needs to know which item stood on the left: give `left`.")
    if options.style and comparisons.features is None:
        raise ValueError("style=True needs differences in style: give `features`.")
    if not 0 <= options.ridge < np.inf:
        raise ValueError(f"The ridge must be 0 or a number above, not {options.ridge}.")
    if options.resamples < 2:
        raise ValueError(f"There must be at least 2 resamples, not {options.resamples}.")


def _context(
    coded: CodedComparisons,
    cells: Cells,
    component: Ints,
    edges: tuple[Ints, Ints],
    left_out: int,
    options: _Options,
) -> Context:
    """Return what is said beside the numbers, and which items have none."""
    inside = round(float(cells.count[:, component[cells.a] == component[cells.b]].sum()))
    convention = _NAMES[options.ties]
    if options.side:
        convention += ", with an effect of the side"
    if options.style:
        convention += ", at equal style"
    if options.ridge:
        convention += f", shrunk by a ridge of {options.ridge:g} (a prior, not data)"
    convention += "; n counts comparisons"
    if cells.weighted:
        convention += ", which are weighted"
    if left_out:
        convention += f"; {plural(left_out, 'tie')} left out"
    if inside < cells.total:
        convention += f"; {cells.total - inside} between groups tell no distance"
    return Context(
        items=coded.items,
        component=component,
        counted="comparisons",
        met=cells.met(),
        n=inside,
        confidence=options.confidence,
        convention=convention,
        reason=reason_apart(component, *edges, coded.items),
        reasons=reasons_alone(component, *edges, coded.items),
    )


def _undefined(context: Context, options: _Options, reason: str) -> Ranking:
    """Return a ranking without strengths."""
    nothing = Figure(None, None, None, context.n, context.convention, reason)
    fitted_ties = _MODELS[options.ties].has_tie
    return nothing_of(
        replace(context, reason=reason),
        tie=nothing if fitted_ties else None,
        side=nothing if options.side else None,
        style=(),
    )


def _ranking(
    context: Context, maximum: Maximum, variation: Variation, extras: Extras, options: _Options
) -> Ranking:
    """Return the ranking at the maximum, effects on the scale in which they were given."""
    ends = ends_of(maximum.parameters, variation, options.confidence)
    return ranking_of(
        context,
        maximum.design.outcomes,
        maximum.parameters,
        variation,
        tie=_tie(maximum, ends, variation, options),
        side=extras.side(maximum, ends, variation) if options.side else None,
        style=extras.style(maximum, ends, variation) if options.style else (),
        log_likelihood=maximum.log_likelihood,
        deviance=None if options.style or options.ridge else _deviance(maximum),
    )


def _tie(maximum: Maximum, ends: Ends, variation: Variation, options: _Options) -> Figure | None:
    """Return the tie parameter, its interval symmetric on the log scale."""
    if not _MODELS[options.ties].has_tie:
        return None
    n = maximum.design.cells.total
    equals = "nu / (2 + nu)" if options.ties == "davidson" else "(theta - 1) / (theta + 1)"
    name = "Davidson's nu" if options.ties == "davidson" else "Rao and Kupper's theta"
    convention = f"{name}: equals tie with probability {equals}; n counts comparisons"
    convention += f"; {variation.convention}"
    if not maximum.design.outcomes.has_tie:
        value = 0.0 if options.ties == "davidson" else 1.0
        return Figure(value, None, None, n, convention, "No interval: no comparison was a tie.")
    lowest = 0.0 if options.ties == "davidson" else 1.0
    low, high = np.maximum(np.exp(ends.low), lowest), np.exp(np.minimum(ends.high, _HIGHEST))
    logs = Ends(ends.error, low, high)
    return logs.figure(-1, float(np.exp(maximum.tie)), n, convention, variation.reason)


def _deviance(maximum: Maximum) -> float:
    """Return twice the log likelihood lost against the observed shares of each cell."""
    weight = maximum.design.cells.weight
    if maximum.design.outcomes.has_tie:
        shares = weight
    else:
        won = weight[FIRST] + weight[TIE] / 2
        shares = np.stack([won, weight.sum(axis=0) - won])
    best = special.xlogy(shares, shares / weight.sum(axis=0)).sum()
    return max(0.0, 2 * float(best - maximum.log_likelihood))
