"""What a rater sees of an assignment: the same for the page and the API, and blind.

Nothing here names a model, a response's id or the canonical order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from labeling.models import Assignment, Prompt, Response
from labeling.services.rendering import ensure_rendered
from projects.models import Criterion, Project


@dataclass(frozen=True, slots=True)
class ShownResponse:
    """One response in its place on the screen; `name` is what the scale calls that place."""

    slot: str
    name: str
    content: str
    html: str


@dataclass(frozen=True, slots=True)
class TaskView:
    """An assignment ready to be shown, its responses in the order shown."""

    assignment_id: int
    task_id: int
    kind: str
    expires: datetime
    messages: list[dict[str, str]]
    prompt_html: str
    responses: list[ShownResponse]
    criteria: list[Criterion]
    guideline_number: int | None


def rubric(project: Project) -> list[Criterion]:
    """The criteria in the order a rater answers them, the primary one first among equals."""
    return list(Criterion.objects.filter(project=project).order_by("position", "pk"))


def present(assignment: Assignment, *, criteria: list[Criterion] | None = None) -> TaskView:
    """The view of an assignment; renders its texts at first view if no job has yet."""
    task = assignment.task
    criteria = rubric(assignment.project) if criteria is None else criteria
    prompt = Prompt.objects.get(pk=task.prompt_id)
    by_id = Response.objects.in_bulk(task.response_ids)
    ensure_rendered(prompt=prompt, responses=by_id.values())
    shown = [by_id[task.response_ids[index]] for index in assignment.shown_order]
    primary = next((c for c in criteria if c.is_primary), None)
    names = primary.scale.sides if primary else ("A", "B")
    return TaskView(
        assignment_id=assignment.pk,
        task_id=task.pk,
        kind=task.kind,
        expires=assignment.lease_expires_at,
        messages=prompt.messages,
        prompt_html=prompt.html,
        responses=[
            ShownResponse(
                slot=chr(ord("A") + place),
                name=names[place] if len(shown) == 2 else chr(ord("A") + place),
                content=response.content,
                html=response.html,
            )
            for place, response in enumerate(shown)
        ],
        criteria=criteria,
        guideline_number=assignment.guideline.number if assignment.guideline else None,
    )
