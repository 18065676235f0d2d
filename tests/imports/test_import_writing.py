"""Rows with a prompt and no response, or one: tasks to write."""

from __future__ import annotations

from typing import Any

from labeling.models import Import, ImportRefusal, Task
from projects.models import Criterion, Project, User
from tests.conftest import lease
from tests.imports.conftest import Take, counts

WRITE: dict[str, Any] = {"id": "w1", "kind": "write", "prompt": "Apologise to a customer."}
ROWS: list[dict[str, Any]] = [
    WRITE,
    {"id": "w2", "kind": "write", "prompt": "Say no.", "responses": [{"id": "d", "content": "No"}]},
    {"id": "w3", "kind": "write", "prompt": "Say yes.", "responses": ["Yes.", "Aye."]},
    {"id": "w4", "kind": "write", "prompt": "Say it.", "judgments": [{"rater": "r", "overall": 3}]},
]


def reasons(import_: Import) -> dict[str, str]:
    """Why each row was refused, by its id."""
    return dict(ImportRefusal.objects.filter(import_job=import_).values_list("row_id", "reason"))


def test_rows_to_write_become_tasks_that_a_project_with_reviews_takes(
    project: Project, rui: User, take: Take
):
    (why,) = reasons(take(WRITE)).values()
    assert "Review, the decision on a text" in why
    Criterion.objects.create(
        project=project,
        key="decision",
        wording="Decision",
        scale_key="decision",
        family="review",
        is_primary=True,
    )
    import_ = take(*ROWS)
    assert counts(import_) == {"rows": 4, "created": 2, "refused": 2}
    refused = reasons(import_)
    assert "takes 0 to 1" in refused["w3"]
    assert "takes no labels" in refused["w4"]
    tasks = {task.external_id: task for task in Task.objects.filter(project=project)}
    assert {name: (task.kind, len(task.response_ids)) for name, task in tasks.items()} == {
        "w1": ("write", 0),
        "w2": ("write", 1),
    }
    assert counts(take(WRITE)) == {"rows": 1, "unchanged": 1}
    assert lease(rui, project).task.kind == "write"


def test_prompts_alone_are_read_as_rows_to_write(project: Project, take: Take):
    Criterion.objects.create(
        project=project,
        key="decision",
        wording="Decision",
        scale_key="decision",
        family="review",
        is_primary=True,
    )
    rows = [{"kind": "write", "prompt": f"Apologise, number {i}."} for i in range(3)]
    assert counts(take(*rows)) == {"rows": 3, "created": 3}
