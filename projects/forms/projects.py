"""A new project, its rubric, and its settings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from projects.forms import answering, mixing
from projects.forms.own_scale import OWN, own_fields, read_own
from projects.models import Project
from projects.models.rubric import KEY_VALIDATOR, SHORT_LABEL
from projects.own_scales import own_scale
from projects.project_templates import PROJECT_TEMPLATES, CriterionSpec
from projects.scales import (
    CONVERSATION,
    GATE,
    PER_PRINCIPLE,
    PREFERENCES,
    RANKING,
    RESPONSE,
    REVIEWS,
    SCALES,
    Scale,
)
from projects.services.rubric import MOST_CRITERIA

#: The template that stands for a rubric of one's own.
BLANK = "blank"
#: What stands before the name of a project to begin as.
LIKE = "like:"
KEY_LENGTH = 40

_TEXT = forms.Textarea(attrs={"rows": 3, "class": "short"})


def _rubrics() -> list[tuple[str, str | Promise]]:
    templates = [(key, _(template.title)) for key, template in PROJECT_TEMPLATES.items()]
    return [*templates, (BLANK, _("Blank"))]


#: Families of scales as a lead chooses among them.
_FAMILIES = {
    PREFERENCES: _("Which of two responses is better"),
    RANKING: _("Several responses in order"),
    RESPONSE: _("Each response by itself"),
    PER_PRINCIPLE: _("Each principle of the guideline"),
    REVIEWS: _("Reviews of what raters write"),
    CONVERSATION: _("The conversation as a whole"),
    GATE: _("Before everything else"),
}


def _scales() -> list[tuple[str | Promise, list[tuple[str, str | Promise]]]]:
    """The scales by family, as the groups of one list."""
    families = dict.fromkeys([*_FAMILIES, *(scale.family for scale in SCALES.values())])
    groups: list[tuple[str | Promise, list[tuple[str, str | Promise]]]] = [
        (
            _FAMILIES.get(family, family),
            [(key, _(scale.title)) for key, scale in SCALES.items() if scale.family == family],
        )
        for family in families
    ]
    return [*groups, (_("Your own"), [(OWN, _("A scale of your own"))])]


def _listed(choices: Any) -> list[Any]:
    return list(choices)


class ProjectForm(answering.AnsweringForm):
    """What every new project needs; the rubric has a formset of its own."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
        error_messages={"required": _("Give the project a name.")},
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=2000,
        widget=_TEXT,
        help_text=_("One or two sentences: what is judged, and what for."),
    )
    overlap = forms.IntegerField(
        label=_("Raters per task"),
        required=False,
        min_value=1,
        max_value=100,
        help_text=_(
            "How many different raters judge each task; empty for as many as the template says. "
            "Agreement needs at least two."
        ),
    )
    template = forms.ChoiceField(
        label=_("Rubric"),
        initial="arena",
        choices=_rubrics,
        error_messages={"required": _("Choose a rubric to start from.")},
    )

    based_on = forms.ChoiceField(
        required=False,
        choices=[("", ""), *((key, key) for key in PROJECT_TEMPLATES)],
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, likes: Sequence[Project] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.likes = {f"{LIKE}{project.slug}": project for project in likes}
        for name in ("template", "based_on"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
            own = [(key, project.name) for key, project in self.likes.items()]
            field.choices = [*_listed(field.choices), *own]

    def start(self) -> dict[str, Any]:
        """What a valid form starts from, as the service takes it."""
        key = self.cleaned_data["based_on" if self.is_blank else "template"]
        return {"like": self.likes[key]} if key in self.likes else {"template": key}

    @property
    def is_blank(self) -> bool:
        """Whether the lead writes the rubric instead of taking a template's."""
        return str(self["template"].value()) == BLANK

    @property
    def settings(self) -> dict[str, object]:
        """What the service takes as settings."""
        settings = {key: self.cleaned_data[key] for key in ("description", "overlap")}
        settings = {key: value for key, value in settings.items() if value is not None}
        return {**settings, **(self.answering() if self.is_blank else {})}


def key_from(wording: str) -> str:
    """As many whole words as a key takes."""
    key = re.sub(r"_+", "_", slugify(wording).replace("-", "_")).lstrip("0123456789_").rstrip("_")
    if len(key) <= KEY_LENGTH:
        return key
    return key[: KEY_LENGTH + 1].rpartition("_")[0] or key[:KEY_LENGTH]


_OWN = own_fields()


class CriterionForm(forms.Form):
    """One question of the rubric. An empty key is derived from the wording."""

    wording = forms.CharField(
        label=_("Question"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write the question, or leave the whole criterion empty.")},
    )
    short_label = forms.CharField(
        label=_("Short label"),
        required=False,
        max_length=SHORT_LABEL,
        help_text=_("One or two words for buttons, tables and charts; empty for the key."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scale_key = forms.ChoiceField(
        label=_("Scale"),
        initial="arena4",
        choices=_scales,
    )
    key = forms.CharField(
        label=_("Key"),
        required=False,
        max_length=KEY_LENGTH,
        validators=[KEY_VALIDATOR],
        help_text=_("The name in files and the API."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    help_text = forms.CharField(
        label=_("Help for raters"), required=False, max_length=2000, widget=_TEXT
    )
    is_required = forms.BooleanField(label=_("Raters must answer it"), required=False, initial=True)

    own_key = _OWN["own_key"]
    own_answer = _OWN["own_answer"]
    own_options = _OWN["own_options"]
    own_ends = _OWN["own_ends"]

    def clean(self) -> dict[str, Any]:
        """Fills in the key, and reads a scale of one's own."""
        cleaned = super().clean() or {}
        cleaned["scale"], cleaned["own"] = cleaned.get("scale_key", ""), ""
        if cleaned["scale"] == OWN:
            cleaned["scale"], cleaned["own"], faults = read_own(cleaned)
            for name, sentence in faults.items():
                self.add_error(name, sentence)
        if not cleaned.get("key") and "key" not in self.errors and cleaned.get("wording"):
            cleaned["key"] = key_from(cleaned["wording"])
            if not cleaned["key"]:
                self.add_error("key", _("Give a key: it cannot be derived from this wording."))
        return cleaned


# Django's forms take type parameters in the stubs only.
if TYPE_CHECKING:
    CriterionFormSet = forms.BaseFormSet[CriterionForm]
    ProjectModelForm = forms.ModelForm[Project]
else:
    CriterionFormSet = forms.BaseFormSet
    ProjectModelForm = forms.ModelForm


class BaseRubric(CriterionFormSet):
    """The questions of a new project; `primary` are those posted as the primary of their family."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posted = self.data.getlist("primary") if isinstance(self.data, QueryDict) else []
        self.primary: list[str] = posted or [f"{self.prefix}-0"]

    @property
    def filled(self) -> list[CriterionForm]:
        """The first row, and every other that was not left empty, in order."""
        return [form for i, form in enumerate(self.forms) if i == 0 or form.has_changed()]

    def clean(self) -> None:
        """Keys differ; primary rows are among those filled in, one a family of scales."""
        keys = [form.cleaned_data.get("key") for form in self.filled if form.is_valid()]
        if len(keys) != len(set(keys)):
            raise forms.ValidationError(_("Two criteria have the same key: give each its own."))
        scales = {form.prefix: self._scale(form) for form in self.filled}
        if not scales.keys() >= set(self.primary):
            raise forms.ValidationError(_("Mark one of the criteria you filled in as primary."))
        families = [scale.family for prefix in self.primary if (scale := scales[prefix])]
        if len(set(families)) < len(families):
            raise forms.ValidationError(
                _(
                    "Two criteria of one kind are marked as primary. Of comparisons, of rankings "
                    "and of questions about each response at most one is."
                )
            )

    def _scale(self, form: CriterionForm) -> Scale | None:
        if not form.is_valid():
            return None
        own = form.cleaned_data.get("own")
        return own_scale(own) if own else SCALES.get(form.cleaned_data.get("scale", ""))

    def specs(self) -> list[CriterionSpec]:
        """What the service takes as criteria."""
        return [
            CriterionSpec(
                key=form.cleaned_data["key"],
                wording=form.cleaned_data["wording"],
                scale=form.cleaned_data["scale"],
                own=form.cleaned_data["own"],
                is_primary=form.prefix in self.primary,
                # The primary answer is the datum: without it there is no judgment.
                is_required=form.cleaned_data["is_required"] or form.prefix in self.primary,
                help_text=form.cleaned_data["help_text"],
                short_label=form.cleaned_data["short_label"],
            )
            for form in self.filled
        ]


Rubric = forms.formset_factory(
    CriterionForm,
    formset=BaseRubric,
    extra=1,
    min_num=1,
    max_num=MOST_CRITERIA,
    validate_max=True,
)


#: A page from before there were these does not send them: they stay as they are.
_MAY_BE_LEFT_OUT = (*mixing.RATES, *mixing.CARE_LEFT_OUT, "edit_window_minutes")


class SettingsForm(ProjectModelForm):
    """Everything of a project that may change while people work on it."""

    class Meta:
        model = Project
        fields = [
            "name",
            "description",
            "status",
            "overlap",
            "overlap_where_split",
            "split_beyond",
            "lease_minutes",
            "edit_window_minutes",
            "rater_limit",
            *mixing.CAPS,
            *mixing.CARE,
            "allow_both_bad",
            "allow_cannot_tell",
            "rationale_required",
            "edit_winner",
            "allow_paste",
            "is_sensitive",
            "gold_rate",
            "repeat_rate",
            "anchors_per_batch",
            "explains_gold",
            "asks_quiz",
            "is_template",
            "tie_policy",
            "overall_pass",
        ]
        labels = {
            "name": _("Name"),
            "description": _("Description"),
            "status": _("Status"),
            "overlap": _("Raters per task"),
            "overlap_where_split": _("Raters per task where they disagree"),
            "split_beyond": _("How far apart answers may be"),
            "lease_minutes": _("Minutes a task stays reserved"),
            "edit_window_minutes": _("Minutes in which an answer may be changed"),
            "rater_limit": _("Most judgments per rater"),
            "rationale_required": _("Raters must write a reason"),
            "edit_winner": _("Raters may improve the response that they prefer"),
            "allow_paste": _("Raters may paste into what they write"),
            "is_sensitive": _("Warn that content may be disturbing"),
            "is_template": _("Offer it as a template"),
            **answering.ANSWERING,
            **mixing.MIXING,
            **mixing.CAPS,
            **mixing.CARE,
        }
        help_texts = {
            "status": _(
                "A paused project keeps everything and hands out no tasks. "
                "An archived one is also listed last."
            ),
            "overlap": _("How many different raters judge each task that is imported from now on."),
            "overlap_where_split": _(
                "Once all raters of a task have answered the primary question, and are further "
                "apart than the field below says, so many get it. Empty: never more."
            ),
            "split_beyond": _(
                "In steps of the primary question's scale: 0 for any difference, 2 where −1 and 1 "
                "still pass for agreement."
            ),
            "lease_minutes": _(
                "How long an untouched task stays with its rater before another may have it."
            ),
            "edit_window_minutes": _(
                "So long raters may change what they answered, from “My work”. 0: they can take "
                "back their last act alone, as always."
            ),
            "rater_limit": _("The most judgments one rater may give here; empty for no limit."),
            "edit_winner": _(
                "After a comparison, if they like. Each edit makes pairs and a demonstration in "
                "the recipes “Llama 3” and “Demonstrations”."
            ),
            "allow_paste": _(
                "Where they may not, the editors refuse it and say so before anybody writes."
            ),
            "is_sensitive": _(
                "The overview and the guideline carry a warning, and that any task may be skipped."
            ),
            **answering.ANSWERING_HELP,
            **mixing.MIXING_HELP,
            **mixing.CAPS_HELP,
            **mixing.CARE_HELP,
        }
        widgets = {"description": _TEXT}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _MAY_BE_LEFT_OUT:
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """Leaves what is empty as it is."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in _MAY_BE_LEFT_OUT:
            if cleaned.get(name, 0) in (None, ""):
                cleaned[name] = getattr(self.instance, name)
        return cleaned
