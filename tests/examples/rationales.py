"""A page in one file and its template: what raters gave as reasons. An example of
docs/contributing.md."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from config.urls import urlpatterns as addresses
from labeling.models import Judgment
from labeling.urls import navigation as tabs
from projects.access import SignedInRequest, get_access
from projects.navigation import Group, Tab
from projects.permissions import Action


@require_safe
def rationales(request: SignedInRequest, slug: str) -> HttpResponse:
    """The newest hundred reasons, newest first."""
    access = get_access(request.user, slug, Action.SEE_TASKS)
    judgments = Judgment.objects.filter(project=access.project).counting().exclude(rationale="")
    context = {
        "access": access,
        "project": access.project,
        "judgments": judgments.select_related("task").order_by("-pk")[:100],
    }
    return render(request, "examples/rationales.html", context)


urlpatterns = [
    path("", include(([path("p/<slug:slug>/rationales/", rationales, name="all")], "rationales"))),
    *addresses,
]
navigation = [
    *tabs,
    Tab(
        key="rationales",
        url_name="rationales:all",
        label=gettext_lazy("Reasons"),
        action=Action.SEE_TASKS,
        group=Group.QUALITY,
        position=35,
    ),
]
