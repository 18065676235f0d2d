"""The page that `/` opens: where a task, a member or a page is."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_safe

from labeling.lead.find.selectors import pages_called, task_called, tasks_about
from projects.access import SignedInRequest, get_access
from projects.navigation import Page, address
from projects.permissions import Action
from projects.selectors.people import members_called

#: So many of a kind are shown; the tasks page has them all.
MOST = 8


@require_safe
def find(request: SignedInRequest, slug: str) -> HttpResponse:
    """What the words may mean; sent with Enter, the id of a task leads straight to it."""
    access = get_access(request.user, slug, Action.SEE_TASKS)
    project, words = access.project, request.GET.get("q", "").strip()[:200]
    if words and "HX-Request" not in request.headers:
        task = task_called(project, words)
        if task is not None:
            return redirect("labeling:task", slug, task.pk)
    role, may_see = access.membership.role, access.may(Action.SEE_MEMBERS)
    context = {
        "access": access,
        "project": project,
        "words": words,
        "pages": [(tab, address(tab.key, slug)) for tab in pages_called(role, words)],
        "tasks": tasks_about(project, words, most=MOST) if words else [],
        "members": members_called(project, words)[:MOST] if words and may_see else [],
    }
    return render(request, "labeling/lead/find.html", context)


navigation = [Page(key="find", url_name="labeling:find")]
urlpatterns = [path("p/<slug:slug>/find/", find, name="find")]
