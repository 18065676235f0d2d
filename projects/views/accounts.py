"""Ways in and out: log-in, passwords, invitations, one's own account."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash, views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from projects.access import SignedInRequest
from projects.exceptions import ConcordError, TooManyAttempts
from projects.forms.accounts import AccountForm, LogInForm, NewAccountForm
from projects.forms.errors import show_refusal
from projects.models import Invitation, User
from projects.navigation import address
from projects.permissions import membership_of
from projects.services import throttle
from projects.services.accounts import update_account
from projects.services.invitations import (
    accept_invitation,
    find_invitation,
    join_with_new_account,
)


def client_address(request: HttpRequest) -> str:
    """The address that throttling counts: the last one that a proxy we run has vouched for."""
    forwarded = [a.strip() for a in request.headers.get("X-Forwarded-For", "").split(",")]
    trusted = settings.TRUSTED_PROXIES
    if trusted and len(forwarded) >= trusted and forwarded[-trusted]:
        return forwarded[-trusted][:64]
    return str(request.META.get("REMOTE_ADDR", ""))[:64]


class LogIn(views.LoginView):
    """Log-in by e-mail, throttled by account and by address."""

    authentication_form = LogInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuses with 429 and the minutes to wait before a password is even looked at."""
        email, address = self._who(request)
        try:
            throttle.check_login(email=email, address=address)
        except TooManyAttempts as error:
            return self._wait(error)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        """Counts the failure; a form that was not even filled in is none."""
        email, address = self._who(self.request)
        if form.cleaned_data.get("username") and form.cleaned_data.get("password"):
            throttle.note_failure(email=email, address=address)
        response = super().form_invalid(form)
        response.status_code = 422
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        """Forgets the account's failures."""
        throttle.note_success(email=self._who(self.request)[0])
        return super().form_valid(form)

    def _who(self, request: HttpRequest) -> tuple[str, str]:
        return request.POST.get("username", ""), client_address(request)

    def _wait(self, error: TooManyAttempts) -> HttpResponse:
        form = LogInForm(self.request, initial={"username": self.request.POST.get("username", "")})
        context = self.get_context_data(form=form, wait=str(error))
        response = self.render_to_response(context, status=429)
        response.headers["Retry-After"] = str(error.retry_after)
        return response


class ResetPassword(views.PasswordResetView):
    """Sends the link by mail; the reply is the same whether there is such an account or not."""

    email_template_name = "registration/password_reset_email.txt"
    subject_template_name = "registration/password_reset_subject.txt"
    success_url = reverse_lazy("password_reset_done")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: SignedInRequest) -> HttpResponse:
    """A new password for who knows the old one; this session stays logged in."""
    form = PasswordChangeForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        update_session_auth_hash(request, form.save())
        messages.success(request, _("Your password is changed. Other devices are logged out."))
        return redirect("projects:account")
    context = {"form": form}
    status = 422 if form.errors else 200
    return render(request, "registration/password_change_form.html", context, status=status)


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Shows what the link offers, and joins: with this account, or with a new one."""
    offer = find_invitation(token)
    if offer is not None and membership_of(request.user, offer.project) is not None:
        messages.info(request, _("You are a member of this project already."))
        return redirect(address("home", offer.project.slug))
    if offer is None or offer.status != "open":
        context = {"invitation": None, "reason": offer.status if offer else ""}
        return render(request, "registration/invitation.html", context, status=410)
    if isinstance(request.user, User):
        return _join(request, request.user, offer, token)
    return _join_as_new(request, offer, token)


def _join(request: HttpRequest, user: User, offer: Invitation, token: str) -> HttpResponse:
    context: dict[str, object] = {"invitation": offer}
    if request.method != "POST":
        return render(request, "registration/invitation.html", context)
    try:
        accept_invitation(token=token, user=user)
    except ConcordError as error:
        messages.error(request, error.message)
        return redirect("projects:invitation", token)
    return _welcome(request, offer)


def _join_as_new(request: HttpRequest, offer: Invitation, token: str) -> HttpResponse:
    form = NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = join_with_new_account(
                token=token,
                email=form.cleaned_data["email"],
                password=form.cleaned_data["password1"],
                name=form.cleaned_data["name"],
            )
        except ConcordError as error:
            show_refusal(form, error, names={"password": "password1"})
        else:
            login(request, user)
            return _welcome(request, offer)
    context = {"invitation": offer, "form": form}
    status = 422 if form.errors else 200
    return render(request, "registration/invitation.html", context, status=status)


def _welcome(request: HttpRequest, offer: Invitation) -> HttpResponse:
    sentence = _("You joined as %(role)s. Here is where the project stands.")
    messages.success(request, sentence % {"role": offer.get_role_display()})
    return redirect(address("home", offer.project.slug))


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: SignedInRequest) -> HttpResponse:
    """One's own name and time zone."""
    initial = {"name": request.user.name, "time_zone": request.user.time_zone}
    form = AccountForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        update_account(user=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("projects:account")
    status = 422 if form.errors else 200
    return render(request, "projects/account.html", {"form": form}, status=status)


#: Mounted at the root without a namespace: the names that Django itself uses.
account_patterns = [
    path("login/", LogIn.as_view(), name="login"),
    path("logout/", views.LogoutView.as_view(), name="logout"),
    path("password/change/", change_password, name="password_change"),
    path("password/reset/", ResetPassword.as_view(), name="password_reset"),
    path("password/reset/sent/", views.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path(
        "password/reset/<uidb64>/<token>/",
        views.PasswordResetConfirmView.as_view(),
        name="password_reset_confirm",
    ),
    path(
        "password/reset/done/",
        views.PasswordResetCompleteView.as_view(),
        name="password_reset_complete",
    ),
]
urlpatterns = [
    path("account/", account, name="account"),
    path("invitation/<str:token>/", invitation, name="invitation"),
]
