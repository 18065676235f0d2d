"""Reviews of texts that were written: asked for wherever a text comes from."""

from __future__ import annotations

from typing import Any

from labeling.allocation import queue_key
from labeling.models.tasks import Response, Task
from labeling.vocabulary import TaskKind
from projects.models import Criterion, Project
from projects.scales import DECISION


def reviews_texts(project: Project) -> bool:
    """Whether a second person is asked about texts: the project has the question of a review."""
    questions = Criterion.objects.filter(project=project, scale_key=DECISION)
    return questions.filter(retired_at__isnull=True).exists()


def edited_turns(original: Response | None, text: str) -> list[dict[str, Any]]:
    """The turns of a response of several with another text in the last; none of one plain turn."""
    if original is None or not original.messages:
        return []
    *turns, last = original.messages
    kept = {key: value for key, value in last.items() if key != "parts"}
    return [*turns, {**kept, "content": text}]


def ask_for_review(
    project: Project, task: Task, text: Response, *, import_id: int | None = None
) -> None:
    """A task of its own that anybody gets but the author; its one place is the second person's.

    `import_id` is the import that brought the text.
    """
    external_id = f"{task.external_id[:160]}-review-{text.pk}"
    Task.objects.create(
        project=project,
        prompt_id=task.prompt_id,
        external_id=external_id,
        kind=TaskKind.RATE,
        reviews=text,
        response_ids=[text.pk],
        overlap=1,
        open_slots=1,
        priority=task.priority,
        queue_key=queue_key(task.priority, project.salt, external_id),
        import_job_id=import_id,
    )
