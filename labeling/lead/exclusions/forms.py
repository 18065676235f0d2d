"""What a lead says who excludes judgments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.lead.exclusions.services import MOST_EXCLUSION_NOTE
from labeling.lead.raters.forms import DaysForm
from labeling.models.choices import choices
from labeling.vocabulary import ExclusionReason


class ExclusionForm(DaysForm):
    """Which days, why, and whether the places open again."""

    reason = forms.ChoiceField(label=_("Reason"), choices=choices(ExclusionReason))
    note = forms.CharField(
        label=_("Note, for leads only"),
        required=False,
        max_length=MOST_EXCLUSION_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    reopens = forms.BooleanField(
        label=_("Open their places again, so that other raters get these tasks"), required=False
    )

    def asked(self) -> dict[str, Any]:
        """What the service is asked for, of a checked form."""
        names = ("reason", "note", "reopens")
        return {**{name: self.cleaned_data[name] for name in names}, "days": self.days()}
