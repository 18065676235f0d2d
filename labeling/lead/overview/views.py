"""The overview of a project: what is left, how fast it goes, what needs a person now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from labeling.charts import Column, column_chart
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

#: How old the agreement at a glance may be; the agreement page is always up to date.
GLANCE = timedelta(minutes=10)


def _throughput_chart(history: Sequence[DayCount], this_week: int, busiest: DayCount) -> SafeString:
    """A column a day; what it shows as a whole is said in words too."""
    words = ngettext(
        "%(count)s judgment in the last 7 days; "
        "the busiest of %(days)s days was %(day)s with %(most)s.",
        "%(count)s judgments in the last 7 days; "
        "the busiest of %(days)s days was %(day)s with %(most)s.",
        this_week,
    ) % {
        "count": this_week,
        "days": len(history),
        "day": date_format(busiest.day, "j F"),
        "most": busiest.count,
    }
    chart = column_chart([Column(day.count, _day_words(day)) for day in history], title=words)
    return mark_safe(chart)  # noqa: S308 - made by labeling.charts, which escapes every text


def _day_words(day: DayCount) -> str:
    words = ngettext("%(day)s: %(count)s judgment", "%(day)s: %(count)s judgments", day.count)
    return words % {"day": date_format(day.day, "j M"), "count": f"{day.count:,}"}


def _staff_context(access: Access) -> dict[str, object]:
    """What leads, reviewers and engineers see."""
    progress = project_progress(access.project)
    history = throughput(access.project, now=timezone.now())
    this_week = sum(day.count for day in history[-7:])
    busiest = max(history, key=lambda day: day.count)
    waiting = attention(access.project) if access.may(Action.CONFIGURE) else []
    return {
        "progress": progress,
        "history": history,
        "throughput_chart": _throughput_chart(history, this_week, busiest),
        "this_week": this_week,
        "busiest": busiest,
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
