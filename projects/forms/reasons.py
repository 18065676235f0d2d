"""The list of reasons, a row each; a row whose words are taken out is retired."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.forms.projects import key_from
from projects.models import Reason
from projects.models.reasons import REASON_LENGTH
from projects.services.reasons import MOST_REASONS, ReasonSpec


class ReasonForm(forms.Form):
    """One reason; its code is derived from the words when it is new."""

    label = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    needs_words = forms.BooleanField(label=_("Ask for a sentence too"), required=False)
    code = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)


if TYPE_CHECKING:
    ReasonFormSet = forms.BaseFormSet[ReasonForm]
else:
    ReasonFormSet = forms.BaseFormSet


class BaseReasons(ReasonFormSet):
    """The reasons in order."""

    def specs(self) -> list[ReasonSpec]:
        """What the service takes: rows with words, each with a code of its own."""
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("label")]
        taken = {row["code"] for row in rows if row["code"]}
        specs = []
        for row in rows:
            code = row["code"] or _free_code(row["label"], taken)
            taken.add(code)
            specs.append(ReasonSpec(code, row["label"], row["needs_words"]))
        return specs


Reasons = forms.formset_factory(
    ReasonForm, formset=BaseReasons, extra=1, max_num=MOST_REASONS + 1, validate_max=False
)


def reason_rows(reasons: list[Reason]) -> list[dict[str, object]]:
    """What stands in the rows of these reasons."""
    return [
        {"label": reason.label, "needs_words": reason.needs_words, "code": reason.code}
        for reason in reasons
    ]


def _free_code(label: str, taken: set[str]) -> str:
    code = key_from(label) or "reason"
    number = 1
    while (free := code if number == 1 else f"{code[:36]}_{number}") in taken:
        number += 1
    return free
