"""The tasks of a project, and all that was ever said about one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from labeling.allocation import OVERLAPS
from labeling.lead.reports import with_reports
from labeling.lead.tasks.conversations import conversation_turn
from labeling.lead.tasks.filters import (
    categories,
    filter_fields,
    find_tasks,
    import_of,
    kept_filter,
)
from labeling.lead.tasks.forms import (
    PLAYS,
    PURPOSES,
    STATES,
    ManyPlanForm,
    PlanForm,
    filter_query,
    id_in_address,
    list_place,
    task_address,
    task_filter,
)
from labeling.lead.tasks.marked import marked_task_texts
from labeling.lead.tasks.marking import TaskSpans
from labeling.lead.tasks.page import asked_task, selection_page
from labeling.lead.tasks.regions import TaskRegions
from labeling.lead.tasks.selections import find_task_change
from labeling.lead.tasks.selectors import (
    task_page,
    task_rows,
    task_votes,
)
from labeling.lead.tasks.services import (
    TaskPlan,
    change_task,
    request_task_change,
    settle_reports,
)
from labeling.lead.tasks.stretches import is_long, read_on
from labeling.models import Task, TaskChange
from labeling.rating.openings import closed_votes, open_votes
from labeling.rating.texts import ensure_rendered
from labeling.teaching.checks.panel import right_context
from labeling.vocabulary import TaskKind
from labeling.work.endings import cancel_by
from labeling.work.page import warning_of_conflicts
from labeling.work.sending import send
from projects.access import Access, SignedInRequest, get_access, require_row
from projects.exceptions import InvalidInput
from projects.navigation import Group, Tab
from projects.permissions import Action

TASKS_PAGE = 50


@require_safe
def tasks(request: SignedInRequest, slug: str) -> HttpResponse:
    """A table of tasks, filtered by state, category, purpose, text, import, conversation, and
    withdrawn ones."""
    access = get_access(request.user, slug, Action.SEE_TASKS)
    wanted = task_filter(request.GET, access)
    page, stretch = None, None
    if is_long(access.project):
        start = id_in_address(request.GET.get("from", ""))
        stretch = read_on(access.project, wanted, start=start, size=TASKS_PAGE)
        shown = stretch.tasks
    else:
        pages = Paginator(find_tasks(access.project, wanted), TASKS_PAGE)
        page = pages.get_page(request.GET.get("page"))
        shown = list(page.object_list)
    rows = task_rows(access.project, shown)
    context = {
        "access": access,
        "project": access.project,
        "page": page,
        "stretch": stretch,
        "begun": "from" in request.GET,
        "rows": rows,
        "compares": any(row.task.kind == TaskKind.COMPARE for row in rows),
        "closed": _closed(access, [row.task for row in rows]),
        "wanted": wanted,
        "query": filter_query(wanted),
        "place": list_place(request.GET, access),
        "states": STATES,
        "purposes": PURPOSES,
        "plays": PLAYS,
        "fields": filter_fields(wanted),
        "of_import": import_of(access.project, wanted.import_id) if wanted.import_id else None,
        "may_withdraw": access.may(Action.WITHDRAW),
        "may_plan": access.may(Action.PLAN_TASKS),
        "may_settle": access.may(Action.SETTLE_REPORTS),
        "categories": categories(access.project),
        "has_conversations": bool(wanted.conversation)
        or any(row.task.prompt.conversation for row in rows),
    }
    return render(request, "labeling/lead/tasks.html", context)


def _closed(access: Access, tasks: Sequence[Task]) -> Collection[int]:
    """Ids of tasks whose votes stay closed until this member, who may judge them, opens them."""
    return closed_votes(tasks, access.user) if access.may(Action.RATE) else ()


@require_safe
def task(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """One task: prompt, responses with their models, and for whom they are, its votes.

    Who could still judge the task sees none before opening them; who could not and sees them is
    recorded as well, since a place may become free.
    """
    access = get_access(request.user, slug, Action.SEE_TASKS)
    row = asked_task(access, pk)
    page = task_page(row)
    ensure_rendered(prompt=row.prompt, responses=page.responses)
    is_closed = bool(_closed(access, [row]))
    sees_raters = access.may(Action.SEE_RATERS)
    if sees_raters and not is_closed:
        open_votes(task=row, person=access.user)
    votes = task_votes(row) if sees_raters and not is_closed else None
    context = {
        "access": access,
        "project": access.project,
        "page": page,
        "task": row,
        "place": list_place(request.GET, access),
        "is_closed": is_closed,
        "sees_raters": sees_raters,
        "votes": votes,
        "texts": marked_task_texts(
            row.prompt,
            page.responses,
            votes.spans if votes else TaskSpans(),
            votes.regions if votes else TaskRegions(),
            slug,
        ),
        # Reviewers compare too: they stay blind.
        "show_models": access.may(Action.RELEASE),
        "may_withdraw": access.may(Action.WITHDRAW),
        "plan": _plan(row) if access.may(Action.PLAN_TASKS) else None,
        "is_reported": bool(with_reports(access.project, [row.pk])),
        "may_settle": access.may(Action.SETTLE_REPORTS),
        "conversation": conversation_turn(row),
        **right_context(access, row, is_closed=is_closed),
    }
    return render(request, "labeling/lead/task.html", context)


def _plan(row: Task) -> PlanForm:
    """The form of one task, which says how few raters it may have."""
    form = PlanForm(initial={"overlap": row.overlap, "priority": row.priority})
    if row.places_held is None:
        del form.fields["overlap"]
    else:
        form.fields["overlap"].widget.attrs["min"] = max(OVERLAPS[0], row.places_held)
    return form


@require_POST
def votes(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Opens a task's votes for a member, who from then on cannot judge it."""
    access = get_access(request.user, slug, Action.SEE_RATERS)
    open_votes(task=asked_task(access, pk), person=access.user)
    return redirect(f"{task_address(request, access, pk)}#votes")


@require_POST
def settle_task(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Somebody has seen to what raters reported of a task."""
    access = get_access(request.user, slug, Action.SETTLE_REPORTS)
    if settle_reports(task=asked_task(access, pk), actor=access.user):
        messages.success(request, _("Its reports are settled. What is reported later waits again."))
    else:
        messages.info(request, _("No report of this task waits."))
    return redirect("labeling:task", slug, pk)


@require_POST
def plan_task(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Another number of raters, or another priority, for one task."""
    access = get_access(request.user, slug, Action.PLAN_TASKS)
    row = asked_task(access, pk)
    form = PlanForm(request.POST)
    try:
        changed = form.is_valid() and change_task(
            task=row, actor=access.user, plan=TaskPlan(**form.cleaned_data)
        )
    except InvalidInput as error:
        messages.error(request, error.message)
    else:
        if not form.is_valid():
            messages.error(request, form.sentence)
        elif changed:
            messages.success(request, _("The change of this task is saved."))
        else:
            messages.info(request, _("Nothing was different."))
    return redirect(task_address(request, access, pk))


@require_POST
def change_many(request: SignedInRequest, slug: str) -> HttpResponse:
    """Changes what the list's filter selects, or an import's tasks; a worker does it."""
    access = get_access(request.user, slug, Action.PLAN_TASKS)
    selection, form = task_filter(request.POST, access), ManyPlanForm(request.POST)
    if "settles" in request.POST:
        access = get_access(request.user, slug, Action.SETTLE_REPORTS)
    refusal = form.sentence if not form.is_valid() else ""
    if not refusal:
        try:
            change = request_task_change(
                project=access.project,
                actor=access.user,
                selection=selection,
                plan=TaskPlan(**form.cleaned_data),
            )
        except InvalidInput as error:
            refusal = error.message
        else:
            send(change)
            return redirect("labeling:task-change", slug, change.pk)
    messages.error(request, refusal)
    return redirect(f"{reverse('labeling:tasks', args=[slug])}?{filter_query(selection)}")


def _change(access: Access, pk: int) -> TaskChange:
    row = find_task_change(access.project, pk)
    return require_row(row, _("There is no such change of tasks in this project."))


@require_safe
def task_change(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """How far a change of many tasks is, and what it did."""
    access = get_access(request.user, slug, Action.SEE_TASKS)
    row = _change(access, pk)
    return selection_page(
        request,
        access,
        row,
        address="labeling:task-change",
        cancels=Action.PLAN_TASKS,
        title=_title(row),
        query=filter_query(kept_filter(row.selection)),
    )


def _title(change: TaskChange) -> str:
    if change.exclusion_id is None:
        return _("Change of tasks")
    return _("Places closed again") if change.closes else _("Places opened again")


@require_POST
def stop_task_change(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Stops it; what is changed stays."""
    access = get_access(request.user, slug, Action.PLAN_TASKS)
    with warning_of_conflicts(request):
        cancel_by(_change(access, pk), actor=access.user)
    return redirect("labeling:task-change", slug, pk)


navigation = [
    Tab(
        key="tasks",
        url_name="labeling:tasks",
        label=gettext_lazy("Tasks"),
        action=Action.SEE_TASKS,
        group=Group.LABEL,
        position=30,
    )
]
urlpatterns = [
    path("p/<slug:slug>/tasks/", tasks, name="tasks"),
    path("p/<slug:slug>/tasks/<int:pk>/", task, name="task"),
    path("p/<slug:slug>/tasks/<int:pk>/votes/", votes, name="task-votes"),
    path("p/<slug:slug>/tasks/<int:pk>/plan/", plan_task, name="task-plan"),
    path("p/<slug:slug>/tasks/<int:pk>/settle/", settle_task, name="task-settle"),
    path("p/<slug:slug>/task-changes/", change_many, name="task-changes"),
    path("p/<slug:slug>/task-changes/<int:pk>/", task_change, name="task-change"),
    path(
        "p/<slug:slug>/task-changes/<int:pk>/cancel/", stop_task_change, name="task-change-cancel"
    ),
]
