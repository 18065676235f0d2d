"""Agreement: how far raters agree, per criterion and rater by rater."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from labeling.lead.agreement.page import panels
from labeling.lead.agreement.report import agreement_report
from projects.access import Access, SignedInRequest, get_access
from projects.navigation import Tab
from projects.permissions import Action


@require_safe
def agreement(request: SignedInRequest, slug: str) -> HttpResponse:
    """Every agreement figure with its n, interval and meaning."""
    access = get_access(request.user, slug, Action.SEE_AGREEMENT)
    report = agreement_report(access.project, show_names=_may_see_names(access))
    context = {
        "access": access,
        "project": access.project,
        "report": report,
        "panels": panels(access.project, report),
        "named": _may_see_names(access),
    }
    return render(request, "labeling/lead/agreement.html", context)


@require_safe
def agreement_json(request: SignedInRequest, slug: str) -> HttpResponse:
    """The same report as a file: the shape of the command and of the API."""
    access = get_access(request.user, slug, Action.SEE_AGREEMENT)
    report = agreement_report(access.project, show_names=_may_see_names(access))
    name = f"{access.project.slug}-agreement.json"
    return JsonResponse(
        report,
        json_dumps_params={"indent": 1, "ensure_ascii": False, "allow_nan": False},
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _may_see_names(access: Access) -> bool:
    return access.may(Action.SEE_RATERS)


navigation = [
    Tab(
        key="agreement",
        url_name="labeling:agreement",
        label=gettext_lazy("Agreement"),
        action=Action.SEE_AGREEMENT,
        position=40,
    )
]
urlpatterns = [
    path("p/<slug:slug>/agreement/", agreement, name="agreement"),
    path("p/<slug:slug>/agreement.json", agreement_json, name="agreement-json"),
]
