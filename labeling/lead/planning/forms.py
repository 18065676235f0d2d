"""What a plan is asked with: a form that shows what it starts from, by GET."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.lead.planning.figures import BOUNDS

#: What is typed as a percentage.
_PERCENT = ("agreement", "tie_rate", "share", "half_width")


def _whole(name: str, label: Any, help_text: Any = "") -> forms.IntegerField:
    least, most = BOUNDS[name]
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=int(least),
        max_value=int(most),
        help_text=help_text,
    )


def _number(name: str, label: Any, help_text: Any = "") -> forms.FloatField:
    least, most = BOUNDS[name]
    factor = 100 if name in _PERCENT else 1
    return forms.FloatField(
        label=label,
        required=False,
        min_value=least * factor,
        max_value=most * factor,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )


class PlannerForm(forms.Form):
    """Everything may be left empty: then the data, the project or what is usual say it."""

    share = _number("share", _("Win rate to be told from 50%"), _("In percent, above 50."))
    half_width = _number(
        "half_width", _("How near a share is to be known"), _("Points either way.")
    )
    tasks = _whole("tasks", _("Tasks"))
    overlap = _whole("overlap", _("Judgments a task"))
    agreement = _number(
        "agreement",
        _("Two raters prefer the same response"),
        _("In percent of pairs of judgments, ties left out."),
    )
    tie_rate = _number("tie_rate", _("Ties"), _("In percent of judgments."))
    people = _whole("people", _("Raters who share the work"))
    seconds = _number("seconds", _("Seconds a judgment"))
    price = _number("price", _("Price of a judgment"), _("In any currency."))
    price_of_task = _number("price_of_task", _("Price of a task before it is judged"))
    budget = _number("budget", _("What there is to spend"))

    def asked(self) -> dict[str, Any]:
        """What was filled in, shares from 0 to 1; what is wrong is left out."""
        values = {name: self.cleaned_data.get(name) for name in self.fields}
        return {
            name: value / 100 if value is not None and name in _PERCENT else value
            for name, value in values.items()
        }


def shown_values(assumptions: Mapping[str, Any]) -> dict[str, Any]:
    """What a plan rests on, as the form shows it."""
    return {
        name: None if value is None else _typed(name, value)
        for name, value in assumptions.items()
        if name in PlannerForm.base_fields
    }


def _typed(name: str, value: float) -> str:
    """As somebody would type it."""
    if name in _PERCENT:
        return f"{100 * value:.4g}"
    return f"{value:.3g}" if name == "seconds" else f"{value:.12g}"
