"""The overview of a project: what is left, how fast it goes, what needs a person now."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from labeling.charts import Column, column_chart
from labeling.lead.agreement.drawings import drawn
from labeling.lead.agreement.page import agreement_at_a_glance
from labeling.lead.overview.page import needs_noted, needs_of, needs_waiting, note_needs
from labeling.lead.overview.report import OverviewAtHand, overview_at_hand
from labeling.lead.overview.selectors import (
    DayCount,
    ProjectCounts,
    dataset_at_hand,
    days_left,
    has_raters,
    own_progress,
)
from labeling.lead.overview.services import set_aside
from labeling.work.page import how_far
from projects.access import Access, SignedInRequest, get_access
from projects.exceptions import Conflict
from projects.guidelines.selectors import current_guideline, has_acknowledged
from projects.models import Guideline, Project
from projects.navigation import Group, Tab
from projects.permissions import Action


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
    columns = [Column(day.count, _day_words(day)) for day in history]
    return drawn(column_chart(columns, title=words))


def _day_words(day: DayCount) -> str:
    words = ngettext("%(day)s: %(count)s judgment", "%(day)s: %(count)s judgments", day.count)
    return words % {"day": date_format(day.day, "j M"), "count": f"{day.count:,}"}


def _staff_context(
    access: Access, hand: OverviewAtHand, guideline: Guideline | None
) -> dict[str, object]:
    """What leads, reviewers and engineers see."""
    needs, waiting = [], None
    if access.may(Action.CONFIGURE):
        needs = needs_of(access.project, hand.contested, guideline)
        waiting = note_needs(access.project, needs)
    may_see = access.may(Action.SEE_AGREEMENT)
    shared = {
        "hand": hand,
        "needs": needs,
        "waiting": {"home": waiting},
        "disagreements": hand.contested.get("disagreements", 0),
        "glance": agreement_at_a_glance(access.project) if may_see else None,
        "dataset": dataset_at_hand(access.project) if access.may(Action.RELEASE) else None,
    }
    progress, history = hand.counts, hand.history
    if progress is None:
        return shared
    this_week = sum(day.count for day in history[-7:])
    busiest = max(history, key=lambda day: day.count)
    return {
        **shared,
        "progress": progress,
        "history": history,
        "throughput_chart": _throughput_chart(history, this_week, busiest),
        "this_week": this_week,
        "busiest": busiest,
        "days_left": days_left(progress, history),
        **(_beginnings(access.project, progress) if access.may(Action.CONFIGURE) else {}),
    }


def _beginnings(project: Project, progress: ProjectCounts) -> dict[str, object]:
    """Whether a project is new, so that its lead is shown the way, and how far that is gone."""
    if progress.judgments:
        return {"is_new": False}
    rated = has_raters(project)
    is_new = not progress.tasks or current_guideline(project) is None or not rated
    return {"is_new": is_new, "has_raters": rated}


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
        context["own"] = own_progress(access.membership, now=timezone.now())
    if access.may(Action.SEE_TASKS):
        hand = overview_at_hand(access.project)
        if request.headers.get("HX-Target") == "kept-state":
            return how_far(request, hand)
        context |= _staff_context(access, hand, guideline)
    return render(request, "labeling/lead/home.html", context)


@require_POST
def need_aside(request: SignedInRequest, slug: str, kind: str) -> HttpResponse:
    """A failure needs nobody any more."""
    access = get_access(request.user, slug, Action.CONFIGURE)
    try:
        set_aside(project=access.project, kind=kind, actor=access.user)
    except Conflict as error:
        messages.info(request, error.message)
    else:
        messages.success(request, _("It is set aside. The next failure is shown again."))
    return redirect("labeling:home", slug)


navigation = [
    Tab(
        key="home",
        url_name="labeling:home",
        label=gettext_lazy("Home"),
        action=Action.SEE,
        group=Group.HOME,
        position=10,
        asks=needs_noted,
        waiting=needs_waiting,
    )
]
urlpatterns = [
    path("p/<slug:slug>/", home, name="home"),
    path("p/<slug:slug>/needs/<slug:kind>/set-aside/", need_aside, name="need-set-aside"),
]
