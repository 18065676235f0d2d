"""The figures of one criterion, by what its answers are: from arrays to plain data."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

import numpy as np

from labeling.figures.by_kind import (
    broken_values,
    circle_figures,
    ranking_figures,
    rating_figures,
)
from labeling.figures.per_response import RankedAnswers, RatedAnswers
from labeling.figures.repeats import repeated_responses
from labeling.kinds import kind_for
from labeling.lead.agreement.gates import GateRatings
from labeling.lead.agreement.pairs import pairs_in_short
from labeling.lead.agreement.selectors import CriterionAnswers
from labeling.lead.agreement.separate_pairs import circles_of
from labeling.stats import (
    Figure,
    RaterPairs,
    TaskTauPairs,
    criterion_report,
    gate_report,
    order_consistency,
    response_consistency,
    steadiness_report,
)
from projects.models import Criterion
from projects.scales import PER_PRINCIPLE

Figures = tuple[dict[str, Any], RaterPairs | TaskTauPairs]


@singledispatch
def criterion_figures(answers: object, *, as_ordered: bool) -> Figures:
    """Every figure of one criterion, and its pairs of raters, which are kept apart."""
    raise TypeError(f"There are no figures of {type(answers).__name__}.")


@criterion_figures.register
def _(answers: CriterionAnswers, *, as_ordered: bool) -> Figures:
    """Preferences; `as_ordered` takes the plain coefficients in the order of the source."""
    again = answers.repeats
    figures, pairs = criterion_report(
        answers.ratings,
        answers.categories,
        preference=kind_for(answers.criterion.scale).is_preference,
        side_only=answers.side_only,
        as_ordered=as_ordered,
    )
    repeats = (again.rater, again.first, again.again, again.prompt)
    steadiness = steadiness_report(answers.ratings, answers.first_shown, repeats)
    return {
        "answer": answers.criterion.scale.answer,
        **figures,
        "pairs": pairs_in_short(pairs),
        **steadiness,
        **circle_figures(circles_of(answers.criterion)),
    }, pairs


@criterion_figures.register
def _(answers: RankedAnswers, *, as_ordered: bool) -> Figures:
    """Rankings; neither response of a pair is the first, in any order."""
    figures, pairs = ranking_figures(answers)
    again = repeated_responses(answers.criterion)
    steady = order_consistency(again.rater, again.task, again.prompt, again.first, again.again)
    figures["self_consistency"] = steady.as_dict()
    return {**figures, "pairs": pairs_in_short(pairs)}, pairs


@criterion_figures.register
def _(answers: RatedAnswers, *, as_ordered: bool) -> Figures:
    """Ratings of each response, yes or no, and rules."""
    figures, pairs = rating_figures(answers)
    figures["self_consistency"] = _steadiness(answers.criterion).as_dict()
    return {**figures, "pairs": pairs_in_short(pairs)}, pairs


def _steadiness(criterion: Criterion) -> Figure:
    """How far raters say the same of a response a second time; of a rule, whether it is broken."""
    again, scale = repeated_responses(criterion), criterion.scale
    if scale.family != PER_PRINCIPLE:
        return response_consistency(again.rater, again.first, again.again, again.prompt)
    breaks = broken_values(scale)
    if 0 not in breaks:  # there a level of 0 is unsure
        again = again.only((again.first != 0) & (again.again != 0))
    was, is_now = np.isin(again.first, breaks), np.isin(again.again, breaks)
    return response_consistency(again.rater, was, is_now, again.prompt)


@criterion_figures.register
def _(answers: GateRatings, *, as_ordered: bool) -> Figures:
    """Whether tasks can be judged at all."""
    scale = answers.criterion.scale
    passes = scale.passes if scale.passes is not None else max(scale.values)
    figures, pairs = gate_report(answers.ratings, scale.values, passes=passes)
    words = {option.value: option.word for option in scale.options}
    for answer in figures["rates"]:
        answer["word"] = words[answer["value"]]
    return {"answer": scale.answer, **figures, "pairs": pairs_in_short(pairs)}, pairs
