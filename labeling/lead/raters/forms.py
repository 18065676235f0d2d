"""Which raters are listed, and which days of active time are asked for on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.lead.raters.downloads import Days
from labeling.lead.raters.selectors import RaterRow
from projects.models import Membership, Role


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


class RatersFilter:
    """Which raters are listed; what an address does not say, or nobody knows, lists all."""

    STATES = (
        ("", _("all")),
        ("active", _("get tasks")),
        ("paused", _("paused")),
        ("excluded", _("excluded, wholly or in part")),
        ("imported", _("imported labels")),
        ("left", _("no member any more")),
    )
    LOOKS = (("", _("all")), ("yes", _("something to look at")))
    ROLES = (("", _("all")), *Role.choices)

    def __init__(self, asked: Mapping[str, str]) -> None:
        self.state, self.role, self.flagged = (
            value if (value := asked.get(name, "")) in dict(choices) else ""
            for name, choices in (
                ("state", self.STATES),
                ("role", self.ROLES),
                ("flagged", self.LOOKS),
            )
        )

    def takes(self, row: RaterRow, member: Membership | None) -> bool:
        """Whether a rater is listed."""
        if self.role and (member is None or member.role != self.role):
            return False
        if self.flagged and not row.is_flagged:
            return False
        states = {
            "active": member is not None and member.paused_at is None,
            "paused": member is not None and member.paused_at is not None,
            "excluded": row.excluded > 0,
            "imported": row.is_imported,
            "left": member is None and not row.is_imported,
        }
        return states.get(self.state, True)

    @property
    def query(self) -> str:
        """What says something, as a part of an address."""
        said = {"state": self.state, "role": self.role, "flagged": self.flagged}
        return "".join(f"{name}={value}&" for name, value in said.items() if value)
