"""One principle to be worded anew."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.guidelines.checks import LAST_RANK, PRINCIPLE_LIMIT
from projects.guidelines.content import PRINCIPLE_WORDS
from projects.guidelines.library import PrincipleChange
from projects.models import ChangeSize, Principle
from projects.project_templates import PrincipleSpec


def _text(label: Any, rows: int = 2, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=PRINCIPLE_LIMIT,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows, "class": "short"}),
    )


class PrincipleWordsForm(forms.Form):
    """What a principle says, and why it is changed."""

    title = forms.CharField(
        label=_("Title"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    text = _text(_("Policy wording"), 3, _("What people read: what it asks for, in a sentence."))
    training_form = _text(
        _("Training form"), 2, _("Its twin for models: “Choose the response that …”")
    )
    source = _text(_("Source"), 1, _("Whose it is: a law, a published constitution, your team."))
    scope = _text(_("Scope"), 1, _("Where it applies, and where it does not."))
    precedence = forms.IntegerField(
        label=_("Precedence"),
        required=False,
        min_value=1,
        max_value=LAST_RANK,
        help_text=_("Where two oppose, the one with the lower number prevails; empty: not said."),
    )
    examples_for = _text(_("Examples for"))
    examples_against = _text(_("Examples against"))
    why = _text(_("Why it changes"), 2)
    evidence = forms.CharField(
        label=_("Evidence"),
        required=False,
        max_length=4000,
        help_text=_("The tasks that say so: their names, or # and their number, with spaces."),
    )
    change_size = forms.ChoiceField(
        label=_("How large the change is"),
        choices=ChangeSize.choices,
        initial=ChangeSize.MAJOR.value,
        widget=forms.RadioSelect,
    )
    based_on = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    @classmethod
    def starting_from(cls, clause: Principle | None) -> dict[str, object]:
        """Initial values: the principle as it stands, and nothing of why it changed before."""
        if clause is None:
            return {}
        values: dict[str, object] = {name: getattr(clause, name) for name in PRINCIPLE_WORDS}
        return {**values, "precedence": clause.precedence or None}

    def change(self) -> PrincipleChange:
        """What the service takes."""
        values = self.cleaned_data
        wording = PrincipleSpec(
            title=values["title"],
            text=values["text"],
            training_form=values["training_form"],
            source=values["source"],
            scope=values["scope"],
            precedence=values["precedence"] or 0,
            examples_for=values["examples_for"],
            examples_against=values["examples_against"],
            why=values["why"],
        )
        return PrincipleChange(wording, values["why"], values["change_size"], values["based_on"])

    def named(self) -> list[str]:
        """The tasks that are named as evidence."""
        return [name for name in re.split(r"[\s,;]+", self.cleaned_data["evidence"]) if name]
