"""The tasks of a project, and all that was ever said about one."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from labeling.lead.tasks.selectors import (
    TaskFilter,
    TaskState,
    categories,
    find_tasks,
    get_task,
    task_page,
    task_rows,
)
from labeling.models.choices import choices
from labeling.rating.texts import ensure_rendered
from labeling.vocabulary import Purpose
from projects.access import SignedInRequest, get_access
from projects.navigation import Tab
from projects.permissions import Action

TASKS_PAGE = 50

STATES = (
    (TaskState.UNTOUCHED, gettext_lazy("Not judged yet")),
    (TaskState.UNDER_WAY, gettext_lazy("Under way")),
    (TaskState.COMPLETE, gettext_lazy("Complete")),
    (TaskState.SPLIT, gettext_lazy("Raters disagree")),
    (TaskState.FLAGGED, gettext_lazy("Flagged")),
    (TaskState.SKIPPED, gettext_lazy("Skipped by somebody")),
)
PURPOSES = choices(Purpose)


def _wanted(query: QueryDict) -> TaskFilter:
    """The filter of an address; a value nobody knows counts as none."""
    state, purpose = query.get("state", ""), query.get("purpose", "")
    return TaskFilter(
        state=state if state in {key for key, _label in STATES} else "",
        purpose=purpose if purpose in {key for key, _label in PURPOSES} else "",
        category=query.get("category", "")[:80],
        # PostgreSQL cannot hold NUL, so no text contains it.
        search=query.get("q", "").replace("\0", "").strip()[:200],
    )


def _query(wanted: TaskFilter) -> str:
    """The filter as the beginning of a query string, for links to other pages of the table."""
    named = {
        "state": wanted.state,
        "category": wanted.category,
        "purpose": wanted.purpose,
        "q": wanted.search,
    }
    kept = urlencode({key: value for key, value in named.items() if value})
    return f"{kept}&" if kept else ""


@require_safe
def tasks(request: SignedInRequest, slug: str) -> HttpResponse:
    """A table of tasks, filtered by state, category, purpose and text."""
    access = get_access(request.user, slug, Action.SEE_TASKS)
    wanted = _wanted(request.GET)
    page = Paginator(find_tasks(access.project, wanted), TASKS_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "access": access,
        "project": access.project,
        "page": page,
        "rows": task_rows(access.project, page.object_list),
        "wanted": wanted,
        "query": _query(wanted),
        "states": STATES,
        "purposes": PURPOSES,
        "categories": categories(access.project),
    }
    return render(request, "labeling/lead/tasks.html", context)


@require_safe
def task(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """One task: prompt, responses with their models, every judgment and assignment."""
    access = get_access(request.user, slug, Action.SEE_TASKS)
    row = get_task(access.project, pk)
    if row is None:
        raise Http404(_("There is no such task in this project."))
    page = task_page(row)
    ensure_rendered(prompt=row.prompt, responses=page.responses)
    context = {
        "access": access,
        "project": access.project,
        "page": page,
        "task": row,
        # Reviewers compare too: they stay blind.
        "show_models": access.may(Action.RELEASE),
    }
    return render(request, "labeling/lead/task.html", context)


navigation = [
    Tab(
        key="tasks",
        url_name="labeling:tasks",
        label=gettext_lazy("Tasks"),
        action=Action.SEE_TASKS,
        position=30,
    )
]
urlpatterns = [
    path("p/<slug:slug>/tasks/", tasks, name="tasks"),
    path("p/<slug:slug>/tasks/<int:pk>/", task, name="task"),
]
