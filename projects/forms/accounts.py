"""Log-in, a new account by invitation, and one's own details."""

from __future__ import annotations

import zoneinfo
from functools import lru_cache
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from projects.models import ApiKey, User
from projects.models.users import normal_address
from projects.origins import client_address, known_browser, note_proxy
from projects.services.keys import KEY_DAYS
from projects.services.throttle import LoginTicket, begin_login

WRONG_LOGIN = _(
    "That address and password do not go together. Check both, or set a new password below."
)


class AddressField(forms.EmailField):
    """An e-mail address, as it is stored."""

    def to_python(self, value: Any) -> Any:
        """In plain lower-case letters, however they were typed."""
        text = super().to_python(value)
        return normal_address(text) if isinstance(text, str) else text


class LogInForm(AuthenticationForm):
    """Log-in by e-mail; the refusal never says which of the two was wrong.

    What is counted is the address that is looked up. A form that was not filled in counts nothing.
    """

    ticket: LoginTicket | None = None

    error_messages = {"invalid_login": WRONG_LOGIN, "inactive": WRONG_LOGIN}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail")
        self.fields["username"].widget = forms.EmailInput(
            attrs={"autocomplete": "username", "autofocus": True, "maxlength": 254}
        )

    def clean(self) -> dict[str, Any]:
        """Raises TooManyAttempts before a password is looked at."""
        email = self.cleaned_data.get("username")
        if self.request is not None and email and self.cleaned_data.get("password"):
            note_proxy(self.request)
            self.ticket = begin_login(
                email=email,
                address=client_address(self.request),
                device=known_browser(self.request, email),
            )
        return super().clean()


class ResetForm(forms.Form):
    """Whose password is to be set anew."""

    email = AddressField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )


class NewAccountForm(forms.Form):
    """What an invited person without an account fills in."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        help_text=_("Shown to leads and reviewers of the project."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = AddressField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least eight characters, not only digits, and none of the common ones."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_email(self) -> str:
        """The address has no account yet; the service makes sure of it once more."""
        email: str = self.cleaned_data["email"]
        if User.objects.filter(email=email).exists():
            raise forms.ValidationError(
                _("There is an account with this address already. Log in and join with it.")
            )
        return email

    def clean(self) -> dict[str, Any]:
        """The two passwords are the same."""
        cleaned = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords differ: type the same one twice."))
        return cleaned


@lru_cache(maxsize=1)
def _zones() -> list[tuple[str, str]]:
    names = sorted(zoneinfo.available_timezones() - {"localtime"})
    return [("UTC", "UTC")] + [(name, name.replace("_", " ")) for name in names if "/" in name]


def time_zones() -> set[str]:
    """The time zones that an account may have."""
    return {name for name, _words in _zones()}


class ZoneSelect(forms.Select):
    """A list of the zones; a template for each of six hundred would take a tenth of a second."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The list with the chosen zone."""
        attributes = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        options = ((zone, " selected" if zone == value else "", words) for zone, words in _zones())
        listed = format_html_join("\n", '<option value="{}"{}>{}</option>', options)
        return format_html("<select{}>{}</select>", flatatt(attributes), listed)


class AccountForm(forms.Form):
    """One's own name and time zone, and whether covered texts are open."""

    name = forms.CharField(
        label=_("Your name"),
        required=False,
        max_length=150,
        help_text=_(
            "Shown to leads and reviewers of your projects; empty for the start of your address."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=_zones,
        widget=ZoneSelect,
        help_text=_("What counts as today in your own work. Times on pages follow your device."),
    )

    shows_covered = forms.BooleanField(
        label=_("Open covered texts at once"),
        required=False,
        help_text=_(
            "Texts of tasks that touch topics stand behind a line until you open them. With this "
            "they are open on every task, until you change it here."
        ),
    )


class TokenForm(forms.Form):
    """A new API token: what it is called, what it may do and for how long."""

    name = forms.CharField(
        label=_("Name of the new token"),
        max_length=80,
        help_text=_("What will use it, for example “training cluster”."),
        error_messages={"required": _("Give the token a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scope = forms.ChoiceField(
        label=_("It may"),
        choices=[
            (ApiKey.Scope.READ, _("read: tasks, figures, releases")),
            (ApiKey.Scope.RATE, _("read and rate: also take tasks and judge them")),
            (ApiKey.Scope.ALL, _("do everything that you may")),
        ],
        initial=ApiKey.Scope.READ,
    )
    days = forms.TypedChoiceField(
        label=_("It works for"),
        choices=[
            (30, _("30 days")),
            (90, _("90 days")),
            (365, _("a year")),
            (0, _("ever, until it is revoked")),
        ],
        coerce=int,
        initial=KEY_DAYS,
    )
