"""The form that answers questions or words a precedent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labeling.models import Precedent, Query
from labeling.teaching.questions.services import MOST_ANSWER, MOST_ASKED, Ruling

#: What to do with a precedent on the same task and question: take its place, or stand beside it.
_PLACE, _BESIDE = "place", "beside"


def ids_in(texts: Sequence[str]) -> list[int]:
    """The ids in an address; what is none is left out."""
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]


class RulingForm(forms.Form):
    """A question, its answer, and what it is about."""

    question = forms.CharField(
        label=gettext_lazy("The question, as the precedent quotes it"),
        required=False,
        max_length=MOST_ASKED,
        widget=forms.Textarea(attrs={"rows": 3, "class": "short"}),
    )
    answer = forms.CharField(
        label=gettext_lazy("Answer"),
        required=False,
        max_length=MOST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    criterion = forms.ChoiceField(label=gettext_lazy("It is about"), required=False)
    which = forms.ChoiceField(
        label=gettext_lazy("Another precedent answers the same"),
        required=False,
        widget=forms.RadioSelect,
    )
    supersedes = forms.MultipleChoiceField(
        label=gettext_lazy("It takes the place of"),
        required=False,
        help_text=gettext_lazy(
            "Precedents that it contradicts; they are retired and stay on record."
        ),
        widget=forms.SelectMultiple(attrs={"size": 4}),
    )

    def __init__(
        self,
        *args: Any,
        labels: Mapping[str, str],
        standing: Sequence[Precedent],
        contradicted: Sequence[Precedent] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        _fill(self, "criterion", [("", _("the whole task")), *labels.items()])
        if standing:
            _fill(self, "supersedes", [(str(p.number), _named(p)) for p in standing])
        else:
            del self.fields["supersedes"]
        if not contradicted:
            del self.fields["which"]
            return
        place = _("This one takes the place of precedent %(number)d")
        choices = [(f"{_PLACE}:{p.number}", place % {"number": p.number}) for p in contradicted]
        _fill(self, "which", [*choices, (_BESIDE, _("Both stand"))])

    def ruling(self, task_id: int | None) -> Ruling:
        """What the precedent is to say."""
        values = self.cleaned_data
        kind, _colon, number = values.get("which", "").partition(":")
        supersedes = [*values.get("supersedes", ()), *([number] if kind == _PLACE else [])]
        return Ruling(
            answer=values["answer"],
            question=values["question"],
            criterion=values["criterion"],
            task_id=task_id,
            supersedes=[int(text) for text in supersedes],
            beside=kind == _BESIDE,
        )


def _fill(form: forms.Form, name: str, choices: Sequence[tuple[str, str]]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


def _named(precedent: Precedent) -> str:
    words = " ".join(precedent.question.split())
    return f"{precedent.number} · {words[:80]}"


def starting_from(asked: Sequence[Query]) -> dict[str, object]:
    """Initial values: what was asked first, in words if any were found."""
    first = next((query for query in asked if query.text), None)
    if first is None:
        return {}
    return {"question": first.text, "criterion": first.criterion_key}
