"""The page on which a lead excludes judgments of a rater, or lifts that."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from labeling.lead.exclusions.forms import ExclusionForm
from labeling.lead.exclusions.selectors import (
    RangeOfJudgments,
    RaterHere,
    exclusions_of,
    find_rater,
    range_of,
)
from labeling.lead.exclusions.services import (
    check_exclusion,
    exclude_judgments,
    lift_exclusions,
)
from labeling.work.sending import send
from projects.access import Access, SignedInRequest, get_access
from projects.exceptions import Conflict, InvalidInput
from projects.permissions import Action


@require_http_methods(["GET", "HEAD", "POST"])
def exclusion(request: SignedInRequest, slug: str, rater: str) -> HttpResponse:
    """What of a rater is excluded, and a form: first it says how many judgments, then it does."""
    access = get_access(request.user, slug, Action.MANAGE_MEMBERS)
    here = find_rater(access.project, rater)
    if request.method != "POST":
        return _page(request, access, here, ExclusionForm())
    form, within = ExclusionForm(request.POST), None
    if form.is_valid():
        asked = form.asked()
        try:
            check_exclusion(asked["reason"], asked["note"])
            if "exclude" in request.POST:
                return _exclude(request, access, here, form)
            within = range_of(access.project, here.user, asked["days"], request.user.zone)
        except InvalidInput as error:
            for name, sentence in error.fields.items():
                form.add_error(name, sentence)
        except Conflict as error:
            messages.warning(request, error.message)
    return _page(request, access, here, form, within)


def _exclude(
    request: SignedInRequest, access: Access, here: RaterHere, form: ExclusionForm
) -> HttpResponse:
    excluded = exclude_judgments(
        project=access.project, rater=here.user, actor=access.user, **form.asked()
    )
    if excluded.change is not None:
        send(excluded.change)
    if excluded.is_new:
        n = excluded.within.judgments
        sentence = ngettext(
            "%(n)d judgment counts in no figure and no new release any more.",
            "%(n)d judgments count in no figure and no new release any more.",
            n,
        )
        messages.success(request, sentence % {"n": n})
    else:
        messages.info(request, _("All of that is excluded already."))
    return redirect("labeling:exclusion", access.project.slug, here.code)


def _page(
    request: SignedInRequest,
    access: Access,
    here: RaterHere,
    form: ExclusionForm,
    within: RangeOfJudgments | None = None,
) -> HttpResponse:
    rows = list(exclusions_of(access.project, here.user))
    context = {
        "access": access,
        "project": access.project,
        "whose": here,
        "form": form,
        "within": within,
        "rows": rows,
        "holds": [row for row in rows if row.lifted_at is None],
        "zone": request.user.time_zone,
    }
    status = 422 if form.errors else 200
    return render(request, "labeling/lead/exclusion.html", context, status=status)


@require_POST
def lift(request: SignedInRequest, slug: str, rater: str) -> HttpResponse:
    """Lets what is excluded count again."""
    access = get_access(request.user, slug, Action.MANAGE_MEMBERS)
    here = find_rater(access.project, rater)
    lifted = lift_exclusions(project=access.project, rater=here.user, actor=access.user)
    for change in lifted.changes:
        send(change)
    if lifted.exclusions:
        n = lifted.judgments
        sentence = ngettext(
            "Lifted: %(n)d judgment counts again.", "Lifted: %(n)d judgments count again.", n
        )
        messages.success(request, sentence % {"n": n})
    else:
        messages.info(request, _("Nothing of this rater is excluded."))
    return redirect("labeling:exclusion", slug, here.code)


_BASE = "p/<slug:slug>/raters/<slug:rater>/exclusion/"
urlpatterns = [
    path(_BASE, exclusion, name="exclusion"),
    path(f"{_BASE}lift/", lift, name="exclusion-lift"),
]
