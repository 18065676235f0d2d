"""Worked examples: written, copied from tasks, changed, retired, and read beside the tasks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from labeling.datasets.context import GuidelineRecord
from labeling.models import TaskOpening
from labeling.models.copies import copy_of
from labeling.rating.leases import Nothing, next_assignment
from labeling.vocabulary import Purpose
from projects.guidelines.examples import example_json, examples_at
from projects.guidelines.selectors import current_guideline
from projects.guidelines.services import acknowledge
from projects.models import Project, User, WorkedExample
from projects.services.members import create_user, set_member
from tests.api.client import CallAs
from tests.conftest import PASSWORD, MakeTasks, judge, lease, membership

pytestmark = pytest.mark.django_db
HERE = "projects/support-answers/examples/"
SITE = "/p/support-answers/examples/"


def write(api: CallAs, lena: User, **fields: Any) -> Any:
    """Writes an example by program: the first of two is better, unless told otherwise."""
    body = {"kind": "clear", "criterion": "overall", "responses": ["4", "5"], "right": -1}
    return api(lena).post(HERE, {**body, "prompt": "2+2?", "rationale": "It is four.", **fields})


def test_a_task_becomes_an_example_with_one_button_and_raters_find_it_in_the_drawer(
    project: Project,
    lena: User,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    client_for,
    api: CallAs,
):
    task, *_others = make_tasks(project, 3)
    held = lease(rui, project)
    while held.task != task:
        judge(rui, held)
        held = lease(rui, project)
    client = client_for(lena)
    page = client.get(f"/p/{project.slug}/tasks/{task.pk}/").content.decode()
    address = f"{SITE}new/?task={task.pk}"
    assert address in page
    shown = client.get(f"{address}&question=overall").content.decode()
    assert "nobody judges it any more" in shown
    assert "still to come: a task that is done teaches as well" in shown
    form = client.get(f"{address}&question=overall").context["form"]
    sent = {**form.initial, "kind": "tie", "right": ["0"], "rationale": "Nobody would mind."}
    refused = client.post(f"{address}&question=overall", {**sent, "right": []})
    assert refused.status_code == 422
    client.post(f"{address}&question=overall", sent)
    example = project.worked_examples.get()
    assert (example.source, example.right, example.kind) == (task.external_id, [0], "tie")
    assert len(example.responses) == 2
    desk = client_for(rui).get(f"/p/{project.slug}/rate/").content.decode()
    assert "Nobody would mind." in desk
    # Whoever has it answers it, and changes nothing then; nobody else gets it.
    judge(rui, held)
    assert api(rui).post(f"assignments/{held.pk}/reopen/").json()["code"] == "votes_opened"
    assert lease(sam, project).task != task
    # An edit is a new version, a retired one is shown no more; both stay on record.
    edit = client.get(f"{SITE}1/edit/").context["form"].initial
    client.post(f"{SITE}1/edit/", {**edit, "rationale": "They say the same."})
    client.post(f"{SITE}1/edit/", {**edit, "rationale": "They say the same."})
    assert [row.version for row in project.worked_examples.all()] == [1, 2]
    client.post(f"{SITE}1/retire/")
    assert (
        "They say the same." not in client_for(rui).get(f"/p/{project.slug}/rate/").content.decode()
    )
    versions = api(lena).get(f"{HERE}1/").json()
    assert [row["version"] for row in versions] == [2, 1]
    assert versions[0]["ended_at"]
    assert api(lena).delete(f"{HERE}1/").status_code == 409
    log = client.get(f"/p/{project.slug}/audit/").content.decode()
    assert "worked example retired" in log


def test_who_comes_later_judges_no_task_that_is_an_example(
    project: Project, lena: User, make_tasks: MakeTasks, api: CallAs
):
    task, other, retired = make_tasks(project, 3)
    for source in (task, retired):
        body = {"task": source.pk, "criterion": "overall", "kind": "clear", "right": -1}
        assert api(lena).post(HERE, {**body, "rationale": "It is four."}).status_code == 201
    api(lena).delete(f"{HERE}2/")
    gold = copy_of(task, Purpose.GOLD)
    kim = create_user(email="kim@example.com", password=PASSWORD, check_password=False)
    set_member(project=project, user=kim, role="engineer", actor=lena)
    assert not TaskOpening.objects.filter(person=kim).exists()
    set_member(project=project, user=kim, role="rater", actor=lena)
    seen = TaskOpening.objects.filter(person=kim).values_list("task", flat=True)
    assert set(seen) == {task.pk, gold.pk}
    guideline = current_guideline(project)
    assert guideline is not None
    acknowledge(user=kim, guideline=guideline)
    handed = [judge(kim, lease(kim, project)).judgment.task_id for _n in range(2)]
    assert set(handed) == {other.pk, retired.pk}
    assert isinstance(next_assignment(membership=membership(kim, project)), Nothing)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"right": 9}, "right"),
        ({"right": "B"}, "right"),
        ({"right": [], "answer": ""}, "right"),
        ({"rationale": "  "}, "rationale"),
        ({"responses": ["only"]}, "responses"),
        ({"responses": ["4", " "]}, "responses"),
        ({"criterion": "nothing"}, "criterion"),
        ({"prompt": "\ud800"}, "prompt"),
        ({"kind": "odd"}, "kind"),
    ],
)
def test_an_example_that_does_not_fit_is_refused_by_its_field(
    project: Project, lena: User, api: CallAs, fields: dict[str, Any], field: str
):
    reply = write(api, lena, **fields)
    assert reply.status_code == 400
    assert field in reply.json()["fields"]
    assert not WorkedExample.objects.exists()


def test_examples_are_written_by_program_and_stand_in_the_file_of_the_newest_guideline(
    project: Project, lena: User, make_tasks: MakeTasks, api: CallAs
):
    (task,) = make_tasks(project, 1)
    made = write(api, lena).json()
    assert (made["number"], made["version"], made["right"]) == (1, 1, [-1])
    assert made["answer"]
    copied = write(api, lena, task=task.pk, kind="tie", right=[0, 1]).json()
    assert copied["source_task"] == task.external_id
    again = api(lena).put(f"{HERE}1/", {"kind": "clear", "answer": "A", "rationale": "Sure."})
    assert (again.status_code, again.json()["version"], again.json()["right"]) == (200, 2, [])
    assert len(api(lena).get(HERE).json()) == 2
    kept = [example_json(row) for row in examples_at(project, timezone.now())]
    text = GuidelineRecord(1, "Be right.", examples=tuple(kept)).whole
    assert text.index("> Sure.") < text.index("## Example 2: tie overall")
    assert not examples_at(project, timezone.now() - timedelta(hours=1)).exists()
