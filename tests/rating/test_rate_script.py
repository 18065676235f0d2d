"""The rating page as its script uses it: preparing, submitting, keeping; who may; what it costs."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from labeling.models import Assignment, Judgment, Prompt, Response
from labeling.rendering import RENDERER_VERSION
from labeling.vocabulary import AssignmentState
from projects.models import Project, User
from projects.services.projects import create_project
from tests.conftest import MakeTasks, judge, lease
from tests.rating.test_rate_page import JSON, ClientFor, form, rate_url


def test_the_next_task_is_prepared_with_a_short_lease(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 3)
    shown = lease(rui, project)
    reply = client_for(rui).post(rate_url(project, shown.pk, "prepare"), headers=JSON).json()
    prepared = Assignment.objects.get(pk=reply["task"]["id"])
    assert prepared.opened_at is None
    assert prepared.lease_expires_at < shown.lease_expires_at
    assert "What is" in reply["task"]["html"]


def test_a_page_gets_the_questions_of_a_kind_that_it_does_not_have(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 2)
    client, shown = client_for(rui), lease(rui, project)
    url = rate_url(project, shown.pk, "prepare")
    task = client.post(url, {"faces": "rank-5"}, headers=JSON).json()["task"]
    assert task["face"] == "compare-2"
    assert 'name="answer.overall"' in task["parts"]["questions"]
    known = client.post(url, {"faces": "rank-5 compare-2"}, headers=JSON).json()["task"]
    assert known == {name: value for name, value in task.items() if name != "parts"}


def test_a_submit_opens_what_is_shown_and_brings_the_one_after(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 3)
    client = client_for(rui)
    first = lease(rui, project)
    url = rate_url(project, first.pk, "prepare")
    second = client.post(url, headers=JSON).json()["task"]["id"]
    posted = form("1", showing=second)
    reply = client.post(rate_url(project, first.pk, "submit"), posted, headers=JSON).json()
    assert reply["lost"] is False
    assert reply["task"]["id"] not in {first.pk, second}
    assert Assignment.objects.get(pk=second).opened_at is not None
    assert Assignment.objects.get(pk=reply["task"]["id"]).opened_at is None


def test_a_submit_says_when_what_is_shown_was_lost(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 3, overlap=1)
    first = lease(rui, project)
    second = lease(rui, project, ahead_of=first.pk)
    Assignment.objects.filter(pk=second.pk).update(state=AssignmentState.EXPIRED)
    assert judge(sam, lease(sam, project)).judgment.task_id == second.task_id
    posted = form("1", showing=second.pk)
    reply = client_for(rui).post(rate_url(project, first.pk, "submit"), posted, headers=JSON)
    assert reply.json()["lost"] is True


def test_an_answer_sent_from_another_page_leases_nothing(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 3)
    shown = lease(rui, project)
    posted = form("1", showing="elsewhere")
    reply = client_for(rui).post(rate_url(project, shown.pk, "submit"), posted, headers=JSON)
    assert reply.json() == {"lost": False, "task": None, "nothing": ""}
    assert (Judgment.objects.count(), Assignment.objects.count()) == (1, 1)


def test_the_last_submit_says_why_nothing_follows(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    posted = form("1")
    reply = client_for(rui).post(rate_url(project, assignment.pk, "submit"), posted, headers=JSON)
    assert reply.json() == {"lost": False, "task": None, "nothing": "done"}


def test_a_heartbeat_keeps_both_and_names_what_is_lost(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 3, overlap=1)
    first = lease(rui, project)
    second = lease(rui, project, ahead_of=first.pk)
    url = rate_url(project, first.pk, "heartbeat")
    client = client_for(rui)
    assert client.post(url, {"ahead": second.pk}, headers=JSON).json()["lost"] == []
    Assignment.objects.filter(pk=second.pk).update(state=AssignmentState.SKIPPED)
    assert client.post(url, {"ahead": second.pk}, headers=JSON).json()["lost"] == [second.pk]


def test_a_heartbeat_on_a_judged_task_is_refused_in_words(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    judge(rui, assignment)
    reply = client_for(rui).post(rate_url(project, assignment.pk, "heartbeat"), headers=JSON)
    assert reply.status_code == 409
    assert "no longer yours" in reply.json()["message"]


def test_leaving_gives_back_what_was_prepared_and_keeps_what_was_shown(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 2)
    shown = lease(rui, project)
    prepared = lease(rui, project, ahead_of=shown.pk)
    client = client_for(rui)
    for assignment in (shown, prepared):
        assert client.post(rate_url(project, assignment.pk, "release")).status_code == 204
    shown.refresh_from_db()
    prepared.refresh_from_db()
    assert (shown.state, prepared.state) == (AssignmentState.LEASED, AssignmentState.EXPIRED)


def test_an_undo_by_script_brings_the_task_and_its_values(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    client = client_for(rui)
    posted = form("2", **{"answer.correct": "-1"}, rationale="why", flags="unsafe")
    client.post(rate_url(project, assignment.pk, "submit"), posted, headers=JSON)
    reply = client.post(rate_url(project, "undo"), headers=JSON).json()
    assert reply["task"]["id"] == assignment.pk
    assert reply["values"]["answer.overall"] == ["2"]
    assert reply["values"]["answer.correct"] == ["-1"]
    assert (reply["values"]["rationale"], reply["values"]["flags"]) == (["why"], ["unsafe"])


def test_a_page_left_open_cannot_act_in_the_name_of_whoever_logged_in_since(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 2)
    judge(sam, lease(sam, project))
    shown = lease(sam, project)
    acts = [rate_url(project, "undo")]
    acts += [rate_url(project, shown.pk, act) for act in ("submit", "skip", "prepare", "heartbeat")]
    client, headers = client_for(sam), {**JSON, "x-concord-account": rui.browser_key}
    for address in acts:
        reply = client.post(address, form(reason="other"), headers=headers)
        assert (reply.status_code, reply.json()["code"]) == (403, "other_account")
        assert reply.json()["message"] == f"{sam.display_name} is logged in in this browser now."
    assert Judgment.objects.standing().count() == 1
    assert Assignment.objects.get(pk=shown.pk).state == AssignmentState.LEASED
    own = {**JSON, "x-concord-account": sam.browser_key}
    assert client.post(acts[0], headers=own).status_code == 200


def test_what_the_script_may_not_or_cannot_find_is_said_in_json(
    project: Project, rui: User, mia: User, otto: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1)
    url = rate_url(project, lease(rui, project).pk, "submit")
    replies = [client_for(user).post(url, form(), headers=JSON) for user in (mia, otto)]
    codes = [(reply.status_code, reply.json()["code"]) for reply in replies]
    assert codes == [(403, "forbidden"), (404, "not_found")]


def test_a_page_whose_token_is_too_old_is_told_so_in_json(project: Project, rui: User):
    client = Client(enforce_csrf_checks=True)
    client.force_login(rui)
    reply = client.post(rate_url(project, "undo"), headers=JSON)
    assert (reply.status_code, reply.json()["code"]) == (403, "csrf")


# --- who may -----------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["submit", "skip", "prepare", "heartbeat", "release"])
def test_a_strangers_assignment_does_not_exist(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks, client_for: ClientFor, act: str
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    assert client_for(sam).post(rate_url(project, assignment.pk, act), form()).status_code == 404
    assert not Judgment.objects.exists()


@pytest.mark.parametrize("act", ["submit", "skip", "prepare", "heartbeat", "release"])
def test_an_assignment_does_not_exist_under_another_project(
    project: Project, rui: User, lena: User, make_tasks: MakeTasks, client_for: ClientFor, act: str
):
    make_tasks(project, 1)
    assignment = lease(lena, project)
    other = create_project(name="Other", created_by=lena, template="arena")
    assert client_for(lena).post(rate_url(other, assignment.pk, act), form()).status_code == 404


def test_an_engineer_may_not_rate_and_an_outsider_sees_nothing(
    project: Project, mia: User, otto: User, client_for: ClientFor
):
    assert client_for(mia).get(rate_url(project)).status_code == 403
    assert client_for(otto).get(rate_url(project)).status_code == 404


def test_acts_need_a_post(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    for act in ("submit", "skip", "prepare", "heartbeat", "release"):
        assert client_for(rui).get(rate_url(project, assignment.pk, act)).status_code == 405


# --- size --------------------------------------------------------------------------------------

WORDS = " ".join(["A plausible sentence of some eight words here."] * 19)


def test_a_judgment_costs_few_queries_and_little_traffic(
    project: Project,
    rui: User,
    make_tasks: MakeTasks,
    client_for: ClientFor,
    django_assert_max_num_queries: DjangoAssertNumQueries,
):
    make_tasks(project, 6, contents=(WORDS, WORDS + " {i}"))
    Prompt.objects.update(html="<p>x</p>", html_version=RENDERER_VERSION)
    Response.objects.update(html=f"<p>{WORDS}</p>", html_version=RENDERER_VERSION)
    client = client_for(rui)
    shown = lease(rui, project)
    ahead = lease(rui, project, ahead_of=shown.pk)
    with django_assert_max_num_queries(18):
        posted = form(showing=ahead.pk)
        reply = client.post(rate_url(project, shown.pk, "submit"), posted, headers=JSON)
    assert reply.status_code == 200
    assert reply.json()["task"]["id"] not in {shown.pk, ahead.pk}
    assert len(reply.content) < 20_000
