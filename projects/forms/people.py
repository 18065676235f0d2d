"""Members and invitations."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.models import Role


class MemberForm(forms.Form):
    """A member's role and own limit."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    rater_limit = forms.IntegerField(
        label=_("Rater limit"), required=False, min_value=1, max_value=10_000_000
    )


class InvitationForm(forms.Form):
    """A link: for which role, for how long, how often it works."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.RATER)
    days = forms.IntegerField(label=_("Days until it expires"), min_value=1, max_value=365)
    max_uses = forms.IntegerField(
        label=_("Most people who may join by it"), required=False, min_value=1, max_value=100_000
    )
    note = forms.CharField(
        label=_("Note to yourself"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ReminderForm(forms.Form):
    """Whom to remind; nobody in particular is everybody."""

    member = forms.IntegerField(label=_("Member"), required=False, min_value=1)
