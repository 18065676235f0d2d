"""Withdraw and put back: one task from its page, many from the list."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from labeling.lead.tasks.forms import filter_query, task_address, task_filter
from labeling.lead.tasks.page import asked_task, selection_page
from labeling.lead.withdrawals.selectors import find_withdrawal
from labeling.lead.withdrawals.services import put_task_back, request_withdrawal, withdraw_task
from labeling.models import Withdrawal
from labeling.work.endings import cancel_by
from labeling.work.page import warning_of_conflicts
from labeling.work.sending import send
from projects.access import Access, SignedInRequest, get_access, require_row
from projects.exceptions import InvalidInput
from projects.permissions import Action


@require_POST
def withdraw(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Takes one task out of play."""
    access = get_access(request.user, slug, Action.WITHDRAW)
    try:
        reason = request.POST.get("reason", "")
        n = withdraw_task(task=asked_task(access, pk), actor=access.user, reason=reason)
    except InvalidInput as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The task is withdrawn. Nobody is given it any more."))
        if later := max(n - 1, 0):
            sentence = ngettext(
                "So is %(n)d later turn of its conversation, whose prompt holds it.",
                "So are %(n)d later turns of its conversation, whose prompts hold it.",
                later,
            )
            messages.success(request, sentence % {"n": later})
    return redirect(task_address(request, access, pk))


@require_POST
def put_back(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Puts one task back into play."""
    access = get_access(request.user, slug, Action.WITHDRAW)
    with warning_of_conflicts(request):
        n = put_task_back(task=asked_task(access, pk), actor=access.user)
        messages.success(request, _("The task is back in play, with all that was said about it."))
        if later := max(n - 1, 0):
            sentence = ngettext(
                "So is %(n)d later turn that was withdrawn with it.",
                "So are %(n)d later turns that were withdrawn with it.",
                later,
            )
            messages.success(request, sentence % {"n": later})
    return redirect(task_address(request, access, pk))


@require_POST
def withdraw_many(request: SignedInRequest, slug: str) -> HttpResponse:
    """Withdraws what the list's filter selects, or puts it back; a worker does it."""
    access = get_access(request.user, slug, Action.WITHDRAW)
    selection = task_filter(request.POST, access)
    try:
        withdrawal = request_withdrawal(
            project=access.project,
            actor=access.user,
            selection=selection,
            reason=request.POST.get("reason", ""),
            puts_back="back" in request.POST,
        )
    except InvalidInput as error:
        messages.error(request, error.message)
        return redirect(f"{reverse('labeling:tasks', args=[slug])}?{filter_query(selection)}")
    send(withdrawal)
    return redirect("labeling:withdrawal", slug, withdrawal.pk)


def _find(access: Access, pk: int) -> Withdrawal:
    row = find_withdrawal(access.project, pk)
    return require_row(row, _("There is no such withdrawal in this project."))


@require_safe
def withdrawal(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """How far it is, and what it did."""
    access = get_access(request.user, slug, Action.SEE_TASKS)
    row = _find(access, pk)
    return selection_page(
        request,
        access,
        row,
        address="labeling:withdrawal",
        cancels=Action.WITHDRAW,
        title=_("Tasks put back") if row.puts_back else _("Tasks withdrawn"),
        query="withdrawn=yes",
    )


@require_POST
def stop_withdrawal(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Stops it; what is changed stays."""
    access = get_access(request.user, slug, Action.WITHDRAW)
    with warning_of_conflicts(request):
        cancel_by(_find(access, pk), actor=access.user)
    return redirect("labeling:withdrawal", slug, pk)


_TASK, _MANY = "p/<slug:slug>/tasks/<int:pk>/", "p/<slug:slug>/withdrawals/"
urlpatterns = [
    path(f"{_TASK}withdraw/", withdraw, name="task-withdraw"),
    path(f"{_TASK}put-back/", put_back, name="task-put-back"),
    path(_MANY, withdraw_many, name="withdrawals"),
    path(f"{_MANY}<int:pk>/", withdrawal, name="withdrawal"),
    path(f"{_MANY}<int:pk>/cancel/", stop_withdrawal, name="withdrawal-cancel"),
]
