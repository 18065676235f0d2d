"""A new release: recipe, format, criteria, filters, splits, licence."""

from __future__ import annotations

from typing import Any

from django import forms

from labeling.datasets.formats import FORMATS
from labeling.datasets.recipes import RECIPES, RecipeOptions
from labeling.releases.requests import ReleaseOptions
from labeling.releases.selectors import categories_of
from labeling.vocabulary import Source
from projects.models import Project

FILE_TYPES = (
    ("", "As the format usually is"),
    ("parquet", "Parquet"),
    ("jsonl", "JSON Lines"),
    ("jsonl.gz", "JSON Lines, gzip"),
    ("jsonl.zst", "JSON Lines, zstd"),
    ("csv", "CSV"),
)
#: Licences as the hub's front matter writes them; any other line of text is taken as well.
LICENCES = ("cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc0-1.0", "apache-2.0", "mit")
_SOURCES = (
    (Source.HUMAN.value, "People"),
    (Source.HUMAN_AFTER_AI.value, "People who saw a model's judgment first"),
    (Source.AI.value, "Models"),
)
_MOST_CATEGORIES = 60
#: The fields that the screen keeps folded until one of them is used.
FILTERS = frozenset(
    {
        "min_strength",
        "min_votes",
        "min_agreement",
        "guideline_versions",
        "categories",
        "adjudicated_only",
        "ties",
        "no_edits",
    }
)


class ReleaseForm(forms.Form):
    """What decides the bytes of a release."""

    recipe = forms.ChoiceField(
        choices=[(key, recipe.title) for key, recipe in RECIPES.items()], initial="majority"
    )
    format = forms.ChoiceField(
        choices=[(key, shape.title) for key, shape in FORMATS.items()], initial="native"
    )
    file_type = forms.ChoiceField(label="File type", choices=FILE_TYPES, required=False)
    criteria = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="The questions whose answers make the rows. None: the primary one.",
    )
    file_per_criterion = forms.BooleanField(
        required=False,
        label="Files of its own for each criterion",
        help_text="A configuration each, instead of a column that says which one a row is about.",
    )
    train = forms.IntegerField(min_value=0, max_value=100, initial=80, label="Train")
    validation = forms.IntegerField(min_value=0, max_value=100, initial=10, label="Validation")
    test = forms.IntegerField(min_value=0, max_value=100, initial=10, label="Test")
    licence = forms.CharField(
        required=False,
        max_length=80,
        help_text="Printed on the dataset card, for example cc-by-4.0. Empty: not stated.",
        widget=forms.TextInput(attrs={"list": "licences", "autocomplete": "off"}),
    )
    min_strength = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=100,
        label="Strength at least",
        help_text="Weaker answers are left out. Empty: all are taken.",
    )
    min_votes = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=1000,
        label="Votes at least",
        help_text="Tasks with fewer judgments are left out.",
    )
    min_agreement = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=100,
        label="Agreement at least, %",
        help_text="Of the votes that prefer a response, so many prefer the same one.",
    )
    guideline_versions = forms.TypedMultipleChoiceField(
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="Only judgments made under these. None: all.",
    )
    categories = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Only tasks of these. None: all.",
    )
    adjudicated_only = forms.BooleanField(
        required=False,
        label="Adjudicated tasks only",
        help_text="A judgment by a reviewer of the project is the final word on its task.",
    )
    ties = forms.ChoiceField(
        required=False,
        choices=(("", "As the recipe does"), ("drop", "Leave out"), ("keep", "Keep")),
    )
    soft = forms.ChoiceField(
        required=False,
        label="Soft label",
        choices=(("share", "Share of the votes"), ("posterior", "Posterior of a rater model")),
        help_text="What <code>chosen_prob</code> holds.",
    )
    no_edits = forms.BooleanField(
        required=False,
        label="Without edited responses",
        help_text="Where the recipe makes pairs of what people improved, leave those out.",
    )
    sources = forms.ChoiceField(
        required=False,
        label="Judged by",
        choices=_SOURCES,
        help_text="People's and models' judgments are never mixed.",
    )

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        criteria = list(project.criteria.all())
        self._offer(
            "criteria",
            [(c.key, f"{c.wording}{' (primary)' if c.is_primary else ''}") for c in criteria],
        )
        versions = project.guidelines.order_by("number").values_list("number", flat=True)
        self._offer("guideline_versions", [(number, f"Version {number}") for number in versions])
        named = [(name, name or "(none)") for name in categories_of(project)]
        self._offer("categories", named[:_MOST_CATEGORIES])
        if len(criteria) < 2:
            del self.fields["file_per_criterion"]

    def _offer(self, name: str, choices: list[tuple[Any, str]]) -> None:
        """Sets the choices of a field; a choice of one is none and disappears."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = choices
        if len(choices) < 2:
            del self.fields[name]

    def defaults(self) -> dict[str, Any]:
        """What the form holds before anything is chosen."""
        return {
            name: field.initial for name, field in self.fields.items() if field.initial is not None
        }

    def changed_filters(self) -> bool:
        """Whether anything beside recipe, format, splits and licence is chosen."""
        return bool(self.is_bound and FILTERS & set(self.changed_data))

    def clean(self) -> dict[str, Any]:
        """The shares add up."""
        cleaned = super().clean() or {}
        shares = [cleaned.get(name) for name in ("train", "validation", "test")]
        if None not in shares and sum(share or 0 for share in shares) != 100:
            self.add_error("train", "Train, validation and test must add up to 100%.")
        return cleaned

    def asked(self) -> dict[str, Any]:
        """What a valid form asks for, as the services take it."""
        named = {name: self.cleaned_data[name] for name in ("recipe", "format", "file_type")}
        return {**named, "options": self.options()}

    def options(self) -> ReleaseOptions:
        """The options of a valid form."""
        cleaned = self.cleaned_data
        return ReleaseOptions(
            criteria=tuple(cleaned.get("criteria", ())),
            file_per_criterion=cleaned.get("file_per_criterion", False),
            shares=(
                cleaned["train"] / 100,
                cleaned["validation"] / 100,
                cleaned["test"] / 100,
            ),
            licence=cleaned["licence"],
            choices=self._choices(),
        )

    def _choices(self) -> RecipeOptions:
        cleaned = self.cleaned_data
        return RecipeOptions(
            min_strength=cleaned["min_strength"] or 0,
            min_votes=cleaned["min_votes"] or 0,
            min_agreement=(cleaned["min_agreement"] or 0) / 100,
            guideline_versions=frozenset(cleaned.get("guideline_versions", ())),
            categories=frozenset(cleaned.get("categories", ())),
            adjudicated_only=cleaned["adjudicated_only"],
            ties=cleaned["ties"],
            soft=cleaned["soft"] or "share",
            edits=not cleaned["no_edits"],
            sources=frozenset({cleaned["sources"] or Source.HUMAN.value}),
        )
