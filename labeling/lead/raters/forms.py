"""Which days of active time are asked for on the page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.lead.raters.downloads import Days


def _day(label: Any) -> forms.DateField:
    date = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=date, input_formats=["%Y-%m-%d"])


class DaysForm(forms.Form):
    """A first and a last day, both of which are in the file; an empty one leaves it open there."""

    since = _day(_("First day"))
    until = _day(_("Last day"))

    def clean(self) -> dict[str, Any]:
        """The first comes before the last."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and (sentence := self.days().fault):
            self.add_error("until", sentence)
        return cleaned

    def days(self) -> Days:
        """Those of a checked form."""
        return Days(self.cleaned_data.get("since"), self.cleaned_data.get("until"))
