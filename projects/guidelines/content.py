"""What a version holds, from what is to be published and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from projects.models import Guideline
from projects.project_templates import (
    GUIDANCE_TEXTS,
    ExampleSpec,
    GuidanceSpec,
    GuidelineSpec,
    PrincipleSpec,
)

#: What the texts on a question are called, wherever they are read or written.
GUIDANCE_LABELS: Mapping[str, Promise] = {
    "definition": gettext_lazy("What it means"),
    "good": gettext_lazy("Signs of a good answer"),
    "bad": gettext_lazy("Signs of a bad answer"),
    "flips": gettext_lazy("When the order flips"),
    "ties": gettext_lazy("When to tie"),
    "unverifiable": gettext_lazy("When a claim cannot be checked"),
}


def examples_json(spec: GuidelineSpec, newest: Guideline | None) -> list[dict[str, Any]]:
    """The examples as they are stored: those of the version before where nobody says."""
    if spec.examples is None:
        return list(newest.examples) if newest else []
    return [
        {
            "kind": example.kind,
            "criterion": example.criterion.strip(),
            "prompt": example.prompt.strip(),
            "responses": [text.strip() for text in example.responses],
            "answer": example.answer.strip(),
            "rationale": example.rationale.strip(),
        }
        for example in spec.examples
    ]


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
        principles=[
            PrincipleSpec(clause.title, clause.text, clause.training_form, clause.key)
            for clause in guideline.principles.all()
        ],
        examples=[ExampleSpec(**example) for example in guideline.examples],
        guidance=[guidance_spec(entry) for entry in guideline.guidance],
    )


def guidance_spec(entry: Mapping[str, Any]) -> GuidanceSpec:
    """What is said of one question, as it is stored."""
    return GuidanceSpec(**entry)
