"""Stated and revealed priorities: does the overall verdict weigh criteria as the guideline says?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from labeling.stats.intervals.proportions import CONFIDENCE, share, t_quantile
from labeling.stats.raters.columns import Bools, coded, numbers
from labeling.stats.raters.logistic import Fit, held_out_hits, ridge_logistic, root_mean_square
from labeling.stats.ratings import Figure, Floats, Ints, plural, same_length

_STILL = 1e-24  # A variance below this is none at all.


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Two criteria whose weights run against the stated order.

    Attributes:
        stated_first, weighs_more: the criterion the guideline puts first, and the one that
            weighs more.
        difference: weight of the latter less that of the former, with its interval.
    """

    stated_first: str
    weighs_more: str
    difference: Figure


@dataclass(frozen=True, slots=True)
class Priorities:
    """What overall verdicts were made of.

    Attributes:
        weights: by criterion or style, log odds of the verdict per standard deviation.
        order: the stated criteria by fitted weight, heaviest first.
        accuracy: held-out accuracy of all of them together.
        without: by criterion or style, the accuracy lost where it is left out, in shares.
        mismatches: pairs clearly weighed against the stated order (the interval of the
            difference is above 0).
        sentence: whether stated and revealed order agree, in words.
    """

    weights: dict[str, Figure]
    order: tuple[str, ...]
    accuracy: Figure
    without: dict[str, Figure]
    mismatches: tuple[Mismatch, ...]
    sentence: str


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    """The checked data of a fit: decided verdicts and standardised differences."""

    names: tuple[str, ...]
    features: Floats
    second: Bools
    cluster: Ints
    ties: int
    ridge: float
    confidence: float

    @property
    def basis(self) -> str:
        return f"ridge {self.ridge:g}; n counts verdicts ({plural(self.ties, 'tie')} left out)"


def revealed_priorities(
    overall: npt.ArrayLike,
    criteria: Mapping[str, npt.ArrayLike],
    *,
    stated: Sequence[str] | None = None,
    styles: Mapping[str, npt.ArrayLike] | None = None,
    cluster: npt.ArrayLike | None = None,
    ridge: float = 1.0,
    folds: int = 5,
    seed: int = 0,
    confidence: float = CONFIDENCE,
) -> Priorities:
    """Return how verdicts weigh the criteria, and where that runs against the stated order.

    A ridge-logistic regression of the overall preference on the preferences (or differences of
    scores) per criterion and on style differences, each divided by its root mean square, without
    intercept; intervals over prompts. Weights say what goes with verdicts, not what causes them,
    and criteria that always move together share theirs.

    Args:
        overall: canonical values, shape (n,): above 0 the second response is better; ties (0)
            are left out.
        criteria: by name, the canonical difference on it, above 0 where the second is better.
        stated: the criteria in the guideline's order, most important first; left out, as given.
        styles: by name, second less first, as `relative_difference(second, first)`.
        cluster: the prompt of each judgment, shape (n,); None: each its own.
        ridge: penalty on squared weights.
        folds, seed: of the cross-validation over prompts.

    Raises:
        RatingsError: columns that cannot be read, named by position.
        ValueError: no criterion, a stated name that is no criterion, a name used twice.

    Source: as for `ridge_logistic`; question: Hosking et al. (2024, arXiv:2309.16349).
    """
    model = _model(overall, criteria, styles or {}, cluster, ridge, confidence)
    listed = tuple(criteria) if stated is None else tuple(stated)
    unknown = [name for name in listed if name not in criteria]
    if unknown or len(set(listed)) < len(listed):
        raise ValueError(f"The stated order {listed} must name criteria, each once.")
    if not len(model.second):
        return _nothing(model)
    fit = ridge_logistic(model.features, model.second, ridge=ridge, cluster=model.cluster)
    weights = _weights(model, fit)
    place = {name: index for index, name in enumerate(model.names)}
    order = tuple(sorted(listed, key=lambda name: -fit.coefficients[place[name]]))
    accuracy, without = _accuracies(model, folds, seed)
    mismatches = _mismatches(model, fit, listed)
    sentence = _sentence(listed, order, mismatches)
    return Priorities(weights, order, accuracy, without, mismatches, sentence)


def _model(
    overall: npt.ArrayLike,
    criteria: Mapping[str, npt.ArrayLike],
    styles: Mapping[str, npt.ArrayLike],
    cluster: npt.ArrayLike | None,
    ridge: float,
    confidence: float,
) -> _Model:
    if not criteria:
        raise ValueError("Give at least one criterion.")
    twice = criteria.keys() & styles.keys()
    if twice:
        raise ValueError(f"{min(twice)} is both a criterion and a style.")
    verdict = numbers("overall", overall)
    columns = {name: numbers(name, values) for name, values in (*criteria.items(), *styles.items())}
    groups = np.arange(len(verdict)) if cluster is None else coded("cluster", cluster)[0]
    for name, column in (*columns.items(), ("cluster", groups)):
        same_length(**{"overall": verdict, name: column})
    decided = verdict != 0
    features = np.column_stack(list(columns.values()))[decided]
    return _Model(
        names=tuple(columns),
        features=features / root_mean_square(features),
        second=verdict[decided] > 0,
        cluster=groups[decided],
        ties=int((~decided).sum()),
        ridge=ridge,
        confidence=confidence,
    )


def _weights(model: _Model, fit: Fit) -> dict[str, Figure]:
    """Return each weight with its interval over prompts."""
    convention = (
        f"log odds of the verdict per standard deviation, {model.basis}; "
        f"{100 * model.confidence:g}% t interval over {fit.clusters:,} prompts (clustered sandwich)"
    )
    n = len(model.second)
    figures = {}
    for place, name in enumerate(model.names):
        if not model.features[:, place].any():
            reason = f"The two responses never differ in {name}."
            figures[name] = Figure(None, None, None, n, convention, reason)
            continue
        unit = np.zeros(len(model.names))
        unit[place] = 1.0
        figures[name] = _contrast(model, fit, unit, convention)
    return figures


def _contrast(model: _Model, fit: Fit, unit: Floats, convention: str) -> Figure:
    """Return a linear combination of the weights with its interval."""
    value, n = float(unit @ fit.coefficients), len(model.second)
    if fit.covariance is None:
        reason = "No interval: the verdicts come from 1 prompt, and it needs at least 2."
        return Figure(value, None, None, n, convention, reason)
    t = float(t_quantile(fit.clusters - 1, model.confidence))
    variance = float(unit @ fit.covariance @ unit)
    if variance <= _STILL:
        reason = "No interval: leaving out any of the prompts would change nothing."
        return Figure(value, None, None, n, convention, reason)
    reach = t * variance**0.5
    return Figure(value, value - reach, value + reach, n, convention)


def _accuracies(model: _Model, folds: int, seed: int) -> tuple[Figure, dict[str, Figure]]:
    """Return held-out accuracy, and what is lost of it without each feature."""

    def hits(kept: Sequence[int]) -> Floats | None:
        features = model.features[:, list(kept)]
        return held_out_hits(
            features, model.second, model.cluster, folds=folds, ridge=model.ridge, seed=seed
        )

    every = range(len(model.names))
    convention = (
        f"accuracy on held-out verdicts, {folds} folds over prompts, seed {seed}, {model.basis}"
    )
    nothing = "The verdicts come from 1 prompt, so that none can be held out."
    full = hits(every)
    if full is None:
        none = Figure(None, None, None, len(model.second), convention, nothing)
        return none, dict.fromkeys(model.names, none)
    accuracy = share(
        float(full.sum()), len(full), convention, nothing=nothing, confidence=model.confidence
    )
    without = {}
    for place, name in enumerate(model.names):
        rest = [other for other in every if other != place]
        # With nothing left, every prediction is a toss.
        part = hits(rest) if rest else np.full(len(full), 0.5)
        lost = full - (full if part is None else part)
        without[name] = _mean_over_prompts(
            lost, model, f"accuracy lost without {name}, {convention}"
        )
    return accuracy, without


def _mean_over_prompts(lost: Floats, model: _Model, convention: str) -> Figure:
    """Return the mean of a per-verdict loss with its interval over prompts."""
    _, code = np.unique(model.cluster, return_inverse=True)
    value, n = float(lost.mean()), len(lost)
    sums = np.bincount(code, weights=lost - value)
    groups = len(sums)
    error = float(np.sqrt((sums**2).sum() * groups / (groups - 1))) / n
    convention = f"{convention}; {100 * model.confidence:g}% t interval over {groups:,} prompts"
    if error < 1e-12:
        reason = "No interval: leaving it out changes no prediction, or all of them alike."
        return Figure(value, None, None, n, convention, reason)
    reach = float(t_quantile(groups - 1, model.confidence)) * error
    return Figure(value, value - reach, value + reach, n, convention)


def _mismatches(model: _Model, fit: Fit, stated: Sequence[str]) -> tuple[Mismatch, ...]:
    """Return the pairs whose difference of weights is clearly against the stated order."""
    place = {name: index for index, name in enumerate(model.names)}
    mismatches = []
    for first, later in combinations(stated, 2):
        unit = np.zeros(len(model.names))
        unit[place[later]], unit[place[first]] = 1.0, -1.0
        convention = (
            f"weight of {later} less that of {first}, {model.basis}; "
            f"{100 * model.confidence:g}% t interval over {fit.clusters:,} prompts"
        )
        difference = _contrast(model, fit, unit, convention)
        if difference.low is not None and difference.low > 0:
            mismatches.append(Mismatch(first, later, difference))
    return tuple(mismatches)


def _sentence(stated: Sequence[str], order: Sequence[str], mismatches: Sequence[Mismatch]) -> str:
    if mismatches:
        worst = max(mismatches, key=lambda pair: pair.difference.value or 0.0)
        gap = worst.difference
        return (
            f"The guideline puts {worst.stated_first} before {worst.weighs_more}, but verdicts "
            f"weigh {worst.weighs_more} more (by {gap.value:.2f} [{gap.low:.2f}, {gap.high:.2f}] "
            "in log odds per standard deviation)."
        )
    if tuple(order) == tuple(stated):
        return "Verdicts weigh the criteria in the order of the guideline."
    return (
        f"Verdicts weigh the criteria in the order {', '.join(order)}, which differs from the "
        "guideline's, but not by more than chance would have it."
    )


def _nothing(model: _Model) -> Priorities:
    reason = "There is no decided verdict."
    none = Figure(None, None, None, 0, model.basis, reason)
    empty = dict.fromkeys(model.names, none)
    return Priorities(empty, (), none, empty, (), reason)
