"""Asking at the desk, the precedents for everybody, and the inbox with its answers for leads."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models.expressions import Combinable
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from labeling.models import Precedent, Query, Task
from labeling.rating.leases import own_assignment
from labeling.rating.refusals import refused_in_words, wants_json
from labeling.rating.texts import ensure_rendered
from labeling.teaching.questions.forms import RulingForm, ids_in, starting_from
from labeling.teaching.questions.report import ambiguity_at_hand
from labeling.teaching.questions.selectors import (
    contradicted,
    criterion_labels,
    hours_to_answer,
    matching,
    named_queries,
    open_count,
    open_ones,
    own_queries,
    precedent_versions,
    precedents,
    queried_tasks,
    queries,
    standing_beside,
    unfitting,
    unread,
    unread_count,
    unread_ones,
)
from labeling.teaching.questions.services import (
    Ruling,
    answer_asker,
    mark_read,
    retire_precedent,
    reword_precedent,
    send_query,
    settle_by,
    write_precedent,
)
from labeling.vocabulary import QueryState
from projects.access import Access, SignedInRequest, get_access, require_row
from projects.exceptions import ConcordError
from projects.forms.errors import show_refusal
from projects.models import Membership, Project
from projects.navigation import Group, Tab, Waiting
from projects.permissions import Action, role_may

_PAGE = 50
#: Own questions that a page names.
_OWN = 20


@require_POST
@refused_in_words
def ask_at_desk(request: SignedInRequest, slug: str, assignment_id: int) -> HttpResponse:
    """Keeps a question about one of my tasks; the task stays as it is.

    Who has left the project meanwhile asked in good faith: it is kept all the same.
    """
    assignment = own_assignment(rater=request.user, assignment_id=assignment_id)
    try:
        access = get_access(request.user, slug, Action.RATE)
    except (Http404, PermissionDenied):
        if assignment is None or assignment.project.slug != slug:
            raise
        access = None
    if assignment is None or (access and assignment.project_id != access.project.pk):
        raise Http404(_("There is no such task among yours."))
    send_query(
        person=request.user,
        assignment=assignment,
        text=request.POST.get("text", ""),
        criterion=request.POST.get("criterion", ""),
    )
    words = _("Asked. You find the answer under Precedents.")
    if wants_json(request):
        return JsonResponse({"message": words})
    messages.success(request, words)
    return redirect("labeling:precedents", slug) if access else redirect("projects:list")


@require_safe
def precedent_list(request: SignedInRequest, slug: str) -> HttpResponse:
    """What I asked and the precedents; for leads what waits for an answer comes first.

    `?part=drawer` is what the drawer beside a task shows of it.
    """
    access = get_access(request.user, slug, Action.SEE_GUIDELINE)
    project = access.project
    words = request.GET.get("find", "")[:200]
    rows = matching(precedents(project, in_force=True), words)
    context = {
        "access": access,
        "project": project,
        "own": list(own_queries(project, access.user)[:_OWN]),
        "labels": criterion_labels(project),
        "unread": unread(project, access.user),
        "beside": standing_beside(project),
    }
    if request.GET.get("part") == "drawer":
        context["precedents"] = list(rows[:500])
        return render(request, "labeling/teaching/_precedents.html", context)
    page = Paginator(rows, _PAGE).get_page(request.GET.get("page"))
    context["page"] = page
    context["precedents"] = list(page.object_list)
    context["find"] = words
    context["query"] = f"{urlencode({'find': words})}&" if words else ""
    n = rows.count()
    context["counted"] = ngettext("%(n)d precedent", "%(n)d precedents", n) % {"n": n}
    context["retired"] = [p for p in precedents(project)[:500] if p.retired]
    context["sees_tasks"] = access.may(Action.SEE_TASKS)
    context["may_teach"] = access.may(Action.TEACH)
    if access.may(Action.SEE_AGREEMENT):
        context["hand"] = ambiguity_at_hand(project)
        context["wait"] = hours_to_answer(project)
    if access.may(Action.TEACH):
        context["inbox"] = list(queries(project, QueryState.OPEN)[:_PAGE])
        context["open_count"] = open_count(project)
        context["unfitting"] = list(unfitting(project))
    return render(request, "labeling/teaching/precedents.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unread_news(request: SignedInRequest, slug: str) -> HttpResponse:
    """How much is new to me in the precedents; sent back with what was shown, it is read."""
    access = get_access(request.user, slug, Action.SEE_GUIDELINE)
    if request.method == "POST":
        mark_read(
            project=access.project,
            person=access.user,
            until=next(iter(ids_in([request.POST.get("until", "")])), 0),
            answers=ids_in(request.POST.get("answers", "").split(",")),
        )
        if not wants_json(request):
            return redirect("labeling:precedents", slug)
    n = unread_count(access.project, access.user)
    words = ngettext("%(n)d new", "%(n)d new", n) % {"n": n} if n else ""
    return JsonResponse({"count": n, "words": words})


@require_http_methods(["GET", "HEAD", "POST"])
def answer_queries(request: SignedInRequest, slug: str) -> HttpResponse:
    """Answers the questions that are named, with their task beside; or writes a precedent alone."""
    access = get_access(request.user, slug, Action.TEACH)
    project = access.project
    source = request.POST if request.method == "POST" else request.GET
    asked = named_queries(project, ids_in(source.getlist("question_id")))
    task = _named_task(project, source.get("task", ""), asked)
    labels, standing = criterion_labels(project), list(precedents(project, in_force=True)[:500])
    initial = starting_from(asked)
    key = source.get("criterion", initial.get("criterion", ""))
    others = contradicted(
        project,
        task_id=task.pk if task else None,
        criterion_key=str(key),
        question=str(source.get("question", initial.get("question", ""))),
    )
    form = RulingForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        labels=labels,
        standing=standing,
        contradicted=others,
    )
    if request.method == "POST" and form.is_valid():
        try:
            _carry_out(request, access, form, asked, task)
        except ConcordError as error:
            show_refusal(form, error, names={"supersedes": "which", "precedent": "by"})
        else:
            return redirect("labeling:precedents", slug)
    context = {
        "access": access,
        "project": project,
        "form": form,
        "asked": asked,
        "labels": labels,
        "standing": standing,
        "contradicted": others,
        **_beside(asked, task),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "labeling/teaching/answer.html", context, status=status)


def _named_task(project: Project, text: str, asked: Sequence[Query]) -> Task | None:
    if asked:
        return asked[0].task
    ids = ids_in([text])
    if not ids:
        return None
    return require_row(
        Task.objects.filter(project=project, pk=ids[0]).first(),
        _("There is no such task in this project."),
    )


def _beside(asked: Sequence[Query], task: Task | None) -> dict[str, object]:
    """The task that is shown beside, ready to show, and the others by name."""
    rows = asked or ([Query(task=task)] if task else [])
    shown = queried_tasks(rows)
    for beside in shown[:1]:
        ensure_rendered(prompt=beside.task.prompt, responses=beside.responses)
    return {"beside": shown[:1], "others": shown[1:], "task": task}


def _carry_out(
    request: SignedInRequest,
    access: Access,
    form: RulingForm,
    asked: Sequence[Query],
    task: Task | None,
) -> None:
    """What the button says. Raises what the services raise."""
    ids = [query.pk for query in asked]
    project, actor, act = access.project, access.user, request.POST.get("act", "")
    if act == "asker":
        answer_asker(
            project=project, actor=actor, questions=ids, answer=form.cleaned_data["answer"]
        )
        messages.success(request, _("Answered: who asked finds it under Precedents."))
    elif act == "by":
        (number,) = ids_in([request.POST.get("by", "")]) or [0]
        settle_by(project=project, actor=actor, questions=ids, number=number)
        messages.success(request, _("Answered by precedent %(number)d.") % {"number": number})
    else:
        ruling: Ruling = form.ruling(task.pk if task else None)
        precedent = write_precedent(project=project, actor=actor, ruling=ruling, questions=ids)
        words = _("Precedent %(number)d is in every rater's drawer from now on.")
        messages.success(request, words % {"number": precedent.number})


@require_http_methods(["GET", "HEAD", "POST"])
def one_precedent(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    """A precedent with its versions, worded anew here."""
    access = get_access(request.user, slug, Action.TEACH)
    versions = precedent_versions(access.project, number)
    newest = require_row(next(iter(versions), None), _("There is no such precedent."))
    others = _contradicted_by(access.project, newest, request)
    form = RulingForm(
        request.POST if request.method == "POST" else None,
        initial={
            "question": newest.question,
            "answer": newest.answer,
            "criterion": newest.criterion_key,
        },
        labels=criterion_labels(access.project),
        standing=(),
        contradicted=others,
    )
    if request.method == "POST" and form.is_valid():
        try:
            reword_precedent(
                project=access.project,
                actor=access.user,
                number=number,
                ruling=form.ruling(newest.task_id),
            )
        except ConcordError as error:
            show_refusal(form, error, names={"supersedes": "which"})
        else:
            messages.success(request, _("Saved as a new version."))
            return redirect("labeling:precedent", slug, number)
    context = {
        "access": access,
        "project": access.project,
        "form": form,
        "precedent": newest,
        "versions": versions,
        "contradicted": others,
        "beside": standing_beside(access.project).get(number, ()),
        "labels": criterion_labels(access.project),
        "standing": [p for p in precedents(access.project, in_force=True)[:500] if p != newest],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "labeling/teaching/precedent.html", context, status=status)


def _contradicted_by(
    project: Project, newest: Precedent, request: SignedInRequest
) -> list[Precedent]:
    return contradicted(
        project,
        task_id=newest.task_id,
        criterion_key=request.POST.get("criterion", newest.criterion_key),
        question=request.POST.get("question", newest.question),
        but=newest.number,
    )


@require_POST
def retire_at_once(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    """Retires a precedent, in favour of another if one is named."""
    access = get_access(request.user, slug, Action.TEACH)
    require_row(
        next(iter(precedent_versions(access.project, number)), None),
        _("There is no such precedent."),
    )
    instead = ids_in([request.POST.get("superseded_by", "")])
    try:
        retire_precedent(
            project=access.project,
            actor=access.user,
            number=number,
            superseded_by=instead[0] if instead else None,
        )
    except ConcordError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Retired. It stays on record."))
    return redirect("labeling:precedent", slug, number)


def _asks(membership: Membership) -> Combinable:
    if role_may(membership.role, Action.TEACH):
        return open_ones()
    return unread_ones(membership.project, membership.user)


def _waiting(membership: Membership, n: int | None) -> Waiting | None:
    if not n:
        return None
    words = ngettext("%(n)d is new to you", "%(n)d are new to you", n)
    if role_may(membership.role, Action.TEACH):
        words = ngettext("%(n)d question waits", "%(n)d questions wait", n)
    return Waiting(n, words % {"n": n})


_BASE = "p/<slug:slug>/precedents/"
navigation = [
    Tab(
        key="precedents",
        url_name="labeling:precedents",
        label=gettext_lazy("Precedents"),
        action=Action.SEE_GUIDELINE,
        group=Group.GUIDELINE,
        position=64,
        asks=_asks,
        waiting=_waiting,
    )
]
urlpatterns = [
    path("p/<slug:slug>/rate/<int:assignment_id>/ask/", ask_at_desk, name="rate_ask"),
    path(_BASE, precedent_list, name="precedents"),
    path(f"{_BASE}unread/", unread_news, name="precedents-unread"),
    path(f"{_BASE}answer/", answer_queries, name="precedents-answer"),
    path(f"{_BASE}<int:number>/", one_precedent, name="precedent"),
    path(f"{_BASE}<int:number>/retire/", retire_at_once, name="precedent-retire"),
]
