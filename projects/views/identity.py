"""Another address, and a person erased: oneself, or by an operator."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from projects.access import SignedInRequest
from projects.exceptions import ConcordError, TooManyAttempts
from projects.forms.errors import show_refusal
from projects.forms.identity import EmailChangeForm, ErasureForm, OwnErasureForm
from projects.models import User
from projects.origins import client_address
from projects.services.email_tokens import read_email_token
from projects.services.emails import (
    check_password_of,
    confirm_email_change,
    request_email_change,
)
from projects.services.erasure import check_erasable, check_typed_address, erase_person
from projects.views.accounts import too_many


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def new_address(request: SignedInRequest) -> HttpResponse:
    """Asks for the new address and the password; a link goes to the new address."""
    form = EmailChangeForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            request_email_change(
                user=request.user, address=client_address(request), **form.cleaned_data
            )
        except TooManyAttempts as error:
            return too_many(request, error)
        except ConcordError as error:
            show_refusal(form, error)
        else:
            sentence = _(
                "A link is on its way to %(email)s. Your address changes when you open it; if none "
                "comes, somebody may have an account with that address."
            )
            messages.success(request, sentence % {"email": form.cleaned_data["email"]})
            return redirect("projects:account")
    status = 422 if form.errors else 200
    return render(request, "projects/email_change.html", {"form": form}, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the address that the link was sent to, and gives it to the account."""
    offer = read_email_token(token)
    if request.method == "POST":
        try:
            confirm_email_change(token=token)
        except ConcordError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("Your address is changed. Log in with it from now on."))
        return redirect("projects:account")
    context = {"email": offer[1] if offer else ""}
    return render(request, "projects/email_confirm.html", context, status=200 if offer else 410)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def erase_oneself(request: SignedInRequest) -> HttpResponse:
    """Says what goes and what stays; the address typed and the password do it."""
    form = OwnErasureForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            check_password_of(user=request.user, password=form.cleaned_data["password"])
        except TooManyAttempts as error:
            return too_many(request, error)
        except ConcordError as error:
            show_refusal(form, error)
        else:
            if _erased(form, request.user, request.user):
                logout(request)
                messages.success(request, _("Your account is erased."))
                return redirect("login")
    return _erasure_page(request, form, request.user)


@require_http_methods(["GET", "HEAD", "POST"])
def erase_other(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same by an operator, for somebody who asked for it."""
    person = User.objects.filter(pk=pk, is_placeholder=False).first()
    if not request.user.is_superuser or person is None:
        raise Http404
    form = ErasureForm(request.POST or None)
    if form.is_bound and form.is_valid() and _erased(form, person, request.user):
        messages.success(request, _("The person is erased."))
        return redirect("admin:projects_user_changelist")
    return _erasure_page(request, form, person)


def _erased(form: ErasureForm, person: User, actor: User) -> bool:
    """Whether the person is erased; else the form says why not."""
    try:
        check_typed_address(person=person, typed=form.cleaned_data["email"])
        erase_person(person=person, actor=actor, written=form.cleaned_data["written"])
    except ConcordError as error:
        show_refusal(form, error)
        return False
    return True


def _erasure_page(request: SignedInRequest, form: ErasureForm, person: User) -> HttpResponse:
    problem = ""
    try:
        check_erasable(person)
    except ConcordError as error:
        problem = error.message
    context = {
        "form": form,
        "person": person,
        "is_own": person.pk == request.user.pk,
        "problem": problem,
    }
    status = 422 if form.errors else 200
    return render(request, "projects/erase.html", context, status=status)


urlpatterns = [
    path("account/email/", new_address, name="email-change"),
    path("account/email/<str:token>/", confirm_email, name="email-confirm"),
    path("account/erase/", erase_oneself, name="erase-oneself"),
    path("people/<int:pk>/erase/", erase_other, name="person-erase"),
]
