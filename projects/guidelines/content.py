"""What a version holds, from what is to be published and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from projects.models import Guideline, Principle
from projects.project_templates import (
    GUIDANCE_TEXTS,
    ExampleSpec,
    GuidanceSpec,
    GuidelineSpec,
    PrincipleSpec,
)

#: What a principle says, and what that is called; each change of it is a version.
PRINCIPLE_LABELS: Mapping[str, Promise] = {
    "title": gettext_lazy("Title"),
    "text": gettext_lazy("Policy wording"),
    "training_form": gettext_lazy("Training form"),
    "source": gettext_lazy("Source"),
    "scope": gettext_lazy("Scope"),
    "precedence": gettext_lazy("Precedence"),
    "examples_for": gettext_lazy("Examples for"),
    "examples_against": gettext_lazy("Examples against"),
}
PRINCIPLE_WORDS = tuple(PRINCIPLE_LABELS)
#: What the texts on a question are called, wherever they are read or written.
GUIDANCE_LABELS: Mapping[str, Promise] = {
    "definition": gettext_lazy("What it means"),
    "good": gettext_lazy("Signs of a good answer"),
    "bad": gettext_lazy("Signs of a bad answer"),
    "flips": gettext_lazy("When the order flips"),
    "ties": gettext_lazy("When to tie"),
    "unverifiable": gettext_lazy("When a claim cannot be checked"),
}


def guidance_json(spec: GuidelineSpec, newest: Guideline | None) -> list[dict[str, Any]]:
    """What is said question by question as it is stored, the first in the order of priority first;
    questions of which nothing is said are left out."""
    if spec.guidance is None:
        return list(newest.guidance) if newest else []
    entries: list[dict[str, Any]] = [
        {
            "criterion": entry.criterion,
            "rank": entry.rank,
            **{name: getattr(entry, name).strip() for name in GUIDANCE_TEXTS},
        }
        for entry in spec.guidance
    ]
    said = [entry for entry in entries if entry["rank"] or any(map(entry.get, GUIDANCE_TEXTS))]
    return sorted(said, key=lambda entry: entry["rank"] or 1000)


def spec_like(guideline: Guideline, *, change_note: str = "") -> GuidelineSpec:
    """What would publish the same version again, its principles under their keys."""
    return GuidelineSpec(
        text=guideline.text,
        priority_order=guideline.priority_order,
        trade_off_rule=guideline.trade_off_rule,
        change_note=change_note,
        principles=[principle_spec(clause) for clause in guideline.principles.all()],
        examples=[ExampleSpec(**example) for example in guideline.examples],
        guidance=[guidance_spec(entry) for entry in guideline.guidance],
    )


def principle_spec(clause: Principle, *, key: str | None = None) -> PrincipleSpec:
    """What would publish a principle again as it is worded; `key` of "" makes it a new one."""
    words = {name: getattr(clause, name) for name in PRINCIPLE_WORDS}
    return PrincipleSpec(key=clause.key if key is None else key, **words)


def guidance_spec(entry: Mapping[str, Any]) -> GuidanceSpec:
    """What is said of one question, as it is stored."""
    return GuidanceSpec(**entry)
