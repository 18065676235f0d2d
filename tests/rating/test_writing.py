"""Texts that raters write and a second person reviews, through the doors of raters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.timezone import now

from labeling.lead.tasks.filters import TaskFilter
from labeling.lead.withdrawals.services import (
    request_withdrawal,
    run_withdrawal,
    withdraw_task,
)
from labeling.models import Assignment, Response, Task, Writing
from labeling.rating.leases import Nothing, next_assignment
from labeling.rating.written import SENT_BACK_FOR
from projects.guidelines.services import acknowledge
from projects.models import Project, Role, User
from projects.project_templates import CriterionSpec, GuidelineSpec, PrincipleSpec
from projects.services.members import set_member
from projects.services.projects import create_project
from tests.api.client import CallAs
from tests.conftest import MakeTasks, membership

REVIEW = [
    CriterionSpec("decision", "Decision", "decision", is_primary=True),
    CriterionSpec("score", "How good is it now?", "score7"),
]
Act = Callable[..., dict[str, Any]]


@pytest.fixture
def school(lena: User, rui: User, sam: User) -> Project:
    """A project where rui and sam write, and review each other's texts."""
    project = create_project(
        name="Ideal answers",
        created_by=lena,
        criteria=REVIEW,
        guideline=GuidelineSpec(
            text="As you would like it.", principles=(PrincipleSpec("Says what it knows"),)
        ),
        settings={"overlap": 1},
    )
    for user in (rui, sam):
        set_member(project=project, user=user, role=Role.RATER)
        acknowledge(user=user, guideline=project.guidelines.get())
    return project


@pytest.fixture
def desk(api: CallAs, school: Project) -> Act:
    """Takes a rater's next task; with fields it is answered, and the reply returned."""

    def act(user: User, status: int = 201, **fields: Any) -> dict[str, Any]:
        leased = api(user).post(f"projects/{school.slug}/next/")
        if not fields or leased.status_code != 200:
            return leased.json() if leased.status_code == 200 else {}
        reply = api(user).post(f"assignments/{leased.json()['id']}/judgment/", fields)
        assert reply.status_code == status, reply.content
        return {**reply.json(), "leased": leased.json()}

    return act


def decided(decision: int, score: int = 6, **more: Any) -> dict[str, Any]:
    """What a reviewer sends."""
    return {"answers": {"decision": {"A": decision}, "score": {"A": score}}, **more}


def test_what_is_written_from_nothing_goes_to_a_second_person_and_never_to_its_author(
    school: Project, rui: User, sam: User, make_tasks: MakeTasks, desk: Act
):
    (task,) = make_tasks(school, 1, kind="write", contents=())
    leased = desk(rui)["task"]
    (text,) = leased["criteria"]
    assert (leased["kind"], leased["responses"]) == ("write", [])
    assert (text["key"], text["answer"], text["per"]) == ("text", "text", "task")
    assert leased["messages"] == [{"role": "user", "content": "What is 1 + 1?", "images": []}]
    written = desk(rui, text="Two.\n", typed=100, pasted=900, declared_assist=True)
    counted = {"typed": 100, "pasted": 900, "paste_ratio": 0.9, "much_pasted": True}
    assert written["text"] == "Two.\n"
    assert written["counted"] == {**counted, "declared_assist": True}
    text = Response.objects.get(judgment=written["id"])
    assert (text.content, text.is_human, text.author, text.prompt) == (
        "Two.\n",
        True,
        rui,
        task.prompt,
    )
    assert desk(rui) == {}, "the author reviews their own text"
    review = desk(sam)["task"]
    assert (review["kind"], [r["content"] for r in review["responses"]]) == ("rate", ["Two.\n"])
    assert [criterion["key"] for criterion in review["criteria"]] == ["decision", "score"]
    assert review["writing"]["counted"] == {**counted, "declared_assist": True}
    assert "Rui" not in str(review)
    edited = desk(sam, **decided(1, edit={"slot": "A", "text": "It is two."}))
    assert edited["edit"] == {"slot": "A", "text": "It is two."}
    better = Response.objects.get(judgment=edited["id"])
    assert (better.edited_from, better.author) == (text, sam)
    assert Writing.objects.get(judgment=edited["id"]).distance == pytest.approx(3 / 4)
    assert desk(sam) == {}
    with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
        Response.objects.filter(pk=text.pk).update(content="Three.")


def test_of_a_thousand_typed_characters_none_is_pasted_at_every_door(
    school: Project,
    lena: User,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    desk: Act,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    make_tasks(school, 1, kind="write", contents=())
    counted = desk(rui, text="Two. " * 200, typed=1000, pasted=0)["counted"]
    assert counted == {
        **{"typed": 1000, "pasted": 0, "paste_ratio": 0.0},
        **{"much_pasted": False, "declared_assist": False},
    }
    assert desk(sam)["task"]["writing"]["counted"] == counted
    page = client_for(sam).get(f"/p/{school.slug}/rate/").content.decode()
    assert "0% of 1,000 characters" in page
    figures = api(lena).get(f"projects/{school.slug}/writing/").json()
    assert (figures["much_pasted"]["value"], figures["much_pasted"]["n"]) == (0.0, 1)


def test_a_text_that_is_sent_back_comes_to_its_author_again_with_what_was_said(
    school: Project, rui: User, sam: User, make_tasks: MakeTasks, desk: Act, api: CallAs
):
    make_tasks(school, 1, kind="write", contents=())
    first = desk(rui, text="One and one.", typed=12, pasted=0)
    assert first["counted"]["paste_ratio"] == 0
    refused = desk(sam, 400, **decided(0, 2))
    assert "what should change" in str(refused["fields"]["rationale"])
    desk(sam, **decided(0, 2, rationale="Say what it makes."))
    undo = api(rui).post(f"projects/{school.slug}/undo/")
    assert (undo.status_code, "was sent back to you" in undo.json()["message"]) == (409, True)
    again = desk(rui)
    assert again["id"] == first["leased"]["id"]
    assert again["task"]["writing"]["drafts"] == [
        {"text": "One and one.", "decision": 0, "score": 2, "feedback": "Say what it makes."}
    ]
    refused = desk(rui, 400, text="One  and one.")
    assert "as it was" in str(refused["fields"]["text"])
    second = desk(rui, text="One and one make two.")
    assert desk(sam)["task"]["responses"][0]["content"] == "One and one make two."
    undo = api(sam).post(f"projects/{school.slug}/undo/")
    assert (undo.status_code, "another draft" in undo.json()["message"]) == (409, True)
    desk(sam, **decided(2, 7))
    judgments = Response.objects.filter(author=rui).order_by("pk")
    assert [text.judgment.is_current for text in judgments if text.judgment] == [False, True]
    assert second["id"] != first["id"]


def test_a_text_that_is_taken_back_is_reviewed_by_nobody(
    school: Project, rui: User, sam: User, make_tasks: MakeTasks, desk: Act, api: CallAs
):
    make_tasks(school, 1, kind="write", contents=())
    desk(rui, text="Two.")
    undone = api(rui).post(f"projects/{school.slug}/undo/").json()
    assert undone["taken_back"]["text"] == "Two."
    assert desk(sam) == {}
    desk(rui, text="Two.")
    desk(sam, **decided(0, 1, rationale="Too short."))
    api(sam).post(f"projects/{school.slug}/undo/")
    assert desk(rui) == {}, "the review that sent it back was taken back"
    desk(sam, **decided(2))
    assert Assignment.objects.get(rater=rui).state == "submitted"


def test_a_review_of_a_text_that_its_author_took_back_cannot_be_put_back_into_play(
    school: Project,
    lena: User,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    desk: Act,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    make_tasks(school, 1, kind="write", contents=())
    desk(rui, text="Two.")
    review = Task.objects.get(reviews__isnull=False)
    # Also where a lead had withdrawn it before, with a reason of their own.
    withdraw_task(task=review, actor=lena, reason="Not needed.")
    api(rui).post(f"projects/{school.slug}/undo/")
    address = f"projects/{school.slug}/tasks/{review.pk}/put-back/"
    reply = api(lena).post(address)
    assert (reply.status_code, reply.json()["code"]) == (409, "conflict")
    assert "nothing to review" in reply.json()["message"]
    page = client_for(lena).post(f"/p/{school.slug}/tasks/{review.pk}/put-back/", follow=True)
    assert "nothing to review" in page.content.decode()
    many = request_withdrawal(project=school, actor=lena, selection=TaskFilter(), puts_back=True)
    run_withdrawal(many.pk)
    desk(rui, text="Two.")
    assert desk(sam)["task"]["responses"][0]["content"] == "Two."
    assert Task.objects.in_play().filter(reviews__isnull=False).count() == 1


def test_what_its_sender_calls_pasted_is_refused_where_the_project_takes_no_pasted_text(
    school: Project, rui: User, sam: User, make_tasks: MakeTasks, desk: Act
):
    school.allow_paste = False
    school.save()
    make_tasks(school, 1, kind="write", contents=())
    refused = desk(rui, 400, text="Two.", typed=3, pasted=1)
    assert "1 character of this was pasted" in refused["fields"]["text"]
    desk(rui, text="Two.", typed=4, pasted=0)
    edit = {"slot": "A", "text": "It is two."}
    refused = desk(sam, 400, **decided(1, 5, edit=edit, typed=0, pasted=10))
    assert "10 characters" in refused["fields"]["edit"]
    desk(sam, **decided(2, 5, typed=0, pasted=10))  # nothing is written, so nothing was pasted


def test_a_reviewer_reads_that_the_author_took_the_text_back_and_blames_no_lead(
    school: Project, rui: User, sam: User, make_tasks: MakeTasks, desk: Act, api: CallAs
):
    make_tasks(school, 1, kind="write", contents=())
    desk(rui, text="Two.")
    review = desk(sam)["id"]
    api(rui).post(f"projects/{school.slug}/undo/")
    kept = api(sam).post(f"assignments/{review}/heartbeat/")
    assert "author has taken this text back" in kept.json()["message"]
    late = api(sam).post(f"assignments/{review}/judgment/", decided(2))
    assert (late.status_code, late.json()["state"]) == (202, "late")
    assert "author took this text back" in late.json()["message"]
    desk(rui, text="Two and no more.")
    desk(sam, **decided(2))
    api(rui).post(f"projects/{school.slug}/undo/")
    undo = api(sam).post(f"projects/{school.slug}/undo/")
    assert "author has taken the text back since" in undo.json()["message"]


def test_a_text_that_was_sent_back_waits_for_its_author_though_it_was_opened(
    school: Project, rui: User, sam: User, make_tasks: MakeTasks, desk: Act, api: CallAs
):
    make_tasks(school, 1, kind="write", contents=())
    desk(rui, text="Two.")
    desk(sam, **decided(0, 1, rationale="Too short."))
    opened = desk(rui)["id"]
    api(rui).post(f"assignments/{opened}/heartbeat/")
    later = now() + SENT_BACK_FOR - timedelta(hours=1)
    assert isinstance(next_assignment(membership=membership(sam, school), now=later), Nothing)
    desk(rui, text="Two, as one and one.")
    api(rui).post(f"projects/{school.slug}/undo/")
    assert Assignment.objects.get(rater=rui).lease_expires_at > later


def test_a_draft_is_improved_and_not_sent_as_it_was(
    school: Project, rui: User, make_tasks: MakeTasks, desk: Act
):
    make_tasks(school, 1, kind="write", contents=("It is  two, doubled.",))
    assert desk(rui)["task"]["responses"][0]["content"] == "It is  two, doubled."
    refused = desk(rui, 400, text="It is two,\ndoubled. ")
    assert "the draft as it was" in str(refused["fields"]["text"])
    written = desk(rui, text="It is two.")
    text = Response.objects.select_related("edited_from").get(judgment=written["id"])
    assert text.edited_from is not None
    assert text.edited_from.content == "It is  two, doubled."


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"text": " \n\t "}, "text", "nothing in it but spaces"),
        ({"text": "x" * 100_001}, "text", "At most 100,000 characters; this has 100,001."),
        ({"text": "half a pair: \ud800"}, "text", "Surrogate characters"),
        ({"text": "a\x00b"}, "text", "Null characters"),
        ({"text": "Two.", "edit": {"slot": "A", "text": "2"}}, "edit", "as the text"),
        ({"text": "Two.", "answers": {"score": {"A": 3}}}, "score", "Unknown criterion"),
        ({}, "answers", "required"),
    ],
)
def test_what_cannot_be_a_text_is_refused_in_words(
    school: Project,
    rui: User,
    make_tasks: MakeTasks,
    api: CallAs,
    fields: dict[str, Any],
    field: str,
    words: str,
):
    make_tasks(school, 1, kind="write", contents=())
    leased = api(rui).post(f"projects/{school.slug}/next/").json()
    reply = api(rui).post(f"assignments/{leased['id']}/judgment/", fields)
    assert reply.status_code == 400
    assert words in str(reply.json()["fields"][field])
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    ("review", "field"),
    [
        (decided(1), "edit"),
        (decided(1, edit={"slot": "A", "text": "Two . "}), "edit"),
        (decided(2, edit={"slot": "A", "text": "It is two."}), "edit"),
        (decided(1, edit={"slot": "B", "text": "It is two."}), "edit"),
        (decided(1, edit={"slot": "A", "text": ""}), "edit"),
        (decided(2, text="Two."), "text"),
        ({"answers": {"decision": {"A": 2}}}, "score"),
        (decided(3), "decision"),
    ],
)
def test_a_review_that_contradicts_itself_is_refused(
    school: Project,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    desk: Act,
    review: dict[str, Any],
    field: str,
):
    make_tasks(school, 1, kind="write", contents=())
    desk(rui, text="Two.")
    refused = desk(sam, 400, **review)
    assert field in refused["fields"]


def test_text_and_review_work_by_form_alone_and_keep_what_was_written(
    school: Project,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    client_for: Callable[[User], Client],
):
    make_tasks(school, 1, kind="write", contents=())
    author, base = client_for(rui), f"/p/{school.slug}/rate/"
    page = author.get(base)
    assert "Says what it knows" in page.content.decode()
    (lease,) = Assignment.objects.all()
    shown = author.post(f"{base}{lease.pk}/preview/", {"text": "It is **two**."})
    assert "<strong>two</strong>" in shown.content.decode()
    refused = author.post(f"{base}{lease.pk}/submit/", {"text": " "})
    assert (refused.status_code, refused.content.count(b"nothing in it but spaces")) == (422, 2)
    author.post(f"{base}{lease.pk}/submit/", {"text": "Two.\r\n\r\nSurely.", "typed": "13"})
    assert Response.objects.get(author=rui).content == "Two.\n\nSurely."
    reviewer = client_for(sam)
    assert "Two." in reviewer.get(base).content.decode()
    review = Assignment.objects.get(rater=sam)
    wrong = {"answer.decision.A": "1", "answer.score.A": "5", "edit.A": "Two.\r\n\r\nSurely."}
    kept = reviewer.post(f"{base}{review.pk}/submit/", {**wrong, "rationale": "Fine."})
    assert (kept.status_code, b"no word is changed" in kept.content) == (422, True)
    reviewer.post(f"{base}{review.pk}/submit/", {**wrong, "edit.A": "Two, surely."})
    assert Response.objects.get(author=sam).content == "Two, surely."
    assert Task.objects.filter(reviews__isnull=False, open_slots=0).count() == 1
