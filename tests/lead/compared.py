"""Many judged comparisons of named models at once, without a minute of judging."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from labeling.models import Answer, Assignment, Judgment, Prompt, Response, Task
from labeling.vocabulary import Purpose
from projects.models import Criterion, Project, User


@dataclass(frozen=True)
class Compared:
    """So many comparisons alike: values below 0 say that the first model is better."""

    first: str
    second: str
    value: int
    n: int = 1
    texts: tuple[str, str] = ("One.", "Two.")
    category: str = ""
    prompt: int | None = None


def compare_models(
    project: Project,
    rater: User,
    rows: Iterable[Compared],
    *,
    criterion: Criterion | None = None,
    purpose: Purpose = Purpose.LIVE,
) -> list[Task]:
    """Tasks with a judgment of one rater each, on prompts of their own unless they name one."""
    asked = criterion or project.criteria.get(key="overall")
    flat = [row for row in rows for _ in range(row.n)]
    tasks = _tasks(project, flat)
    common: dict[str, Any] = {"project": project, "rater": rater, "purpose": purpose}
    common["guideline"] = project.guidelines.first()
    leases = Assignment.objects.bulk_create(
        Assignment(
            task=task,
            shown_order=[0, 1],
            state="submitted",
            lease_expires_at=timezone.now(),
            **common,
        )
        for task in tasks
    )
    judgments = Judgment.objects.bulk_create(
        Judgment(assignment=row, task_id=row.task_id, **common) for row in leases
    )
    Answer.objects.bulk_create(
        Answer(
            judgment=judgment,
            criterion=asked,
            value=row.value,
            tie_kind="" if row.value else "equal_good",
        )
        for judgment, row in zip(judgments, flat, strict=True)
    )
    return tasks


def _tasks(project: Project, flat: list[Compared]) -> list[Task]:
    start = Prompt.objects.filter(project=project).count()
    names = [
        row.prompt if row.prompt is not None else f"own-{start + i}" for i, row in enumerate(flat)
    ]
    made: dict[object, Prompt] = {}
    for name, row in zip(names, flat, strict=True):
        made.setdefault(
            name,
            Prompt(
                project=project,
                external_id=f"p{name}",
                messages=[{"role": "user", "content": "?"}],
                group_key=f"{name}",
                category=row.category,
            ),
        )
    Prompt.objects.bulk_create(made.values())
    responses = Response.objects.bulk_create(
        Response(prompt=made[name], external_id=f"{start + i}-{side}", content=text, model=model)
        for i, (name, row) in enumerate(zip(names, flat, strict=True))
        for side, (text, model) in enumerate(zip(row.texts, (row.first, row.second), strict=True))
    )
    return Task.objects.bulk_create(
        Task(
            project=project,
            prompt=made[name],
            external_id=f"c{start + i}",
            response_ids=[responses[2 * i].pk, responses[2 * i + 1].pk],
            queue_key=start + i,
        )
        for i, name in enumerate(names)
    )
