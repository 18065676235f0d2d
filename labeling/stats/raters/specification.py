"""Noise or specification: is disagreement carelessness, or do people read the task differently?"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

from labeling.stats.ratings import Figure

Cause = Literal["specification", "noise or difficulty", "agreement", "unknown"]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Where the disagreement on one criterion comes from.

    Attributes:
        between: share of pairs of judgments by different raters that disagree.
        within: share of a rater's own repeats that disagree.
        excess: between less within, what inconsistency alone does not explain.
        cause: "specification" where much disagreement meets little inconsistency, "noise or
            difficulty" where raters contradict themselves, "agreement" where neither is high,
            "unknown" where a figure is missing.
        certain: whether both intervals lie on one side of their thresholds.
        sentence: the same in words.
    """

    between: Figure
    within: Figure
    excess: Figure
    cause: Cause
    certain: bool
    sentence: str


def disagreement_cause(
    agreement: Figure,
    self_agreement: Figure,
    *,
    high_between: float = 0.25,
    high_within: float = 0.20,
) -> Disagreement:
    """Return whether disagreement on a criterion is one of specification or of noise.

    Raters who each answer the same way twice, yet differently from one another, read the task
    differently: the guideline needs a rule or a precedent. Raters who differ from themselves are
    facing a hard task, or are not careful; a rule will not help. Both figures must be of one
    kind: the same tie convention, sides or exact values.

    Args:
        agreement: share of agreeing pairs of different raters, as `percent_agreement` gives it.
        self_agreement: share of equal repeats, as `self_consistency` gives it over all raters.
        high_between, high_within: the shares of disagreement from which on it is called high.

    Raises:
        ValueError: thresholds outside 0 to 1.
    """
    for name, level in (("high_between", high_between), ("high_within", high_within)):
        if not 0 < level < 1:
            raise ValueError(f"{name} must lie between 0 and 1, not be {level}.")
    between, within = _less_than_one(agreement), _less_than_one(self_agreement)
    excess = _excess(between, within)
    if between.value is None or within.value is None:
        missing = between.reason or within.reason or ""
        sentence = f"The cause of disagreement cannot be told. {missing}".strip()
        return Disagreement(between, within, excess, "unknown", False, sentence)
    certain = not (_holds(between, high_between) or _holds(within, high_within))
    cause, explanation = _classified(between.value >= high_between, within.value >= high_within)
    sentence = (
        f"Different raters disagree in {_percent(between)} of pairs, the same rater in "
        f"{_percent(within)} of repeats: {explanation}."
    )
    if not certain:
        sentence += " The intervals reach across the thresholds; more repeats would settle it."
    return Disagreement(between, within, excess, cause, certain, sentence)


def _classified(much_between: bool, much_within: bool) -> tuple[Cause, str]:
    if much_within:
        return "noise or difficulty", "the task is hard, or was not read with care"
    if much_between:
        return (
            "specification",
            "people read the task differently, so that the guideline needs a rule",
        )
    return "agreement", "neither is high"


def _less_than_one(figure: Figure) -> Figure:
    """Return disagreement for agreement: one less the figure, ends exchanged."""

    def turned(end: float | None) -> float | None:
        return None if end is None else 1 - end

    convention = f"disagreement, one less: {figure.convention}"
    return Figure(
        turned(figure.value),
        turned(figure.high),
        turned(figure.low),
        figure.n,
        convention,
        figure.reason,
    )


def _excess(between: Figure, within: Figure) -> Figure:
    """Return the difference with the interval from those of its parts (MOVER)."""
    convention = (
        "disagreement between raters less that within raters; n counts pairs and repeats; "
        "interval from those of the two (MOVER)"
    )
    n = between.n + within.n
    if between.value is None or within.value is None:
        return Figure(None, None, None, n, convention, between.reason or within.reason)
    value = between.value - within.value
    if None in (between.low, between.high, within.low, within.high):
        return Figure(value, None, None, n, convention, between.reason or within.reason)
    ends = [float(end or 0.0) for end in (between.low, between.high, within.low, within.high)]
    below = sqrt((between.value - ends[0]) ** 2 + (ends[3] - within.value) ** 2)
    above = sqrt((ends[1] - between.value) ** 2 + (within.value - ends[2]) ** 2)
    return Figure(value, max(value - below, -1.0), min(value + above, 1.0), n, convention)


def _holds(figure: Figure, level: float) -> bool:
    """Whether the interval holds the level, or there is none to tell."""
    if figure.low is None or figure.high is None:
        return True
    return figure.low <= level <= figure.high


def _percent(figure: Figure) -> str:
    value = 100 * (figure.value or 0.0)
    if figure.low is None or figure.high is None:
        return f"{value:.0f}%"
    return f"{value:.0f}% [{100 * figure.low:.0f}, {100 * figure.high:.0f}]"
