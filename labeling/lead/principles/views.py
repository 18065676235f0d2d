"""The library of principles: the list, one with its history, and the form that words it anew."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from labeling.figures.health_table import health_csv
from labeling.lead.principles.forms import PrincipleWordsForm
from labeling.lead.principles.report import health_at_hand, never_cited
from labeling.lead.principles.selectors import history, library, unfitting_judgments
from labeling.lead.principles.services import edit_principle
from labeling.models.exclusions import excluded_now
from labeling.work.page import how_far
from projects.access import Access, SignedInRequest, get_access, require_row
from projects.exceptions import ConcordError
from projects.forms.errors import show_refusal
from projects.guidelines.library import PrincipleChange, get_principle
from projects.guidelines.selectors import current_guideline
from projects.models import Guideline, Principle
from projects.navigation import Group, Tab
from projects.permissions import Action

#: Judgments that no principle fits, of which the page names the newest.
_UNFITTING = 20


@require_safe
def principles(request: SignedInRequest, slug: str) -> HttpResponse:
    """Every principle with its health."""
    access = get_access(request.user, slug, Action.SEE_AGREEMENT)
    hand = health_at_hand(access.project)
    if request.headers.get("HX-Request"):
        return how_far(request, hand)
    newest = current_guideline(access.project)
    figures = hand.figures or {}
    health = figures.get("principles", {})
    entries = library(access.project, newest)
    context = {
        "access": access,
        "project": access.project,
        "guideline": newest,
        "hand": hand,
        "coverage": figures.get("coverage"),
        "none_fits": figures.get("none_fits"),
        "rows": [
            (entry, health.get(entry.clause.key)) for entry in entries if not entry.is_retired
        ],
        "never_cited": never_cited(
            figures, [entry.clause.key for entry in entries if not entry.is_retired]
        ),
        "has_rules": any(shares["violated"]["n"] for shares in health.values()),
        "retired": [entry for entry in entries if entry.is_retired],
        "unfitting": list(unfitting_judgments(access.project)[:_UNFITTING]),
        "may_edit": access.may(Action.EDIT_GUIDELINE),
        "excluded_sum": excluded_now(access.project),
    }
    return render(request, "labeling/lead/principles.html", context)


@require_safe
def health_file(request: SignedInRequest, slug: str) -> HttpResponse:
    """The health of principles as CSV."""
    access = get_access(request.user, slug, Action.SEE_AGREEMENT)
    hand = health_at_hand(access.project)
    if hand.figures is None:
        messages.info(request, _("The figures are being computed. Look again in a minute."))
        return redirect("labeling:principles", slug)
    newest = current_guideline(access.project)
    clauses = [entry.latest for entry in library(access.project, newest) if not entry.is_retired]
    reply = HttpResponse(health_csv(clauses, hand.figures), content_type="text/csv; charset=utf-8")
    reply["Content-Disposition"] = 'attachment; filename="constitution_health.csv"'
    return reply


@require_safe
def principle(request: SignedInRequest, slug: str, key: str) -> HttpResponse:
    """One principle: what it says, how it fares, and every wording it had."""
    access = get_access(request.user, slug, Action.SEE_AGREEMENT)
    clause, newest = _clause(access, key), current_guideline(access.project)
    hand = health_at_hand(access.project)
    context = {
        "access": access,
        "project": access.project,
        "clause": clause,
        "is_retired": newest is None or clause.guideline_id != newest.pk,
        "health": (hand.figures or {}).get("principles", {}).get(key),
        "history": history(access.project, key),
        "may_edit": access.may(Action.EDIT_GUIDELINE),
    }
    return render(request, "labeling/lead/principle.html", context)


def _clause(access: Access, key: str) -> Principle:
    return require_row(get_principle(access.project, key), _("There is no such principle."))


@require_http_methods(["GET", "HEAD", "POST"])
def word_principle(request: SignedInRequest, slug: str, key: str = "") -> HttpResponse:
    """Words a principle anew, or a new one."""
    access = get_access(request.user, slug, Action.EDIT_GUIDELINE)
    clause = _clause(access, key) if key else None
    newest = current_guideline(access.project)
    if request.method != "POST":
        form = PrincipleWordsForm(initial=PrincipleWordsForm.starting_from(clause))
        return _editor(request, access, clause, newest, form)
    form = PrincipleWordsForm(request.POST)
    if form.is_valid():
        try:
            published = edit_principle(
                project=access.project,
                changed_by=request.user,
                key=key,
                change=form.change(),
                evidence=form.named(),
            )
        except ConcordError as error:
            show_refusal(form, error, names={"principles": "title"})
        else:
            words = _("v%(number)d of the guideline is published with it.")
            messages.success(request, words % {"number": published.number})
            return redirect("labeling:principles", slug)
    return _editor(request, access, clause, newest, form, status=422)


def _editor(
    request: SignedInRequest,
    access: Access,
    clause: Principle | None,
    newest: Guideline | None,
    form: PrincipleWordsForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "access": access,
        "project": access.project,
        "clause": clause,
        "number": newest.number if newest else 0,
        "form": form,
    }
    return render(request, "labeling/lead/principle_edit.html", context, status=status)


@require_POST
def retire_principle(request: SignedInRequest, slug: str, key: str) -> HttpResponse:
    """Publishes a version of the guideline without it; its history stays."""
    access = get_access(request.user, slug, Action.EDIT_GUIDELINE)
    _clause(access, key)
    change = PrincipleChange(None, request.POST.get("why", "")[:2000])
    try:
        edit_principle(project=access.project, changed_by=request.user, key=key, change=change)
    except ConcordError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("It is retired. Judgments that cite it keep its words."))
    return redirect("labeling:principles", slug)


navigation = [
    Tab(
        key="principles",
        url_name="labeling:principles",
        label=gettext_lazy("Principles"),
        action=Action.SEE_AGREEMENT,
        group=Group.GUIDELINE,
        position=62,
    )
]
_BASE = "p/<slug:slug>/principles/"
urlpatterns = [
    path(_BASE, principles, name="principles"),
    path(f"{_BASE}new/", word_principle, name="principle-new"),
    path(f"{_BASE}health.csv", health_file, name="principles-health"),
    path(f"{_BASE}<slug:key>/", principle, name="principle"),
    path(f"{_BASE}<slug:key>/edit/", word_principle, name="principle-edit"),
    path(f"{_BASE}<slug:key>/retire/", retire_principle, name="principle-retire"),
]
