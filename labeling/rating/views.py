"""The rating screen: one task at a time, by form or by script, through the same services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from labeling.kinds import kind_of
from labeling.models import Assignment
from labeling.rating.desk import AskedRubric, present, rubric
from labeling.rating.editing import desk_of, filled_before, preview_html, values_again
from labeling.rating.explained import explained_words
from labeling.rating.forms import Filled, read_form
from labeling.rating.guideline import guideline_view
from labeling.rating.judgments import (
    NotYours,
    skip_assignment,
    submit_judgment,
    undo_last,
)
from labeling.rating.late import Late, keep_late, late_assignment, skipped_late
from labeling.rating.leases import (
    Nothing,
    NotYet,
    advance,
    heartbeat,
    next_assignment,
    release_prepared,
)
from labeling.rating.page import (
    bar_context,
    bar_parts,
    face_of,
    shown_task,
    took_back_words,
)
from labeling.rating.places import TaskWithdrawn
from labeling.rating.qualifying import is_on_the_way, progress_of
from labeling.rating.refusals import refused_in_words, wants_json
from labeling.rating.selectors import (
    is_own,
    judged_count,
    last_act,
    own_in_project,
    own_lease,
    taken_back,
)
from labeling.vocabulary import NothingLeft
from projects.access import Access, SignedInRequest, get_access
from projects.exceptions import Conflict, InvalidInput
from projects.forms.rows import posted_id
from projects.guidelines.selectors import current_guideline
from projects.guidelines.services import acknowledge
from projects.guidelines.versions import news_for
from projects.models import Project
from projects.navigation import Group, Tab
from projects.permissions import Action
from projects.selectors.people import leads_of


def _own(request: SignedInRequest, slug: str, assignment_id: int) -> Access:
    """The member's access, once the assignment is known to be theirs in this very project."""
    access = get_access(request.user, slug, Action.RATE)
    if not is_own(rater=request.user, project=access.project, assignment_id=assignment_id):
        raise Http404(gettext("There is no such task among yours."))
    return access


@never_cache
@require_safe
def rate(request: SignedInRequest, slug: str) -> HttpResponse:
    """The task at hand, or why there is none. `?task=ID` asks for one of my open ones."""
    access = get_access(request.user, slug, Action.RATE)
    assignment = _asked_for(request, access) or next_assignment(membership=access.membership)
    if isinstance(assignment, Nothing):
        return _nothing(request, access, assignment.reason)
    asked = rubric(access.project)
    return desk_page(
        request, access, assignment, asked, filled_before(taken_back(assignment), asked.criteria)
    )


def _asked_for(request: SignedInRequest, access: Access) -> Assignment | None:
    asked = posted_id(request.GET.get("task")) or 0
    lease = own_lease(rater=request.user, project=access.project, assignment_id=asked)
    try:
        if lease is not None:
            lease.lease_expires_at = heartbeat(assignment=lease)
    except Conflict:
        return None  # the limit was lowered meanwhile, and it could not be submitted
    return lease


def desk_page(
    request: SignedInRequest,
    access: Access,
    assignment: Assignment,
    asked: AskedRubric,
    filled: Filled,
    errors: Mapping[str, str] | None = None,
    *,
    previewed: bool = False,
) -> HttpResponse:
    """The page of a task with what is filled in and what is wrong with it."""
    kind = kind_of(assignment.task.asked_as)
    view = present(assignment, asked_rubric=asked)
    context = {
        "access": access,
        "project": access.project,
        "tab": "rate",
        "task": shown_task(
            view,
            project=access.project,
            filled=filled,
            errors=errors,
            previewed=previewed,
            shows_covered=request.user.shows_covered,
        ),
        "has_pictures": view.has_pictures,
        "assignment_id": assignment.pk,
        "guideline": guideline_view(assignment.guideline, access.project),
        **progress_of(assignment, access.membership),
        "rubric_number": asked.number,
        **bar_context(
            access.project,
            kind,
            asked.criteria,
            len(view.responses),
            filled,
            errors or {},
            has_editor=desk_of(view, access.project, filled) is not None,
        ),
    }
    return render(request, "labeling/rating/rate.html", context, status=422 if errors else 200)


def _nothing(request: SignedInRequest, access: Access, reason: NothingLeft) -> HttpResponse:
    if reason == NothingLeft.QUALIFICATION_FIRST:
        return redirect("labeling:own-qualification", access.project.slug)
    is_unread = reason == NothingLeft.NOT_ACKNOWLEDGED
    guideline = current_guideline(access.project) if is_unread else None
    context = {
        "access": access,
        "project": access.project,
        "tab": "rate",
        "reason": reason.value,
        "guideline": guideline_view(guideline, access.project),
        "news": news_for(request.user, guideline) if guideline else None,
        "judged": judged_count(rater=request.user, project=access.project),
        "last": last_act(rater=request.user, project=access.project),
        "may_import": access.may(Action.IMPORT),
        "may_configure": access.may(Action.CONFIGURE),
        "leads": leads_of(access.project) if reason == NothingLeft.RATER_PAUSED else (),
    }
    return render(request, "labeling/rating/rate_nothing.html", context)


@require_POST
@refused_in_words
def submit(request: SignedInRequest, slug: str, assignment_id: int) -> HttpResponse:
    """Stores a judgment. To the script it answers with the task to prepare next."""
    filled = read_form(request.POST)
    try:
        access = get_access(request.user, slug, Action.RATE)
    except (Http404, PermissionDenied):
        late = _keep_late(request, assignment_id, filled)
        if late is None:
            raise
        return _late(request, late)
    asked = rubric(access.project)
    try:
        submitted = submit_judgment(
            rater=request.user,
            assignment_id=assignment_id,
            submission=filled.submission(asked.criteria),
            project=access.project,
            criteria=asked.criteria,
        )
    except NotYours as error:
        raise Http404(error.message) from None
    except TaskWithdrawn:
        late = _keep_late(request, assignment_id, filled)
        if late is None:
            raise
        return _late(request, late, access)
    except InvalidInput as error:
        if wants_json(request):
            raise
        lease = own_lease(rater=request.user, project=access.project, assignment_id=assignment_id)
        if lease is None:
            raise
        return desk_page(request, access, lease, asked, filled, error.fields)
    return _go_on(request, access, asked, explained_words(submitted.judgment, access.project))


def _keep_late(request: SignedInRequest, assignment_id: int, filled: Filled) -> Late | None:
    held = late_assignment(rater=request.user, assignment_id=assignment_id)
    if held is None:
        return None
    submission = filled.submission(rubric(held.project).criteria)
    return keep_late(rater=request.user, assignment_id=assignment_id, submission=submission)


def _late(request: SignedInRequest, late: Late, access: Access | None = None) -> HttpResponse:
    """What became of an act that came late; with access its rater goes on here."""
    if wants_json(request):
        return JsonResponse({"late": True, "message": late.message})
    messages.info(request, late.message)
    if access is not None:
        return redirect("labeling:rate", access.project.slug)
    return redirect("projects:list")


@require_POST
@refused_in_words
def skip(request: SignedInRequest, slug: str, assignment_id: int) -> HttpResponse:
    """Gives a task back with a reason."""
    try:
        access = _own(request, slug, assignment_id)
    except (Http404, PermissionDenied):
        late = skipped_late(rater=request.user, assignment_id=assignment_id)
        if late is None:
            raise
        return _late(request, late)
    skip_assignment(
        rater=request.user,
        assignment_id=assignment_id,
        reason=request.POST.get("reason", ""),
        note=request.POST.get("note", ""),
    )
    return _go_on(request, access, rubric(access.project))


def _go_on(
    request: SignedInRequest, access: Access, asked: AskedRubric, explained: str = ""
) -> HttpResponse:
    """After an answer: a form is sent to the next task, the script gets the one after `showing`;
    another page, from which an answer that waited was sent (`elsewhere`), wants none."""
    if not wants_json(request):
        if explained:
            messages.info(request, explained)
        return redirect("labeling:rate", access.project.slug)
    step: dict[str, Any] = {"lost": False, "task": None, "nothing": ""}
    if request.POST.get("showing") != "elsewhere":
        step = _step_json(request, access, posted_id(request.POST.get("showing", "")), asked)
    if explained and step["nothing"]:  # another page comes at once
        messages.info(request, explained)
        return JsonResponse(step)
    return JsonResponse({**step, "explained": explained} if explained else step)


def _step_json(
    request: SignedInRequest, access: Access, showing: int | None, asked: AskedRubric
) -> dict[str, Any]:
    """The task after the one on the screen, which becomes opened, and whether that one is lost."""
    ahead = advance(membership=access.membership, showing=showing)
    is_over = ahead.next == Nothing(NothingLeft.QUALIFICATION_FIRST)
    if is_over and not is_on_the_way(access.membership):
        passed = gettext("That was the last of it: from here on your answers count.")
        messages.success(request, passed)
    return {"lost": ahead.lost, **_task_json(request, access.project, ahead.next, asked)}


def _task_json(
    request: SignedInRequest, project: Project, coming: Assignment | Nothing, asked: AskedRubric
) -> dict[str, Any]:
    """A task for the script; with what its kind has on the bar, unless the page says it knows."""
    if isinstance(coming, Nothing):
        return {"task": None, "nothing": "" if isinstance(coming, NotYet) else coming.reason.value}
    view = present(coming, asked_rubric=asked)
    kind, count = kind_of(view.asked_as), len(view.responses)
    face = face_of(kind, count)
    is_known = face in request.POST.get("faces", "").split()
    parts = {} if is_known else {"parts": bar_parts(project, kind, asked.criteria, count)}
    return {
        "task": {
            "id": coming.pk,
            "html": shown_task(view, project=project, shows_covered=request.user.shows_covered),
            "face": face,
            "guideline": view.guideline_number,
            "rubric": view.rubric_number,
            **parts,
        },
        "nothing": "",
    }


@require_POST
@refused_in_words
def prepare(request: SignedInRequest, slug: str, assignment_id: int) -> HttpResponse:
    """Leases the task after the one on the screen, shortly, and answers with its HTML."""
    access = _own(request, slug, assignment_id)
    return JsonResponse(_step_json(request, access, assignment_id, rubric(access.project)))


@require_POST
@refused_in_words
def keep(request: SignedInRequest, slug: str, assignment_id: int) -> HttpResponse:
    """Heartbeat: keeps the task on the screen and the one prepared (`ahead`)."""
    access = get_access(request.user, slug, Action.RATE)
    shown = _mine(request, access, assignment_id)
    expires = heartbeat(assignment=shown)
    lost = []
    ahead = posted_id(request.POST.get("ahead", ""))
    if ahead is not None:
        try:
            heartbeat(assignment=_mine(request, access, ahead))
        except (Conflict, Http404):
            lost.append(ahead)
    return JsonResponse({"expires": expires.isoformat(), "lost": lost})


def _mine(request: SignedInRequest, access: Access, assignment_id: int) -> Assignment:
    own = own_in_project(rater=request.user, project=access.project, assignment_id=assignment_id)
    if own is None:
        raise Http404(gettext("There is no such task among yours."))
    return own


@require_POST
@refused_in_words
def give_back(request: SignedInRequest, slug: str, assignment_id: int) -> HttpResponse:
    """Gives back a task that was prepared and never shown: the page is being left."""
    access = get_access(request.user, slug, Action.RATE)
    release_prepared(assignment=_mine(request, access, assignment_id))
    return HttpResponse(status=204)


@require_POST
@refused_in_words
def undo(request: SignedInRequest, slug: str) -> HttpResponse:
    """Takes back my last act here, judgment or skip; its task is open again, as it was left."""
    access = get_access(request.user, slug, Action.RATE)
    undone = undo_last(rater=request.user, project=access.project)
    if not wants_json(request):
        messages.info(request, took_back_words(undone))
        return redirect(f"{reverse('labeling:rate', args=[slug])}?task={undone.assignment.pk}")
    asked = rubric(access.project)
    values = values_again(undone.answered, asked.criteria) if undone.answered else {}
    task = _task_json(request, access.project, undone.assignment, asked)
    return JsonResponse({"took_back": undone.took_back, "values": values, **task})


@require_POST
@refused_in_words
def preview_text(request: SignedInRequest, slug: str, assignment_id: int) -> HttpResponse:
    """Shows a text that is being written as its readers would see it; keeps nothing."""
    access = _own(request, slug, assignment_id)
    filled = read_form(request.POST)
    if wants_json(request):
        return JsonResponse({"html": preview_html(filled.written or "")})
    lease = own_lease(rater=request.user, project=access.project, assignment_id=assignment_id)
    if lease is None:
        return redirect("labeling:rate", slug)
    return desk_page(request, access, lease, rubric(access.project), filled, previewed=True)


@require_POST
@refused_in_words
def accept_guideline(request: SignedInRequest, slug: str) -> HttpResponse:
    """Notes that I have read the guideline version that was on the screen."""
    access = get_access(request.user, slug, Action.RATE)
    guideline = current_guideline(access.project)
    if guideline is not None and str(guideline.pk) == request.POST.get("guideline"):
        seconds = posted_id(request.POST.get("seconds", "")) or 0
        acknowledge(user=request.user, guideline=guideline, seconds_open=min(seconds, 86_400))
    return redirect("labeling:rate", slug)


_BASE = "p/<slug:slug>/rate/"
navigation = [
    Tab(
        key="rate",
        url_name="labeling:rate",
        label=gettext_lazy("Rate"),
        action=Action.RATE,
        group=Group.LABEL,
        position=20,
    )
]
urlpatterns = [
    path(_BASE, rate, name="rate"),
    path(f"{_BASE}undo/", undo, name="rate_undo"),
    path(f"{_BASE}guideline/", accept_guideline, name="rate_accept_guideline"),
    path(f"{_BASE}<int:assignment_id>/submit/", submit, name="rate_submit"),
    path(f"{_BASE}<int:assignment_id>/skip/", skip, name="rate_skip"),
    path(f"{_BASE}<int:assignment_id>/preview/", preview_text, name="rate_preview"),
    path(f"{_BASE}<int:assignment_id>/prepare/", prepare, name="rate_prepare"),
    path(f"{_BASE}<int:assignment_id>/heartbeat/", keep, name="rate_heartbeat"),
    path(f"{_BASE}<int:assignment_id>/release/", give_back, name="rate_release"),
]
