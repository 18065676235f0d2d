"""Training and qualification: a rater's own page, and the page of whoever leads the project."""

from __future__ import annotations

from django.contrib import messages
from django.db.models.expressions import Combinable
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from labeling.models import Task
from labeling.teaching.qualification.forms import DecisionForm, StagesForm, StageTasksForm
from labeling.teaching.qualification.page import lead_context, own_context
from labeling.teaching.qualification.selectors import candidates_of, waiting_ones
from labeling.teaching.qualification.services import (
    add_stage_tasks,
    begin_stage,
    decide_by_hand,
    take_out_stage_task,
)
from labeling.vocabulary import STAGES
from projects.access import Access, SignedInRequest, get_access, require_row
from projects.exceptions import Conflict, InvalidInput
from projects.forms.errors import show_refusal
from projects.forms.rows import posted_id
from projects.models import Membership
from projects.navigation import Group, Tab, Waiting
from projects.permissions import Action, role_may
from projects.services.projects import update_project


@never_cache
@require_safe
def own_qualification(request: SignedInRequest, slug: str) -> HttpResponse:
    """Where I stand on the way to live tasks, why, and what comes next."""
    access = get_access(request.user, slug, Action.RATE)
    return render(request, "labeling/teaching/own_qualification.html", own_context(access))


@require_POST
def begin_own(request: SignedInRequest, slug: str) -> HttpResponse:
    """Begins the stage that comes next for me."""
    access = get_access(request.user, slug, Action.RATE)
    try:
        begin_stage(membership=access.membership)
    except Conflict as error:
        messages.warning(request, error.message)
        return redirect("labeling:own-qualification", slug)
    return redirect("labeling:rate", slug)


@require_safe
def qualification(request: SignedInRequest, slug: str) -> HttpResponse:
    """The stages, their tasks and the candidates."""
    return _page(request, get_access(request.user, slug, Action.TEACH))


def _page(request: SignedInRequest, access: Access, form: StagesForm | None = None) -> HttpResponse:
    context = {
        **lead_context(access),
        "form": form or StagesForm(instance=access.project),
        "tasks_form": StageTasksForm(),
    }
    status = 422 if form is not None else 200
    return render(request, "labeling/teaching/qualification.html", context, status=status)


@require_POST
def set_stages(request: SignedInRequest, slug: str) -> HttpResponse:
    """Changes the stages and when somebody passes."""
    access = get_access(request.user, slug, Action.TEACH)
    form = StagesForm(request.POST, instance=access.project)
    if not form.is_valid():
        return _page(request, access, form)
    try:
        update_project(project=access.project, actor=access.user, changes=form.changes)
    except InvalidInput as error:
        show_refusal(form, error)
        return _page(request, access, form)
    messages.success(request, _("The stages are saved."))
    return redirect("labeling:qualification", slug)


@require_POST
def make_tasks(request: SignedInRequest, slug: str) -> HttpResponse:
    """Makes tasks of a stage of gold tasks, those that are ticked or so many."""
    access = get_access(request.user, slug, Action.TEACH)
    form = StageTasksForm(request.POST)
    ticked = [pk for text in request.POST.getlist("task") if (pk := posted_id(text)) is not None]
    if not form.is_valid() or not (ticked or form.cleaned_data["count"]):
        messages.error(request, _("Say how many, or tick the gold tasks."))
        return redirect("labeling:qualification", slug)
    try:
        made = add_stage_tasks(
            project=access.project,
            actor=access.user,
            stage=form.cleaned_data["stage"],
            count=form.cleaned_data["count"],
            tasks=ticked,
        )
    except (Conflict, InvalidInput) as error:
        messages.error(request, " ".join(error.fields.values()) or error.message)
    else:
        words = ngettext("%(n)d task is made.", "%(n)d tasks are made.", len(made))
        messages.success(request, words % {"n": len(made)})
    return redirect("labeling:qualification", slug)


@require_POST
def take_out(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Takes a task out of its stage."""
    access = get_access(request.user, slug, Action.TEACH)
    rows = Task.objects.in_play().filter(project=access.project, purpose__in=STAGES, pk=pk)
    task = require_row(rows.first(), _("There is no such task in a stage."))
    take_out_stage_task(project=access.project, actor=access.user, task=task)
    messages.success(request, _("It is taken out; what was answered on it counts in no try."))
    return redirect("labeling:qualification", slug)


@require_POST
def decide_candidate(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Takes my word on a candidate."""
    access = get_access(request.user, slug, Action.TEACH)
    rows = [row for row in candidates_of(access.project) if row.code == code]
    candidate = require_row(next(iter(rows), None), _("There is no such candidate."))
    form = DecisionForm(request.POST)
    form.is_valid()
    try:
        decide_by_hand(
            project=access.project,
            actor=access.user,
            member_id=candidate.member,
            outcome=form.cleaned_data.get("outcome", ""),
            reason=form.cleaned_data.get("reason", ""),
        )
    except (Conflict, InvalidInput) as error:
        messages.error(request, " ".join(error.fields.values()) or error.message)
    else:
        messages.success(request, _("It is decided; the rater sees it on their page."))
    return redirect("labeling:qualification", slug)


def _asks(membership: Membership) -> Combinable | None:
    asks = membership.project.has_stages and role_may(membership.role, Action.TEACH)
    return waiting_ones() if asks else None


def _waiting(membership: Membership, n: int | None) -> Waiting | None:
    """The candidates who wait for a lead's word."""
    if not n:
        return None
    words = ngettext("%(n)d candidate waits", "%(n)d candidates wait", n) % {"n": n}
    return Waiting(n, words)


_BASE = "p/<slug:slug>/qualification/"
navigation = [
    Tab(
        key="qualification",
        url_name="labeling:qualification",
        label=gettext_lazy("Qualification"),
        action=Action.TEACH,
        group=Group.QUALITY,
        position=52,
        asks=_asks,
        waiting=_waiting,
        is_listed=lambda project, _: project.has_stages,
    )
]
urlpatterns = [
    path(_BASE, qualification, name="qualification"),
    path(f"{_BASE}stages/", set_stages, name="qualification-stages"),
    path(f"{_BASE}tasks/", make_tasks, name="qualification-tasks"),
    path(f"{_BASE}tasks/<int:pk>/take-out/", take_out, name="qualification-take-out"),
    path(f"{_BASE}candidates/<slug:code>/", decide_candidate, name="qualification-decide"),
    path(f"{_BASE}mine/", own_qualification, name="own-qualification"),
    path(f"{_BASE}mine/begin/", begin_own, name="own-qualification-begin"),
]
