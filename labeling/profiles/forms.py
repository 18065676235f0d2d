"""Voluntary questions as forms: to answer them, and to say what is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.profiles.fields import ProfileField


class ProfileAnswersForm(forms.Form):
    """The questions of a version, each with the answer not to say."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        asked: Sequence[ProfileField],
        said: Mapping[str, str],
    ) -> None:
        super().__init__(data, initial=dict(said))
        for field in asked:
            self.fields[field.key] = forms.ChoiceField(
                label=field.label,
                required=False,
                choices=[
                    ("", _("I prefer not to say")),
                    *((choice, choice) for choice in field.choices),
                ],
            )


class ProfileFormForm(forms.Form):
    """What a lead asks, as lines of text."""

    purpose = forms.CharField(
        label=_("What it is for, in plain words"),
        max_length=2000,
        widget=forms.Textarea({"rows": 5}),
    )
    fields_text = forms.CharField(
        label=_("Questions"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 12, "spellcheck": "false"}),
        help_text=_(
            "One a line: a key, what is asked, and the answers: “age: Age: 18 to 24 | 25 to 34”. "
            "Not to say is always offered. Empty ends the asking."
        ),
    )

    def clean_fields_text(self) -> list[ProfileField]:
        """The questions of the lines."""
        asked = []
        for line in self.cleaned_data["fields_text"].splitlines():
            if not line.strip():
                continue
            parts = [part.strip() for part in line.split(":", 2)]
            if len(parts) < 3:
                raise forms.ValidationError(
                    _("Write each question as “key: question: answer | answer”.")
                )
            key, label, choices = parts
            asked.append(ProfileField(key, label, tuple(c.strip() for c in choices.split("|"))))
        return asked


def fields_as_text(fields: Sequence[ProfileField]) -> str:
    """The questions as the lines of the form."""
    return "\n".join(f"{f.key}: {f.label}: {' | '.join(f.choices)}" for f in fields)
