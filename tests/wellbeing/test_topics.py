"""Nobody gets a task of a topic to which they did not agree, nor more of it than is good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from labeling.lead.raters.selectors import as_json, rater_rows
from labeling.models import Assignment, Prompt, Task, TopicConsent
from labeling.rating.claims import claim_task
from labeling.rating.judgments import skip_assignment
from labeling.rating.leases import Nothing, next_assignment
from labeling.rating.topics import topic_standing
from labeling.vocabulary import NothingLeft
from projects.models import AuditEvent, Project, User
from projects.services.erasure import erase_person
from projects.sql import database_now
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease, membership
from tests.rating.test_rate_page import rate_url

HERE = "projects/support-answers/"
VIOLENCE = [{"topic": "violence", "severity": "severe"}]
SAID = {
    "topic": "violence",
    "description": "Descriptions of injuries, without pictures.",
    "intensity": "strong",
    "frequency": "one task in five",
}


def touch(tasks: Sequence[Task], topics: list[dict[str, str]] = VIOLENCE) -> None:
    Prompt.objects.filter(tasks__in=tasks).update(sensitivity=topics)


def choose(api: CallAs, user: User, *, agrees: bool, version: int = 1) -> int:
    body = {"choices": [{"topic": "violence", "version": version, "agrees": agrees}]}
    return int(api(user).post(f"{HERE}topics/choices/", body).status_code)


def why_nothing(user: User, project: Project, now: datetime | None = None) -> NothingLeft | None:
    """Why there is no next task; with one, None."""
    coming = next_assignment(membership=membership(user, project), now=now)
    return coming.reason if isinstance(coming, Nothing) else None


@pytest.mark.walk
def test_who_does_not_agree_gets_none_of_the_topic_in_10_000_draws(
    project: Project, lena: User, rui: User, sam: User, make_tasks: MakeTasks, api: CallAs
):
    tasks = make_tasks(project, 40)
    touch(tasks[::2])
    assert api(lena).post(f"{HERE}topics/", SAID).status_code == 201
    project.refresh_from_db()
    assert why_nothing(rui, project) == NothingLeft.TOPICS
    assert choose(api, rui, agrees=False) == 200
    assert choose(api, sam, agrees=True) == 200
    with transaction.atomic():
        stands = topic_standing(project=project, rater_id=rui.pk, now=database_now())
    violent = {task.pk for task in tasks[::2]}
    # Each draw from a place of the queue of its own, in one statement a place.
    places = [task.queue_key - 1 for task in tasks]
    drawn: set[int] = set()
    for _ in range(10_000 // len(places)):
        for after in places:
            claimed = claim_task(
                project_id=project.pk,
                rater_id=rui.pk,
                after=after,
                before=0.5,
                closed=stands.closed,
            )
            drawn.add(claimed.task.pk if claimed else 0)
    assert drawn
    assert not drawn & violent
    # The same by the whole way: twenty tasks are for rui, all forty for sam.
    for user, n in ((rui, 20), (sam, 40)):
        came = set()
        while isinstance(
            coming := next_assignment(membership=membership(user, project)), Assignment
        ):
            came.add(coming.task_id)
            judge(user, coming, -1)
        assert len(came) == n
        assert bool(came & violent) == (user == sam)


def test_a_choice_is_of_a_version_and_may_be_taken_back_at_once(
    project: Project,
    lena: User,
    rui: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    touch(make_tasks(project, 3))
    api(lena).post(f"{HERE}topics/", SAID)
    project.refresh_from_db()
    assert api(rui).post(f"{HERE}next/")["X-Concord-Reason"] == "topics"
    page = client_for(rui).get(rate_url(project)).content.decode()
    assert "/p/support-answers/topics/" in page
    shown = client_for(rui).get("/p/support-answers/topics/").content.decode()
    assert all(words in shown for words in (SAID["description"], "strong", "one task in five"))
    assert "Describe a topic" not in shown
    (row,) = api(rui).get(f"{HERE}topics/").json()
    assert (row["version"], row["agrees"]) == (1, None)
    pk = project.topics.get().pk
    posted = {f"topic-{pk}": "yes", f"version-{pk}": "1"}
    client_for(rui).post("/p/support-answers/topics/choose/", posted)
    held = lease(rui, project)
    assert choose(api, rui, agrees=False) == 200
    held.refresh_from_db()
    assert held.state == "expired"
    assert why_nothing(rui, project) == NothingLeft.DONE
    choose(api, rui, agrees=True)
    assert why_nothing(rui, project) is None
    # Another description asks again; the same says nothing new; an old one is no basis.
    assert api(lena).post(f"{HERE}topics/", SAID).json()["version"] == 1
    assert api(lena).post(f"{HERE}topics/", {**SAID, "intensity": "mild"}).json()["version"] == 2
    assert why_nothing(rui, project) == NothingLeft.TOPICS
    assert choose(api, rui, agrees=True) == 409
    assert choose(api, rui, agrees=True, version=2) == 200
    assert why_nothing(rui, project) is None
    assert list(TopicConsent.objects.filter(user=rui).values_list("agrees", flat=True)) == [
        True,
        False,
        True,
        True,
    ]
    with pytest.raises(DatabaseError), transaction.atomic():
        TopicConsent.objects.update(agrees=True)
    assert AuditEvent.objects.filter(project=project, verb="topic described").count() == 2
    erase_person(person=rui, actor=lena)
    assert not TopicConsent.objects.filter(user=rui).exists()


@pytest.mark.parametrize("where", ["topic", "severity"])
def test_the_21st_severe_task_of_an_hour_is_not_served(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs, where: str
):
    touch(make_tasks(project, 22))
    if where == "severity":
        assert api(lena).patch(HERE, {"severe_hourly_limit": 20}).status_code == 200
    else:
        api(lena).post(f"{HERE}topics/", {**SAID, "hourly_limit": 20})
        choose(api, rui, agrees=True)
    project.refresh_from_db()
    for _ in range(20):
        assignment = lease(rui, project)
        skip_assignment(rater=rui, assignment_id=assignment.pk, reason="uncomfortable")
    assert why_nothing(rui, project) == NothingLeft.TOPIC_LIMIT
    hour = timedelta(minutes=61)
    Assignment.objects.update(created_at=F("created_at") - hour, opened_at=F("opened_at") - hour)
    assert why_nothing(rui, project) is None
    # A clock that ran a year ahead served nothing in the last hour.
    ahead = timedelta(days=365)
    Assignment.objects.update(created_at=F("created_at") + ahead, opened_at=F("opened_at") + ahead)
    Assignment.objects.filter(state="leased").update(state="expired", opened_at=None)
    assert why_nothing(rui, project) is None


def test_ten_skips_of_harmful_tasks_leave_the_figures_of_a_rater_as_they_are(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks
):
    make_tasks(project, 15)
    for user in (rui, sam):
        for _ in range(3):
            judge(user, lease(user, project), -1)
    before = as_json(rater_rows(project))
    for _ in range(10):
        assignment = lease(rui, project)
        skip_assignment(rater=rui, assignment_id=assignment.pk, reason="uncomfortable")
    assert as_json(rater_rows(project)) == before


def test_bad_topics_and_addresses_are_refused_by_name(
    project: Project, lena: User, rui: User, api: CallAs
):
    for field, value in (
        ("topic", ""),
        ("description", ""),
        ("hourly_limit", 0),
        ("topic", "x" * 81),
    ):
        reply = api(lena).post(f"{HERE}topics/", {**SAID, field: value})
        assert (reply.status_code, field in reply.json()["fields"]) == (400, True)
    for url in ("javascript:alert(1)", "data:text/html,x", "ftp://a.b/c", "help"):
        reply = api(lena).patch(HERE, {"support_url": url})
        assert (reply.status_code, "support_url" in reply.json()["fields"]) == (400, True)
    assert choose(api, rui, agrees=True) == 400
    assert not project.topics.exists()


def test_a_project_without_topics_runs_no_statement_for_them(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    member = membership(rui, project)
    with CaptureQueriesContext(connection) as queries:
        next_assignment(membership=member)
    assert not any("sensitivity" in query["sql"] for query in queries)
    assert not any("concord_topics" in query["sql"] for query in queries)
