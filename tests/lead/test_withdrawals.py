"""Withdrawn tasks are nobody's and count nowhere, and come back as they were."""

from __future__ import annotations

import json
from typing import Any

import pytest

from labeling.imports.services import create_import, run_import
from labeling.lead.agreement.report import agreement_report
from labeling.lead.overview.selectors import contested_tasks, project_progress
from labeling.lead.tasks.filters import TaskFilter
from labeling.lead.withdrawals.services import (
    put_task_back,
    request_withdrawal,
    run_withdrawal,
    withdraw_task,
)
from labeling.models import Assignment, Judgment, LateAnswer, Release, Task, Withdrawal
from labeling.rating.judgments import skip_assignment, undo_last
from labeling.rating.leases import Nothing, heartbeat, next_assignment
from labeling.releases.services import request_release, run_release
from labeling.vocabulary import AssignmentState, NothingLeft
from projects.exceptions import Conflict, InvalidInput
from projects.models import AuditEvent, Project, User
from tests.api.client import CallAs, submit
from tests.conftest import MakeTasks, judge, lease, membership
from tests.rating.test_rate_page import JSON, ClientFor, form, rate_url

pytestmark = pytest.mark.django_db


def withdraw(task: Task, actor: User) -> None:
    assert withdraw_task(task=task, actor=actor, reason="The prompt is cut off.")


def test_a_withdrawn_task_is_leased_to_nobody_and_its_lease_ends(
    project: Project, rui: User, sam: User, lena: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    held = lease(rui, project)
    withdraw(held.task, lena)
    held.refresh_from_db()
    assert held.state == AssignmentState.EXPIRED
    for rater in (rui, sam):
        nothing = next_assignment(membership=membership(rater, project))
        assert nothing == Nothing(NothingLeft.EMPTY)
    with pytest.raises(Conflict, match="withdrawn"):
        heartbeat(assignment=held)
    assert put_task_back(task=held.task, actor=lena)
    assert not put_task_back(task=held.task, actor=lena)
    assert lease(rui, project).task == held.task
    assert lease(sam, project).task == held.task


def test_an_answer_to_a_withdrawn_task_is_kept_as_late_and_its_rater_goes_on(
    project: Project, rui: User, lena: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 2)
    held = lease(rui, project)
    withdraw(held.task, lena)
    url = rate_url(project, held.pk, "submit")
    reply = client_for(rui).post(url, form("2", rationale="Because."), headers=JSON)
    assert reply.json()["late"] is True
    assert "withdrawn this task" in reply.json()["message"]
    assert LateAnswer.objects.get().rationale == "Because."
    assert not Judgment.objects.exists()
    page = client_for(rui).post(url, form("2"))
    assert page.headers["Location"] == f"/p/{project.slug}/rate/"
    assert lease(rui, project).task != held.task


def test_a_program_s_answer_to_a_withdrawn_task_is_answered_202(
    project: Project, rui: User, lena: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    held = lease(rui, project)
    withdraw(held.task, lena)
    reply = submit(api(rui), held.pk)
    assert (reply.status_code, reply.json()["state"]) == (202, "late")


def test_what_was_judged_on_a_withdrawn_task_cannot_be_taken_back_until_it_is_put_back(
    project: Project, rui: User, lena: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    held = lease(rui, project)
    judge(rui, held)
    withdraw(held.task, lena)
    with pytest.raises(Conflict, match="cannot be taken back"):
        undo_last(rater=rui, project=project)
    put_task_back(task=held.task, actor=lena)
    assert undo_last(rater=rui, project=project).assignment == held


def test_withdrawn_tasks_count_in_no_progress_agreement_need_or_new_release(
    project: Project,
    rui: User,
    sam: User,
    tao: User,
    lena: User,
    make_tasks: MakeTasks,
    settings: Any,
    tmp_path: Any,
):
    settings.RELEASES_DIR = tmp_path
    make_tasks(project, 2)
    for rater in (rui, sam):
        for _ in range(2):
            judge(rater, lease(rater, project))
    (broken, *_) = make_tasks(project, 1, prefix="broken")
    skip_assignment(rater=tao, assignment_id=lease(tao, project).pk, reason="broken")
    before = release(project)
    assert agreement_report(project)["tasks"] == 2
    for task in (Task.objects.get(external_id="t1"), broken):
        withdraw(task, lena)
    progress = project_progress(project)
    assert (progress.tasks, progress.complete, progress.wanted, progress.judgments) == (1, 1, 2, 2)
    assert agreement_report(project)["tasks"] == 1
    assert (contested_tasks(project)["broken"], contested_tasks(project)["disagreements"]) == (0, 1)
    after = release(project)
    assert (before.rows_in, after.rows_in) == (4, 2)
    assert (before.cutoff, before.salt != after.salt) == (after.cutoff, True)
    assert after.options["withdrawn"]["tasks"] == 2
    late = request_release(project=project, created_by=None, recipe="raw", format="native")
    put_task_back(task=Task.objects.get(external_id="t1"), actor=lena)
    assert agreement_report(project)["tasks"] == 2
    run_release(late.pk)
    late.refresh_from_db()
    # It keeps which tasks were withdrawn then; those of an older version know a mark alone.
    assert (late.state, late.rows_in) == ("done", 2)
    older = request_release(project=project, created_by=None, recipe="raw", format="native")
    Release.objects.filter(pk=older.pk).update(withdrawn_tasks=None)
    put_task_back(task=broken, actor=lena)
    run_release(older.pk)
    older.refresh_from_db()
    assert "has changed since this release was asked for" in older.error


def release(project: Project) -> Release:
    """A release of this moment; made, then something is withdrawn, it still holds what it held."""
    row = request_release(project=project, created_by=None, recipe="raw", format="native")
    run_release(row.pk)
    row.refresh_from_db()
    assert row.state == "done", row.error
    return row


def test_what_is_withdrawn_after_a_release_was_asked_for_is_in_it(
    project: Project, rui: User, lena: User, make_tasks: MakeTasks, settings: Any, tmp_path: Any
):
    settings.RELEASES_DIR = tmp_path
    (task,) = make_tasks(project, 1)
    judge(rui, lease(rui, project))
    row = request_release(project=project, created_by=None, recipe="raw", format="native")
    withdraw(task, lena)
    run_release(row.pk)
    row.refresh_from_db()
    assert (row.state, row.rows_in) == ("done", 1)


def test_a_reason_is_asked_for_and_kept_in_the_log(
    project: Project, lena: User, make_tasks: MakeTasks
):
    (task,) = make_tasks(project, 1)
    for reason in (" ", "x" * 301):
        with pytest.raises(InvalidInput):
            withdraw_task(task=task, actor=lena, reason=reason)
    withdraw(task, lena)
    event = AuditEvent.objects.filter(verb="task withdrawn").get()
    assert event.detail == {"task": "t1", "reason": "The prompt is cut off."}
    put_task_back(task=task, actor=lena)
    assert AuditEvent.objects.filter(project=project, verb="task put back").exists()


def test_the_database_itself_leases_no_withdrawn_task(
    project: Project, rui: User, lena: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    held = lease(rui, project)
    withdraw(held.task, lena)
    with pytest.raises(Exception, match="task_in_play"):
        Assignment.objects.filter(pk=held.pk).update(state=AssignmentState.LEASED)


def done(withdrawal: Withdrawal) -> int:
    run_withdrawal(withdrawal.pk)
    withdrawal.refresh_from_db()
    assert withdrawal.state == "done", withdrawal.error
    return withdrawal.changed


def test_a_filter_s_selection_is_withdrawn_and_put_back_by_a_job(
    project: Project, rui: User, lena: User, make_tasks: MakeTasks
):
    make_tasks(project, 3)
    make_tasks(project, 2, prefix="bad")
    held = lease(rui, project)
    asked = request_withdrawal(
        project=project, actor=lena, selection=TaskFilter(search="bad"), reason="A bad batch."
    )
    make_tasks(project, 1, prefix="badly-named-but-later")
    assert done(asked) == 2
    held.refresh_from_db()
    assert (held.state == AssignmentState.EXPIRED) is held.task.external_id.startswith("bad")
    assert not Task.objects.out_of_play().exclude(withdrawn_reason="A bad batch.").exists()
    back = request_withdrawal(
        project=project, actor=lena, selection=TaskFilter(search="bad1"), puts_back=True
    )
    assert done(back) == 1
    assert Task.objects.out_of_play().get().external_id == "bad2"


def test_everything_of_an_import_is_withdrawn_by_program(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    row = {"prompt": "Why?", "response_a": "Because.", "response_b": "So."}
    import_ = create_import(
        project=project, created_by=lena, filename="x.json", content=json.dumps([row]).encode()
    )
    run_import(import_.pk)
    body = {"import_id": import_.pk, "reason": "The wrong file."}
    reply = api(lena).post(f"projects/{project.slug}/withdrawals/", body)
    assert reply.status_code == 202, reply.content
    assert done(Withdrawal.objects.get()) == 1
    assert Task.objects.out_of_play().get().import_job == import_
    asked = api(lena).get(reply.headers["Location"].removeprefix("/api/v1/")).json()
    assert (asked["changed"], asked["selection"]) == (1, {"import": str(import_.pk)})
    task = f"projects/{project.slug}/tasks/{Task.objects.out_of_play().get().pk}"
    assert api(lena).post(f"{task}/put-back/").json()["withdrawn_at"] is None
    again = api(lena).post(f"{task}/withdraw/", {"reason": "Twice."}).json()
    assert (again["reason"], again["withdrawn_by"]) == ("Twice.", "Lena")
    assert api(rui).post(f"{task}/withdraw/", {"reason": "Mine."}).status_code == 403


def test_the_list_hides_withdrawn_tasks_until_it_is_asked_for_them(
    project: Project, lena: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 2)
    client, url = client_for(lena), f"/p/{project.slug}/tasks/"
    task = Task.objects.get(external_id="t1")
    client.post(f"{url}{task.pk}/withdraw/", {"reason": "<b>Cut</b> off."})
    for query, ids in (("", ["t2"]), ("yes", ["t1"]), ("any", ["t1", "t2"])):
        rows = client.get(f"{url}?withdrawn={query}").context["rows"]
        assert [row.task.external_id for row in rows] == ids
    page = client.get(f"{url}{task.pk}/").content.decode()
    assert "&lt;b&gt;Cut&lt;/b&gt; off." in page
    client.post(f"{url}{task.pk}/put-back/")
    assert "Withdraw this task" in client.get(f"{url}{task.pk}/").content.decode()
    asked = client.post(f"/p/{project.slug}/withdrawals/", {"q": "t2", "reason": "Both."})
    done(Withdrawal.objects.get())
    assert "1 task is withdrawn." in client.get(asked.headers["Location"]).content.decode()
