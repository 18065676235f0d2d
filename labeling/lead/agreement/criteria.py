"""The figures of one criterion, by what its answers are: from arrays to plain data."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

import numpy as np

from labeling.kinds import kind_for
from labeling.lead.agreement.gates import GateRatings
from labeling.lead.agreement.pairs import pairs_in_short
from labeling.lead.agreement.per_response import RankedAnswers, RatedAnswers
from labeling.lead.agreement.selectors import CriterionAnswers
from labeling.lead.agreement.separate_pairs import circles_of
from labeling.stats import (
    Circles,
    RaterPairs,
    ResponseAnswers,
    TaskTauPairs,
    circles_within,
    criterion_report,
    gate_report,
    ranking_report,
    rating_report,
    rule_report,
    steadiness_report,
    violation_rate,
)
from labeling.stats.agreement.responses import UNSURE_CODE
from projects.models import Principle
from projects.scales import PER_PRINCIPLE, YES_NO, Scale

Figures = tuple[dict[str, Any], RaterPairs | TaskTauPairs]

#: So many principles have a rate of their own: the ones with the most answers.
MOST_RULES = 100


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
        **_circles(circles_of(answers.criterion)),
    }, pairs


@criterion_figures.register
def _(answers: RankedAnswers, *, as_ordered: bool) -> Figures:
    """Rankings; neither response of a pair is the first, in any order."""
    lists = answers.lists
    figures, pairs = ranking_report(lists, rated=answers.beside is not None)
    task, first, second, lead = lists.leads
    circles = circles_within(task, first, second, lead, lists.prompt[task], groups_are="tasks")
    return {
        "answer": answers.criterion.scale.answer,
        **figures,
        "contradicted": answers.beside.key if answers.beside else None,
        **_circles(circles),
        "pairs": pairs_in_short(pairs),
    }, pairs


@criterion_figures.register
def _(answers: RatedAnswers, *, as_ordered: bool) -> Figures:
    """Ratings of each response, yes or no, and rules."""
    scale = answers.criterion.scale
    if scale.family == PER_PRINCIPLE:
        return _rule_figures(answers)
    figures, pairs = rating_report(
        answers.answers, scale.values, is_yes_no=scale.answer == YES_NO, unsaid=scale.unsaid
    )
    return {"answer": scale.answer, **figures, "pairs": pairs_in_short(pairs)}, pairs


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


def _circles(circles: Circles) -> dict[str, Any]:
    return {
        "circular_triads": {**circles.share.as_dict(), "circular": circles.circular},
        "consistence": circles.zeta.as_dict(),
    }


def _rule_figures(answers: RatedAnswers) -> Figures:
    """A level of 0 on a scale from broken to followed says unsure."""
    scale, levels = answers.criterion.scale, answers.answers
    breaks = _breaks(scale)
    is_unsure = (levels.value == 0) & (levels.unsaid == 0) & (0 not in breaks)
    marked = ResponseAnswers(
        levels.unit,
        levels.rater,
        levels.value,
        levels.prompt,
        np.where(is_unsure, UNSURE_CODE, levels.unsaid),
    )
    categories = [value for value in scale.values if value or 0 in breaks]
    unsaid = scale.unsaid if 0 in breaks else ("unsure", *scale.unsaid)
    figures, pairs = rule_report(marked, categories, breaks=breaks, unsaid=unsaid)
    return {
        "answer": PER_PRINCIPLE,
        **figures,
        "principles": _principles(answers, marked, breaks),
        "pairs": pairs_in_short(pairs),
    }, pairs


def _breaks(scale: Scale) -> tuple[int, ...]:
    """The values that say that the rule is broken."""
    below = tuple(value for value in scale.values if value < 0)
    return below or (min(scale.values),)


def _principles(
    answers: RatedAnswers, marked: ResponseAnswers, breaks: tuple[int, ...]
) -> list[dict[str, Any]]:
    """How often each principle is broken, those with the most answers first.

    Number and title are those of the newest version that was judged by.
    """
    ids, counts = np.unique(answers.principles, return_counts=True)
    most = dict(sorted(zip(ids.tolist(), counts.tolist(), strict=True), key=lambda item: -item[1]))
    known = Principle.objects.in_bulk(list(most)[:MOST_RULES])
    rows = []
    for pk, count in most.items():
        if (principle := known.get(pk)) is None:
            continue
        own = answers.principles == pk
        broken = np.isin(marked.value[own], breaks).astype(np.int64)
        chosen = ResponseAnswers(
            marked.unit[own], marked.rater[own], broken, marked.prompt[own], marked.unsaid[own]
        )
        rows.append(
            {
                "principle": principle.key,
                "number": principle.number,
                "title": principle.title,
                "answers": count,
                "unsure": int((chosen.unsaid == UNSURE_CODE).sum()),
                "violation": violation_rate(chosen).as_dict(),
            }
        )
    return rows
