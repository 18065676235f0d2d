"""Answers of people who may no longer rate: taken once, kept as late, counted in nothing."""

from __future__ import annotations

import json
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from labeling.models import Assignment, Judgment, LateAnswer
from labeling.rating.marking import texts_shown
from labeling.rating.openings import open_votes
from labeling.vocabulary import AssignmentState
from projects.models import Membership, Project, User
from projects.services.members import remove_member
from tests.api.client import CallAs, submit
from tests.conftest import MakeTasks, judge, lease
from tests.rating.test_rate_page import JSON, ClientFor, form, rate_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(project: Project, rui: User, make_tasks: MakeTasks) -> Assignment:
    """What rui had on the screen."""
    make_tasks(project, 2)
    return lease(rui, project)


def leave(project: Project, user: User, lena: User) -> None:
    remove_member(membership=Membership.objects.get(project=project, user=user), actor=lena)


def test_a_removed_rater_s_answer_is_kept_once_and_counted_nowhere(
    project: Project, held: Assignment, rui: User, lena: User, client_for: ClientFor
):
    leave(project, rui, lena)
    client, url = client_for(rui), rate_url(project, held.pk, "submit")
    text = texts_shown(held).responses[0][0]
    span = {"slot": "A", "start": 1, "end": 5, "quote": text[1:5], "note": "Says nothing."}
    span |= {"polarity": "fault", "flag": "unsafe"}
    sent = form("2", rationale="Because.", spans=json.dumps(span))
    for _time in range(2):
        reply = client.post(url, sent, headers=JSON)
        assert reply.status_code == 200
        assert reply.json()["late"] is True
        assert "counts in no figure and no dataset" in reply.json()["message"]
    late = LateAnswer.objects.get()
    primary = 2 if held.shown_order[0] == 0 else -2
    assert (late.assignment, late.answers) == (held, {"overall": primary})
    assert late.rationale == "Because."
    (kept,) = late.spans
    assert (kept["slot"], kept["note"]) == ("AB"[held.shown_order[0]], "Says nothing.")
    assert "quote" not in kept
    open_votes(task=held.task, person=lena)
    page = client_for(lena).get(f"/p/{project.slug}/tasks/{held.task_id}/").content.decode()
    assert f'<q dir="auto">{text[1:5]}</q>' in page
    assert "Says nothing." in page
    assert not Judgment.objects.exists()
    held.refresh_from_db()
    assert held.state == AssignmentState.EXPIRED
    held.task.refresh_from_db()
    assert held.task.open_slots == held.task.overlap


def test_the_votes_of_a_task_take_the_same_queries_however_many_answers_there_are(
    project: Project,
    rui: User,
    sam: User,
    tao: User,
    lena: User,
    client_for: ClientFor,
    make_tasks: MakeTasks,
    django_assert_num_queries: DjangoAssertNumQueries,
):
    (task,) = make_tasks(project, 1, overlap=5)
    page, counted = f"/p/{project.slug}/tasks/{task.pk}/", []
    open_votes(task=task, person=lena)
    held = [lease(user, project) for user in (rui, sam, tao)]
    client = client_for(lena)
    for assignment in held:
        text = texts_shown(assignment).responses[0][0]
        span = {"slot": "A", "start": 1, "end": 5, "quote": text[1:5]}
        sent = json.dumps(span | {"polarity": "fault", "flag": "unsafe"})
        leave(project, assignment.rater, lena)
        url = rate_url(project, assignment.pk, "submit")
        client_for(assignment.rater).post(url, form("2", spans=sent), headers=JSON)
        if assignment == held[0]:
            client.get(page)
            with CaptureQueriesContext(connection) as queries:
                client.get(page)
            counted.append(len(queries))
    with django_assert_num_queries(counted[0]):
        assert client.get(page).content.count(b"<q ") == len(held)


def test_another_late_answer_to_the_same_task_is_not_said_to_be_kept(
    project: Project, held: Assignment, rui: User, lena: User, client_for: ClientFor, api: CallAs
):
    leave(project, rui, lena)
    client, url = client_for(rui), rate_url(project, held.pk, "submit")
    client.post(url, form("2", rationale="Because."), headers=JSON)
    for other in (form("-2", rationale="Because."), form("2", rationale="No.")):
        reply = client.post(url, other, headers=JSON)
        assert reply.status_code == 409
        assert reply.json()["message"].endswith("this one is not.")
    assert submit(api(rui), held.pk).status_code == 409
    assert LateAnswer.objects.get().rationale == "Because."


def test_whoever_was_given_another_role_is_late_too(
    project: Project, held: Assignment, rui: User, client_for: ClientFor
):
    Membership.objects.filter(project=project, user=rui).update(role="engineer")
    reply = client_for(rui).post(rate_url(project, held.pk, "submit"), form("1"), headers=JSON)
    assert reply.json()["late"] is True
    assert LateAnswer.objects.count() == 1


def test_a_late_answer_that_does_not_fit_is_refused_by_name(
    project: Project, held: Assignment, rui: User, lena: User, client_for: ClientFor
):
    leave(project, rui, lena)
    reply = client_for(rui).post(rate_url(project, held.pk, "submit"), form("77"), headers=JSON)
    assert reply.status_code == 422
    assert not LateAnswer.objects.exists()


def test_an_answer_that_had_arrived_is_not_kept_again(
    project: Project, held: Assignment, rui: User, lena: User, client_for: ClientFor
):
    key = uuid.uuid4()
    judge(rui, held, 1, key=key)
    leave(project, rui, lena)
    client, url = client_for(rui), rate_url(project, held.pk, "submit")
    reply = client.post(url, form("1", key=str(key)), headers=JSON)
    assert "had been saved while you rated" in reply.json()["message"]
    other = client.post(url, form("1", key=str(uuid.uuid4())), headers=JSON)
    assert other.status_code == 409
    assert not LateAnswer.objects.exists()


def test_a_late_skip_needs_nothing(
    project: Project, held: Assignment, rui: User, lena: User, client_for: ClientFor
):
    leave(project, rui, lena)
    url = rate_url(project, held.pk, "skip")
    reply = client_for(rui).post(url, {"reason": "unclear"}, headers=JSON)
    assert reply.json()["late"] is True
    held.refresh_from_db()
    assert held.state == AssignmentState.EXPIRED


def test_a_stranger_is_nobody_s_late_rater(
    project: Project, held: Assignment, otto: User, client_for: ClientFor
):
    for act in ("submit", "skip"):
        url = rate_url(project, held.pk, act)
        assert client_for(otto).post(url, form("1"), headers=JSON).status_code == 404


def test_a_program_is_answered_202(
    project: Project, held: Assignment, rui: User, lena: User, api: CallAs
):
    leave(project, rui, lena)
    reply = submit(api(rui), held.pk)
    assert (reply.status_code, reply.json()["state"]) == (202, "late")
    assert LateAnswer.objects.count() == 1


def test_the_lead_reads_late_answers_on_the_task_s_page(
    project: Project, held: Assignment, rui: User, lena: User, client_for: ClientFor
):
    leave(project, rui, lena)
    client_for(rui).post(
        rate_url(project, held.pk, "submit"), form("2", rationale="Because."), headers=JSON
    )
    open_votes(task=held.task, person=lena)
    page = client_for(lena).get(f"/p/{project.slug}/tasks/{held.task_id}/").content.decode()
    assert "Came too late" in page
    assert "Because." in page
    assert "They count nowhere." in page


def test_logging_out_gives_back_what_was_reserved(
    project: Project, held: Assignment, rui: User, client_for: ClientFor
):
    client: Client = client_for(rui)
    client.post("/logout/")
    held.refresh_from_db()
    assert held.state == AssignmentState.EXPIRED
