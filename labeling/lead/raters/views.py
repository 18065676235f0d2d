"""The raters of a project, one row each."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from labeling.lead.raters.selectors import FEW, rater_rows
from projects.access import SignedInRequest, get_access
from projects.navigation import Tab
from projects.permissions import Action


@require_safe
def raters(request: SignedInRequest, slug: str) -> HttpResponse:
    """Volume, time, ties, sides and agreement of each rater."""
    access = get_access(request.user, slug, Action.SEE_RATERS)
    context = {
        "access": access,
        "project": access.project,
        "rows": rater_rows(access.project),
        "few": FEW,
    }
    return render(request, "labeling/lead/raters.html", context)


navigation = [
    Tab(
        key="raters",
        url_name="labeling:raters",
        label=gettext_lazy("Raters"),
        action=Action.SEE_RATERS,
        position=50,
    )
]
urlpatterns = [path("p/<slug:slug>/raters/", raters, name="raters")]
