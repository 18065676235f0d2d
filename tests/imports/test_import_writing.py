"""Rows with a prompt and no response, or one: tasks to write."""

from __future__ import annotations

from typing import Any

from labeling.models import Import, ImportRefusal, Response, Task
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


ANSWERED: list[dict[str, Any]] = [
    {
        "id": f"d{i}",
        "messages": [
            {"role": "user", "content": f"Apologise, number {i}."},
            {"role": "assistant", "content": f"Sorry, {i} times."},
        ],
        "edited": False,
        "decision": "approved",
    }
    for i in range(2)
]


def test_a_demonstration_sent_back_is_a_draft_and_under_a_name_a_text_that_waits_for_its_review(
    project: Project, sam: User, lead: Any, upload: Any, take: Take
):
    Criterion.objects.create(
        project=project,
        key="decision",
        wording="Decision",
        scale_key="decision",
        family="review",
        is_primary=True,
    )
    address = upload(*ANSWERED)
    page = lead.get(address).content.decode()
    assert "import them with the kind write" in page
    chosen = {"format": "pairs", "mapped_as": "pairs", "task_kind": "write"}
    page = lead.post(address, chosen).content.decode()
    assert "is a draft, which raters improve" in page
    assert "Who wrote these answers?" in page
    import_ = take(*ANSWERED, task_kind="write")
    assert counts(import_) == {"rows": 2, "created": 2}
    task = Task.objects.select_related("prompt").get(external_id="d0")
    assert [turn["content"] for turn in task.prompt.messages] == ["Apologise, number 0."]
    assert Response.objects.get(pk=task.response_ids[0]).content == "Sorry, 0 times."
    others = [{**row, "id": f"named-{row['id']}"} for row in ANSWERED]
    import_ = take(*others, task_kind="write", rater="kim")
    assert counts(import_) == {"rows": 2, "created": 2, "labels": 2}
    texts = Response.objects.filter(author__name="kim")
    assert {(text.content, text.review_tasks.get().open_slots) for text in texts} == {
        ("Sorry, 0 times.", 1),
        ("Sorry, 1 times.", 1),
    }
    assert counts(take(*others, task_kind="write", rater="kim")) == {"rows": 2, "unchanged": 2}
    Task.objects.filter(kind="write").update(open_slots=0)
    assert lease(sam, project).task.reviews in texts
