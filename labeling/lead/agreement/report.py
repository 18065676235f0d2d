"""The agreement of a project: computed once, kept until a judgment or the rubric changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from labeling.kinds import kind_for
from labeling.lead.agreement.selectors import (
    CriterionAnswers,
    ResponseOrder,
    agreement_data,
    agreement_fingerprint,
    counted_judgments,
    rater_names,
)
from labeling.models import Report
from labeling.stats import criterion_report, steadiness_report
from projects.models import Project

REPORT_KIND = "agreement"
REPORT_VERSION = 4  # Raise it when a figure or the shape changes: older reports are computed anew.


def agreement_report(
    project: Project, *, show_names: bool = True, order: ResponseOrder = ResponseOrder.ANY
) -> dict[str, Any]:
    """Every agreement figure of a project, in the shape of command, API and download.

    Computed from current, live, human judgments and cached; a report whose inputs changed is
    computed anew. Raters are named, or numbered by name where `show_names` is False. In the order
    of the source the coefficients of preferences are the plain ones, to compare with published
    figures, and rest on tasks whose imported row is known.
    """
    fingerprint = f"{REPORT_VERSION}/{agreement_fingerprint(project, order)}"
    kind = REPORT_KIND if order is ResponseOrder.ANY else f"{REPORT_KIND}-{order}"
    report = Report.objects.filter(project=project, kind=kind, fingerprint=fingerprint).first()
    data = report.data if report is not None else _refresh(project, fingerprint, kind, order)
    return _named(project, data, show_names=show_names)


def _refresh(project: Project, fingerprint: str, kind: str, order: ResponseOrder) -> dict[str, Any]:
    """Compute the report and keep it; raters appear by their ids there."""
    basis = agreement_data(project, order)
    as_ordered = order is ResponseOrder.SOURCE
    total = counted_judgments(fingerprint.partition("/")[2])
    data = {
        "order": str(order),
        "tasks": basis.tasks,
        "judgments": basis.judgments,
        "raters": list(basis.raters),
        "left_out": max(0, total - basis.judgments - basis.unordered),
        "unordered": basis.unordered,
        "criteria": {
            item.criterion.key: _criterion(item, as_ordered=as_ordered) for item in basis.answers
        },
    }
    Report.objects.update_or_create(
        project=project, kind=kind, defaults={"fingerprint": fingerprint, "data": data}
    )
    return data


def _criterion(item: CriterionAnswers, *, as_ordered: bool) -> dict[str, Any]:
    """Every figure of one criterion."""
    again = item.repeats
    is_preference = kind_for(item.criterion.scale).is_preference
    agreement = criterion_report(
        item.ratings,
        item.categories,
        preference=is_preference,
        rater_names={},
        side_only=item.side_only,
        as_ordered=as_ordered,
    )
    repeats = (again.rater, again.first, again.again, again.prompt)
    steadiness = steadiness_report(item.ratings, item.first_shown, repeats)
    return {**agreement, **steadiness}


def _named(project: Project, data: Mapping[str, Any], *, show_names: bool) -> dict[str, Any]:
    """The report as it is shown, with names in place of ids.

    Names are put in when the report is read, so that a changed name shows at once.
    """
    ids: Sequence[int] = data["raters"]
    names = rater_names(ids)
    if not show_names:
        names = {
            pk: _("Rater %(number)d") % {"number": place}
            for place, pk in enumerate(sorted(ids), start=1)
        }
    return {
        "project": project.slug,
        "order": data["order"],
        "tasks": data["tasks"],
        "judgments": data["judgments"],
        "raters": len(ids),
        "left_out": data["left_out"],
        "unordered": data["unordered"],
        "criteria": {
            key: {**report, "pairs": _named_pairs(report["pairs"], _distinct(names))}
            for key, report in data["criteria"].items()
        },
    }


def _distinct(names: Mapping[int, str]) -> dict[str, str]:
    """Names by id as written in the report; people of one name are told apart by their number."""
    seen: dict[str, int] = {}
    for name in names.values():
        seen[name] = seen.get(name, 0) + 1
    return {
        str(pk): name
        if seen[name] == 1
        else _("%(name)s (no. %(number)d)") % {"name": name, "number": pk}
        for pk, name in names.items()
    }


def _named_pairs(pairs: Sequence[dict[str, Any]], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Pairs with names in alphabetical order, most shared tasks first."""
    named = []
    for pair in pairs:
        a, b = sorted((names.get(pair["a"], pair["a"]), names.get(pair["b"], pair["b"])))
        named.append({**pair, "a": a, "b": b})
    return sorted(named, key=lambda pair: (-pair["n"], pair["a"], pair["b"]))
