"""Rating by program: lease, submit once, skip, keep, take back."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from labeling.models import Assignment, Judgment
from labeling.rating.texts import render_some
from labeling.vocabulary import AssignmentState
from projects.guidelines.services import publish_guideline
from projects.models import Membership, Project, User
from projects.project_templates import GuidelineSpec, PrincipleSpec
from tests.api.client import NEXT, CallAs, submit, take
from tests.conftest import MakeTasks, lease

UNDO = "projects/support-answers/undo/"


def test_a_leased_task_has_the_published_shape(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    reply = api(rui).post(NEXT).json()
    assignment = Assignment.objects.get()
    assert set(reply) == {"id", "expires", "task"}
    assert reply["id"] == assignment.pk
    assert datetime.fromisoformat(reply["expires"]) == assignment.lease_expires_at
    assert set(reply["task"]) == {
        *("id", "kind", "language", "messages", "responses", "criteria", "rubric", "writing"),
        *("principles", "may_edit_winner", "may_paste", "conversation", "topics", "covers_texts"),
    }
    assert reply["task"]["id"] == reply["id"]
    assert reply["task"]["kind"] == "compare"
    (message,) = reply["task"]["messages"]
    assert message == {"role": "user", "content": "What is 1 + 1?", "images": []}
    assert [response["images"] for response in reply["task"]["responses"]] == [[], []]
    shape = {"slot", "content", "messages", "html", "images"}
    assert [set(r) for r in reply["task"]["responses"]] == [shape] * 2
    assert [r["messages"] for r in reply["task"]["responses"]] == [[], []]
    assert [r["slot"] for r in reply["task"]["responses"]] == ["A", "B"]
    overall = reply["task"]["criteria"][0]
    assert (overall["key"], overall["primary"], overall["required"]) == ("overall", True, True)
    assert overall["options"][0] == {"value": -3, "label": "A is much better", "tie_kind": ""}
    assert overall["tie_kinds"] == ["equal_good", "equal_bad", "cannot_tell"]


def test_responses_come_in_the_order_shown(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    by_rui, by_sam = (api(user).post(NEXT).json()["task"] for user in (rui, sam))
    contents = [r["content"] for r in by_rui["responses"]]
    assert contents == [r["content"] for r in by_sam["responses"]][::-1]


def test_nothing_in_a_leased_task_reveals_a_model(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1, prefix="secret-id-", contents=("Yes.", "No."))
    reply = api(rui).post(NEXT)
    text = reply.content.decode() + json.dumps(dict(reply.headers))
    assert "model-" not in text
    assert "secret-id" not in text
    assert project.salt not in text


def test_asking_again_returns_the_open_task(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 2)
    client = api(rui)
    assert take(client) == take(client)
    assert Assignment.objects.count() == 1


def test_a_submission_is_stored_from_the_canonical_point_of_view(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    for user, overall in ((rui, -2), (sam, 2)):
        client = api(user)
        assert submit(client, take(client), overall).status_code == 201
    values = [j.answers.get().value for j in Judgment.objects.all()]
    assert values[0] == values[1]


def test_a_reply_to_a_submission_repeats_what_was_said(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    spec = GuidelineSpec("Cite.", change_note="New.", principles=[PrincipleSpec("Be kind")])
    publish_guideline(project=project, published_by=lena, spec=spec)
    client = api(rui)
    client.post("projects/support-answers/guideline/acknowledgement/", {"number": 2})
    make_tasks(project, 1)
    submission = {
        "answers": {"overall": 0, "correct": 2},
        "tie_kind": "equal_bad",
        "rationale": "Neither answers.",
        "principles": [1],
        "flags": ["unsafe"],
        "active_ms": 1500,
        "idle_ms": 20,
    }
    assignment = take(client)
    reply = client.post(f"assignments/{assignment}/judgment/", {**submission, "key": str(uuid4())})
    assert reply.status_code == 201
    body = reply.json()
    assert {name: body[name] for name in submission} == submission
    assert body["assignment"] == assignment
    assert Judgment.objects.get(pk=body["id"]).ui_version == "api-1"


def test_a_double_click_stores_one_judgment_and_answers_alike(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    client = api(rui)
    assignment = take(client)
    first, second = (submit(client, assignment, 2, active_ms=ms) for ms in (10, 99))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.content == second.content
    assert Judgment.objects.count() == 1


@pytest.mark.parametrize("in_header", [True, False])
def test_a_retry_with_its_key_is_the_same_judgment(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs, in_header: bool
):
    make_tasks(project, 1)
    client, key = api(rui), str(uuid4())
    url = f"assignments/{take(client)}/judgment/"
    body = {"answers": {"overall": 1}, **({} if in_header else {"key": key})}
    headers = {"Idempotency-Key": key} if in_header else {}
    replies = [client.post(url, body, headers=headers) for _ in range(3)]
    assert [r.status_code for r in replies] == [201, 200, 200]
    assert len({r.content for r in replies}) == 1
    assert str(Judgment.objects.get().key) == key


def test_a_key_cannot_be_used_for_other_answers(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    client, key = api(rui), str(uuid4())
    assignment = take(client)
    assert submit(client, assignment, 1, key=key).status_code == 201
    refused = submit(client, assignment, -1, key=key)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


def test_a_key_that_is_no_uuid_is_refused(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    client = api(rui)
    url = f"assignments/{take(client)}/judgment/"
    reply = client.post(url, {"answers": {"overall": 1}}, headers={"Idempotency-Key": "1"})
    assert reply.json()["fields"] == {"Idempotency-Key": "An idempotency key is a UUID."}
    assert not Judgment.objects.exists()


def test_a_replay_after_an_undo_does_not_bring_the_judgment_back(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    client, key = api(rui), str(uuid4())
    assignment = take(client)
    first = submit(client, assignment, 1, key=key)
    assert client.post(UNDO).status_code == 200
    replay = submit(client, assignment, 1, key=key)
    assert (replay.status_code, replay.content) == (200, first.content)
    assert not Judgment.objects.filter(is_current=True, withdrawn=False).exists()
    assert submit(client, assignment, -1, key=str(uuid4())).status_code == 201


def test_an_undo_opens_the_task_again_with_what_was_answered(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    client = api(rui)
    leased = client.post(NEXT).json()
    submit(client, leased["id"], -3, rationale="First is right.")
    undone = client.post(UNDO).json()
    assert undone["task"] == leased["task"]
    assert undone["taken_back"]["answers"] == {"overall": -3}
    assert undone["taken_back"]["rationale"] == "First is right."
    assert client.post(UNDO).json()["code"] == "conflict"


def test_a_submission_can_bring_the_next_task(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 2)
    client = api(rui)
    first = take(client)
    reply = submit(client, first, query="?next=1").json()
    assert reply["next"] == client.post(NEXT).json() | {"expires": reply["next"]["expires"]}
    last = submit(client, reply["next"]["id"], query="?next=1").json()
    assert (last["next"], last["next_reason"]) == (None, "done")


def test_a_repeated_submission_brings_the_same_next_task(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 2)
    client = api(rui)
    first = take(client)
    once, again = (submit(client, first, query="?next=1").json() for _ in range(2))
    assert once["next"]["id"] == again["next"]["id"]
    assert Assignment.objects.count() == 2


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        ("no tasks", "empty"),
        ("paused", "paused"),
        ("new guideline", "not_acknowledged"),
        ("limit", "limit"),
        ("held by others", "waiting"),
        ("all judged", "done"),
    ],
)
def test_no_next_task_is_an_answer_with_a_reason(
    project: Project,
    lena: User,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    api: CallAs,
    prepare: str,
    reason: str,
):
    client = api(rui)
    if prepare != "no tasks":
        make_tasks(project, 1, overlap=1)
    if prepare == "paused":
        Project.objects.update(status=Project.Status.PAUSED)
    elif prepare == "new guideline":
        publish_guideline(
            project=project, published_by=lena, spec=GuidelineSpec("New.", change_note="New.")
        )
    elif prepare == "limit":
        make_tasks(project, 1, prefix="more")
        Membership.objects.filter(user=rui).update(rater_limit=1)
        submit(client, take(client))
    elif prepare == "held by others":
        lease(sam, project)
    elif prepare == "all judged":
        submit(client, take(client))
    reply = client.post(NEXT)
    if reason == "not_acknowledged":
        assert (reply.status_code, reply.json()["code"]) == (409, reason)
    else:
        assert (reply.status_code, reply.content) == (204, b"")
    assert reply.headers["X-Concord-Reason"] == reason


def test_a_skipped_task_does_not_come_back(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    client = api(rui)
    assignment = take(client)
    for _ in range(2):
        reply = client.post(f"assignments/{assignment}/skip/", {"reason": "unclear", "note": "?"})
        assert reply.json() == {"id": assignment, "state": "skipped", "reason": "unclear"}
    assert client.post(NEXT).status_code == 204


def test_a_skip_says_why(project: Project, rui: User, make_tasks: MakeTasks, api: CallAs):
    make_tasks(project, 1)
    client = api(rui)
    url = f"assignments/{take(client)}/skip/"
    assert set(client.post(url, {"reason": "bored"}).json()["fields"]) == {"reason"}
    assert set(client.post(url).json()["fields"]) == {"reason"}
    assert Assignment.objects.get().state == AssignmentState.LEASED


def test_a_heartbeat_keeps_the_lease(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    client = api(rui)
    assignment = take(client)
    Assignment.objects.update(lease_expires_at=timezone.now() + timedelta(seconds=5))
    reply = client.post(f"assignments/{assignment}/heartbeat/").json()
    assert reply["id"] == assignment
    assert datetime.fromisoformat(reply["expires"]) > timezone.now() + timedelta(minutes=10)
    submit(client, assignment)
    assert client.post(f"assignments/{assignment}/heartbeat/").status_code == 409


def test_a_rater_can_acknowledge_the_guideline_and_go_on(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    publish_guideline(
        project=project, published_by=lena, spec=GuidelineSpec("New.", change_note="New.")
    )
    client, url = api(rui), "projects/support-answers/guideline/acknowledgement/"
    assert "number 2" in client.post(url, {"number": 1}).json()["fields"]["number"]
    assert client.post(NEXT).status_code == 409
    assert client.post(url, {"number": 2}).json()["acknowledged"] is True
    assert client.post(NEXT).status_code == 200


def test_next_and_submit_take_few_queries(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs, django_assert_max_num_queries
):
    make_tasks(project, 4)
    render_some(project_id=project.pk)
    client = api(rui)
    submit(client, take(client))
    with django_assert_max_num_queries(12):
        assignment = take(client)
    with django_assert_max_num_queries(12):
        assert submit(client, assignment).status_code == 201
    assignment = take(client)
    with django_assert_max_num_queries(21):
        assert submit(client, assignment, query="?next=1").json()["next"]
