"""What raters ask because the guideline does not say it, and the precedents that answer it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from labeling.models import Assignment, Precedent, Query, Task
from labeling.models.removal import delete_tasks, erasing
from labeling.vocabulary import AssignmentState
from projects.models import AuditEvent, Membership, Project, User
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease

HERE = "projects/support-answers/"
HOSTILE = "Is <script>alert(1)</script> {{ 7|add:7 }} “harmless”? \u202e'; DROP TABLE x"


def asked(api: CallAs, user: User, assignment: Assignment, text: str, **fields: Any) -> int:
    """Asks by API; the id of the question."""
    reply = api(user).post(f"assignments/{assignment.pk}/question/", {"text": text, **fields})
    assert reply.status_code == 201, reply.content
    pk: int = reply.json()["id"]
    return pk


def test_3_questions_in_60_judgments_are_an_ambiguity_rate_of_5_percent(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 60)
    for n in range(60):
        assignment = lease(rui, project)
        if n < 3:
            asked(api, rui, assignment, f"May it refuse? {n}", criterion="overall" if n else "")
        judge(rui, assignment)
    figures = api(lena).get(f"{HERE}ambiguity/").json()
    overall = figures["overall"]
    assert (overall["value"], overall["n"], figures["open"]) == (0.05, 60, 3)
    assert (round(overall["low"], 3), round(overall["high"], 3)) == (0.017, 0.137)
    assert {key: share["value"] for key, share in figures["criteria"].items()} == {
        "": 1 / 60,
        "overall": 2 / 60,
    }
    (category,) = figures["categories"].values()
    assert category["n"] == 60
    assert figures["median_hours_to_answer"] is None
    # An answer that settles two, three hours later, is in the next session of every rater.
    Query.objects.update(asked_at=F("asked_at") - timedelta(hours=3))
    ids = [row["id"] for row in api(lena).get(f"{HERE}questions/?status=open").json()["results"]]
    body = {"questions": ids[:2], "answer": "It may, and says why.", "criterion": "overall"}
    made = api(lena).post(f"{HERE}precedents/", body)
    assert made.status_code == 201, made.content
    assert (made.json()["number"], made.json()["question"]) == (1, "May it refuse? 0")
    figures = api(lena).get(f"{HERE}ambiguity/").json()
    assert round(figures["median_hours_to_answer"], 1) == 3.0
    assert (figures["answered"], figures["open"]) == (2, 1)
    settled = api(rui).get(f"{HERE}questions/mine/").json()["results"][-1]
    assert (settled["status"], settled["precedent"]) == ("settled", 1)
    assert "task" not in settled


def test_every_rater_finds_precedents_in_the_drawer_and_never_which_task_they_are_about(
    project: Project,
    lena: User,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    (task,) = make_tasks(project, 1)
    pk = asked(api, rui, lease(rui, project), HOSTILE)
    inbox = client_for(lena).get(reverse("labeling:precedents", args=[project.slug]))
    assert b"&lt;script&gt;alert(1)" in inbox.content
    assert b"<script>alert(1)" not in inbox.content
    page = reverse("labeling:precedents-answer", args=[project.slug])
    lead = client_for(lena)
    shown = lead.get(page, {"question_id": pk})
    assert task.external_id in shown.content.decode()
    sent = {"question_id": pk, "question": "Is it?", "answer": "Yes:\nalways", "act": "precedent"}
    assert lead.post(page, sent).status_code == 302
    address = reverse("labeling:precedents", args=[project.slug])
    drawer = client_for(sam).get(address, {"part": "drawer"}).content.decode()
    assert "Precedent 1" in drawer
    assert "Yes:\nalways" in drawer
    for text in (drawer, client_for(sam).get(address).content.decode()):
        assert task.external_id not in text
    assert api(sam).get(f"{HERE}precedents/?find=alWAYS").json()["results"][0]["task"] is None
    assert api(sam).get(f"{HERE}precedents/?find=never").json()["count"] == 0
    assert "Is it?" in client_for(sam).get(address, {"find": "always"}).content.decode()
    assert "Yes:\nalways" in client_for(rui).get(address).content.decode()
    assert AuditEvent.objects.filter(verb="precedent written", project=project).exists()


def test_two_leads_who_answer_at_once_store_one_answer_and_the_second_hears_which(
    project: Project,
    lena: User,
    rui: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    make_tasks(project, 1)
    pk = asked(api, rui, lease(rui, project), "What of rhymes?")
    body = {"questions": [pk], "answer": "They count."}
    assert api(lena).post(f"{HERE}questions/answer/", body).status_code == 200
    again = api(lena).post(f"{HERE}precedents/", {**body, "answer": "They do not."})
    assert again.status_code == 409
    assert "They count." in again.json()["message"]
    assert not Precedent.objects.exists()
    page = reverse("labeling:precedents-answer", args=[project.slug])
    late = client_for(lena).post(page, {"question_id": pk, "answer": "No.", "act": "asker"})
    assert late.status_code == 422
    assert "They count." in late.content.decode()
    (own,) = api(rui).get(f"{HERE}questions/mine/").json()["results"]
    assert (own["status"], own["answer"], own["precedent"]) == ("answered", "They count.", None)


def test_a_precedent_that_contradicts_another_asks_which_holds_and_both_stay_on_record(
    project: Project,
    lena: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    (task,) = make_tasks(project, 1)
    body = {"question": "Rhymes?", "answer": "Yes.", "task": task.pk, "criterion": "overall"}
    assert api(lena).post(f"{HERE}precedents/", body).status_code == 201
    other = {**body, "answer": "No."}
    refused = api(lena).post(f"{HERE}precedents/", other)
    assert (refused.status_code, list(refused.json()["fields"])) == (409, ["supersedes"])
    page = reverse("labeling:precedents-answer", args=[project.slug])
    form = {**other, "act": "precedent"}
    asks = client_for(lena).post(page, form)
    assert asks.status_code == 422
    assert 'value="place:1"' in asks.content.decode()
    assert client_for(lena).post(page, {**form, "which": "place:1"}).status_code == 302
    first = api(lena).get(f"{HERE}precedents/1/").json()
    assert (first["retired"], first["superseded_by"], first["version"]) == (True, 2, 2)
    assert [row["number"] for row in api(lena).get(f"{HERE}precedents/").json()["results"]] == [2]
    assert api(lena).post(f"{HERE}precedents/", {**body, "beside": True}).status_code == 201
    # Worded anew is a version; the same words are none.
    word = {"question": "Rhymes?", "answer": "Never.", "beside": True, "task": task.pk}
    for _time in range(2):
        assert api(lena).put(f"{HERE}precedents/3/", word).json()["version"] == 2
    gone = api(lena).delete(f"{HERE}precedents/3/?superseded_by=2").json()
    assert (gone["retired"], [v["version"] for v in gone["versions"]]) == (True, [3, 2, 1])
    assert api(lena).delete(f"{HERE}precedents/3/").status_code == 400
    detail = client_for(lena).get(reverse("labeling:precedent", args=[project.slug, 3]))
    assert "Never." in detail.content.decode()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  ", "blank"),
        ("x" * 100_000, "2000 characters"),
        ("nul \0 there", "Null characters"),
    ],
)
def test_what_is_no_question_is_refused_with_a_sentence(
    text: str, words: str, project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    reply = api(rui).post(f"assignments/{assignment.pk}/question/", {"text": text})
    assert reply.status_code == 400
    assert words in reply.json()["fields"]["text"]
    assert not Query.objects.exists()


def test_a_question_is_taken_before_and_after_judging_on_a_withdrawn_task_and_once(
    project: Project,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    make_tasks(project, 1, overlap=1)
    assignment = lease(rui, project)
    address = reverse("labeling:rate_ask", args=[project.slug, assignment.pk])
    for _time in range(2):
        assert client_for(rui).post(address, {"text": "Before?"}).status_code == 302
    judge(rui, assignment)
    script = {"accept": "application/json"}
    assert client_for(rui).post(address, {"text": "After?"}, headers=script).status_code == 200
    empty = client_for(rui).post(address, {"text": " "}, headers=script)
    assert (empty.status_code, list(empty.json()["fields"])) == (422, ["text"])
    Task.objects.update(withdrawn_at=F("created_at"), withdrawn_reason="Broken")
    asked(api, rui, assignment, "Withdrawn?")
    # Who has left asked in good faith.
    Membership.objects.filter(user=rui).delete()
    assert client_for(rui).post(address, {"text": "Gone?"}, headers=script).status_code == 200
    assert client_for(sam).post(address, {"text": "Not mine"}).status_code == 404
    texts = list(Query.objects.order_by("pk").values_list("text", flat=True))
    assert texts == ["Before?", "After?", "Withdrawn?", "Gone?"]


def test_the_old_flag_is_not_offered_and_stands_in_the_inbox_without_a_sentence(
    project: Project,
    lena: User,
    rui: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    make_tasks(project, 2)
    page = client_for(rui).get(reverse("labeling:rate", args=[project.slug])).content.decode()
    assert 'value="broken"' in page
    assert 'value="guideline_gap"' not in page
    judge(rui, Assignment.objects.get(state=AssignmentState.LEASED), flags=["guideline_gap"])
    (query,) = api(lena).get(f"{HERE}questions/").json()["results"]
    assert (query["text"], query["status"], query["asked_by"]) == ("", "open", rui.display_name)
    assert api(lena).get(f"{HERE}ambiguity/").json()["overall"]["value"] == 1.0
    inbox = client_for(lena).get(reverse("labeling:precedents", args=[project.slug]))
    assert "Flagged without a sentence" in inbox.content.decode()


def test_a_precedent_outlives_its_task_and_a_question_does_not(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    (task,) = make_tasks(project, 1)
    pk = asked(api, rui, lease(rui, project), "Why?")
    api(lena).post(f"{HERE}precedents/", {"questions": [pk], "answer": "So."})
    with erasing():
        delete_tasks([task.pk])
    assert not Query.objects.exists()
    assert Precedent.objects.get().task is None


def test_a_new_precedent_and_an_answer_are_marked_until_their_reader_has_seen_them(
    project: Project,
    lena: User,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    make_tasks(project, 2)
    pk = asked(api, rui, lease(rui, project), "May it refuse?")
    address = reverse("labeling:precedents", args=[project.slug])
    news = reverse("labeling:precedents-unread", args=[project.slug])
    assert client_for(rui).get(news).json() == {"count": 0, "words": ""}
    body = {"questions": [pk], "answer": "It may."}
    api(lena).post(f"{HERE}precedents/", body)
    rater, json = client_for(rui), {"Accept": "application/json"}
    assert rater.get(news).json() == {"count": 2, "words": "2 new"}
    assert client_for(lena).get(news).json()["count"] == 0  # she wrote it
    assert api(sam).get(f"{HERE}precedents/unread/").json()["precedents"] == [1]
    work = rater.get(f"/p/{project.slug}/my-work/").content.decode()
    assert "2 answers and precedents are new to you" in work
    assert "It may." in work
    # One that comes while the drawer is read stays new.
    drawer = rater.get(address, {"part": "drawer"}).content.decode()
    shown = dict(re.findall(r'data-(until|answers)="([^"]*)"', drawer))
    api(lena).post(f"{HERE}precedents/", {"question": "Rhymes?", "answer": "They count."})
    assert rater.post(news, shown, headers=json).json() == {"count": 1, "words": "1 new"}
    assert "2 is new" not in rater.get(address).content.decode()
    assert "1 of these is new" in rater.get(address).content.decode()
    until = api(rui).get(f"{HERE}precedents/unread/").json()
    assert api(rui).post(f"{HERE}precedents/unread/", {"until": until["until"]}).json() == {
        "precedents": [],
        "answers": [],
        "until": until["until"],
    }
    # Nobody is told twice; what was worded anew is new again; what is retired is not.
    assert api(sam).post(f"{HERE}precedents/unread/", {"until": 2**62}).json()["precedents"] == []
    rater.post(news, {"until": "-1", "answers": "1,x,²"})
    api(lena).put(f"{HERE}precedents/2/", {"question": "Rhymes?", "answer": "They do count."})
    assert "worded anew" in rater.get(address, {"part": "drawer"}).content.decode()
    api(lena).delete(f"{HERE}precedents/2/")
    assert rater.get(news).json()["count"] == 0


def test_both_stand_only_by_choice_and_are_linked_and_words_asked_alike_are_the_same(
    project: Project, lena: User, rui: User, api: CallAs, client_for: Callable[[User], Client]
):
    body = {"question": "Rhymes?", "answer": "Yes.", "criterion": "overall"}
    api(lena).post(f"{HERE}precedents/", body)
    other = {**body, "question": " rhymes? ", "answer": "No."}
    refused = api(lena).post(f"{HERE}precedents/", other)
    assert (refused.status_code, "“Yes.”" in refused.json()["message"]) == (409, True)
    page = reverse("labeling:precedents-answer", args=[project.slug])
    warned = client_for(lena).get(page, {**other, "question_id": ""}).content.decode()
    assert "answers the same. If yours says otherwise" in warned
    both = api(lena).post(f"{HERE}precedents/", {**other, "beside": True}).json()
    assert both["beside"] == [1]
    drawer = client_for(rui).get(reverse("labeling:precedents", args=[project.slug]))
    for number in (1, 2):
        assert f'<a href="#precedent-{number}">' in drawer.content.decode()
    api(lena).delete(f"{HERE}precedents/1/")
    drawer = client_for(rui).get(reverse("labeling:precedents", args=[project.slug]))
    assert '<a href="#precedent-1">' not in drawer.content.decode()


@pytest.mark.parametrize(
    ("find", "hits"),
    [
        ("reponse", 1),
        ("RÉPONSE", 1),
        ("ponse e\u0301trange", 1),
        ("ÜBERSETZ", 1),
        ("response", 0),
        ("%", 0),
        ("_", 0),
        ("' OR 1=1 --", 0),
        ("\\", 0),
        ("(.*", 0),
        ("a " * 5000, 1),
        ("x" * 200, 0),
    ],
)
def test_words_are_found_in_precedents_whatever_their_case_and_accents(
    project: Project, lena: User, api: CallAs, client_for: Callable[[User], Client], find, hits
):
    said = {"question": "Une réponse étrange?", "answer": "Nur was u\u0308bersetzt ist."}
    api(lena).post(f"{HERE}precedents/", said)
    reply = api(lena).client.get(f"/api/v1/{HERE}precedents/", {"find": find})
    assert (reply.status_code, reply.json()["count"]) == (200, hits)
    page = client_for(lena).get(
        reverse("labeling:precedents", args=[project.slug]),
        {"find": find},
    )
    assert page.status_code == 200


def test_who_answers_about_a_task_or_is_answered_after_judging_it_does_not_judge_it_anew(
    project: Project, lena: User, rui: User, sam: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    Project.objects.update(edit_window_minutes=60)
    held = lease(rui, project)
    judge(rui, held)
    early = lease(sam, project)
    ids = [asked(api, rui, held, "May it refuse?"), asked(api, sam, early, "Is it rude?")]
    assert api(rui).post(f"assignments/{held.pk}/reopen/").status_code == 200
    judge(rui, Assignment.objects.get(pk=held.pk))
    api(lena).post(f"{HERE}questions/answer/", {"questions": ids, "answer": "It may."})
    refused = api(rui).post(f"assignments/{held.pk}/reopen/")
    assert (refused.status_code, refused.json()["code"]) == (409, "votes_opened")
    assert api(rui).post(f"{HERE}undo/").json()["code"] == "votes_opened"
    # Who was answered before judging judges, and may think again; who answered gets no lease.
    judge(sam, early)
    assert api(sam).post(f"assignments/{early.pk}/reopen/").status_code == 200
    assert api(lena).post(f"{HERE}next/").status_code == 204
