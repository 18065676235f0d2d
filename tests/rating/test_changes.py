"""An answer that is changed stands until another one is submitted, whatever becomes of that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from labeling.lead.withdrawals.services import withdraw_task
from labeling.models import Assignment, Judgment, LateAnswer, Task
from labeling.models.removal import erasing
from labeling.rating.openings import open_votes
from labeling.rating.places import expire_leases
from labeling.vocabulary import AssignmentState
from projects.models import Membership, Project, User
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease, membership
from tests.rating.test_rate_page import JSON
from tests.rating.test_writing import Act, decided, desk, school

__all__ = ["desk", "school"]
ClientFor = Callable[[User], Client]
RATE = "/p/support-answers/rate/"


def judged(rater: User, project: Project, overall: int = -2) -> Assignment:
    """The rater's next task, answered."""
    assignment = lease(rater, project)
    judge(rater, assignment, overall)
    return assignment


def stands(assignment: Assignment) -> bool:
    """Whether the first answer counts and holds its place, and no row was added to it."""
    assignment.refresh_from_db()
    (row,) = Judgment.objects.filter(assignment=assignment)
    return (
        list(Judgment.objects.counting().live()) == [row]
        and assignment.state == AssignmentState.SUBMITTED
        and assignment.task.open_slots == 0
    )


def test_an_answer_stands_while_it_is_changed_and_whatever_becomes_of_that(
    project: Project,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    client_for: ClientFor,
    api: CallAs,
):
    make_tasks(project, 1, overlap=1)
    own = judged(rui, project)
    client, program = client_for(rui), api(rui)
    opened = f"/p/support-answers/my-work/{own.pk}/change/"
    page = client.post(opened, follow=True).content.decode()
    assert "It stands as it is until you submit another" in page
    assert "Leave it as it is" in page
    assert stands(own), "opened"
    assert program.post("projects/support-answers/next/").status_code == 204
    assert api(sam).post("projects/support-answers/next/").status_code == 204
    assert stands(own), "left"
    expire_leases(now=timezone.now() + timedelta(days=1))
    assert stands(own), "lapsed"
    kept = program.post(f"assignments/{own.pk}/heartbeat/")
    assert kept.status_code == 200
    skipped = program.post(f"assignments/{own.pk}/skip/", {"reason": "other"})
    assert skipped.json() == {"id": own.pk, "state": "submitted", "reason": ""}
    assert stands(own), "skipped"
    again = program.post(f"assignments/{own.pk}/judgment/", {"answers": {"overall": 1}})
    assert (again.status_code, stands(own)) == (409, True), "submitted after it was left"
    client.post(opened)
    client.post("/logout/")
    assert stands(own), "logged out"
    client.force_login(rui)
    client.post(opened)
    script = client.post(f"{RATE}{own.pk}/prepare/", headers=JSON).json()
    assert (script["lost"], script["task"]) == (False, None)
    program.post(f"assignments/{own.pk}/judgment/", {"answers": {"overall": -2}})
    assert stands(own), "the same again"
    client.post(opened)
    changed = client.post(f"{RATE}{own.pk}/submit/", {"answer.overall": "3"})
    assert changed.status_code == 302
    first, second = Judgment.objects.filter(assignment=own).order_by("pk")
    assert (second.revises, second.is_current, first.is_current) == (first, True, False)


def test_what_is_changed_too_late_or_after_a_look_at_others_is_refused_and_the_answer_stands(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1, overlap=1)
    own = judged(rui, project)
    program, answer = api(rui), {"answers": {"overall": 1}}
    until = program.post(f"assignments/{own.pk}/reopen/").json()["expires"]
    first = Judgment.objects.get()
    assert datetime.fromisoformat(until) == first.created_at + timedelta(minutes=60)
    with erasing():
        Judgment.objects.update(created_at=first.created_at - timedelta(minutes=59))
    until = program.post(f"assignments/{own.pk}/reopen/").json()["expires"]
    left = datetime.fromisoformat(until) - timezone.now()
    assert timedelta(minutes=19) < left <= timedelta(minutes=20), "as long as a lease"
    Assignment.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    late = program.post(f"assignments/{own.pk}/judgment/", answer)
    assert (late.json()["code"], stands(own)) == ("window_over", True)
    program.post(f"assignments/{own.pk}/reopen/")
    open_votes(task=own.task, person=rui)
    late = program.post(f"assignments/{own.pk}/judgment/", answer)
    assert (late.json()["code"], stands(own)) == ("votes_opened", True)


def test_a_retry_of_the_first_answer_ends_no_change_and_the_same_answer_ends_it(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    own, program = lease(rui, project), api(rui)
    address, answer = f"assignments/{own.pk}/judgment/", {"answers": {"overall": -1}}
    keys = [{"key": str(uuid4())} for _ in range(3)]
    program.post(address, {**answer, **keys[0]})
    program.post(f"assignments/{own.pk}/reopen/")
    assert program.post(address, {**answer, **keys[0]}).status_code == 200
    assert program.post(address, {**answer, **keys[1]}).status_code == 200
    assert Judgment.objects.count() == 1
    assert program.post(address, {"answers": {"overall": 1}, **keys[2]}).status_code == 409
    program.post(f"assignments/{own.pk}/reopen/")
    assert program.post(address, {**answer, **keys[0]}).status_code == 200
    assert program.post(address, {"answers": {"overall": 1}, **keys[2]}).status_code == 201


def test_what_is_changed_on_a_task_withdrawn_meanwhile_is_kept_as_late(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1, overlap=1)
    own = judged(rui, project)
    program, answer = api(rui), {"answers": {"overall": 1}}
    program.post(f"assignments/{own.pk}/reopen/")
    withdraw_task(task=own.task, actor=lena, reason="Wrong.")
    reply = program.post(f"assignments/{own.pk}/judgment/", answer)
    assert (reply.status_code, reply.json()["state"]) == (202, "late")
    assert Judgment.objects.get().is_current
    membership(rui, project).delete()
    assert program.post(f"assignments/{own.pk}/judgment/", answer).status_code == 202
    assert LateAnswer.objects.count() == 1


def test_a_text_is_reviewed_until_its_author_sends_another_and_a_review_holds_until_it_is_changed(
    school: Project, rui: User, sam: User, make_tasks: MakeTasks, desk: Act, api: CallAs
):
    make_tasks(school, 1, kind="write", contents=())
    text = desk(rui, text="Two.")["leased"]["id"]
    reopened = api(rui).post(f"assignments/{text}/reopen/").json()
    assert (reopened["stands"]["text"], reopened["task"]["writing"]["drafts"]) == ("Two.", [])
    review = desk(sam)["id"]
    assert review, "what stands is reviewed meanwhile"
    api(rui).post(f"assignments/{text}/judgment/", {"text": "It is two."})
    late = api(sam).post(f"assignments/{review}/judgment/", decided(2))
    assert "author took this text back" in late.json()["message"]
    shown = desk(sam)
    assert shown["task"]["responses"][0]["content"] == "It is two."
    assert shown["task"]["writing"]["drafts"] == []
    desk(sam, **decided(2))
    api(sam).post(f"assignments/{shown['id']}/reopen/")
    assert desk(rui) == {}, "approved still"
    send_back = decided(0, 2, rationale="Say what it makes.")
    api(sam).post(f"assignments/{shown['id']}/judgment/", send_back)
    assert desk(rui)["id"] == text, "sent back by the review that was changed"
    api(sam).post(f"assignments/{shown['id']}/reopen/")
    assert desk(rui)["id"] == text
    api(sam).post(f"assignments/{shown['id']}/judgment/", decided(2))
    assert desk(rui) == {}
    assert Task.objects.in_play().filter(reviews__isnull=False).count() == 1


def test_a_text_that_was_sent_back_stays_with_its_author_who_logs_out(
    school: Project,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    desk: Act,
    client_for: ClientFor,
):
    make_tasks(school, 1, kind="write", contents=())
    desk(rui, text="Two.")
    desk(sam, **decided(0, 1, rationale="Too short."))
    text = desk(rui)["id"]
    client_for(rui).post("/logout/")
    assert Assignment.objects.get(pk=text).state == AssignmentState.LEASED
    assert desk(sam) == {}
    assert desk(rui)["id"] == text


def test_a_late_answer_takes_no_room_of_a_text_that_was_sent_back(
    school: Project, rui: User, sam: User, make_tasks: MakeTasks, desk: Act, api: CallAs
):
    make_tasks(school, 1, kind="write", contents=())
    text = desk(rui, text="Two.")["leased"]["id"]
    make_tasks(school, 1, kind="write", contents=(), prefix="late")
    late = desk(rui)["id"]
    desk(sam, **decided(0, 1, rationale="Too short."))
    expire_leases(now=timezone.now() + timedelta(days=1))
    Membership.objects.filter(user=rui).update(rater_limit=1)
    reply = api(rui).post(f"assignments/{late}/judgment/", {"text": "Three."})
    assert (reply.status_code, reply.json()["code"]) == (409, "limit")
    assert Assignment.objects.get(pk=text).state == AssignmentState.LEASED
    assert desk(rui)["id"] == text
