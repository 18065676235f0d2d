"""Figures about what raters write, and the page that shows them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from labeling.lead.writing.selectors import has_writing, texts_imported, writing_figures
from projects.access import SignedInRequest, get_access
from projects.navigation import Group, Tab
from projects.permissions import Action


@require_safe
def writing(request: SignedInRequest, slug: str) -> HttpResponse:
    """Acceptance, scores, changes and how texts came about."""
    access = get_access(request.user, slug, Action.SEE_RATERS)
    context = {
        "access": access,
        "project": access.project,
        "figures": writing_figures(access.project),
    }
    return render(request, "labeling/lead/writing.html", context)


navigation = [
    Tab(
        key="writing",
        url_name="labeling:writing",
        label=gettext_lazy("Writing"),
        action=Action.SEE_RATERS,
        group=Group.QUALITY,
        position=55,
        asks=texts_imported,
        is_listed=has_writing,
    )
]
urlpatterns = [path("p/<slug:slug>/writing/", writing, name="writing")]
