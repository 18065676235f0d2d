"""A paused rater gets no new task, finishes what is open, and reads why and whom to ask."""

from __future__ import annotations

import pytest

from labeling.models import Assignment
from labeling.rating.leases import Nothing, advance, next_assignment
from labeling.vocabulary import NothingLeft
from projects.models import AuditEvent, Project, User
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease, membership
from tests.rating.test_rate_page import ClientFor

pytestmark = pytest.mark.django_db

PAUSED = Nothing(NothingLeft.RATER_PAUSED)


def test_what_is_open_is_finished_and_nothing_new_comes_until_the_rater_goes_on(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs,
    client_for: ClientFor,
):  # fmt: skip
    make_tasks(project, 4)
    held = lease(rui, project)
    ahead = advance(membership=membership(rui, project), showing=held.pk).next
    assert isinstance(ahead, Assignment)
    path = f"projects/{project.slug}/members/{membership(rui, project).pk}/"
    body = {"paused": True, "pause_reason": "Let us  talk first."}
    for _twice in range(2):
        reply = api(lena).patch(path, body)
        assert reply.json()["pause_reason"] == "Let us talk first."
    ahead.refresh_from_db()
    assert ahead.state == "expired"  # prepared for the screen, and never opened
    assert lease(rui, project) == held
    judge(rui, held)
    assert next_assignment(membership=membership(rui, project)) == PAUSED
    assert api(rui).post(f"projects/{project.slug}/next/").headers["X-Concord-Reason"] == (
        "rater_paused"
    )
    page = client_for(rui).get(f"/p/{project.slug}/rate/").content.decode()
    assert "A lead has paused your work here" in page
    assert "“Let us talk first.”" in page
    assert "Ask Lena." in page
    assert api(lena).patch(path, {"paused": False}).json()["paused_at"] is None
    assert lease(rui, project)
    verbs = AuditEvent.objects.filter(verb__in=["rater paused", "rater goes on"])
    assert list(verbs.order_by("pk").values_list("verb", flat=True)) == [
        "rater paused",
        "rater goes on",
    ]


def test_the_words_of_a_pause_change_and_it_holds_since_it_began(
    project: Project, lena: User, rui: User, api: CallAs
):
    path = f"projects/{project.slug}/members/{membership(rui, project).pk}/"
    since = api(lena).patch(path, {"paused": True, "pause_reason": "Let us talk."}).json()
    changed = api(lena).patch(path, {"pause_reason": "Call me."}).json()
    assert (changed["pause_reason"], changed["paused_at"]) == ("Call me.", since["paused_at"])
    assert api(lena).patch(path, {"paused": True}).json() == changed
    reasons = AuditEvent.objects.filter(verb="rater paused").order_by("pk")
    assert [line.detail["reason"] for line in reasons] == ["Let us talk.", "Call me."]
    ended = api(lena).patch(path, {"paused": False}).json()
    assert (ended["pause_reason"], ended["paused_at"]) == ("", None)
    assert api(lena).patch(path, {"pause_reason": "Of what?"}).json() == ended


def test_a_lead_pauses_from_the_rater_s_page_and_takes_the_open_tasks_back(
    project: Project, lena: User, rui: User, sam: User, make_tasks: MakeTasks,
    client_for: ClientFor,
):  # fmt: skip
    make_tasks(project, 1, overlap=1)
    held = lease(rui, project)
    assert next_assignment(membership=membership(sam, project)) == Nothing(NothingLeft.WAITING)
    client = client_for(lena)
    page = f"/p/{project.slug}/raters/{membership(rui, project).pk}/"
    assert "Take back 1 open task" in client.get(page).content.decode()
    form = {"reason": "<b>Always the left</b>", "take_back": "1"}
    said = client.post(f"{page}pause/", form, follow=True).content.decode()
    assert "Rui gets no new tasks until you let them go on." in said
    assert "1 open task is taken back and goes to others." in said
    assert "&lt;b&gt;Always the left" in said
    held.refresh_from_db()
    assert held.state == "expired"
    assert lease(sam, project).task == held.task
    said = client.post(f"{page}pause/", {"paused": "0"}, follow=True).content.decode()
    assert "Rui gets tasks again." in said
    assert membership(rui, project).pause_reason == ""


def test_taking_back_twice_changes_nothing_and_a_long_reason_is_refused(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    lease(rui, project)
    member = membership(rui, project).pk
    path = f"projects/{project.slug}/raters/{member}/take-back/"
    assert [api(lena).post(path).json()["taken_back"] for _twice in range(2)] == [1, 0]
    assert AuditEvent.objects.filter(verb="open tasks taken back").count() == 1
    body = {"paused": True, "pause_reason": "x" * 301}
    refused = api(lena).patch(f"projects/{project.slug}/members/{member}/", body)
    assert (refused.status_code, "pause_reason" in refused.json()["fields"]) == (400, True)
