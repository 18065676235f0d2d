"""The agreement of a project: computed once, kept until a judgment or the rubric changes.

Small projects are computed while somebody waits for the page. The others are read as they were
computed last, and a worker computes them anew: a request never reads a million judgments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists
from django.utils.translation import gettext as _

from labeling.lead.agreement import criteria as figures_of_criteria
from labeling.lead.agreement import marks, turns, versions
from labeling.lead.agreement.axes import Axes
from labeling.lead.agreement.pairs import PART, KeptPairs, PairSpool, keep_pairs
from labeling.lead.agreement.selectors import (
    CriterionAnswers,
    ResponseOrder,
    Totals,
    agreement_fingerprint,
    counted_judgments,
    criterion_answers,
    judgments_per_rubric,
    rater_names,
)
from labeling.lead.basis import JudgmentState, judgment_state, recent_judgment_state
from labeling.models import Region, Report
from labeling.models.exclusions import ExcludedSum
from labeling.work.kept import Progress, figures_at_hand, keep_report, kept_report
from projects.models import Project
from projects.scales import CONVERSATION, GATE, PREFERENCES

REPORT_KIND = "agreement"
REPORT_VERSION = 12  # Raise it when a figure or the shape changes: older reports are computed anew.
AGREEMENT_TASK = "labeling.jobs.compute_agreement"
#: Up to so many answers are computed while somebody waits: a third of a second.
QUICK_ANSWERS = 50_000
#: Families of questions that a judgment answers once.
_ONCE = frozenset({PREFERENCES, GATE, CONVERSATION})
_RESPONSES = 9  # The most responses that a task has: one answer each.
#: With more regions of pictures a worker compares them: those of two raters are matched one by one.
_MANY_REGIONS = 2_000


@dataclass(frozen=True, slots=True)
class AgreementAtHand:
    """The newest report there is, None before the first, and how far it is behind.

    `newer` judgments are not in it; `progress` is that of the worker who computes it anew, None
    where nobody does.
    """

    report: dict[str, Any] | None
    computed_at: datetime | None
    newer: int
    progress: Progress | None


def agreement_report(
    project: Project, *, order: ResponseOrder = ResponseOrder.ANY
) -> dict[str, Any]:
    """Every agreement figure of a project, with all pairs of raters: what the command prints.

    Computed from current, live, human judgments and kept; a report whose inputs changed is
    computed anew. In the order of the source the coefficients of preferences are the plain ones,
    to compare with published figures, and rest on tasks whose imported row is known.
    """
    report = _current_report(project, order)
    return _named(report, show_names=True, all_pairs=True)


def agreement_at_hand(
    project: Project, *, show_names: bool = True, order: ResponseOrder = ResponseOrder.ANY
) -> AgreementAtHand:
    """The agreement for a request, which never waits for a large project to be computed.

    Of the pairs of raters those on the first page are in it. Raters are named, or numbered where
    `show_names` is False.
    """
    state = agreement_state(project, order)
    report = state.report
    if report is None:
        return AgreementAtHand(None, None, 0, state.progress)
    figures = _named(report, show_names=show_names, all_pairs=False)
    return AgreementAtHand(figures, report.computed_at, state.newer, state.progress)


@dataclass(frozen=True, slots=True)
class AgreementState:
    """The report at hand as it is kept, raters by their ids, how far it is behind, and what is
    excluded."""

    report: Report | None
    newer: int
    progress: Progress | None
    excluded_sum: ExcludedSum


def agreement_state(
    project: Project,
    order: ResponseOrder = ResponseOrder.ANY,
    *,
    at_once: int | None = None,
) -> AgreementState:
    """Computes a small project's report, and has a worker compute a large one's.

    Small is what has up to `at_once` answers, QUICK_ANSWERS at most.
    """
    most = QUICK_ANSWERS if at_once is None else min(at_once, QUICK_ANSWERS)
    state = recent_judgment_state(project)
    fingerprint, judgments = _fingerprint(project, order, state), state.count
    kept = figures_at_hand(
        project,
        _kind(order),
        fingerprint=fingerprint,
        task=AGREEMENT_TASK,
        request={"order": str(order)},
        version=f"{REPORT_VERSION}/",
        at_once=lambda: _refresh(project, order) if _is_quick(project, judgments, most) else None,
    )
    newer = 0
    if kept.report is not None and not kept.is_newest:
        newer = max(0, judgments - counted_judgments(kept.report.fingerprint.partition("/")[2]))
    return AgreementState(kept.report, newer, kept.progress, state.excluded_sum)


def compute_figures(report: Report) -> tuple[str, dict[str, Any]]:
    """The fingerprint and the figures of a report that is to be computed; keeps its pairs."""
    order = ResponseOrder(report.request.get("order", ResponseOrder.ANY))
    fingerprint = _fingerprint(report.project, order)
    with PairSpool() as pairs:
        data = _computed(report.project, fingerprint, order, pairs)
        keep_pairs(report, pairs)
    return fingerprint, data


def pairs_of_raters(report: Report, criterion: str, *, show_names: bool) -> KeptPairs:
    """The pairs of raters of a criterion, named or numbered, read as far as they are shown."""
    return KeptPairs(report, criterion, _names(report, show_names=show_names))


def _is_quick(project: Project, judgments: int, most: int) -> bool:
    """Whether so many judgments have up to `most` answers, as many as each can have counted, and
    no more regions than somebody waits for."""
    regions = Region.objects.filter(judgment__project=project)
    has_many = Exists(regions[_MANY_REGIONS : _MANY_REGIONS + 1])
    criteria = list(project.criteria.values_list("family", has_many))
    each = sum(1 if family in _ONCE else _RESPONSES for family, _many in criteria)
    return judgments * each <= most and not any(many for _family, many in criteria)


def _kind(order: ResponseOrder) -> str:
    return REPORT_KIND if order is ResponseOrder.ANY else f"{REPORT_KIND}-{order}"


def _fingerprint(project: Project, order: ResponseOrder, state: JudgmentState | None = None) -> str:
    state = judgment_state(project) if state is None else state
    return f"{REPORT_VERSION}/{agreement_fingerprint(project, state, order)}"


def _current_report(project: Project, order: ResponseOrder) -> Report:
    fingerprint = _fingerprint(project, order)
    report = kept_report(project, _kind(order))
    if report is not None and report.fingerprint == fingerprint:
        return report
    return _refresh(project, order)


def _refresh(project: Project, order: ResponseOrder) -> Report:
    """Computes the report and keeps it; raters appear by their ids there."""
    fingerprint = _fingerprint(project, order)
    with PairSpool() as pairs:
        data = _computed(project, fingerprint, order, pairs)
        with transaction.atomic():
            report = keep_report(project, _kind(order), fingerprint=fingerprint, data=data)
            keep_pairs(report, pairs)
    return report


def _computed(
    project: Project, fingerprint: str, order: ResponseOrder, spool: PairSpool
) -> dict[str, Any]:
    """The figures; the pairs of raters go to `spool`."""
    totals, criteria, depths = Totals(), {}, turns.task_turns(project)
    axes, numbers = Axes(project), versions.versions_used(project)
    for answers in criterion_answers(project, order):
        totals.add(answers)
        if isinstance(answers, CriterionAnswers):
            axes.add(answers.criterion, answers.ratings)
        key = answers.criterion.key
        as_ordered = order is ResponseOrder.SOURCE
        criteria[key], pairs = figures_of_criteria.criterion_figures(answers, as_ordered=as_ordered)
        criteria[key] |= marks.agreement_on_marks(answers.criterion)
        criteria[key]["turns"] = turns.figures_by_turn(answers, depths)
        if isinstance(answers, CriterionAnswers):
            criteria[key]["guideline_versions"] = versions.figures_by_version(
                answers.criterion, answers.categories, numbers
            )
        spool.add(key, pairs)
        del answers, pairs  # before the next criterion is read
    total = counted_judgments(fingerprint.partition("/")[2])
    judgments, unordered = len(totals.judgments), len(totals.unordered)
    return {
        "order": str(order),
        "tasks": len(totals.tasks),
        "judgments": judgments,
        "raters": totals.raters.tolist(),
        "left_out": max(0, total - judgments - unordered),
        "unordered": unordered,
        "rubric_versions": judgments_per_rubric(project),
        "axes": axes.figures(),
        "criteria": criteria,
    }


def _named(report: Report, *, show_names: bool, all_pairs: bool) -> dict[str, Any]:
    """The report as it is shown, with names in place of ids.

    Names are put in when the report is read, so that a changed name shows at once.
    """
    data, names = report.data, _names(report, show_names=show_names)
    criteria = {
        key: {
            **figures,
            "pairs": KeptPairs(report, key, names)[: None if all_pairs else PART],
            "counts": {**figures["counts"], "pairs_of_raters": figures["pairs"]["count"]},
        }
        for key, figures in data["criteria"].items()
    }
    head = ("order", "tasks", "judgments", "left_out", "unordered", "rubric_versions", "axes")
    return {
        "project": report.project.slug,
        **{name: data[name] for name in head},
        "raters": len(data["raters"]),
        "criteria": criteria,
    }


def _names(report: Report, *, show_names: bool) -> dict[int, str]:
    """Names by id; people of one name are told apart by their number."""
    ids: Sequence[int] = report.data["raters"]
    if not show_names:
        return {
            pk: _("Rater %(number)d") % {"number": place}
            for place, pk in enumerate(sorted(ids), start=1)
        }
    names = rater_names(ids)
    seen: dict[str, int] = {}
    for name in names.values():
        seen[name] = seen.get(name, 0) + 1
    return {
        pk: name
        if seen[name] == 1
        else _("%(name)s (no. %(number)d)") % {"name": name, "number": pk}
        for pk, name in names.items()
    }
