"""The questions of a profile: those that a project begins with, and what may be asked instead."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from projects.exceptions import InvalidInput

#: Bounds: raters read all of it, and every group needs its five people.
MOST_FIELDS, MOST_CHOICES, LONGEST = 8, 30, 80
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class ProfileField:
    """One question with what can be answered; not to answer is always possible."""

    key: str
    label: str
    choices: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {"key": self.key, "label": self.label, "choices": list(self.choices)}


#: What a project begins with; as content it is stored as it is written.
DEFAULT_PURPOSE = (
    "To see whether groups of people answer differently, so that no group's answers pass for "
    "everybody's. Figures are shown of groups of at least five people. Nobody sees what one person "
    "said, and it has no effect on which tasks you get, on what you are paid or on how your work "
    "is judged."
)
DEFAULT_FIELDS = (
    ProfileField(
        "age", "Age", ("18 to 24", "25 to 34", "35 to 44", "45 to 54", "55 to 64", "65 or older")
    ),
    ProfileField(
        "first_language",
        "First language",
        (
            *("Arabic", "Bengali", "Chinese", "English", "French", "German", "Hindi"),
            *("Indonesian", "Japanese", "Portuguese", "Russian", "Spanish", "Swahili"),
            *("Several", "Another"),
        ),
    ),
    ProfileField(
        "region",
        "Region you live in",
        (
            *("Africa", "Central and South Asia", "East and Southeast Asia", "Europe"),
            *("Latin America", "Middle East", "North America", "Oceania"),
        ),
    ),
    ProfileField("gender", "Gender", ("Woman", "Man", "Another")),
    ProfileField(
        "expertise",
        "What you know of the subject of the tasks",
        ("Little", "Some", "It is my profession"),
    ),
)


def fields_of(stored: Sequence[Mapping[str, Any]]) -> list[ProfileField]:
    """The questions of a form as it is stored."""
    return [ProfileField(row["key"], row["label"], tuple(row["choices"])) for row in stored]


def checked_fields(fields: Sequence[ProfileField]) -> list[ProfileField]:
    """The questions as they are kept. Raises InvalidInput with what is wrong."""
    fault = _fault(fields)
    if fault:
        raise InvalidInput(fault, fields={"fields": fault})
    return [
        ProfileField(
            field.key, field.label.strip(), tuple(choice.strip() for choice in field.choices)
        )
        for field in fields
    ]


def _is_split(field: ProfileField) -> bool:
    """Whether the line of the form that leads change would read as another question."""
    texts = [field.label, *field.choices]
    is_line = any(len(text.splitlines()) > 1 for text in texts)
    return is_line or ":" in field.label or any("|" in choice for choice in field.choices)


def _fault(fields: Sequence[ProfileField]) -> str:
    keys = [field.key for field in fields]
    if len(fields) > MOST_FIELDS:
        return _("At most %(n)d questions.") % {"n": MOST_FIELDS}
    if len(set(keys)) < len(keys):
        return _("Two questions have the same key.")
    for field in fields:
        choices = [choice.strip() for choice in field.choices]
        name = field.label.strip() or field.key
        if not _KEY.fullmatch(field.key):
            return _("“%(key)s” is no key: lower-case letters, digits and _.") % {"key": field.key}
        if _is_split(field):
            return _(
                "“%(name)s” holds what parts questions and answers: no line break, no “:” in a "
                "question and no “|” in an answer."
            ) % {"name": name}
        if not field.label.strip() or len(field.label) > LONGEST:
            return _("Give each question a label of at most %(n)d characters.") % {"n": LONGEST}
        if not 2 <= len(choices) <= MOST_CHOICES or len(set(choices)) < len(choices):
            return _("“%(name)s” needs 2 to %(n)d different choices.") % {
                "name": name,
                "n": MOST_CHOICES,
            }
        if any(not choice or len(choice) > LONGEST for choice in choices):
            return _("Each choice of “%(name)s” has 1 to %(n)d characters.") % {
                "name": name,
                "n": LONGEST,
            }
    return ""
