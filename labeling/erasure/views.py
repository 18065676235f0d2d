"""A project deleted: asked for by typing its name, then watched until it is gone."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from labeling.erasure.services import (
    find_deletion,
    project_counts,
    request_deletion,
    retry_deletion,
)
from labeling.models import Deletion
from labeling.work.page import job_page, warning_of_conflicts
from labeling.work.sending import send
from projects.access import SignedInRequest, get_access, require_row
from projects.exceptions import ConcordError
from projects.models import AuditEvent
from projects.navigation import Page
from projects.permissions import Action


@require_http_methods(["GET", "HEAD", "POST"])
def delete_form(request: SignedInRequest, slug: str) -> HttpResponse:
    """What would go, and the name to type."""
    access = get_access(request.user, slug, Action.DELETE)
    error = ""
    if request.method == "POST":
        try:
            deletion = request_deletion(
                project=access.project,
                actor=access.user,
                typed_name=request.POST.get("name", ""),
            )
        except ConcordError as refusal:
            error = refusal.message
        else:
            send(deletion)
            return redirect("labeling:deletion", deletion.event_id)
    context = {
        "access": access,
        "project": access.project,
        "counts": project_counts(access.project),
        "typed": request.POST.get("name", ""),
        "error": error,
    }
    return render(request, "labeling/erasure/delete.html", context, status=422 if error else 200)


def _find(request: SignedInRequest, pk: int) -> tuple[AuditEvent, Deletion | None]:
    sentence = _("There is no such deletion, or it was not you who asked for it.")
    return require_row(find_deletion(pk, request.user), sentence)


@require_safe
def deletion(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far it is; once the project is gone, that it is."""
    event, row = _find(request, pk)
    return job_page(request, "labeling/erasure/deletion.html", row=row, event=event)


@require_POST
def try_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Goes on with a deletion that failed."""
    _event, row = _find(request, pk)
    if row is not None:
        with warning_of_conflicts(request):
            retry_deletion(row)
            send(row)
    return redirect("labeling:deletion", pk)


navigation = [Page(key="delete-project", url_name="labeling:delete-project")]
urlpatterns = [
    path("p/<slug:slug>/delete/", delete_form, name="delete-project"),
    path("deletions/<int:pk>/", deletion, name="deletion"),
    path("deletions/<int:pk>/retry/", try_again, name="deletion-retry"),
]
