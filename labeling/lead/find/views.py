"""The page that `/` opens: where a task, a member or a page is."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from labeling.lead.find.selectors import pages_called, task_called, tasks_about
from projects.access import SignedInRequest, get_access
from projects.models import User
from projects.navigation import Page, address
from projects.permissions import Action
from projects.selectors.people import members_called

#: So many of a kind are shown; the tasks page has them all.
MOST = 8


@require_safe
def find(request: SignedInRequest, slug: str) -> HttpResponse:
    """What the words may mean; sent with Enter, what alone matches is opened at once."""
    access = get_access(request.user, slug, Action.SEE_TASKS)
    project, words = access.project, request.GET.get("q", "").strip()[:200]
    is_sent = bool(words) and "HX-Request" not in request.headers
    task = task_called(project, words) if is_sent else None
    if task is not None:
        return redirect("labeling:task", slug, task.pk)
    pages = [(tab, address(tab.key, slug)) for tab in pages_called(access.membership.role, words)]
    tasks = tasks_about(project, words, most=MOST) if words else []
    may_see = words and access.may(Action.SEE_MEMBERS)
    members = [
        (member, f"{address('members', slug)}?{urlencode({'q': _called(member.user)})}")
        for member in (members_called(project, words)[:MOST] if may_see else [])
    ]
    if is_sent and len(pages) + len(tasks) + len(members) == 1:
        only = [reverse("labeling:task", args=[slug, task.pk]) for task, _excerpt in tasks]
        return redirect([*only, *(url for _match, url in [*members, *pages])][0])
    context = {
        "access": access,
        "project": project,
        "words": words,
        "pages": pages,
        "tasks": tasks,
        "members": members,
    }
    return render(request, "labeling/lead/find.html", context)


def _called(person: User) -> str:
    """What the list of members finds a person by."""
    return person.email or person.name


navigation = [Page(key="find", url_name="labeling:find")]
urlpatterns = [path("p/<slug:slug>/find/", find, name="find")]
