"""The form of one worked example: its texts, the answers that are right, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labeling.kinds import kind_for, slot
from labeling.kinds.shapes import as_fields, from_fields, whole
from labeling.teaching.examples.services import LONGEST_TEXT
from projects.models import Criterion, WorkedExample
from projects.project_templates import ExampleSpec
from projects.scales import PREFERENCES, RANKING


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "short"})


class WorkedExampleForm(forms.Form):
    """One example about a question, with so many responses."""

    kind = forms.ChoiceField(label=gettext_lazy("Case"), choices=WorkedExample.Kind.choices)
    prompt = forms.CharField(
        label=gettext_lazy("Prompt"), required=False, max_length=LONGEST_TEXT, widget=_area(4)
    )

    def __init__(self, *args: Any, criterion: Criterion, count: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criterion, self.count = criterion, count
        for place in range(count):
            self.fields[_response(place)] = forms.CharField(
                label=_("Response %(name)s") % {"name": slot(place)},
                max_length=LONGEST_TEXT,
                widget=_area(4),
            )
        self.fields |= _right_fields(criterion, count)
        self.fields["rationale"] = forms.CharField(
            label=_("Why"),
            max_length=LONGEST_TEXT,
            widget=_area(3),
            help_text=_("Raters read it with the right answer."),
        )

    def spec(self) -> ExampleSpec:
        """What the service takes."""
        values = self.cleaned_data
        return ExampleSpec(
            kind=values["kind"],
            criterion=self.criterion.key,
            prompt=values["prompt"],
            responses=[values[_response(place)] for place in range(self.count)],
            right=self._right(),
            answer="",
            rationale=values["rationale"],
        )

    def _right(self) -> Sequence[object]:
        values = self.cleaned_data
        if self.criterion.scale.family == PREFERENCES:
            return [whole(code) for code in values["right"]]
        codes = {slot(place): values[f"right.{slot(place)}"] for place in range(self.count)}
        said = {name: code for name, code in codes.items() if code}
        return [from_fields(self.criterion, said)] if said else []


def _response(place: int) -> str:
    return f"response_{slot(place)}"


def _right_fields(criterion: Criterion, count: int) -> dict[str, forms.Field]:
    """What says the right answer: ticks on a scale of preferences, else a choice a response."""
    scale, kind = criterion.scale, kind_for(criterion.scale)
    if scale.family == PREFERENCES:
        tie = "equal_good" if scale.has_tie else ""
        steps = [(str(v), kind.words(criterion, v, "" if v else tie)) for v in scale.values]
        return {
            "right": forms.MultipleChoiceField(
                label=_("Right answers"),
                choices=steps,
                widget=forms.CheckboxSelectMultiple,
                help_text=_("Tick every answer that is right. The side decides."),
            )
        }
    if scale.family == RANKING:
        words = _("place %(place)d")
        steps = [(str(place), words % {"place": place}) for place in range(1, count + 1)]
    else:
        steps = [(str(value), kind.words(criterion, value, "")) for value in scale.values]
    return {
        f"right.{slot(place)}": forms.ChoiceField(
            label=_("Right answer about response %(name)s") % {"name": slot(place)},
            choices=[("", _("not said")), *steps],
        )
        for place in range(count)
    }


def starting_values(example: WorkedExample, criterion: Criterion) -> dict[str, object]:
    """An example as the fields of its form."""
    values: dict[str, object] = {
        "kind": example.kind,
        **starting_texts(example.prompt, example.responses),
        "rationale": example.rationale,
    }
    if criterion.scale.family == PREFERENCES:
        return {**values, "right": [str(value) for value in example.right]}
    shape: object = next(iter(example.right), {})
    fields = as_fields(criterion, shape)
    return {**values, **{f"right.{name}": code for name, code in fields.items()}}


def starting_texts(prompt: str, responses: Sequence[str]) -> dict[str, object]:
    """The texts of a task as the fields of the form."""
    texts = {_response(place): text for place, text in enumerate(responses)}
    return {"prompt": prompt, **texts}
