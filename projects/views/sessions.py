"""Where one is logged in: ended one by one, or all others at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from projects.access import SignedInRequest, require_row
from projects.selectors.sessions import sessions_of
from projects.services.sessions import end_session, end_sessions


@require_POST
def end_one(request: SignedInRequest, pk: int) -> HttpResponse:
    """Logs out one device of one's own."""
    row = sessions_of(request.user).filter(pk=pk).first()
    record = require_row(row, _("You are not logged in there any more."))
    end_session(record=record)
    messages.success(request, _("That device is logged out."))
    return redirect("projects:account")


@require_POST
def end_others(request: SignedInRequest) -> HttpResponse:
    """Logs out every device but this one."""
    n = end_sessions(user=request.user, but=request.session.session_key or "")
    sentence = ngettext(
        "%(n)d other device is logged out.", "%(n)d other devices are logged out.", n
    )
    messages.success(request, sentence % {"n": n})
    return redirect("projects:account")


urlpatterns = [
    path("account/sessions/end-others/", end_others, name="sessions-end-others"),
    path("account/sessions/<int:pk>/end/", end_one, name="session-end"),
]
