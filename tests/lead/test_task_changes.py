"""Raters and priority of tasks change at any time, and never below what is held."""

from __future__ import annotations

from typing import Any

import pytest

from labeling.allocation import queue_key
from labeling.imports.services import create_import, run_import
from labeling.lead.tasks.filters import TaskFilter
from labeling.lead.tasks.services import (
    TaskPlan,
    change_task,
    request_task_change,
    run_task_change,
)
from labeling.models import Task, TaskChange
from labeling.rating.leases import Nothing, next_assignment
from labeling.releases.services import request_release, run_release
from labeling.vocabulary import NothingLeft
from projects.exceptions import InvalidInput
from projects.models import AuditEvent, Project, User
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease, membership
from tests.rating.test_rate_page import ClientFor

pytestmark = pytest.mark.django_db


def slots(task: Task) -> tuple[int | None, int | None]:
    return Task.objects.values_list("overlap", "open_slots").get(pk=task.pk)


def run_newest() -> TaskChange:
    change = TaskChange.objects.latest("pk")
    run_task_change(change.pk)
    change.refresh_from_db()
    assert change.state == "done"
    return change


def test_a_task_has_never_fewer_raters_than_hold_a_place(
    project: Project, rui: User, sam: User, tao: User, lena: User, make_tasks: MakeTasks
):
    (task,) = make_tasks(project, 1, overlap=4)
    judge(rui, lease(rui, project))
    held = lease(sam, project)
    with pytest.raises(InvalidInput, match="2 raters have judged this task or have it now"):
        change_task(task=task, actor=lena, plan=TaskPlan(overlap=1))
    assert change_task(task=task, actor=lena, plan=TaskPlan(overlap=2))
    assert slots(task) == (2, 0)
    assert next_assignment(membership=membership(tao, project)) == Nothing(NothingLeft.WAITING)
    assert not change_task(task=task, actor=lena, plan=TaskPlan(overlap=2))
    assert change_task(task=task, actor=lena, plan=TaskPlan(overlap=3))
    assert lease(tao, project).task == task
    judge(sam, held)
    assert slots(task) == (3, 0)
    details = AuditEvent.objects.filter(verb="task changed").values_list("detail", flat=True)
    assert [detail["overlap"] for detail in details] == [[2, 3], [4, 2]]


def test_a_lease_that_ran_out_holds_no_place(
    project: Project, rui: User, lena: User, make_tasks: MakeTasks
):
    (task,) = make_tasks(project, 1, overlap=2)
    judge(rui, lease(rui, project))
    lapsed = lease(lena, project)
    type(lapsed).objects.filter(pk=lapsed.pk).update(lease_expires_at="2026-01-01T00:00Z")
    assert change_task(task=task, actor=lena, plan=TaskPlan(overlap=1))
    assert slots(task) == (1, 0)


def test_a_higher_priority_comes_next_and_the_shuffle_stays(
    project: Project, rui: User, sam: User, lena: User, make_tasks: MakeTasks
):
    *_, last = make_tasks(project, 3)
    change_task(task=last, actor=lena, plan=TaskPlan(priority=100))
    assert lease(rui, project).task == last
    last.refresh_from_db()
    assert last.queue_key == queue_key(100, project.salt, last.external_id)
    change_task(task=last, actor=lena, plan=TaskPlan(priority=-100))
    last.refresh_from_db()
    assert last.queue_key == queue_key(-100, project.salt, last.external_id)
    assert lease(sam, project).task != last


def test_a_filter_s_tasks_change_as_far_as_their_places_allow(
    project: Project, rui: User, sam: User, lena: User, make_tasks: MakeTasks, client_for: ClientFor
):
    made = make_tasks(project, 3, overlap=3)
    (unbound,) = make_tasks(project, 1, prefix="u", overlap=3)
    Task.objects.filter(pk=unbound.pk).update(overlap=None, open_slots=None)
    judge(rui, lease(rui, project))
    begun = lease(sam, project).task
    client = client_for(lena)
    values = {"overlap": "1", "priority": "5", "state": "", "q": ""}
    reply = client.post(f"/p/{project.slug}/task-changes/", values)
    make_tasks(project, 1, prefix="later", overlap=3)
    change = run_newest()
    assert (change.changed, change.limited, change.progress_done) == (4, 1, 4)
    assert slots(begun) == (2, 0)
    assert slots(unbound) == (None, None)
    assert all(slots(task) == (1, 1) for task in made if task != begun)
    assert Task.objects.get(external_id="later1").overlap == 3
    page = client.get(reply.headers["Location"]).content.decode()
    assert "4 tasks are changed." in page
    assert "1 task keeps more raters" in page
    event = AuditEvent.objects.get(verb="tasks changed")
    assert event.detail == {"selection": {}, "overlap": 1, "priority": 5}


def test_a_release_s_card_says_between_how_many_raters_tasks_are_judged(
    project: Project, rui: User, lena: User, make_tasks: MakeTasks, settings: Any, tmp_path: Any
):
    settings.RELEASES_DIR = tmp_path
    task, _ = make_tasks(project, 2, overlap=2)
    judge(rui, lease(rui, project))
    change_task(task=task, actor=lena, plan=TaskPlan(overlap=5))
    release = request_release(project=project, created_by=lena, recipe="raw", format="native")
    run_release(release.pk)
    (card,) = tmp_path.rglob("README.md")
    assert "to be judged by 2 to 5 different raters" in " ".join(card.read_text().split())


def test_a_form_says_what_is_wrong_and_changes_nothing(
    project: Project, lena: User, make_tasks: MakeTasks, client_for: ClientFor
):
    (task,) = make_tasks(project, 1, overlap=3)
    client, base = client_for(lena), f"/p/{project.slug}/"
    for address, values, words in (
        ("task-changes/", {}, "Say how many raters, or which priority."),
        ("task-changes/", {"overlap": "0"}, "Raters per task: Ensure this value is greater"),
        (f"tasks/{task.pk}/plan/", {"overlap": "many"}, "Raters per task: Enter a whole number."),
        (f"tasks/{task.pk}/plan/", {"overlap": "3", "priority": "0"}, "Nothing was different."),
    ):
        reply = client.post(base + address, values, follow=True)
        assert words in reply.content.decode()
    assert not TaskChange.objects.exists()
    assert slots(task) == (3, 3)


def test_an_import_s_tasks_change_by_program(
    project: Project,
    mia: User,
    rui: User,
    make_tasks: MakeTasks,
    api: CallAs,
    settings: Any,
    tmp_path: Any,
):
    settings.IMPORTS_DIR = tmp_path
    make_tasks(project, 1, overlap=3)
    row = b'[{"id": "a", "prompt": "Hi?", "response_a": "Yes", "response_b": "No"}]'
    import_ = create_import(project=project, created_by=mia, filename="a.json", content=row)
    run_import(import_.pk)
    program, base = api(mia), f"projects/{project.slug}"
    reply = program.post(f"{base}/task-changes/", {"overlap": 7, "import_id": import_.pk})
    assert reply.status_code == 202
    run_newest()
    body = program.get(reply.headers["Location"].removeprefix("/api/v1/")).json()
    assert (body["state"], body["changed"], body["limited"]) == ("done", 1, 0)
    assert body["selection"] == {"import": str(import_.pk)}
    listed = program.get(f"{base}/tasks/?import_id={import_.pk}").json()["results"]
    assert [(task["external_id"], task["overlap"]) for task in listed] == [("a", 7)]
    task = f"{base}/tasks/{listed[0]['id']}/"
    body = program.patch(task, {"priority": 3}).json()
    assert (body["priority"], body["open_slots"], body["import_id"]) == (3, 7, import_.pk)
    reply = program.patch(task, {"overlap": 101})
    assert "overlap" in reply.json()["fields"]


def test_a_place_that_is_taken_while_tasks_change_is_counted(
    project: Project, rui: User, lena: User, make_tasks: MakeTasks
):
    """The statement reads the row as it is, not as it was when the task was chosen."""
    (task,) = make_tasks(project, 1, overlap=3)
    stale = Task.objects.get(pk=task.pk)
    judge(rui, lease(rui, project))
    assert stale.open_slots == 3
    change_task(task=stale, actor=lena, plan=TaskPlan(overlap=5))
    assert slots(task) == (5, 4)


def test_a_program_reads_a_task_without_opening_its_votes(
    project: Project, rui: User, vera: User, make_tasks: MakeTasks, api: CallAs
):
    (task, _) = make_tasks(project, 2)
    judge(rui, lease(rui, project))
    reviewer, base = api(vera), f"projects/{project.slug}/tasks/"
    first = reviewer.get(f"{base}?page_size=1").json()
    second = reviewer.client.get(first["next"]).json()
    assert second["next"] is None
    assert [len(first["results"]), len(second["results"])] == [1, 1]
    body = reviewer.get(f"{base}{task.pk}/").json()
    assert (body["judgments"], body["preferences"]) == (1, None)
    assert {response["model"] for response in body["responses"]} == {None}
    votes = reviewer.post(f"{base}{task.pk}/votes/").json()
    assert [vote["rater"] for vote in votes["judgments"]] == ["Rui"]
    assert reviewer.get(f"{base}{task.pk}/").json()["preferences"] is not None
    request_task_change(
        project=project,
        actor=vera,
        selection=TaskFilter(state="untouched"),
        plan=TaskPlan(priority=1),
    )
    assert run_newest().changed == 1
