"""How principles fare: how often each is cited, broken, unsure and cited against another.

A judgment could cite what its version of the guideline holds; a principle that was kept over
versions is one by its key. Answers to tasks of rules say whether each is broken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import BigIntegerField, Case, F, Func, OuterRef, Subquery, TextField, When
from django.db.models.functions import Cast, Coalesce, Sign

from labeling import stats
from labeling.figures.by_kind import broken_values
from labeling.figures.columns import copied_columns
from labeling.figures.per_response import RatedAnswers, rated_answers
from labeling.models import Answer
from labeling.models.judgments import AnswerQuerySet, JudgmentQuerySet
from labeling.stats.agreement.responses import UNSURE_CODE, ResponseAnswers, violation_rate
from projects.models import Criterion, Guideline, Principle, Project
from projects.scales import PER_PRINCIPLE, PREFERENCES

if TYPE_CHECKING:
    import numpy.typing as npt

    from labeling.stats.ratings import Ints

    Flags = npt.NDArray[np.bool_]

#: A principle on whose use people agree less than this is to be worded anew.
LEAST_AC1 = 0.4


@dataclass(frozen=True, slots=True)
class _Cited:
    """The judgments that could cite a principle, one entry each, and which did.

    `side` is -1, 0 or 1 of the primary comparison; `cites` has a column a principle, in the order
    of `keys`, and `could` says which were there to be cited.
    """

    keys: list[str]
    task: Ints
    rater: Ints
    side: Ints
    none_fits: Flags
    cites: Flags
    could: Flags


def principle_health(
    project: Project, judgments: JudgmentQuerySet, *, newest: Guideline | None = None
) -> dict[str, Any]:
    """The figures of citations and of each principle of a version, the newest where none is told,
    as plain data."""
    version = newest or Guideline.objects.filter(project=project).order_by("-number").first()
    cited = _cited(project, version, judgments.live())
    ruled = list(_ruled(project, judgments.live()))
    n, some = len(cited.task), cited.cites.any(axis=1)
    of = "judgments under a guideline that has principles"
    return {
        "coverage": _share(int(some.sum()), n, f"{of}: those that cite at least one"),
        "none_fits": _share(int(cited.none_fits.sum()), n, f"{of}: those that say that none fits"),
        "principles": {
            key: _health(cited, place, [rules[key] for rules in ruled if key in rules])
            for place, key in enumerate(cited.keys)
        },
    }


def _health(cited: _Cited, place: int, ruled: list[ResponseAnswers]) -> dict[str, Any]:
    could, cites = cited.could[:, place], cited.cites[:, place]
    citing = stats.Ratings(
        unit=cited.task[could], rater=cited.rater[could], value=cites[could].astype(np.int64)
    )
    rules = _together(ruled)
    says = rules.unsaid == 0
    ruling = stats.Ratings(unit=rules.unit[says], rater=rules.rater[says], value=rules.value[says])
    figures = {
        "cited": _share(int(cites.sum()), int(could.sum()), "judgments that could, that cite it"),
        "violated": violation_rate(rules).as_dict(),
        "unsure": _share(int((rules.unsaid == UNSURE_CODE).sum()), len(rules), "answers, unsure"),
        "conflicts": _conflicts(cited, place),
        "citing": _agreement(citing),
        "ruling": _agreement(ruling),
    }
    return {**figures, "rewrite": _rewrite(figures)}


def _rewrite(figures: Mapping[str, Any]) -> str:
    """Why it is to be worded anew: nobody uses it, or people do not agree on it; else empty."""
    is_ruled = figures["violated"]["n"] > 0
    if figures["cited"]["n"] and not figures["cited"]["value"] and not is_ruled:
        return "unused"
    ac1 = figures["ruling" if is_ruled else "citing"]["gwet_ac1"]["value"]
    return "disagreement" if ac1 is not None and ac1 < LEAST_AC1 else ""


def _share(successes: int, trials: int, convention: str) -> dict[str, Any]:
    nothing = "There is nothing to count yet."
    return stats.share(successes, trials, convention, nothing=nothing).as_dict()


def _agreement(ratings: stats.Ratings) -> dict[str, Any]:
    return {
        "percent_agreement": stats.percent_agreement(ratings).as_dict(),
        "gwet_ac1": stats.gwet_ac(ratings, categories=(0, 1)).as_dict(),
    }


def _conflicts(cited: _Cited, place: int) -> dict[str, Any]:
    """Tasks on which it was cited for one side and another principle for the other side."""
    speaks = (cited.side != 0) & cited.cites.any(axis=1)
    task, side, own = cited.task[speaks], cited.side[speaks], cited.cites[speaks, place]
    others = cited.cites[speaks].sum(axis=1) > own
    unit, levels = stats.codes(task)
    size = len(levels)
    count = np.bincount(unit, minlength=size)
    is_cited = np.bincount(unit, weights=own, minlength=size) > 0
    opposed = np.zeros(size, dtype=np.bool_)
    for sign in (-1, 1):
        here = np.bincount(unit, weights=own & (side == sign), minlength=size) > 0
        there = np.bincount(unit, weights=others & (side == -sign), minlength=size) > 0
        opposed |= here & there
    asked = is_cited & (count > 1)
    convention = "tasks on which it and another judgment cite and prefer: cited against another"
    return _share(int((opposed & asked).sum()), int(asked.sum()), convention)


def _cited(project: Project, newest: Guideline | None, judgments: JudgmentQuerySet) -> _Cited:
    held = _held(project)
    clauses_now = Principle.objects.filter(guideline=newest).order_by("number")
    keys = list(clauses_now.values_list("key", flat=True)) if newest else []
    places = {key: place for place, key in enumerate(keys)}
    number = BigIntegerField()
    side = Answer.objects.filter(
        judgment=OuterRef("pk"), criterion__is_primary=True, criterion__family=PREFERENCES
    ).values(side=Cast(Sign("value"), number))
    could = judgments.filter(guideline__in=list(held)).order_by()
    rows = could.values_list(
        "pk",
        "task_id",
        "rater_id",
        "guideline_id",
        Cast(Case(When(none_fits=True, then=1), default=0), number),
        Coalesce(Subquery(side[:1]), 0, output_field=number),
    )
    pk, task, rater, guideline, none_fits, sides = copied_columns(rows, columns=6)
    cites = np.zeros((len(pk), len(keys)), dtype=np.bool_)
    may = np.zeros_like(cites)
    for version, clauses in held.items():
        for key in clauses.values():
            if key in places:
                may[guideline == version, places[key]] = True
    order = np.argsort(pk)
    element = Func(F("principles"), function="jsonb_array_elements_text", output_field=TextField())
    named = could.exclude(principles=[]).annotate(cited=Cast(element, number))
    whose, numbers = copied_columns(named.values_list("pk", "cited"), columns=2)
    rows_of = order[np.searchsorted(pk, whose, sorter=order)]
    for version, clauses in held.items():
        of_version = guideline[rows_of] == version
        for clause, key in clauses.items():
            if key in places:
                cites[rows_of[of_version & (numbers == clause)], places[key]] = True
    return _Cited(keys, task, rater, sides, none_fits.astype(np.bool_), cites, may)


def _held(project: Project) -> dict[int, dict[int, str]]:
    """The keys by number that each version of the guideline with principles holds, by its id."""
    held: dict[int, dict[int, str]] = {}
    rows = Principle.objects.filter(guideline__project=project).order_by("guideline", "number")
    for guideline, number, key in rows.values_list("guideline_id", "number", "key"):
        held.setdefault(guideline, {})[number] = key
    return held


def _ruled(
    project: Project, judgments: JudgmentQuerySet
) -> Iterator[Mapping[str, ResponseAnswers]]:
    """What tasks of rules say of each principle, one question after the other: 1 broken, 0 not."""
    for criterion in Criterion.objects.filter(project=project, family=PER_PRINCIPLE):
        said = AnswerQuerySet(Answer).filter(judgment__in=judgments.order_by())
        yield _by_key(rated_answers(criterion, said.order_by("judgment_id", "pk")))


def _by_key(rated: RatedAnswers) -> dict[str, ResponseAnswers]:
    answers, breaks = rated.answers, broken_values(rated.criterion.scale)
    is_unsure = (answers.value == 0) & (answers.unsaid == 0) & (0 not in breaks)
    unsaid = np.where(is_unsure, UNSURE_CODE, answers.unsaid)
    broken = np.isin(answers.value, breaks).astype(np.int64)
    ids = np.unique(rated.principles).tolist()
    keys = dict(Principle.objects.filter(pk__in=ids).values_list("pk", "key"))
    by_key = {}
    for pk, key in keys.items():
        own = rated.principles == pk
        by_key[key] = ResponseAnswers(
            answers.unit[own], answers.rater[own], broken[own], answers.prompt[own], unsaid[own]
        )
    return by_key


def _together(parts: list[ResponseAnswers]) -> ResponseAnswers:
    """The answers to several questions as one column each; units of two questions are two."""
    shift, columns = 0, []
    for part in parts:
        columns.append((part.unit + shift, part.rater, part.value, part.prompt, part.unsaid))
        shift += int(part.unit.max(initial=0)) + 1
    nothing = np.zeros(0, dtype=np.int64)
    joined = [np.concatenate(column) for column in zip(*columns, strict=True)] or [nothing] * 5
    return ResponseAnswers(*joined)
