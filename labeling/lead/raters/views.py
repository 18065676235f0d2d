"""The raters of a project, one row each."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from labeling.lead.raters.downloads import rater_pseudonym, time_reply
from labeling.lead.raters.forms import DaysForm, RatersFilter
from labeling.lead.raters.report import raters_at_hand
from labeling.lead.raters.selectors import FEW, spread
from labeling.models.exclusions import excluded_now
from labeling.teaching.checks.figures import any_check
from labeling.work.page import how_far
from projects.access import SignedInRequest, get_access
from projects.models import Membership, Project
from projects.navigation import Group, Tab
from projects.permissions import Action, roles_that_may

RATERS_PAGE = 50


@require_safe
def raters(request: SignedInRequest, slug: str) -> HttpResponse:
    """Volume, time, ties, sides and agreement of each rater."""
    access = get_access(request.user, slug, Action.SEE_RATERS)
    hand = raters_at_hand(access.project)
    if request.headers.get("HX-Request"):
        return how_far(request, hand)
    rows, asked = hand.rows or [], RatersFilter(request.GET)
    members = _members(access.project)
    shown = [row for row in rows if asked.takes(row, members.get(row.rater.pk))]
    page = Paginator(shown, RATERS_PAGE).get_page(request.GET.get("page"))
    context = {
        "access": access,
        "project": access.project,
        "hand": hand,
        "page": page,
        "rows": page.object_list,
        "all_rows": rows,
        "filter": asked,
        "query": asked.query,
        "few": FEW,
        "spread": spread(rows) if rows else None,
        "members": {
            pk: member
            for pk, member in members.items()
            if member.role in roles_that_may(Action.RATE)
        },
        "has_comparisons": any(row.ties.n for row in rows),
        "has_checks": any(row.checks.gold.n or row.checks.consistency.n for row in rows),
        "days": DaysForm(),
        "zone": request.user.time_zone,
        "together": hand.checks if any_check(hand.checks) else None,
        "excluded_sum": excluded_now(access.project),
        "codes": {row.rater.pk: rater_pseudonym(access.project, row.rater.pk) for row in page},
    }
    return render(request, "labeling/lead/raters.html", context)


def _members(project: Project) -> dict[int, Membership]:
    """The memberships of a project by the ids of their users."""
    rows = Membership.objects.filter(project=project)
    return {row.user_id: row for row in rows.only("user", "role", "paused_at", "project")}


@require_safe
def active_time(request: SignedInRequest, slug: str) -> HttpResponseBase:
    """The active time of each rater a day, as CSV; days are of my time zone."""
    access = get_access(request.user, slug, Action.MANAGE_MEMBERS)
    form = DaysForm(request.GET)
    if form.is_valid():
        return time_reply(access.project, request.user, form.days())
    for name, sentences in form.errors.items():
        messages.error(request, f"{form.fields[name].label}: {' '.join(map(str, sentences))}")
    return redirect("labeling:raters", slug)


navigation = [
    Tab(
        key="raters",
        url_name="labeling:raters",
        label=gettext_lazy("Raters"),
        action=Action.SEE_RATERS,
        group=Group.QUALITY,
        position=50,
    )
]
urlpatterns = [
    path("p/<slug:slug>/raters/", raters, name="raters"),
    path("p/<slug:slug>/raters/time.csv", active_time, name="raters-time"),
]
