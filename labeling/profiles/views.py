"""Voluntary questions: raters answer, decline and take back; leads ask, and read of groups."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from labeling.profiles.fields import DEFAULT_FIELDS, DEFAULT_PURPOSE, fields_of
from labeling.profiles.forms import ProfileAnswersForm, ProfileFormForm, fields_as_text
from labeling.profiles.page import panels_of
from labeling.profiles.report import voices_at_hand
from labeling.profiles.selectors import newest_form, own_profile, own_profiles
from labeling.profiles.services import (
    answer_profile,
    decline_profile,
    publish_profile_form,
    withdraw_profile,
)
from labeling.work.page import how_far
from projects.access import Access, SignedInRequest, get_access
from projects.exceptions import Conflict, InvalidInput
from projects.forms.rows import posted_number
from projects.models import Project
from projects.navigation import Group, Page, Tab
from projects.permissions import Action


@never_cache
@require_safe
def profile(request: SignedInRequest, slug: str) -> HttpResponse:
    """The questions with what they are for, and what I said."""
    return _page(request, get_access(request.user, slug, Action.RATE))


def _page(
    request: SignedInRequest, access: Access, data: QueryDict | None = None, status: int = 200
) -> HttpResponse:
    form = newest_form(access.project)
    own = own_profile(request.user, access.project)
    asked = fields_of(form.fields) if form else []
    context = {
        "access": access,
        "project": access.project,
        "asked": form,
        "own": own,
        "form": ProfileAnswersForm(data, asked=asked, said=own.answers if own else {}),
    }
    return render(request, "labeling/profiles/profile.html", context, status=status)


@require_POST
def answer(request: SignedInRequest, slug: str) -> HttpResponse:
    """Keeps what I say, that I would rather not, or takes back what I said."""
    access = get_access(request.user, slug, Action.RATE)
    if "withdraw" in request.POST:
        withdraw_profile(user=request.user, project=access.project)
        messages.success(request, _("What you said is gone, and in no figure any more."))
        return redirect("labeling:profile", slug)
    form = newest_form(access.project)
    asked = fields_of(form.fields) if form else []
    answers = {field.key: request.POST.get(field.key, "") for field in asked}
    if "decline" in request.POST or not any(answers.values()):
        decline_profile(membership=access.membership)
        messages.info(request, _("That is fine. Nobody asks you again."))
        return redirect("labeling:rate", slug)
    try:
        answer_profile(
            membership=access.membership,
            number=posted_number(request.POST.get("version")) or 0,
            answers=answers,
        )
    except Conflict as error:
        messages.warning(request, error.message)
        return redirect("labeling:profile", slug)
    except InvalidInput:
        return _page(request, access, request.POST, 422)
    messages.success(request, _("Thank you. You may change or take it back here at any time."))
    return redirect("labeling:profile", slug)


@never_cache
@require_safe
def profiles(request: SignedInRequest) -> HttpResponse:
    """What I said of myself in all projects, also those in which I am no member now."""
    context = {"profiles": own_profiles(request.user)}
    return render(request, "labeling/profiles/profiles.html", context)


@require_POST
def take_profile_back(request: SignedInRequest, profile_id: int) -> HttpResponse:
    """Takes back what I said in one project."""
    own = next((row for row in own_profiles(request.user) if row.pk == profile_id), None)
    if own is not None:
        withdraw_profile(user=request.user, project=own.project)
    messages.success(request, _("What you said is gone, and in no figure any more."))
    return redirect("labeling:profiles")


@never_cache
@require_safe
def voices(request: SignedInRequest, slug: str) -> HttpResponse:
    """What groups of raters answer, and for leads what is asked."""
    access = get_access(request.user, slug, Action.SEE_RATERS)
    if request.headers.get("HX-Request"):
        return how_far(request, voices_at_hand(access.project))
    return _voices(request, access, _asking(access.project))


def _asking(project: Project) -> ProfileFormForm:
    form = newest_form(project)
    fields = fields_of(form.fields) if form else DEFAULT_FIELDS
    purpose = form.purpose if form else DEFAULT_PURPOSE
    return ProfileFormForm(initial={"purpose": purpose, "fields_text": fields_as_text(fields)})


def _voices(
    request: SignedInRequest, access: Access, form: ProfileFormForm, status: int = 200
) -> HttpResponse:
    hand = voices_at_hand(access.project)
    asked = request.GET.get("of", "")
    context = {
        "access": access,
        "project": access.project,
        "hand": hand,
        "shown": panels_of(access.project, hand.figures, asked) if hand.figures else None,
        "may_ask": access.may(Action.CONFIGURE),
        "asked": newest_form(access.project),
        "form": form,
    }
    return render(request, "labeling/profiles/voices.html", context, status=status)


@require_POST
def publish(request: SignedInRequest, slug: str) -> HttpResponse:
    """Publishes the questions as their new version."""
    access = get_access(request.user, slug, Action.CONFIGURE)
    form = ProfileFormForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            published = publish_profile_form(
                project=access.project,
                actor=request.user,
                purpose=said["purpose"],
                fields=said["fields_text"],
            )
        except InvalidInput as error:
            form.add_error(None, error.message)
        else:
            sentence = (
                _("Raters are asked once, from now on. Nobody has to answer.")
                if published
                else _("Nobody is asked any more. What people said stands until they take it back.")
            )
            messages.success(request, sentence)
            return redirect("labeling:voices", slug)
    return _voices(request, access, form, 422)


navigation = [
    Tab(
        key="voices",
        url_name="labeling:voices",
        label=gettext_lazy("Groups"),
        action=Action.SEE_RATERS,
        group=Group.QUALITY,
        position=58,
        is_listed=lambda project, _: project.profile_version > 0,
    ),
    Page(key="profile", url_name="labeling:profile"),
    Page(key="profiles", url_name="labeling:profiles"),
]
urlpatterns = [
    path("p/<slug:slug>/profile/", profile, name="profile"),
    path("p/<slug:slug>/profile/answer/", answer, name="profile-answer"),
    path("p/<slug:slug>/groups/", voices, name="voices"),
    path("p/<slug:slug>/groups/ask/", publish, name="profile-publish"),
    path("account/profiles/", profiles, name="profiles"),
    path("account/profiles/<int:profile_id>/withdraw/", take_profile_back, name="profile-withdraw"),
]
