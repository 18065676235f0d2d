"""The stages of a project as a form, and the tasks that are made for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.vocabulary import Purpose
from projects.models import Project

# Django's forms take type parameters in the stubs only.
if TYPE_CHECKING:
    ProjectModelForm = forms.ModelForm[Project]
else:
    ProjectModelForm = forms.ModelForm


class StagesForm(ProjectModelForm):
    """What raters do before their first live task, and when they pass."""

    class Meta:
        model = Project
        fields = (
            "training_tasks",
            "qualification_tasks",
            "qualification_most",
            "qualification_bar",
            "qualification_pass",
            "qualification_fail",
            "qualification_retry_days",
            "qualification_asks_all",
        )
        labels = {
            "training_tasks": _("Training tasks"),
            "qualification_tasks": _("Qualification tasks"),
            "qualification_most": _("Most qualification tasks of a try"),
            "qualification_bar": _("The bar: share answered rightly"),
            "qualification_pass": _("Passes from this certainty on"),
            "qualification_fail": _("Does not pass yet below this certainty"),
            "qualification_retry_days": _("Days until the next try"),
            "qualification_asks_all": _("Ask raters who have judged here already as well"),
        }
        help_texts = {
            "training_tasks": _(
                "Raters read the answer and its reason after each. 0: no training."
            ),
            "qualification_tasks": _(
                "Nothing is said after each; then it is looked who passes. 0: no qualification."
            ),
            "qualification_most": _(
                "Who is neither sure to pass nor sure not to gets more, up to this."
            ),
            "qualification_bar": _(
                "From 0.01 to 0.99. A rater is to be right more often than this."
            ),
            "qualification_pass": _(
                "Where the accuracy exceeds the bar with this probability: 18 of 20 are 0.93."
            ),
            "qualification_fail": _("8 of 20 are 0.0004. In between more tasks are asked."),
            "qualification_retry_days": _("0: at once. Empty: when a lead lets them."),
            "qualification_asks_all": _(
                "Otherwise who has judged live tasks goes on without being asked."
            ),
        }

    @property
    def changes(self) -> dict[str, Any]:
        """What the service takes as settings."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def _post_clean(self) -> None:
        """The service looks whether it fits together, and says where it does not."""


class StageTasksForm(forms.Form):
    """How many gold tasks become tasks of which stage."""

    stage = forms.ChoiceField(
        label=_("Stage"),
        choices=[
            (Purpose.QUALIFICATION.value, _("Qualification")),
            (Purpose.TRAINING.value, _("Training")),
        ],
    )
    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=500, required=False)


class DecisionForm(forms.Form):
    """A lead's word on a candidate."""

    outcome = forms.CharField()
    reason = forms.CharField(strip=True, required=False)
