"""A scale of one's own as a form has it: a line an option."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.own_scales import (
    LABEL_LENGTH,
    PARTED_BY,
    SCALE_KEY_LENGTH,
    own_scale_faults,
    own_scale_text,
)
from projects.scale import ORDINAL, PREFERENCES, YES_NO, Scale
from projects.scales import SCALES

#: What stands for a scale of one's own in the list of scales.
OWN = "own"
#: The fields, by what of a scale they hold.
OWN_FIELDS = {
    "key": "own_key",
    "answer": "own_answer",
    "options": "own_options",
    "ends": "own_ends",
}
_WHOLE = re.compile(r"-?[0-9]{1,6}")


def own_fields() -> dict[str, forms.Field]:
    """New fields of a form for a scale of one's own."""
    return {
        "own_key": forms.CharField(
            label=_("Key of the scale"),
            required=False,
            max_length=SCALE_KEY_LENGTH,
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        ),
        "own_answer": forms.ChoiceField(
            label=_("Kind of answer"),
            required=False,
            choices=[
                (PREFERENCES, _("which of two responses is better")),
                (ORDINAL, _("a number for each response")),
                (YES_NO, _("yes or no for each response")),
            ],
        ),
        "own_options": forms.CharField(
            label=_("Options"),
            required=False,
            max_length=4_000,
            widget=forms.Textarea(attrs={"rows": 7, "class": "short", "spellcheck": "false"}),
            help_text=_(
                "One a line: value | label, such as -1 | A is kinder. Of a 0 say which tie it is: "
                "0 | Same | equal_good, equal_bad or cannot_tell."
            ),
        ),
        "own_ends": forms.CharField(
            label=_("Captions of the ends"),
            required=False,
            max_length=2 * LABEL_LENGTH + 3,
            help_text=_("Left | right, where the labels do not say it."),
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        ),
    }


def own_values(scale: Scale) -> dict[str, object]:
    """What the fields hold of a scale that there is."""
    rows = [
        f" {PARTED_BY} ".join(filter(None, (str(o.value), o.label, o.tie_kind)))
        for o in scale.options
    ]
    return {
        "own_key": scale.key,
        "own_answer": scale.answer,
        "own_options": "\n".join(rows),
        "own_ends": f" {PARTED_BY} ".join(scale.ends or ()),
    }


def read_own(values: Mapping[str, Any]) -> tuple[str, str, dict[str, str]]:
    """Key and text of the scale that the fields describe, and what is wrong with it, by field."""
    ends = [part.strip() for part in values.get("own_ends", "").split(PARTED_BY)]
    raw = {
        "key": values.get("own_key", ""),
        "answer": values.get("own_answer", ""),
        "options": [
            _option(line) for line in values.get("own_options", "").splitlines() if line.strip()
        ],
        "ends": ends if any(ends) else [],
    }
    faults = own_scale_faults(raw, tuple(SCALES))
    if faults:
        return "", "", {OWN_FIELDS[name]: sentence for name, sentence in faults.items()}
    return str(raw["key"]), own_scale_text(raw), {}


def _option(line: str) -> dict[str, object]:
    value, label, tie = (part.strip() for part in [*line.split(PARTED_BY, 2), "", ""][:3])
    number = int(value) if _WHOLE.fullmatch(value) else None
    return {"value": number, "label": label, "tie_kind": tie}
