"""The guideline: read, acknowledge, compare versions, publish a new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.access import Access, SignedInRequest, get_access, require_row
from projects.exceptions import ConcordError
from projects.forms.errors import show_refusal
from projects.forms.rows import fresh_rows, posted_rows, posted_values
from projects.guidelines.forms import (
    ExampleForm,
    Examples,
    GuidelineForm,
    Principles,
    guideline_spec,
)
from projects.guidelines.selectors import current_guideline, has_acknowledged, principles_of
from projects.guidelines.services import acknowledge, publish_guideline
from projects.guidelines.versions import compare, get_version, news_for, versions
from projects.models import Guideline
from projects.navigation import Group, Tab, address
from projects.permissions import Action

_EXAMPLES = "examples"


@require_safe
def guideline(request: SignedInRequest, slug: str) -> HttpResponse:
    """The current version, or an invitation to write the first."""
    access = get_access(request.user, slug, Action.SEE_GUIDELINE)
    return _version(request, access, current_guideline(access.project))


@require_safe
def version(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    """One version, as it was published."""
    access = get_access(request.user, slug, Action.SEE_GUIDELINE)
    return _version(request, access, _get(access, number))


def _get(access: Access, number: int) -> Guideline:
    version = get_version(access.project, number)
    return require_row(version, _("There is no such version of the guideline."))


def _version(request: SignedInRequest, access: Access, shown: Guideline | None) -> HttpResponse:
    published = versions(access.project)
    is_newest = shown is not None and shown.pk == published[0].pk
    context = {
        "access": access,
        "project": access.project,
        "guideline": shown,
        "news": news_for(request.user, shown) if shown and is_newest else None,
        "newest": published[0] if published else None,
        "versions": published,
        "principles": list(principles_of(shown)),
        "acknowledged": shown is not None and has_acknowledged(request.user, shown),
        "may_edit": access.may(Action.EDIT_GUIDELINE),
        "may_rate": access.may(Action.RATE),
    }
    return render(request, "projects/guidelines/guideline.html", context)


@require_POST
def acknowledge_version(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    """Notes that this member has read the version; tasks are handed out from then on."""
    access = get_access(request.user, slug, Action.SEE_GUIDELINE)
    acknowledge(user=request.user, guideline=_get(access, number))
    messages.success(request, _("Thank you. You have read v%(number)d.") % {"number": number})
    return redirect(address("rate" if access.may(Action.RATE) else "home", slug))


@require_safe
def compare_versions(request: SignedInRequest, slug: str) -> HttpResponse:
    """What changed between two versions; without `from`, since the one before."""
    access = get_access(request.user, slug, Action.SEE_GUIDELINE)
    published = versions(access.project)
    if len(published) < 2:
        raise Http404(_("There is only one version so far."))
    after = _get(access, _number(request.GET.get("to"), published[0].number))
    before = _get(access, _number(request.GET.get("from"), max(1, after.number - 1)))
    context = {
        "access": access,
        "project": access.project,
        "versions": published,
        "before": before,
        "after": after,
        "sections": compare(before, after),
    }
    return render(request, "projects/guidelines/guideline_compare.html", context)


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else otherwise


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, slug: str) -> HttpResponse:
    """Writes the next version, starting from the current one."""
    access = get_access(request.user, slug, Action.EDIT_GUIDELINE)
    newest = current_guideline(access.project)
    if request.method != "POST":
        clauses = list(principles_of(newest).values("key", "title", "text", "training_form"))
        rows = _Rows(
            fresh_rows(Principles, clauses, more=1),
            fresh_rows(Examples, ExampleForm.rows_of(newest), more=1, prefix=_EXAMPLES),
        )
        form = GuidelineForm(initial=GuidelineForm.starting_from(newest))
        return _editor(request, access, newest, form, rows)
    if "add" in request.POST:
        form = GuidelineForm(initial=posted_values(GuidelineForm, request.POST))
        return _editor(request, access, newest, form, _one_more(request, newest))
    form, rows = GuidelineForm(request.POST), _posted_rows(request, newest)
    if rows.are_valid() & form.is_valid() and _publish(request, access, form, rows):
        return redirect("projects:guideline", slug)
    return _editor(request, access, newest, form, rows, status=422)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The formsets of an editor; `sends_examples`: those are part of what was sent."""

    principles: Any
    examples: Any
    sends_examples: bool = True

    def are_valid(self) -> bool:
        return bool(
            self.principles.is_valid() & (not self.sends_examples or self.examples.is_valid())
        )


def _posted_rows(request: SignedInRequest, newest: Guideline | None) -> _Rows:
    """What was sent; a page of before there were examples sends none, and they stay."""
    if f"{_EXAMPLES}-TOTAL_FORMS" in request.POST:
        examples = Examples(request.POST, prefix=_EXAMPLES)
        return _Rows(Principles(request.POST), examples)
    kept = fresh_rows(Examples, ExampleForm.rows_of(newest), more=1, prefix=_EXAMPLES)
    return _Rows(Principles(request.POST), kept, sends_examples=False)


def _one_more(request: SignedInRequest, newest: Guideline | None) -> _Rows:
    """The same rows, and one that was asked for: the page comes back at it."""
    is_example = request.POST["add"] == "example"
    rows = _posted_rows(request, newest)
    examples = (
        posted_rows(Examples, request.POST, prefix=_EXAMPLES)
        if rows.sends_examples
        else ExampleForm.rows_of(newest)
    )
    rows = _Rows(
        fresh_rows(Principles, posted_rows(Principles, request.POST), more=not is_example),
        fresh_rows(Examples, examples, more=is_example, prefix=_EXAMPLES),
    )
    last, field = (rows.examples, "prompt") if is_example else (rows.principles, "title")
    last.forms[-1].fields[field].widget.attrs["autofocus"] = True
    return rows


def _publish(request: SignedInRequest, access: Access, form: GuidelineForm, rows: _Rows) -> bool:
    try:
        guideline = publish_guideline(
            project=access.project,
            published_by=request.user,
            spec=guideline_spec(
                form, rows.principles, rows.examples if rows.sends_examples else None
            ),
        )
    except ConcordError as error:
        show_refusal(form, error)
        return False
    messages.success(
        request,
        _("v%(number)d is published. Raters read it before their next task.")
        % {"number": guideline.number},
    )
    return True


def _editor(
    request: SignedInRequest,
    access: Access,
    newest: Guideline | None,
    form: GuidelineForm,
    rows: _Rows,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "access": access,
        "project": access.project,
        "newest": newest,
        "form": form,
        "principles": rows.principles,
        "examples": rows.examples,
    }
    return render(request, "projects/guidelines/guideline_edit.html", context, status=status)


navigation = [
    Tab(
        key="guideline",
        url_name="projects:guideline",
        label=gettext_lazy("Text"),
        name=gettext_lazy("Guideline"),
        action=Action.SEE_GUIDELINE,
        group=Group.GUIDELINE,
        position=60,
    )
]
urlpatterns = [
    path("p/<slug:slug>/guideline/", guideline, name="guideline"),
    path("p/<slug:slug>/guideline/edit/", edit, name="guideline-edit"),
    path("p/<slug:slug>/guideline/compare/", compare_versions, name="guideline-compare"),
    path("p/<slug:slug>/guideline/<int:number>/", version, name="guideline-version"),
    path(
        "p/<slug:slug>/guideline/<int:number>/acknowledge/",
        acknowledge_version,
        name="guideline-acknowledge",
    ),
]
