"""The overview of a project: what is left, how fast it goes, what needs a person now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from labeling.lead.agreement.report import REPORT_KIND, agreement_report
from labeling.lead.overview.selectors import (
    Attention,
    DayCount,
    ProjectCounts,
    attention,
    days_left,
    own_progress,
    project_progress,
    recent_report,
    throughput,
)
from projects.access import Access, SignedInRequest, get_access
from projects.guidelines.selectors import current_guideline, has_acknowledged
from projects.navigation import Tab
from projects.permissions import Action

_WIDTH, _HEIGHT, _GAP = 560, 96, 4

#: How old the agreement at a glance may be; the agreement page is always up to date.
GLANCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the throughput chart, in the units of its view box."""

    x: float
    y: float
    width: float
    height: float
    label: str
    kind: str


def _bars(history: Sequence[DayCount]) -> list[Bar]:
    """Bars from the left, the tallest as high as the chart; an empty day is a thin line."""
    most = max((day.count for day in history), default=0) or 1
    step = _WIDTH / max(1, len(history))
    bars = []
    for place, day in enumerate(history):
        height = round(_HEIGHT * day.count / most, 1) if day.count else 1.0
        kind = "none" if not day.count else "last" if place == len(history) - 1 else ""
        label = ngettext(
            "%(day)s: %(count)s judgment", "%(day)s: %(count)s judgments", day.count
        ) % {"day": date_format(day.day, "j M"), "count": f"{day.count:,}"}
        x, y = round(place * step, 1), round(_HEIGHT - height, 1)
        bars.append(Bar(x, y, round(step - _GAP, 1), max(height, 1.0), label, kind))
    return bars


def _staff_context(access: Access) -> dict[str, object]:
    """What leads, reviewers and engineers see."""
    progress = project_progress(access.project)
    history = throughput(access.project, now=timezone.now())
    waiting = attention(access.project) if access.may(Action.CONFIGURE) else []
    return {
        "progress": progress,
        "history": history,
        "bars": _bars(history),
        "chart": {"width": _WIDTH, "height": _HEIGHT},
        "this_week": sum(day.count for day in history[-7:]),
        "busiest": max(history, key=lambda day: day.count),
        "days_left": days_left(progress, history),
        "attention": waiting,
        "has_raters": all(item.kind != "no_raters" for item in waiting),
        "agreement": _agreement(access) if access.may(Action.SEE_AGREEMENT) else None,
        "is_new": access.may(Action.CONFIGURE) and _is_new(progress, waiting),
    }


def _agreement(access: Access) -> dict[str, object] | None:
    """Two figures of the primary criterion, at most GLANCE old; None before any judgment."""
    now = timezone.now()
    recent = recent_report(access.project, REPORT_KIND, since=now - GLANCE)
    data = recent.data if recent else agreement_report(access.project)
    primary = access.project.criteria.filter(is_primary=True).values_list("key", flat=True).first()
    figures = data["criteria"].get(primary)
    if figures is None:
        return None
    return {
        "percent": figures["percent_agreement"]["exact"],
        "alpha": figures["krippendorff_alpha"]["symmetric"],
        "at": recent.computed_at if recent else now,
    }


def _is_new(progress: ProjectCounts, waiting: Sequence[Attention]) -> bool:
    missing = {item.kind for item in waiting}
    return not progress.judgments and (
        not progress.tasks or bool({"no_guideline", "no_raters"} & missing)
    )


@require_safe
def home(request: SignedInRequest, slug: str) -> HttpResponse:
    """The overview; a rater sees their own share, everybody else the project's."""
    access = get_access(request.user, slug, Action.SEE)
    guideline = current_guideline(access.project)
    context: dict[str, object] = {
        "access": access,
        "project": access.project,
        "guideline": guideline,
        "acknowledged": guideline is None or has_acknowledged(request.user, guideline),
    }
    if access.may(Action.RATE):
        context["own"] = own_progress(access.project, request.user, now=timezone.now())
    if access.may(Action.SEE_TASKS):
        context |= _staff_context(access)
    return render(request, "labeling/lead/home.html", context)


navigation = [
    Tab(
        key="home",
        url_name="labeling:home",
        label=gettext_lazy("Overview"),
        action=Action.SEE,
        position=10,
    )
]
urlpatterns = [path("p/<slug:slug>/", home, name="home")]
