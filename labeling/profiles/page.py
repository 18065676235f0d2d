"""The figures of groups as the page shows them: one question of the rubric at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from labeling.kinds import kind_for
from projects.models import Criterion, Project


@dataclass(frozen=True, slots=True)
class Saying:
    """What is counted as yes: its address, and in words."""

    key: str
    words: str


@dataclass(frozen=True, slots=True)
class GroupPanel:
    """One question about oneself with the figures of its groups."""

    label: str
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Voices:
    """What can be counted, what is, and its panels."""

    sayings: Sequence[Saying]
    chosen: str
    panels: Sequence[GroupPanel]


def panels_of(project: Project, figures: Mapping[str, Any], asked: str) -> Voices:
    """The panels of what is asked, else of what is said most often on the first question."""
    criteria = {criterion.key: criterion for criterion in Criterion.objects.filter(project=project)}
    rows = {
        f"{row['criterion']}.{row['said']}": row
        for row in figures["questions"]
        if row["criterion"] in criteria
    }
    sayings = [
        Saying(key, _words(criteria[row["criterion"]], row["said"])) for key, row in rows.items()
    ]
    chosen = asked if asked in rows else next(iter(rows), "")
    panels = [
        GroupPanel(figures["labels"].get(key, key), own)
        for key, own in (rows[chosen]["fields"] if chosen else {}).items()
    ]
    return Voices(sayings, chosen, panels)


def _words(criterion: Criterion, said: str) -> str:
    if said == "tie":
        return _("%(question)s: neither is better") % {"question": criterion.label}
    if said.startswith("model:"):
        return _("%(question)s: prefers %(model)s where it is compared") % {
            "question": criterion.label,
            "model": said.removeprefix("model:"),
        }
    words = kind_for(criterion.scale).words(criterion, int(said), "")
    return _("%(question)s: %(answer)s") % {"question": criterion.label, "answer": words}
