"""The figures of answers about single responses, by what they are: from arrays to plain data."""

from __future__ import annotations

from typing import Any

import numpy as np

from labeling.figures.per_response import RankedAnswers, RatedAnswers
from labeling.stats import (
    Circles,
    RaterPairs,
    ResponseAnswers,
    TaskTauPairs,
    circles_of_lists,
    ranking_report,
    rating_report,
    rule_report,
    violation_rate,
)
from labeling.stats.agreement.responses import UNSURE_CODE
from projects.models import Principle
from projects.scales import PER_PRINCIPLE, YES_NO, Scale

#: So many principles have a rate of their own: the ones with the most answers.
MOST_RULES = 100


def ranking_figures(answers: RankedAnswers) -> tuple[dict[str, Any], TaskTauPairs]:
    """Every figure of rankings, and their pairs of raters."""
    lists = answers.lists
    figures, pairs = ranking_report(lists, rated=answers.beside is not None)
    circles = circles_of_lists(*lists.leads, lists.ends, lists.prompt, groups_are="tasks")
    return {
        "answer": answers.criterion.scale.answer,
        **figures,
        "contradicted": answers.beside.key if answers.beside else None,
        **circle_figures(circles),
    }, pairs


def rating_figures(answers: RatedAnswers) -> tuple[dict[str, Any], RaterPairs]:
    """Every figure of ratings, of yes or no, or of rules, and their pairs of raters."""
    scale = answers.criterion.scale
    if scale.family == PER_PRINCIPLE:
        return _rule_figures(answers)
    figures, pairs = rating_report(
        answers.answers, scale.values, is_yes_no=scale.answer == YES_NO, unsaid=scale.unsaid
    )
    return {"answer": scale.answer, **figures}, pairs


def circle_figures(circles: Circles) -> dict[str, Any]:
    """How often three responses go round in a circle, as plain data."""
    return {
        "circular_triads": {**circles.share.as_dict(), "circular": circles.circular},
        "consistence": circles.zeta.as_dict(),
    }


def _rule_figures(answers: RatedAnswers) -> tuple[dict[str, Any], RaterPairs]:
    """A level of 0 on a scale from broken to followed says unsure."""
    scale, levels = answers.criterion.scale, answers.answers
    breaks = broken_values(scale)
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
    }, pairs


def broken_values(scale: Scale) -> tuple[int, ...]:
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
