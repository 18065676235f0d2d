"""A new version of the guideline with its principles."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.guidelines.services import (
    EXAMPLE_LIMIT,
    MOST_EXAMPLES,
    MOST_PRINCIPLES,
    MOST_SHOWN,
)
from projects.models import Guideline
from projects.project_templates import ExampleSpec, GuidelineSpec, PrincipleSpec


def _area(rows: int, *, read: bool = False) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "read" if read else "short"})


class GuidelineForm(forms.Form):
    """The text and the rules of a version; its principles have a formset of their own."""

    text = forms.CharField(
        label=_("Text"),
        widget=_area(18, read=True),
        error_messages={"required": _("Write the guideline first.")},
        help_text=_(
            "Markdown works: headings, lists, **bold**, tables. Give a clear case, "
            "a borderline case and a tie: examples teach more than rules."
        ),
    )
    priority_order = forms.CharField(
        label=_("Order of priority"),
        required=False,
        widget=_area(2),
        help_text=_(
            "What comes first when criteria disagree, for example: true, then safe, then brief."
        ),
    )
    trade_off_rule = forms.CharField(
        label=_("When two good things pull apart"),
        required=False,
        widget=_area(2),
        help_text=_("One sentence that decides the common conflict."),
    )
    change_note = forms.CharField(
        label=_("What changed"),
        required=False,
        max_length=2000,
        widget=_area(2),
        help_text=_("Raters see it beside the new version."),
    )

    @classmethod
    def starting_from(cls, guideline: Guideline | None) -> dict[str, str]:
        """Initial values: the version to improve on, its change note left out."""
        if guideline is None:
            return {}
        keys = ("text", "priority_order", "trade_off_rule")
        return {key: getattr(guideline, key) for key in keys}


class PrincipleForm(forms.Form):
    """One clause; without a title it is dropped. `key` says which of a former version it is."""

    key = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    title = forms.CharField(
        label=_("Title"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    text = forms.CharField(label=_("Meaning"), required=False, max_length=4000, widget=_area(2))
    training_form = forms.CharField(
        label=_("Wording for training"),
        required=False,
        max_length=4000,
        widget=_area(2),
        help_text=_("Its twin for models: “Choose the response that …”"),
    )

    def clean(self) -> dict[str, Any]:
        """A clause with a meaning has a title."""
        cleaned = super().clean() or {}
        if not cleaned.get("title") and (cleaned.get("text") or cleaned.get("training_form")):
            self.add_error("title", _("Give the principle a title, or empty its other fields too."))
        return cleaned


Principles = forms.formset_factory(
    PrincipleForm, extra=0, min_num=1, max_num=MOST_PRINCIPLES, validate_max=True
)


#: What stands between two responses of an example, on a line of its own.
BETWEEN = "---"
# Of one line only: over many blank ones `\s` would look again from each.
_SPLIT = re.compile(rf"^[ \t]*{BETWEEN}[ \t\r]*$", re.MULTILINE)


class ExampleForm(forms.Form):
    """One worked example; without an answer and a reason it is dropped."""

    kind = forms.ChoiceField(
        label=_("Case"),
        choices=[("clear", _("clear")), ("borderline", _("borderline")), ("tie", _("a tie"))],
    )
    criterion = forms.CharField(
        label=_("Key of the question"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    prompt = forms.CharField(
        label=_("Prompt"), required=False, max_length=EXAMPLE_LIMIT, widget=_area(2)
    )
    responses = forms.CharField(
        label=_("Responses"),
        required=False,
        max_length=MOST_SHOWN * EXAMPLE_LIMIT,
        widget=_area(3),
        help_text=_("Several: with a line of three hyphens between them."),
    )
    answer = forms.CharField(
        label=_("Answer"), required=False, max_length=EXAMPLE_LIMIT, widget=_area(1)
    )
    rationale = forms.CharField(
        label=_("Why"), required=False, max_length=EXAMPLE_LIMIT, widget=_area(2)
    )

    @classmethod
    def rows_of(cls, guideline: Guideline | None) -> list[dict[str, object]]:
        """The examples of a version, as the rows of the form."""
        examples = guideline.examples if guideline else ()
        return [
            {**example, "responses": f"\n{BETWEEN}\n".join(example["responses"])}
            for example in examples
        ]

    @property
    def is_dropped(self) -> bool:
        """Whether nothing is in it but the case."""
        texts = ("prompt", "responses", "answer", "rationale")
        return not any(self.cleaned_data.get(name) for name in texts)

    def clean(self) -> dict[str, Any]:
        """What shows a case says its answer, and why."""
        cleaned = super().clean() or {}
        if not self.is_dropped:
            for name in ("answer", "rationale"):
                if not cleaned.get(name):
                    self.add_error(name, _("Say it, or empty the whole example."))
        return cleaned

    def spec(self) -> ExampleSpec:
        """What the service takes."""
        texts = _SPLIT.split(self.cleaned_data["responses"])
        return ExampleSpec(
            kind=self.cleaned_data["kind"],
            criterion=self.cleaned_data["criterion"],
            prompt=self.cleaned_data["prompt"],
            responses=[text.strip() for text in texts if text.strip()],
            answer=self.cleaned_data["answer"],
            rationale=self.cleaned_data["rationale"],
        )


Examples = forms.formset_factory(
    ExampleForm, extra=0, min_num=1, max_num=MOST_EXAMPLES, validate_max=True
)


def guideline_spec(
    form: GuidelineForm,
    principles: forms.BaseFormSet[Any],
    examples: forms.BaseFormSet[Any] | None = None,
) -> GuidelineSpec:
    """What the service takes; untitled rows are left out. Without examples, they stay."""
    rows = [row.cleaned_data for row in principles.forms if row.cleaned_data.get("title")]
    return GuidelineSpec(
        text=form.cleaned_data["text"],
        priority_order=form.cleaned_data["priority_order"],
        trade_off_rule=form.cleaned_data["trade_off_rule"],
        change_note=form.cleaned_data["change_note"],
        principles=[
            PrincipleSpec(row["title"], row["text"], row["training_form"], row["key"])
            for row in rows
        ],
        examples=None
        if examples is None
        else [row.spec() for row in examples.forms if not row.is_dropped],
    )
