"""One question of a rubric that people work with already."""

from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from projects.forms.own_scale import OWN, OWN_FIELDS, own_values
from projects.forms.projects import CriterionForm
from projects.models import Criterion
from projects.project_templates import CriterionSpec

#: Fields of the form, by the service's names.
QUESTION_FIELDS = ("wording", "short_label", "help_text", "is_required", "key", "scale_key")


class NewQuestionForm(CriterionForm):
    """A question to be added; an empty key is derived from the wording."""

    use_required_attribute = False

    def spec(self) -> CriterionSpec:
        """What the service takes."""
        return CriterionSpec(
            key=self.cleaned_data["key"],
            wording=self.cleaned_data["wording"],
            scale=self.cleaned_data["scale"],
            own=self.cleaned_data["own"],
            is_required=self.cleaned_data["is_required"],
            help_text=self.cleaned_data["help_text"],
            short_label=self.cleaned_data["short_label"],
        )


class QuestionForm(NewQuestionForm):
    """A question as it is; key and scale are shown and fixed once anything is judged."""

    is_primary = forms.BooleanField(
        label=_("Primary: the answer that becomes data"), required=False
    )

    def __init__(
        self, data: QueryDict | None, *, criterion: Criterion, is_fixed: bool, prefix: str
    ) -> None:
        initial = {name: getattr(criterion, name) for name in (*QUESTION_FIELDS, "is_primary")}
        if criterion.own_scale:
            initial |= {**own_values(criterion.scale), "scale_key": OWN}
        super().__init__(data, initial=initial, prefix=prefix)
        for name in ("key", "scale_key", *OWN_FIELDS.values()):
            self.fields[name].disabled = is_fixed
        if is_fixed or criterion.is_retired or criterion.is_primary:
            del self.fields["is_primary"]
        if criterion.is_primary:
            del self.fields["is_required"]

    def changes(self) -> dict[str, object]:
        """What the service takes: what differs from the question as it is."""
        of_scale = {"scale_key", *OWN_FIELDS.values()}
        changes = {
            name: self.cleaned_data[name] for name in self.changed_data if name not in of_scale
        }
        if of_scale.intersection(self.changed_data):
            changes |= {
                "scale_key": self.cleaned_data["scale"],
                "own_scale": self.cleaned_data["own"],
            }
        return changes
