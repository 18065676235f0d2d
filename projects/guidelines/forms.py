"""A new version of the guideline with its principles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.guidelines.checks import (
    GUIDANCE_LIMIT,
    LAST_RANK,
    MOST_PRINCIPLES,
)
from projects.guidelines.content import GUIDANCE_LABELS
from projects.models import ChangeSize, Criterion
from projects.project_templates import (
    GUIDANCE_TEXTS,
    GuidanceSpec,
    GuidelineSpec,
    PrincipleSpec,
)


def _area(rows: int, *, read: bool = False) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "read" if read else "short"})


class GuidelineForm(forms.Form):
    """The text and the rules of a version; its principles have a formset of their own."""

    text = forms.CharField(
        label=_("Text"),
        widget=_area(18, read=True),
        error_messages={"required": _("Write the guideline first.")},
        help_text=_(
            "Markdown works: headings, lists, **bold**, tables. Worked examples have a page of "
            "their own."
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
        help_text=_("In a sentence: raters see it first, before the new version."),
    )
    # A page of before there were small changes does not say: raters read the version first.
    change_size = forms.ChoiceField(
        label=_("How large the change is"),
        choices=ChangeSize.choices,
        required=False,
        initial=ChangeSize.MAJOR.value,
        widget=forms.RadioSelect,
    )
    quiz_again = forms.BooleanField(
        label=_("Ask the quiz again"),
        required=False,
        help_text=_("Every rater answers the worked examples once more before their next task."),
    )
    # The version that is improved on, and the saving of the draft that the page has seen.
    based_on = forms.IntegerField(
        required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput
    )


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


def _guidance_text(name: str, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=cast(Any, GUIDANCE_LABELS[name]),
        required=False,
        max_length=GUIDANCE_LIMIT,
        widget=_area(2),
        help_text=help_text,
    )


class GuidanceForm(forms.Form):
    """What the guideline says of one question; empty where it says nothing."""

    criterion = forms.CharField(max_length=40, widget=forms.HiddenInput)
    rank = forms.IntegerField(
        label=_("Rank in the order of priority"),
        required=False,
        min_value=1,
        max_value=LAST_RANK,
        help_text=_("1 comes first; empty where it has no place in the order."),
    )
    definition = _guidance_text("definition")
    good = _guidance_text("good")
    bad = _guidance_text("bad")
    flips = _guidance_text(
        "flips", _("The case in which something that stands below it outweighs it.")
    )
    ties = _guidance_text("ties")
    unverifiable = _guidance_text("unverifiable")

    def spec(self) -> GuidanceSpec:
        """What the service takes."""
        texts = {name: self.cleaned_data[name] for name in GUIDANCE_TEXTS}
        return GuidanceSpec(self.cleaned_data["criterion"], rank=self.cleaned_data["rank"], **texts)


Guidance = forms.formset_factory(GuidanceForm, extra=0, max_num=1000)


def guidance_rows(
    criteria: Iterable[Criterion], entries: Iterable[Mapping[str, Any]]
) -> list[dict[str, object]]:
    """A row for every question that is asked, and for one that is not and has guidance still."""
    said = {str(entry.get("criterion", "")): dict(entry) for entry in entries}
    rows = [said.pop(c.key, {"criterion": c.key}) for c in criteria]
    return rows + list(said.values())


def guideline_spec(
    form: GuidelineForm,
    principles: forms.BaseFormSet[Any],
    guidance: forms.BaseFormSet[Any] | None = None,
) -> GuidelineSpec:
    """What the service takes; untitled rows are left out. Without guidance, that of the version
    before stays."""
    rows = [row.cleaned_data for row in principles.forms if row.cleaned_data.get("title")]
    return GuidelineSpec(
        text=form.cleaned_data["text"],
        priority_order=form.cleaned_data["priority_order"],
        trade_off_rule=form.cleaned_data["trade_off_rule"],
        change_note=form.cleaned_data["change_note"],
        change_size=form.cleaned_data["change_size"] or ChangeSize.MAJOR.value,
        principles=[
            PrincipleSpec(row["title"], row["text"], row["training_form"], row["key"])
            for row in rows
        ],
        guidance=None
        if guidance is None
        else [row.spec() for row in guidance.forms if row.cleaned_data.get("criterion")],
    )
