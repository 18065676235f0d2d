"""The overview of a project: what is left, how fast it goes, what needs a person now."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from labeling.charts import Column, column_chart
from labeling.lead.agreement.page import agreement_at_a_glance
from labeling.lead.kept_state import how_far
from labeling.lead.overview.report import (
    OverviewAtHand,
    note_things,
    overview_at_hand,
    things_waiting,
)
from labeling.lead.overview.selectors import (
    Attention,
    DayCount,
    ProjectCounts,
    attention,
    dataset_at_hand,
    days_left,
    own_progress,
)
from projects.access import Access, SignedInRequest, get_access
from projects.guidelines.selectors import current_guideline, has_acknowledged
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
    chart = column_chart([Column(day.count, _day_words(day)) for day in history], title=words)
    return mark_safe(chart)  # noqa: S308 - made by labeling.charts, which escapes every text


def _day_words(day: DayCount) -> str:
    words = ngettext("%(day)s: %(count)s judgment", "%(day)s: %(count)s judgments", day.count)
    return words % {"day": date_format(day.day, "j M"), "count": f"{day.count:,}"}


def _staff_context(access: Access, hand: OverviewAtHand) -> dict[str, object]:
    """What leads, reviewers and engineers see."""
    waiting, things = [], None
    if access.may(Action.CONFIGURE):
        waiting = attention(access.project, hand.contested)
        things = note_things(access.project, waiting)
    may_see = access.may(Action.SEE_AGREEMENT)
    shared = {
        "hand": hand,
        "attention": waiting,
        "waiting": {"home": things},
        "has_raters": all(item.kind != "no_raters" for item in waiting),
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
        "is_new": access.may(Action.CONFIGURE) and _is_new(progress, waiting),
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
        hand = overview_at_hand(access.project)
        if request.headers.get("HX-Target") == "kept-state":
            return how_far(request, hand)
        context |= _staff_context(access, hand)
    return render(request, "labeling/lead/home.html", context)


navigation = [
    Tab(
        key="home",
        url_name="labeling:home",
        label=gettext_lazy("Home"),
        action=Action.SEE,
        group=Group.HOME,
        position=10,
        waiting=things_waiting,
    )
]
urlpatterns = [path("p/<slug:slug>/", home, name="home")]
