"""A new release: recipe, format, criterion, splits, licence."""

from __future__ import annotations

from typing import Any

from django import forms

from labeling.datasets.formats import FORMATS
from labeling.datasets.recipes import RECIPES
from labeling.services.releases import ReleaseOptions
from projects.models import Project

FILE_TYPES = (("parquet", "Parquet"), ("jsonl", "JSON Lines"))
#: Licences as the hub's front matter writes them; any other line of text is taken as well.
LICENCES = ("cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc0-1.0", "apache-2.0", "mit")


class ReleaseForm(forms.Form):
    """What decides the bytes of a release."""

    recipe = forms.ChoiceField(
        choices=[(key, recipe.title) for key, recipe in RECIPES.items()], initial="majority"
    )
    format = forms.ChoiceField(
        choices=[(key, shape.title) for key, shape in FORMATS.items()], initial="native"
    )
    file_type = forms.ChoiceField(label="File type", choices=FILE_TYPES, initial="parquet")
    criterion = forms.ChoiceField(help_text="The question whose answers make the pairs.")
    train = forms.IntegerField(min_value=0, max_value=100, initial=80, label="Train")
    validation = forms.IntegerField(min_value=0, max_value=100, initial=10, label="Validation")
    test = forms.IntegerField(min_value=0, max_value=100, initial=10, label="Test")
    licence = forms.CharField(
        required=False,
        max_length=80,
        help_text="Printed on the dataset card, for example cc-by-4.0. Empty: not stated.",
        widget=forms.TextInput(attrs={"list": "licences", "autocomplete": "off"}),
    )

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        criteria = list(project.criteria.all())
        primary = next((c.key for c in criteria if c.is_primary), None)
        field = self.fields["criterion"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [
            (c.key, f"{c.wording}{' (primary)' if c.is_primary else ''}") for c in criteria
        ]
        field.initial = primary or (criteria[0].key if criteria else None)
        if len(criteria) < 2:
            field.widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """The shares add up."""
        cleaned = super().clean() or {}
        shares = [cleaned.get(name) for name in ("train", "validation", "test")]
        if None not in shares and sum(share or 0 for share in shares) != 100:
            self.add_error("train", "Train, validation and test must add up to 100%.")
        return cleaned

    def options(self) -> ReleaseOptions:
        """The options of a valid form."""
        cleaned = self.cleaned_data
        return ReleaseOptions(
            criterion=cleaned["criterion"],
            shares=(
                cleaned["train"] / 100,
                cleaned["validation"] / 100,
                cleaned["test"] / 100,
            ),
            licence=cleaned["licence"],
        )
