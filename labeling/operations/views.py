"""The operator's page, for operators alone: others learn not even that it is there."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from labeling.models import Job
from labeling.operations.selectors import find_job, overview
from labeling.operations.services import cancel_job
from labeling.operations.warnings import warnings_of
from projects.access import SignedInRequest
from projects.models import User
from projects.navigation import Page


@require_safe
def operations(request: SignedInRequest) -> HttpResponse:
    """How this instance is, and what to see to."""
    require_operator(request.user)
    now = overview()
    context = {"overview": now, "warnings": warnings_of(now)}
    return render(request, "labeling/operations/operations.html", context)


@require_POST
def cancel_listed_job(request: SignedInRequest, kind: str, job_id: int) -> HttpResponse:
    """Stops a job, whoever asked for it."""
    require_operator(request.user)
    job = open_job(kind, job_id)
    if cancel_job(job, actor=request.user):
        messages.success(request, _("The job is being cancelled."))
    else:
        messages.info(request, _("The job is over already."))
    return redirect("labeling:operations")


def open_job(kind: str, pk: int) -> Job:
    """A job by its kind's word and id. Raises Http404 where there is none."""
    job = find_job(kind, pk)
    if job is None:
        raise Http404
    return job


def require_operator(user: User) -> None:
    """Raises Http404 for everybody else."""
    if not user.is_staff:
        raise Http404


#: Operators find it in the account menu.
navigation = [Page(key="operations", url_name="labeling:operations")]
urlpatterns = [
    path("operations/", operations, name="operations"),
    path(
        "operations/jobs/<str:kind>/<int:job_id>/cancel/",
        cancel_listed_job,
        name="operations-cancel",
    ),
]
