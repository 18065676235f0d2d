"""Marked regions of pictures: checked beside the pictures of the task, stored and read back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from labeling.erasure.people import erase_texts_of
from labeling.lead.agreement.report import agreement_report
from labeling.models import Judgment, LateAnswer, Prompt, Region, Response, Task, TextErasing
from labeling.rating.openings import open_votes
from projects.models import Membership, Principle, Project, User
from projects.services.erasure import erase_person
from projects.services.members import remove_member
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease

#: One picture of the prompt, two of the first response in its second turn, one of the other.
PICTURE = {"sha256": "a" * 64, "width": 400, "height": 300, "form": "png", "size": 9}
BOX = {"x": 0.1, "y": 0.25, "w": 0.5, "h": 0.125}


@pytest.fixture
def task(project: Project, make_tasks: MakeTasks) -> Task:
    """A task of two picture responses, whose contents tell them apart."""
    (task,) = make_tasks(project, 1, contents=("one", "two"), overlap=2)
    Prompt.objects.update(messages=[{"role": "user", "content": "Draw.", "images": [PICTURE]}])
    turns = [
        {"role": "assistant", "content": "Look."},
        {"role": "assistant", "content": "one", "images": [PICTURE, PICTURE]},
    ]
    Response.objects.filter(content="one").update(messages=turns)
    (shown,) = [{"role": "assistant", "content": "two", "images": [PICTURE]}]
    Response.objects.filter(content="two").update(messages=[shown])
    task.refresh_from_db()
    return task


def region(slot: str = "prompt", **fields: object) -> dict[str, Any]:
    """A fault of the primary question unless told otherwise."""
    attached = {} if {"flag", "principle", "criterion"} & {*fields} else {"criterion": "overall"}
    where = {"slot": slot, "message": 0, "image": 0, **BOX, "polarity": "fault"}
    return {**where, **attached, **fields}


def slots_of(leased: dict[str, Any]) -> tuple[str, str]:
    """The slots of the first and the second response of the fixture."""
    slots = {shown["content"]: shown["slot"] for shown in leased["task"]["responses"]}
    return slots["one"], slots["two"]


def leased(api: CallAs, rui: User, project: Project) -> tuple[str, dict[str, Any]]:
    """The address of a rater's next judgment, and its task."""
    body: dict[str, Any] = api(rui).post(f"projects/{project.slug}/next/").json()
    return f"assignments/{body['id']}/judgment/", body


def test_regions_are_stored_by_response_and_read_back_as_they_were_sent(
    project: Project, task: Task, rui: User, api: CallAs
):
    Principle.objects.create(guideline=project.guidelines.get(), number=1, title="True", text="Be.")
    address, body = leased(api, rui, project)
    first, second = slots_of(body)
    regions = [
        region(x=0, y=0, w=1, h=1, flag="unsafe", note="All of it 👍🏽."),
        region(first, message=1, image=1, x=0.7, w=0.3, polarity="praise", principle="P1"),
        region(second, x=1 / 3, w=2 / 3),
    ]
    sent = {"answers": {"overall": -1}, "regions": [*regions, regions[0]]}
    reply = api(rui).post(address, sent)
    assert reply.status_code == 201, reply.content
    key = project.criteria.get(is_primary=True).key
    expected = [{**r, "criterion": key} if "criterion" in r else r for r in regions]
    order = ["prompt", "A", "B"]
    read = reply.json()["regions"]
    assert read == sorted(expected, key=lambda region: order.index(region["slot"]))
    assert api(rui).post(address, sent).status_code == 200
    assert api(rui).post(address, {**sent, "regions": regions[:1]}).status_code == 409
    rows = Region.objects.filter(response__isnull=False).values_list(
        "response__content", "message", "image", "x"
    )
    assert set(rows) == {("one", 1, 1, 0.7), ("two", 0, 0, 1 / 3)}
    for change in ({"x": 0.9}, {"x": float("nan")}, {"w": 0}, {"note": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Region.objects.update(**change)
    undone = api(rui).post(f"projects/{project.slug}/undo/").json()
    assert undone["taken_back"]["regions"] == read
    # Judged again without them, none are said.
    again = api(rui).post(address, {"answers": {"overall": -1}}).json()
    assert ("regions" in again, again["spans"]) == (False, [])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"x": 0.6}, "it leaves its picture"),
        ({"h": 0.75001}, "it leaves its picture"),
        ({"w": 0}, "it has no size"),
        ({"h": 1e-7}, "it has no size"),
        ({"h": 5e-324}, "it has no size"),
        ({"x": -0.1}, "`x` is a share of the picture: a number from 0 to 1"),
        ({"y": 1.5}, "`y` is a share"),
        ({"y": 10**30}, "`y` is a share"),
        ({"w": "0.5"}, "`w` is a share"),
        ({"w": True}, "`w` is a share"),
        ({"h": None}, "`h` is a share"),
        ({"h": [0.1]}, "`h` is a share"),
        ({"image": 1}, "image 1 does not exist; the pictures of that message are counted from 0"),
        ({"image": -1}, "`image` is a whole number"),
        ({"image": 0.0}, "`image` is a whole number"),
        ({"message": 1}, "message 1 does not exist"),
        ({"slot": "C"}, "“C” is no text of this task; they are A, B, prompt"),
        ({"polarity": "bad"}, "`polarity` is one of: fault, praise"),
        ({"criterion": "colour"}, "there is no “colour” to attach it to"),
        ({"flag": "unsafe"}, "attached to exactly one of"),
        ({"criterion": None, "principle": "P99"}, "has no principle P99"),
        ({"quote": "red"}, "“quote” is unknown"),
        ({"note": "a\x00"}, "cannot be stored"),
    ],
)
def test_a_region_that_does_not_fit_is_refused_in_a_sentence_and_nothing_is_stored(
    project: Project, task: Task, rui: User, api: CallAs, change: dict[str, object], words: str
):
    address, _body = leased(api, rui, project)
    sent = {**region(criterion="overall"), **change}
    reply = api(rui).post(address, {"answers": {"overall": -1}, "regions": [sent]})
    assert reply.status_code == 400
    assert words in reply.json()["fields"]["regions"]
    assert not Judgment.objects.exists()


def test_a_task_without_pictures_takes_no_region_and_says_nothing_of_them(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    address, _body = leased(api, rui, project)
    reply = api(rui).post(address, {"answers": {"overall": -1}, "regions": [region("A")]})
    assert "image 0 does not exist" in reply.json()["fields"]["regions"]
    with CaptureQueriesContext(connection) as queries:
        reply = api(rui).post(address, {"answers": {"overall": -1}, "regions": []})
    assert "regions" not in reply.json()
    tables = [query["sql"] for query in queries if "labeling_region" in query["sql"]]
    # Where what was marked is read back, both sorts are one statement.
    assert all("concord_marked" in sql for sql in tables)


def test_what_is_no_region_and_too_many_of_them_are_refused_at_once(
    project: Project, task: Task, rui: User, api: CallAs
):
    address, _body = leased(api, rui, project)
    for regions, words in (
        (["A"], "Region 1: it is no object"),
        ([region(), {}], "Region 2: “None” is no text"),
        ([{"x": 0.5}] * 4_000, "At most 200 regions can be marked; these are 4,000"),
    ):
        start = time.process_time()
        reply = api(rui).post(address, {"answers": {"overall": -1}, "regions": regions})
        assert time.process_time() - start < 0.5
        assert reply.status_code == 400
        assert words in reply.json()["fields"]["regions"]
    for body in ("A", {"0": region()}, [[region()]], [region()] * 10_000):
        reply = api(rui).post(address, {"answers": {"overall": -1}, "regions": body})
        assert (reply.status_code, Judgment.objects.count()) == (400, 0)


def test_a_form_carries_regions_beside_passages_and_has_them_again_after_an_undo(
    project: Project, task: Task, rui: User, client_for: Callable[[User], Client]
):
    client = client_for(rui)
    client.get(f"/p/{project.slug}/rate/")
    submit = f"/p/{project.slug}/rate/{task.assignments.get().pk}/submit/"
    key = project.criteria.get(is_primary=True).key
    span = {"slot": "prompt", "start": 0, "end": 4, "quote": "Draw", "polarity": "praise"}
    marks = [json.dumps(region(criterion=key)), json.dumps({**span, "criterion": key})]
    endless = json.dumps(region(criterion=key, x=float("nan")))
    refused = client.post(submit, {"spans": [*marks, endless], f"answer.{key}": "-1"})
    assert (refused.status_code, Region.objects.count()) == (422, 0)
    assert "Region 2: `x` is a share of the picture" in refused.content.decode()
    assert client.post(submit, {"spans": marks, f"answer.{key}": "-1"}).status_code == 302
    assert Region.objects.get().box == (0.1, 0.25, 0.5, 0.125)
    client.post(f"/p/{project.slug}/rate/undo/")
    page = client.get(f"/p/{project.slug}/rate/").content.decode()
    assert page.count('name="spans"') == 2
    assert "&quot;w&quot;: 0.5" in page


def test_a_late_region_is_kept_and_shown_and_notes_go_with_their_author(
    project: Project,
    task: Task,
    rui: User,
    lena: User,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    judge(rui, lease(rui, project), regions=[region(note="Rui minds this.", flag="unsafe")])
    api(rui).post(f"projects/{project.slug}/undo/")
    address, body = leased(api, rui, project)
    first, _second = slots_of(body)
    remove_member(membership=Membership.objects.get(project=project, user=rui), actor=lena)
    late = region(first, message=1, note="Rui is late.")
    reply = api(rui).post(address, {"answers": {"overall": -1}, "regions": [late]})
    assert (reply.status_code, reply.json()["state"]) == (202, "late")
    (kept,) = LateAnswer.objects.get().regions
    place = [Response.objects.get(pk=pk).content for pk in task.response_ids].index("one")
    assert (kept["slot"], kept["note"]) == ("AB"[place], "Rui is late.")
    open_votes(task=task, person=lena)
    page = client_for(lena).get(f"/p/{project.slug}/tasks/{task.pk}/").content.decode()
    assert "Rui is late." in page
    assert "10% from the left, 25% from the top" in page
    votes = api(lena).post(f"projects/{project.slug}/tasks/{task.pk}/votes/").json()
    assert (votes["late"][0]["regions"], votes["late"][0]["rater"]) == ([kept], "Rui")
    Task.objects.update(purpose="qualification")
    votes = api(lena).post(f"projects/{project.slug}/tasks/{task.pk}/votes/").json()
    assert votes["late"][0]["rater"] == "a candidate"
    erase_person(person=rui, actor=lena)
    for job in TextErasing.objects.all():
        erase_texts_of(job.pk)
    (kept,) = LateAnswer.objects.get().regions
    assert ("note" in kept, kept["x"], Region.objects.get().note) == (False, 0.1, "")


def test_a_lead_sees_who_marked_what_on_the_picture_and_nearly_equal_ones_as_one(
    project: Project,
    task: Task,
    lena: User,
    rui: User,
    sam: User,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    for rater, shift in ((rui, 0.0), (sam, 0.05)):
        held = lease(rater, project)
        shown = [task.response_ids[place] for place in held.shown_order]
        at = [Response.objects.get(pk=pk).content for pk in shown].index("two")
        marks = [
            region("AB"[at], x=0.1 + shift, note=f"{rater.name}: <no>"),
            region("AB"[at], x=0.5 * shift / 0.05, w=0.4, polarity="praise"),
        ]
        judge(rater, held, regions=marks)
    open_votes(task=task, person=lena)
    page = client_for(lena).get(f"/p/{project.slug}/tasks/{task.pk}/").content.decode()
    assert page.count('<svg class="regions" viewBox="0 0 400 300">') == 1
    drawn = page.split('<svg class="regions"')[1].split("</svg>")[0]
    assert drawn.count('<g class="region fault"') == 1
    assert drawn.count('<g class="region praise"') == 2
    assert 'class="line" x="40.00" y="75.00" width="200.00" height="37.50"' in drawn
    listed = page.split('id="regions"')[1]
    assert "by 2 raters" in listed
    assert "<bdi>Rui</bdi>, <bdi>Sam</bdi>" in listed
    assert "Sam: &lt;no&gt;" in listed
    votes = api(lena).post(f"projects/{project.slug}/tasks/{task.pk}/votes/").json()
    assert [len(row["regions"]) for row in votes["judgments"]] == [2, 2]
    # With a task of a qualification nobody learns who it was that marked it.
    Task.objects.update(purpose="qualification")
    page = client_for(lena).get(f"/p/{project.slug}/tasks/{task.pk}/").content.decode()
    assert "<bdi>a candidate</bdi>, <bdi>a candidate</bdi>" in page.split('id="regions"')[1]
    assert "<bdi>Rui</bdi>" not in page
    Task.objects.update(purpose="live")
    # Boxes of 0.5 that are 0.05 apart share 0.45 of 0.55; the praised ones do not meet.
    figures = agreement_report(project)["criteria"]["overall"]
    iou = 0.45 / 0.55
    assert (figures["regions"]["iou"]["value"], figures["regions"]["iou"]["n"]) == (
        pytest.approx(iou / 2),
        2,
    )
    assert (figures["regions"]["marked_by_both"]["value"], figures["regions"]["regions"]) == (1, 4)
    assert figures["passages"] is None
