"""The operator's page, for operators alone: others learn not even that it is there."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from labeling.operations.selectors import overview
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


def require_operator(user: User) -> None:
    """Raises Http404 for everybody else."""
    if not user.is_staff:
        raise Http404


#: Operators find it in the account menu.
navigation = [Page(key="operations", url_name="labeling:operations")]
urlpatterns = [path("operations/", operations, name="operations")]
