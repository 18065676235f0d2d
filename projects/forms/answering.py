"""How a project takes answers: what is offered beside the scales, and when overall comes."""

from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from projects.models import Project

#: What these fields are called and what is said of them, on every page that has them.
ANSWERING = {
    "allow_both_bad": _("Raters may answer “both are bad”"),
    "allow_cannot_tell": _("Raters may answer “cannot tell”"),
    "tie_policy": _("Ties in figures that need one number"),
    "overall_pass": _("The primary comparison"),
}
ANSWERING_HELP = {
    "allow_both_bad": _("Kept apart from a tie: neither answer could be used."),
    "allow_cannot_tell": _("Kept apart from a tie: the rater cannot judge these answers."),
    "tie_policy": _("Printed on every such figure; the agreement page shows all three."),
    "overall_pass": _(
        "In a task of its own it comes after the other questions were sent, without their answers "
        "in sight. Holds for tasks that are imported from now on."
    ),
}


class AnsweringForm(forms.Form):
    """The fields, as every project begins."""

    allow_both_bad = forms.BooleanField(
        label=ANSWERING["allow_both_bad"],
        help_text=ANSWERING_HELP["allow_both_bad"],
        required=False,
        initial=True,
    )
    allow_cannot_tell = forms.BooleanField(
        label=ANSWERING["allow_cannot_tell"],
        help_text=ANSWERING_HELP["allow_cannot_tell"],
        required=False,
        initial=True,
    )
    tie_policy = forms.ChoiceField(
        label=ANSWERING["tie_policy"],
        help_text=ANSWERING_HELP["tie_policy"],
        choices=Project.TiePolicy.choices,
        required=False,
    )
    overall_pass = forms.ChoiceField(
        label=ANSWERING["overall_pass"],
        help_text=ANSWERING_HELP["overall_pass"],
        choices=Project.OverallPass.choices,
        required=False,
    )

    def answering(self) -> dict[str, object]:
        """What was sent of a form that was checked; nothing where its page had no such fields.

        A box that is not ticked is not sent at all: that the list of ties was tells them apart.
        """
        if not has_answering(self.data):
            return {}
        return {name: self.cleaned_data[name] for name in ANSWERING if name in self.cleaned_data}


def has_answering(data: object) -> bool:
    """Whether what was posted comes from a page with these fields."""
    return isinstance(data, QueryDict) and bool(data.get("tie_policy"))


def posted_answering(data: QueryDict) -> dict[str, object]:
    """What was posted of these fields that fits, as settings of a project."""
    form = AnsweringForm(data)
    form.is_valid()
    return form.answering()
