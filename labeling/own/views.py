"""The page of a rater's own work, and the notes that leads write to raters."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import OuterRef
from django.db.models.expressions import Combinable
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from labeling.lead.raters.downloads import rater_pseudonym
from labeling.models import RaterNote, Task
from labeling.own.figures import own_figures
from labeling.own.page import rater_page, remarkable
from labeling.own.selectors import (
    next_example,
    notes_to,
    open_tasks_of,
    opened_examples,
    own_days,
    own_exclusions,
    own_rows,
    rater_member,
    with_tasks,
)
from labeling.own.services import (
    MOST_RATER_NOTE,
    mark_talked_over,
    open_example,
    read_notes,
    take_back_open,
    write_note,
)
from labeling.rating.judgments import NotYours
from labeling.rating.reopening import reopen_judgment
from labeling.rating.selectors import own_judgments
from labeling.teaching.questions.selectors import own_queries, unread
from labeling.wellbeing.exposure import own_exposure
from labeling.wellbeing.selectors import OWN_DAYS
from labeling.work.page import how_far
from projects.access import SignedInRequest, get_access
from projects.exceptions import Conflict, InvalidInput
from projects.models import Membership
from projects.navigation import Group, Tab, Waiting, waiting_count
from projects.permissions import Action, role_may
from projects.services.members import MOST_PAUSE_REASON, set_pause

OWN_PAGE = 25
#: Own questions on the page; the others stand under Precedents.
OWN_ASKED = 5


@never_cache
@require_safe
def my_work(request: SignedInRequest, slug: str) -> HttpResponse:
    """What I did here, what I may still change, and what can be learned from it."""
    access = get_access(request.user, slug, Action.RATE)
    rater, project, now = request.user, access.project, timezone.now()
    rows = with_tasks(own_judgments(rater=rater, project=project))
    page = Paginator(rows, OWN_PAGE).get_page(request.GET.get("page"))
    context = {
        "access": access,
        "project": project,
        "page": page,
        "rows": own_rows(project, list(page.object_list), now),
        "days": own_days(rater=rater, project=project, now=now),
        "figures": own_figures(rater=rater, project=project, now=now),
        "examples": opened_examples(rater=rater, project=project, now=now),
        "has_example": next_example(rater=rater, project=project) is not None,
        "exposure": own_exposure(
            rater=rater, project=project, since=now - timedelta(days=OWN_DAYS)
        ),
        "notes": list(notes_to(rater=rater, project=project)[:20]),
        "excluded": list(own_exclusions(rater=rater, project=project)),
        "asked": list(own_queries(project, rater)[:OWN_ASKED]),
        "unread": unread(project, rater),
    }
    return render(request, "labeling/own/my_work.html", context)


@require_POST
def change_answer(request: SignedInRequest, slug: str, assignment_id: int) -> HttpResponse:
    """Opens the task of one of my answers, filled in as it was; the answer stands meanwhile."""
    access = get_access(request.user, slug, Action.RATE)
    try:
        own = own_judgments(rater=request.user, project=access.project)
        if not own.filter(assignment=assignment_id).exists():
            raise Conflict(_("There is no answer of yours to change here."))
        reopened = reopen_judgment(rater=request.user, assignment_id=assignment_id)
    except NotYours as error:
        raise Http404(error.message) from None
    except Conflict as error:
        messages.error(request, error.message)
        return redirect("labeling:my-work", slug)
    return redirect(f"{reverse('labeling:rate', args=[slug])}?task={reopened.assignment.pk}")


@require_POST
def show_example(request: SignedInRequest, slug: str) -> HttpResponse:
    """Opens the next task on which others answered otherwise than I did."""
    access = get_access(request.user, slug, Action.RATE)
    try:
        open_example(rater=request.user, project=access.project)
    except Conflict as error:
        messages.info(request, error.message)
    return redirect(f"{reverse('labeling:my-work', args=[slug])}#examples")


@require_POST
def notes_read(request: SignedInRequest, slug: str) -> HttpResponse:
    """I have read what leads wrote to me."""
    access = get_access(request.user, slug, Action.RATE)
    read_notes(rater=request.user, project=access.project)
    return redirect(f"{reverse('labeling:my-work', args=[slug])}#notes")


@require_http_methods(["GET", "HEAD", "POST"])
def rater_notes(request: SignedInRequest, slug: str, member_id: int) -> HttpResponse:
    """What leads wrote to one rater, and a form to write."""
    access = get_access(request.user, slug, Action.TEACH)
    member = rater_member(access.project, pk=member_id)
    wrong, text = "", ""
    if request.method == "POST":
        text = request.POST.get("text", "")
        try:
            write_note(member=member, author=request.user, text=text)
        except InvalidInput as error:
            wrong = error.fields["text"]
        else:
            messages.success(request, _("Your note stands on the rater's page “My work”."))
            return redirect("labeling:rater-notes", slug, member_id)
    context = {
        "access": access,
        "project": access.project,
        "member": member,
        "pseudonym": rater_pseudonym(access.project, member.user_id),
        "notes": list(notes_to(rater=member.user, project=access.project)[:50]),
        "text": text,
        "wrong": wrong,
        "most": MOST_RATER_NOTE,
    }
    status = 422 if wrong else 200
    return render(request, "labeling/own/rater_notes.html", context, status=status)


@require_safe
def one_rater(request: SignedInRequest, slug: str, member_id: int) -> HttpResponse:
    """What is known of one rater, beside the others, and what to talk over with them."""
    access = get_access(request.user, slug, Action.SEE_RATERS)
    member = rater_member(access.project, pk=member_id)
    page = rater_page(
        rater=member.user, project=access.project, reader=request.user, now=timezone.now()
    )
    if request.headers.get("HX-Request"):
        return how_far(request, page.hand)
    context = {
        "access": access,
        "project": access.project,
        "member": member,
        "page": page,
        "sentences": remarkable(page),
        "may_teach": access.may(Action.TEACH),
        "may_manage": access.may(Action.MANAGE_MEMBERS),
        "open_tasks": open_tasks_of(member).count(),
        "most": MOST_PAUSE_REASON,
    }
    return render(request, "labeling/lead/rater.html", context)


@require_POST
def pause_one(request: SignedInRequest, slug: str, member_id: int) -> HttpResponse:
    """Gives a rater no new tasks, or lets them go on; takes back what they have open if asked."""
    access = get_access(request.user, slug, Action.MANAGE_MEMBERS)
    member = rater_member(access.project, pk=member_id)
    paused = request.POST.get("paused") != "0"
    reason = request.POST.get("reason", "")
    try:
        set_pause(membership=member, actor=request.user, paused=paused, reason=reason)
    except InvalidInput as error:
        messages.error(request, error.message)
        return redirect("labeling:rater", slug, member_id)
    name = {"name": member.user.display_name}
    if paused:
        messages.success(request, _("%(name)s gets no new tasks until you let them go on.") % name)
    else:
        messages.success(request, _("%(name)s gets tasks again.") % name)
    if paused and "take_back" in request.POST:
        _say_taken_back(request, take_back_open(member=member, actor=request.user))
    return redirect("labeling:rater", slug, member_id)


@require_POST
def take_back_tasks(request: SignedInRequest, slug: str, member_id: int) -> HttpResponse:
    """Takes back what a rater has open."""
    access = get_access(request.user, slug, Action.MANAGE_MEMBERS)
    member = rater_member(access.project, pk=member_id)
    _say_taken_back(request, take_back_open(member=member, actor=request.user))
    return redirect("labeling:rater", slug, member_id)


def _say_taken_back(request: SignedInRequest, n: int) -> None:
    sentence = ngettext(
        "%(n)d open task is taken back and goes to others.",
        "%(n)d open tasks are taken back and go to others.",
        n,
    )
    messages.info(request, sentence % {"n": n})


@require_POST
def talked_over(request: SignedInRequest, slug: str, member_id: int) -> HttpResponse:
    """Marks a task as talked over with a rater, or as not."""
    access = get_access(request.user, slug, Action.TEACH)
    member = rater_member(access.project, pk=member_id)
    number = request.POST.get("task", "")
    wanted = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
    task = Task.objects.filter(project=access.project, pk=wanted).first()
    done = request.POST.get("talked_over") != "0"
    if task is None:
        messages.error(request, _("There is no such task in this project."))
    else:
        try:
            mark_talked_over(member=member, task=task, author=request.user, done=done)
        except Conflict as error:
            messages.error(request, error.message)
        else:
            said = _("Noted as talked over.") if done else _("Noted as not talked over.")
            messages.success(request, said)
    return redirect(f"{reverse('labeling:rater', args=[slug, member_id])}#talks")


def _asks(member: Membership) -> Combinable | None:
    if role_may(member.role, Action.TEACH):
        return None  # who writes such notes finds those to them on the page
    rows = RaterNote.objects.filter(project=OuterRef("pk"), rater=member.user_id)
    return waiting_count(rows.filter(read_at__isnull=True).exclude(text=""))


def _unread(member: Membership, n: int | None) -> Waiting | None:
    if not n:
        return None
    words = ngettext("%(n)d unread note", "%(n)d unread notes", n)
    return Waiting(n, words % {"n": n})


_BASE = "p/<slug:slug>/my-work/"
navigation = [
    Tab(
        key="my-work",
        url_name="labeling:my-work",
        label=gettext_lazy("My work"),
        action=Action.RATE,
        group=Group.LABEL,
        position=25,
        asks=_asks,
        waiting=_unread,
    )
]
urlpatterns = [
    path(_BASE, my_work, name="my-work"),
    path(f"{_BASE}<int:assignment_id>/change/", change_answer, name="my-work-change"),
    path(f"{_BASE}examples/", show_example, name="my-work-example"),
    path(f"{_BASE}notes/read/", notes_read, name="my-work-notes-read"),
    path("p/<slug:slug>/raters/<int:member_id>/", one_rater, name="rater"),
    path("p/<slug:slug>/raters/<int:member_id>/notes/", rater_notes, name="rater-notes"),
    path("p/<slug:slug>/raters/<int:member_id>/pause/", pause_one, name="rater-pause"),
    path(
        "p/<slug:slug>/raters/<int:member_id>/take-back/", take_back_tasks, name="rater-take-back"
    ),
    path(
        "p/<slug:slug>/raters/<int:member_id>/talked-over/", talked_over, name="rater-talked-over"
    ),
]
