"""What is asked before an address changes or a person is erased."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.forms.accounts import AddressField


class EmailChangeForm(forms.Form):
    """The new address, and the password that it needs."""

    email = AddressField(
        label=_("New e-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ErasureForm(forms.Form):
    """The address of who is erased, typed by an operator."""

    email = AddressField(
        label=_("Type the e-mail of the account"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    written = forms.BooleanField(
        label=_("Delete the answers and edits that they wrote too"),
        required=False,
        help_text=_(
            "With the judgments they came with and the reviews of them: their tasks are free again."
        ),
    )


class OwnErasureForm(ErasureForm):
    """The same by its owner, with the password."""

    password = EmailChangeForm.base_fields["password"]
