"""The guideline: read, acknowledge, compare and restore versions, see who has read them."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from projects.access import Access, SignedInRequest, get_access, require_row
from projects.exceptions import ConcordError
from projects.forms.rows import posted_number
from projects.guidelines.readers import guideline_readers, readings_of
from projects.guidelines.selectors import (
    current_guideline,
    has_acknowledged,
    has_read,
    principles_of,
)
from projects.guidelines.services import acknowledge, restore_version
from projects.guidelines.versions import compare, get_version, news_for, versions
from projects.models import Guideline
from projects.navigation import Group, Tab, address
from projects.permissions import Action

#: Members on one page of the table of readers.
READERS_PAGE = 50


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
        "acknowledged": shown is not None and has_read(request.user, shown),
        "may_go_on": shown is not None and has_acknowledged(request.user, shown),
        "may_edit": access.may(Action.EDIT_GUIDELINE),
        "may_rate": access.may(Action.RATE),
    }
    return render(request, "projects/guidelines/guideline.html", context)


@require_POST
def acknowledge_version(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    """Notes that this member has read the version; tasks are handed out from then on."""
    access = get_access(request.user, slug, Action.SEE_GUIDELINE)
    seconds = _number(request.POST.get("seconds"), 0)
    acknowledge(user=request.user, guideline=_get(access, number), seconds_open=seconds)
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
    number = posted_number(text)
    return otherwise if number is None else number


@require_POST
def restore_old_version(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    """Publishes what an old version said as a new one."""
    access = get_access(request.user, slug, Action.EDIT_GUIDELINE)
    try:
        restored = restore_version(version=_get(access, number), restored_by=request.user)
    except ConcordError as error:
        messages.warning(request, error.message)
        return redirect("projects:guideline-version", slug, number)
    messages.success(
        request,
        _("v%(new)d is published; it says what v%(old)d said.")
        % {"new": restored.number, "old": number},
    )
    return redirect("projects:guideline", slug)


@require_safe
def readers(request: SignedInRequest, slug: str) -> HttpResponse:
    """Who has read which version, when, and for how long."""
    access = get_access(request.user, slug, Action.MANAGE_MEMBERS)
    newest = current_guideline(access.project)
    members = Paginator(guideline_readers(access.project), READERS_PAGE)
    page = members.get_page(request.GET.get("page"))
    context = {
        "access": access,
        "project": access.project,
        "guideline": newest,
        "page": page,
        "readers": readings_of(access.project, newest, page.object_list),
        "reminder_hours": settings.REMINDER_HOURS,
    }
    return render(request, "projects/guidelines/readers.html", context)


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
    path("p/<slug:slug>/guideline/readers/", readers, name="guideline-readers"),
    path("p/<slug:slug>/guideline/compare/", compare_versions, name="guideline-compare"),
    path("p/<slug:slug>/guideline/<int:number>/", version, name="guideline-version"),
    path(
        "p/<slug:slug>/guideline/<int:number>/acknowledge/",
        acknowledge_version,
        name="guideline-acknowledge",
    ),
    path(
        "p/<slug:slug>/guideline/<int:number>/restore/",
        restore_old_version,
        name="guideline-restore",
    ),
]
