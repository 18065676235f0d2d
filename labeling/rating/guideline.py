"""A version of the guideline as its readers see it: at the desk and on its page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from labeling.rating.selectors import with_topics
from labeling.rating.shown import safe_html
from labeling.rating.texts import guideline_parts
from projects.guidelines.content import GUIDANCE_LABELS
from projects.guidelines.examples import examples_in_force
from projects.models import Criterion, Guideline, Principle, Project


@dataclass(frozen=True, slots=True)
class GuidelineView:
    """A guideline version for the drawer; `html` as `guideline_html` makes it."""

    pk: int
    number: int
    html: Mapping[str, Any]
    principles: Sequence[Principle]


def guideline_html(
    guideline: Guideline, principles: Iterable[Principle], project: Project | None = None
) -> dict[str, Any]:
    """The parts of a version as safe HTML by field, and `principles` with theirs; `worked` are the
    examples of the project, where it is given."""
    clauses = list(principles)
    parts = {name: safe_html(html) for name, html in guideline_parts(guideline, clauses).items()}
    return {
        **parts,
        "examples": guideline.examples,
        "worked": list(with_topics(examples_in_force(project)))
        if project and project.has_examples
        else [],
        "guidance": guideline_guidance(guideline, parts),
        "principles": [(clause, parts[f"P{clause.number}"]) for clause in clauses],
    }


@dataclass(frozen=True, slots=True)
class QuestionGuidance:
    """What a version says of one question: its texts with what they are called, as safe HTML."""

    key: str
    label: str
    rank: int | None
    texts: Sequence[tuple[str, SafeString]]


def guideline_guidance(
    guideline: Guideline, parts: Mapping[str, SafeString]
) -> list[QuestionGuidance]:
    """What a version says question by question; a version that says nothing asks nothing."""
    if not guideline.guidance:
        return []
    criteria = Criterion.objects.filter(project=guideline.project_id)
    labels = {criterion.key: criterion.label for criterion in criteria}
    return [
        QuestionGuidance(
            entry["criterion"],
            labels.get(entry["criterion"], entry["criterion"]),
            entry["rank"],
            [
                (str(label), parts[f"{entry['criterion']}.{name}"])
                for name, label in GUIDANCE_LABELS.items()
                if entry[name]
            ],
        )
        for entry in guideline.guidance
    ]


def guideline_view(guideline: Guideline | None, project: Project) -> GuidelineView | None:
    """The drawer's content."""
    if guideline is None:
        return None
    if guideline.get_deferred_fields():
        guideline = Guideline.objects.get(pk=guideline.pk)
    principles = list(guideline.principles.all())
    return GuidelineView(
        pk=guideline.pk,
        number=guideline.number,
        html=guideline_html(guideline, principles, project),
        principles=principles,
    )
