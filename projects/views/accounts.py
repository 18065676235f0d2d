"""Ways in and out: log-in, passwords, invitations, one's own account."""

from __future__ import annotations

from typing import Any

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
from projects.forms.accounts import AccountForm, LogInForm, NewAccountForm, ResetForm
from projects.forms.errors import show_refusal
from projects.models import Invitation, User
from projects.navigation import address
from projects.origins import client_address, note_proxy, remember_browser
from projects.permissions import membership_of
from projects.selectors.sessions import sessions_of
from projects.services.accounts import note_password_change, request_reset, update_account
from projects.services.invitations import (
    accept_invitation,
    find_invitation,
    join_with_new_account,
    require_welcome,
)
from projects.services.throttle import begin_password_change, end_login

#: A program that logs in again and again must not make the page endless.
SESSIONS_SHOWN = 50


class LogIn(views.LoginView):
    """Log-in by e-mail; failures make whoever tries again wait."""

    authentication_form = LogInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answers 429 and how long to wait before a password is even looked at."""
        try:
            return super().post(request, *args, **kwargs)
        except TooManyAttempts as error:
            return self._wait(error)

    def form_invalid(self, form: Any) -> HttpResponse:
        """The form again; the failure is counted already."""
        response = super().form_invalid(form)
        response.status_code = 422
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        """Forgets the failures, and knows this browser from now on."""
        end_login(form.ticket)
        response = super().form_valid(form)
        remember_browser(self.request, response, form.get_user().email)
        return response

    def _wait(self, error: TooManyAttempts) -> HttpResponse:
        form = LogInForm(self.request, initial={"username": self.request.POST.get("username", "")})
        context = self.get_context_data(form=form, wait=error.message)
        response = self.render_to_response(context, status=429)
        response.headers["Retry-After"] = str(error.retry_after)
        return response


def too_many(request: HttpRequest, error: TooManyAttempts) -> HttpResponse:
    """The page that says how long to wait."""
    response = render(request, "429.html", {"message": error.message}, status=429)
    response.headers["Retry-After"] = str(error.retry_after)
    return response


class ResetPassword(views.PasswordResetView):
    """Has a link sent; reply and time are the same whether there is such an account or not."""

    form_class = ResetForm  # type: ignore[assignment]
    success_url = reverse_lazy("password_reset_done")

    def form_valid(self, form: Any) -> HttpResponse:
        """Keeps the request for a worker, which alone looks whose it is."""
        note_proxy(self.request)
        try:
            sent = request_reset(
                email=form.cleaned_data["email"], address=client_address(self.request)
            )
        except TooManyAttempts as error:
            return too_many(self.request, error)
        return redirect(f"{self.success_url}{'' if sent else '?later'}")


class SetPassword(views.PasswordResetConfirmView):
    """A new password by the link in the mail."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Who reads the account's mail need not wait for anybody's failures."""
        response = super().form_valid(form)
        note_password_change(user=form.user)
        remember_browser(self.request, response, form.user.email)
        return response


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: SignedInRequest) -> HttpResponse:
    """A new password for who knows the old one; this session stays logged in."""
    form = PasswordChangeForm(request.user, request.POST or None)
    try:
        ticket = begin_password_change(user_id=request.user.pk) if form.is_bound else None
    except TooManyAttempts as error:
        return too_many(request, error)
    if ticket and form.is_valid():
        end_login(ticket)
        update_session_auth_hash(request, form.save())
        note_password_change(user=request.user, session_key=request.session.session_key or "")
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
    try:
        require_welcome(invitation=offer, user=user)
    except ConcordError as error:
        refused = {"invitation": None, "reason": "removed", "message": error.message}
        return render(request, "registration/invitation.html", refused, status=410)
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
            response = _welcome(request, offer)
            remember_browser(request, response, user.email or "")
            return response
    context = {"invitation": offer, "form": form}
    status = 422 if form.errors else 200
    return render(request, "registration/invitation.html", context, status=status)


def _welcome(request: HttpRequest, offer: Invitation) -> HttpResponse:
    sentence = _("You joined as %(role)s. Here is where the project stands.")
    messages.success(request, sentence % {"role": offer.get_role_display()})
    return redirect(address("home", offer.project.slug))


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: SignedInRequest) -> HttpResponse:
    """One's own name and time zone, and where one is logged in."""
    names = ("name", "time_zone", "shows_covered")
    initial = {name: getattr(request.user, name) for name in names}
    form = AccountForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        update_account(user=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("projects:account")
    status = 422 if form.errors else 200
    context = {
        "form": form,
        "sessions": sessions_of(request.user)[:SESSIONS_SHOWN],
        "session_key": request.session.session_key,
    }
    return render(request, "projects/account.html", context, status=status)


#: Mounted at the root without a namespace: the names that Django itself uses.
account_patterns = [
    path("login/", LogIn.as_view(), name="login"),
    path("logout/", views.LogoutView.as_view(), name="logout"),
    path("password/change/", change_password, name="password_change"),
    path("password/reset/", ResetPassword.as_view(), name="password_reset"),
    path("password/reset/sent/", views.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path(
        "password/reset/<uidb64>/<token>/",
        SetPassword.as_view(),
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
