"""A new release: recipe, format, criteria, filters, splits, licence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.datasets.fitting import rows_made_of
from labeling.datasets.formats import FORMATS
from labeling.datasets.recipes import RECIPES, RecipeOptions
from labeling.datasets.recipes.choices import (
    Amount,
    Categories,
    Choice,
    Count,
    Share,
    Switch,
    Versions,
    Word,
    Words,
)
from labeling.datasets.recipes.options import CHOICES, DEFAULTS
from labeling.releases.requests import (
    ReleaseOptions,
    criteria_for,
    criterion_record,
    fitting_recipes,
    usual_recipe,
)
from labeling.releases.selectors import categories_of
from projects.exceptions import InvalidInput
from projects.models import Criterion, Project
from projects.project_templates import PROJECT_TEMPLATES

FILE_TYPE_TITLES = {
    "": _("As the format usually is"),
    "parquet": _("Parquet"),
    "jsonl": _("JSON Lines"),
    "jsonl.gz": _("JSON Lines, gzip"),
    "jsonl.zst": _("JSON Lines, zstd"),
    "csv": _("CSV"),
}
#: Licences as the hub's front matter writes them; any other line of text is taken as well.
SUGGESTED_LICENCES = ("cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc0-1.0", "apache-2.0", "mit")
_MOST_CATEGORIES = 60


def _question_words(criterion: Criterion) -> str:
    """The question, and which recipes read its answers."""
    said = criterion.wording
    if criterion.is_primary:
        said = gettext("%(wording)s (primary)") % {"wording": said}
    elif criterion.is_retired:
        said = gettext("%(wording)s (retired)") % {"wording": said}
    made = rows_made_of(criterion_record(criterion))
    return gettext("%(question)s · makes %(rows)s") % {"question": said, "rows": made}


def _usual_choices(project: Project, criteria: Sequence[Criterion]) -> tuple[str, str]:
    """Recipe and format that a form begins with: the template's, where they fit a question."""
    card = PROJECT_TEMPLATES.get(project.template)
    if card and card.recipe in fitting_recipes(criteria):
        return card.recipe, card.format
    return usual_recipe(criteria), "native"


class ReleaseForm(forms.Form):
    """What decides the bytes of a release."""

    recipe = forms.ChoiceField(
        label=_("Recipe"),
        choices=[(key, _(recipe.title)) for key, recipe in RECIPES.items()],
        initial="majority",
    )
    format = forms.ChoiceField(
        label=_("Format"),
        choices=[(key, _(shape.title)) for key, shape in FORMATS.items()],
        initial="native",
    )
    file_type = forms.ChoiceField(
        label=_("File type"), choices=FILE_TYPE_TITLES.items(), required=False
    )
    criteria = forms.MultipleChoiceField(
        required=False,
        label=_("Criteria"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "The questions whose answers make the rows. None: the primary one; for a table of "
            "ratings all that rate each response."
        ),
    )
    file_per_criterion = forms.BooleanField(
        required=False,
        label=_("Files of its own for each criterion"),
        help_text=_(
            "A configuration each, instead of a column that says which one a row is about."
        ),
    )
    train = forms.IntegerField(min_value=0, max_value=100, initial=80, label=_("Train"))
    validation = forms.IntegerField(min_value=0, max_value=100, initial=10, label=_("Validation"))
    test = forms.IntegerField(min_value=0, max_value=100, initial=10, label=_("Test"))
    licence = forms.CharField(
        required=False,
        label=_("Licence"),
        max_length=80,
        help_text=_("Printed on the dataset card, for example cc-by-4.0. Empty: not stated."),
        widget=forms.TextInput(attrs={"list": "licences", "autocomplete": "off"}),
    )

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._project = project
        for name, choice in CHOICES.items():
            self.fields[field_name(name, choice)] = _field(choice, getattr(DEFAULTS, name))
        criteria = list(project.criteria.all())
        self._offer("criteria", [(c.key, _question_words(c)) for c in criteria])
        self.fields["recipe"].initial, self.fields["format"].initial = _usual_choices(
            project, criteria
        )
        self.fitting_recipes = fitting_recipes(criteria)
        versions = project.guidelines.order_by("number").values_list("number", flat=True)
        version = gettext("Version %(number)d")
        numbered = [(number, version % {"number": number}) for number in versions]
        self._offer("guideline_versions", numbered)
        named = [(name, name or gettext("(none)")) for name in categories_of(project)]
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

    def answer(self) -> str:
        """What the criteria that a valid form asks for do: compare, rank or rate."""
        recipe = RECIPES[self.cleaned_data["recipe"]]
        chosen = self.cleaned_data.get("criteria") or ()
        try:
            criterion = criteria_for(self._project, recipe, tuple(chosen))[0]
        except InvalidInput:
            return "compare"
        return criterion_record(criterion).answer

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
            self.add_error("train", gettext("Train, validation and test must add up to 100%."))
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
        return RecipeOptions(
            **{
                name: _read(
                    choice,
                    self.cleaned_data.get(field_name(name, choice)),
                    getattr(DEFAULTS, name),
                )
                for name, choice in CHOICES.items()
            }
        )


def field_name(option: str, choice: Choice) -> str:
    """The name of an option's field on the screen."""
    return choice.field or option


#: The fields that the screen keeps folded until one of them is used.
FILTERS = frozenset(field_name(name, choice) for name, choice in CHOICES.items() if choice.folded)


def _field(choice: Choice, default: Any) -> forms.Field:
    """The field of an option, none of which must be filled in."""
    shared: dict[str, Any] = {
        "required": False,
        "label": _(choice.label),
        "help_text": _(choice.help) if choice.help else "",
    }
    match choice:
        case Count():
            return forms.IntegerField(min_value=0, max_value=choice.most, **shared)
        case Share():
            return forms.IntegerField(min_value=0, max_value=100, **shared)
        case Amount():
            return forms.FloatField(min_value=0, max_value=choice.most, **shared)
        case Versions():
            boxes = forms.CheckboxSelectMultiple
            return forms.TypedMultipleChoiceField(coerce=int, widget=boxes, **shared)
        case Categories():
            return forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, **shared)
        case Switch():
            return forms.BooleanField(**shared)
        case Word():
            titles = [(word, _(title)) for word, title in choice.titles.items()]
            # Without an initial word the default, once posted, would count as a change.
            initial = default if isinstance(default, str) else None
            return forms.ChoiceField(choices=titles, initial=initial, **shared)
        case _:
            assert_never(choice)


def _read(choice: Choice, value: Any, default: Any) -> Any:
    """The option's value; a field that is empty, or not offered, asks for the default."""
    match choice:
        case Share():
            return (value or 0) / 100
        case Switch():
            return default ^ value
        case Versions() | Categories():
            return frozenset(value or ())
        case Words():
            return frozenset({value}) if value else default
        case _:
            return value or default
