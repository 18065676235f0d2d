"""The tasks of a project, and all that was ever said about one."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from labeling.lead.tasks.filters import (
    categories,
    filter_fields,
    find_tasks,
    import_of,
    kept_filter,
)
from labeling.lead.tasks.final_words import adjudicate, hide_votes, take_word_back
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
from labeling.lead.tasks.page import asked_task, closed_to_reader, selection_page, task_reply
from labeling.lead.tasks.rows import task_rows
from labeling.lead.tasks.selections import find_task_change
from labeling.lead.tasks.services import (
    TaskPlan,
    change_task,
    request_task_change,
    resolve_flag,
    settle_reports,
)
from labeling.lead.tasks.stretches import is_long, read_on
from labeling.models import TaskChange
from labeling.rating.desk import rubric
from labeling.rating.final_word import read_word
from labeling.rating.openings import open_votes
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
        "closed": closed_to_reader(access, [row.task for row in rows]),
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


@require_safe
def task(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """One task: prompt, responses with their models, and for whom they are, its votes.

    Who could still judge the task sees none before opening them; who could not and sees them is
    recorded as well, since a place may become free.
    """
    access = get_access(request.user, slug, Action.SEE_TASKS)
    return task_reply(request, access, asked_task(access, pk))


@require_POST
def votes(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Opens a task's votes for a member, who from then on cannot judge it."""
    access = get_access(request.user, slug, Action.SEE_RATERS)
    open_votes(task=asked_task(access, pk), person=access.user)
    return redirect(f"{task_address(request, access, pk)}#votes")


@require_POST
def adjudicate_task(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Gives the final word on a task, or takes one's own back."""
    access = get_access(request.user, slug, Action.ADJUDICATE)
    row = asked_task(access, pk)
    with warning_of_conflicts(request):
        if "take_back" in request.POST:
            if take_word_back(task=row, person=access.user):
                messages.success(request, _("Your final word is taken back."))
            return redirect(task_address(request, access, pk))
        filled = read_word(request.POST)
        submission = filled.submission(rubric(access.project).criteria)
        try:
            adjudicate(task=row, person=access.user, submission=submission)
        except InvalidInput as error:
            return task_reply(request, access, row, filled=filled, errors=error.fields)
        messages.success(request, _("Your final word is kept beside the votes."))
    return redirect(task_address(request, access, pk))


@require_POST
def hide_task_votes(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Whether votes stay hidden from this member until they have decided, on every task."""
    access = get_access(request.user, slug, Action.ADJUDICATE)
    hide_votes(membership=access.membership, hides=request.POST.get("hides") == "1")
    return redirect(task_address(request, access, asked_task(access, pk).pk))


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
def resolve_task_flag(request: SignedInRequest, slug: str, pk: int, flag: str) -> HttpResponse:
    """Somebody says what came of a flag that raters set on a task."""
    access = get_access(request.user, slug, Action.SETTLE_REPORTS)
    row, word = asked_task(access, pk), request.POST.get("word", "")
    try:
        resolve_flag(task=row, flag=flag, actor=access.user, word=word)
    except InvalidInput as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The flag is resolved. One that is set later waits again."))
    return redirect(f"{task_address(request, access, pk)}#flags")


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
    path("p/<slug:slug>/tasks/<int:pk>/adjudicate/", adjudicate_task, name="task-adjudicate"),
    path("p/<slug:slug>/tasks/<int:pk>/hide-votes/", hide_task_votes, name="task-hide-votes"),
    path("p/<slug:slug>/tasks/<int:pk>/plan/", plan_task, name="task-plan"),
    path(
        "p/<slug:slug>/tasks/<int:pk>/flags/<slug:flag>/resolve/",
        resolve_task_flag,
        name="task-flag-resolve",
    ),
    path("p/<slug:slug>/tasks/<int:pk>/settle/", settle_task, name="task-settle"),
    path("p/<slug:slug>/task-changes/", change_many, name="task-changes"),
    path("p/<slug:slug>/task-changes/<int:pk>/", task_change, name="task-change"),
    path(
        "p/<slug:slug>/task-changes/<int:pk>/cancel/", stop_task_change, name="task-change-cancel"
    ),
]
