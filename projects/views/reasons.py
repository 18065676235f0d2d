"""The reasons that raters may pick, on a page of their own beside the questions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from projects.access import Access, SignedInRequest, get_access
from projects.exceptions import InvalidInput
from projects.forms.reasons import Reasons, reason_rows
from projects.forms.rows import fresh_rows, posted_rows
from projects.permissions import Action
from projects.services.reasons import MOST_REASONS, offered_reasons, set_reasons


@require_http_methods(["GET", "HEAD", "POST"])
def reasons(request: SignedInRequest, slug: str) -> HttpResponse:
    """Writes the list; a row whose words are taken out is offered no more."""
    access = get_access(request.user, slug, Action.CONFIGURE)
    if request.method != "POST":
        return _editor(request, access, fresh_rows(Reasons, _rows(access), more=1))
    if "add" in request.POST:
        return _editor(
            request, access, fresh_rows(Reasons, posted_rows(Reasons, request.POST), more=1)
        )
    rows: Any = Reasons(request.POST)
    if not rows.is_valid():
        return _editor(request, access, rows, status=422)
    try:
        set_reasons(project=access.project, actor=request.user, reasons=rows.specs())
    except InvalidInput as error:
        sentences = list(dict.fromkeys([error.message, *error.fields.values()]))
        return _editor(request, access, rows, errors=sentences, status=422)
    messages.success(request, _("The reasons are saved. Raters get them from now on."))
    return redirect("projects:reasons", slug)


def _rows(access: Access) -> list[dict[str, object]]:
    return reason_rows(offered_reasons(access.project))


def _editor(
    request: SignedInRequest,
    access: Access,
    rows: Any,
    *,
    errors: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "access": access,
        "project": access.project,
        "rows": rows,
        "errors": errors or [],
        "retired": access.project.reasons.exclude(retired_at=None),
        "most": MOST_REASONS,
    }
    return render(request, "projects/rubric/reasons.html", context, status=status)


urlpatterns = [path("p/<slug:slug>/questions/reasons/", reasons, name="reasons")]
