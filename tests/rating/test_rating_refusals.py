"""Judgments that do not fit: each refusal says why, and nothing is written."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.models import Assignment, Judgment
from labeling.rating.places import expire_leases
from labeling.vocabulary import AssignmentState
from projects.models import Membership, Project, User
from projects.services.members import set_member
from tests.api.client import CallAs, submit, take
from tests.conftest import MakeTasks


def test_an_expired_task_is_still_mine_while_its_place_is_free(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    client = api(rui)
    assignment = take(client)
    expire_leases(now=timezone.now() + timedelta(days=1))
    assert submit(client, assignment).status_code == 201


def test_an_expired_task_that_others_completed_is_refused_kindly(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks, api: CallAs
):
    (task,) = make_tasks(project, 1, overlap=1)
    client, other = api(rui), api(sam)
    assignment = take(client)
    expire_leases(now=timezone.now() + timedelta(days=1))
    assert submit(other, take(other)).status_code == 201
    for path in ("judgment/", "heartbeat/"):
        reply = client.post(f"assignments/{assignment}/{path}", {"answers": {"overall": 1}})
        assert reply.status_code == 409
        assert "other raters have completed it" in reply.json()["message"]
    assert Judgment.objects.get().rater == sam
    task.refresh_from_db()
    assert task.open_slots == 0


@pytest.mark.parametrize("path", ["judgment/", "skip/", "heartbeat/"])
def test_a_foreign_task_looks_like_none(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks, api: CallAs, path: str
):
    make_tasks(project, 1)
    assignment = take(api(rui))
    body = {"judgment/": {"answers": {"overall": 1}}, "skip/": {"reason": "other"}}.get(path)
    foreign = api(sam).post(f"assignments/{assignment}/{path}", body)
    missing = api(sam).post(f"assignments/{10**30}/{path}", body)
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.json() == missing.json()
    assert Assignment.objects.get().state == AssignmentState.LEASED
    assert not Judgment.objects.exists()


def test_a_task_that_was_judged_cannot_be_judged_otherwise(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    client = api(rui)
    assignment = take(client)
    submit(client, assignment, 1)
    reply = submit(client, assignment, -1)
    assert reply.status_code == 409
    assert "already judged" in reply.json()["message"]
    assert client.post(f"assignments/{assignment}/skip/", {"reason": "other"}).status_code == 409
    assert Judgment.objects.get().answers.count() == 1


def test_a_task_that_was_given_back_cannot_be_judged(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    client = api(rui)
    assignment = take(client)
    client.post(f"assignments/{assignment}/skip/", {"reason": "other"})
    reply = submit(client, assignment)
    assert reply.status_code == 409
    assert "skipped" in reply.json()["message"]
    assert not Judgment.objects.exists()


def test_who_is_no_rater_any_more_cannot_judge(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 2)
    client, other = api(rui), api(sam)
    mine, theirs = take(client), take(other)
    set_member(project=project, user=rui, role="engineer")
    Membership.objects.filter(user=sam).delete()
    assert client.post(f"assignments/{mine}/heartbeat/").status_code == 403
    assert other.post(f"assignments/{theirs}/heartbeat/").status_code == 404
    assert submit(client, mine).json()["state"] == submit(other, theirs).json()["state"] == "late"
    assert not Judgment.objects.exists()


@pytest.mark.parametrize(
    ("body", "field", "sentence"),
    [
        ({"answers": {"overall": 9}}, "overall", "9 is not on this scale"),
        ({"answers": {"overall": 10**30}}, "overall", "is not on this scale"),
        ({"answers": {"overall": "1"}}, "overall", "whole number"),
        ({"answers": {"overall": 1.5}}, "overall", "whole number"),
        ({"answers": {"overall": True}}, "overall", "whole number"),
        ({"answers": {"overall": 1, "beauty": 1}}, "beauty", "Unknown criterion “beauty”"),
        ({"answers": {"overall": 1, "\ud800": 1}}, "?", "Unknown criterion"),
        ({"answers": {"correct": 1}}, "overall", "needs an answer"),
        ({"answers": {}}, "overall", "needs an answer"),
        ({"answers": [1]}, "answers", "dictionary"),
        ({}, "answers", "required"),
        ([], "body", "dictionary"),
        ({"answers": {"overall": 1}, "tie_kind": "draw"}, "tie_kind", "not a valid choice"),
        ({"answers": {"overall": 1}, "tie_kind": "equal_bad"}, "tie_kind", "with a preference"),
        ({"answers": {"overall": 1}, "principles": [7]}, "principles", "no principle P7"),
        ({"answers": {"overall": 1}, "flags": ["rude"]}, "flags.0", "not a valid choice"),
        ({"answers": {"overall": 1}, "active_ms": "soon"}, "active_ms", "number of milliseconds"),
        ({"answers": {"overall": 1}, "idle_ms": [1]}, "idle_ms", "number of milliseconds"),
        ({"answers": {"overall": 1}, "idle_ms": True}, "idle_ms", "number of milliseconds"),
        ({"answers": {"overall": 1}, "key": "abc"}, "key", "UUID"),
        ({"answers": {"overall": 1}, "rationale": "x" * 10_001}, "rationale", "10000"),
        ({"answers": {"overall": 1}, "rationale": "a\x00b"}, "rationale", "Null"),
        ({"answers": {"overall": 1}, "rationale": "a\ud800b"}, "rationale", "Surrogate"),
        ({"answers": {"overall": 1}, "rational": "typo"}, "rational", "no such field"),
    ],
)
def test_a_submission_that_does_not_fit_names_the_field(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs, body, field, sentence
):
    make_tasks(project, 1)
    client = api(rui)
    assignment = take(client)
    reply = client.post(f"assignments/{assignment}/judgment/", json.dumps(body))
    assert reply.status_code == 400
    assert reply.json()["code"] == "invalid"
    assert sentence in reply.json()["fields"][field]
    assert not Judgment.objects.exists()
    assert Assignment.objects.get().state == AssignmentState.LEASED
