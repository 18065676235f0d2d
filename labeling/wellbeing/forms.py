"""What a lead says of a topic, and how a rater is, as forms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.vocabulary import CareWish


class TopicForm(forms.Form):
    """One topic: as the rows name it, and what raters read of it."""

    topic = forms.CharField(
        label=_("Topic"), max_length=80, help_text=_("Exactly as the rows name it in topics.")
    )
    description = forms.CharField(
        label=_("What raters may meet, in plain words"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )
    intensity = forms.CharField(label=_("How strong it is"), max_length=200, required=False)
    frequency = forms.CharField(label=_("How often it comes"), max_length=200, required=False)
    hourly_limit = forms.IntegerField(
        label=_("Most of them an hour"), min_value=1, max_value=2**31 - 1, required=False
    )
    daily_limit = forms.IntegerField(
        label=_("Most of them in 24 hours"), min_value=1, max_value=2**31 - 1, required=False
    )
    is_asked = forms.BooleanField(
        label=_("Raters choose whether they see it"), required=False, initial=True
    )


FEELINGS = {
    5: _("Well"),
    4: _("Rather well"),
    3: _("So-so"),
    2: _("Not so well"),
    1: _("Badly"),
}
WISHES = {
    CareWish.LESS: _("Less of a topic"),
    CareWish.PAUSE: _("A longer pause"),
    CareWish.TALK: _("Somebody to write to"),
}


class CheckInForm(forms.Form):
    """Two questions that nobody has to answer."""

    feeling = forms.TypedChoiceField(
        label=_("How are you after this session?"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=list(FEELINGS.items()),
        widget=forms.RadioSelect,
    )
    wish = forms.ChoiceField(
        label=_("Is there something you would like?"),
        required=False,
        choices=[(wish.value, words) for wish, words in WISHES.items()],
        widget=forms.RadioSelect,
    )
    topic = forms.ChoiceField(label=_("Of which topic less?"), required=False)

    def __init__(self, *args: Any, topics: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["topic"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [("", _("I would rather not say")), *((topic, topic) for topic in topics)]
