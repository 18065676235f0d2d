"""Agreement: how far raters agree, per criterion and rater by rater."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from labeling.lead.agreement.page import agreement_page
from labeling.lead.agreement.pairs import PART
from labeling.lead.agreement.panels import pairs_words
from labeling.lead.agreement.report import (
    AgreementAtHand,
    agreement_at_hand,
    agreement_state,
    pairs_of_raters,
)
from labeling.models.exclusions import excluded_now
from labeling.work.page import how_far
from projects.access import Access, SignedInRequest, get_access, require_row
from projects.navigation import Group, Tab
from projects.permissions import Action
from projects.scales import RANKING
from projects.selectors.rubric import several_versions


@require_safe
def agreement(request: SignedInRequest, slug: str) -> HttpResponse:
    """Every agreement figure with its n, interval and meaning."""
    access = get_access(request.user, slug, Action.SEE_AGREEMENT)
    hand = agreement_at_hand(access.project, show_names=_may_see_names(access))
    if request.headers.get("HX-Request"):
        return how_far(request, hand)
    context = {
        "access": access,
        "project": access.project,
        "hand": hand,
        "report": hand.report,
        "page": agreement_page(access.project, hand.report) if hand.report else None,
        "several_versions": several_versions(hand.report["rubric_versions"]) if hand.report else "",
        "named": _may_see_names(access),
        "excluded_sum": excluded_now(access.project),
    }
    return render(request, "labeling/lead/agreement.html", context)


@require_safe
def rater_pairs(request: SignedInRequest, slug: str, criterion: str) -> HttpResponse:
    """Every pair of raters of one criterion, a page at a time."""
    access = get_access(request.user, slug, Action.SEE_AGREEMENT)
    row = access.project.criteria.filter(key=criterion).first()
    asked = require_row(row, _("There is no such criterion in this project."))
    named = _may_see_names(access)
    state = agreement_state(access.project)
    report = state.report
    computed_at = report.computed_at if report else None
    hand = AgreementAtHand(None, computed_at, state.newer, state.progress)
    if request.headers.get("HX-Request"):
        return how_far(request, hand)
    known = report is not None and criterion in report.data["criteria"]
    listed = pairs_of_raters(report, criterion, show_names=named) if report and known else []
    context = {
        "access": access,
        "project": access.project,
        "criterion": asked,
        "page": Paginator(listed, PART).get_page(request.GET.get("page")),
        "pairs_are": pairs_words(asked),
        "is_ranking": asked.family == RANKING,
        "per_response": asked.scale.per == "response",
        "hand": hand,
        "named": named,
        "query": "",
    }
    return render(request, "labeling/lead/pairs.html", context)


@require_safe
def agreement_json(request: SignedInRequest, slug: str) -> HttpResponse:
    """The same report as a file: the shape of the API."""
    access = get_access(request.user, slug, Action.SEE_AGREEMENT)
    hand = agreement_at_hand(access.project, show_names=_may_see_names(access))
    if hand.report is None:
        return redirect("labeling:agreement", slug)
    name = f"{access.project.slug}-agreement.json"
    return JsonResponse(
        hand.report,
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
        group=Group.QUALITY,
        position=40,
    )
]
urlpatterns = [
    path("p/<slug:slug>/agreement/", agreement, name="agreement"),
    path("p/<slug:slug>/agreement/<slug:criterion>/", rater_pairs, name="pairs"),
    path("p/<slug:slug>/agreement.json", agreement_json, name="agreement-json"),
]
