"""What a lead says of a topic, as a form."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class TopicForm(forms.Form):
    """One topic: as the rows name it, and what raters read of it."""

    topic = forms.CharField(
        label=_("Topic"), max_length=80, help_text=_("Exactly as the rows name it in topics.")
    )
    description = forms.CharField(
        label=_("What raters may meet, in plain words"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )
    intensity = forms.CharField(label=_("How strong it is"), max_length=200, required=False)
    frequency = forms.CharField(label=_("How often it comes"), max_length=200, required=False)
    hourly_limit = forms.IntegerField(
        label=_("Most of them an hour"), min_value=1, max_value=2**31 - 1, required=False
    )
    daily_limit = forms.IntegerField(
        label=_("Most of them in 24 hours"), min_value=1, max_value=2**31 - 1, required=False
    )
    is_asked = forms.BooleanField(
        label=_("Raters choose whether they see it"), required=False, initial=True
    )
