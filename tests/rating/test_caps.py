"""Caps of a project: a share, a day, a week of one rater."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from labeling.models import Assignment, Judgment
from labeling.rating import caps
from labeling.rating.leases import Nothing, next_assignment
from labeling.vocabulary import NothingLeft
from projects.models import Project, User
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease, membership
from tests.rating.test_rate_page import rate_url

HERE = "projects/support-answers/"


@pytest.fixture(autouse=True)
def counted_anew() -> None:
    """What a project asks for is read again in each test."""
    caps._planned.clear()


def cap(project: Project, **settings: float | None) -> None:
    Project.objects.filter(pk=project.pk).update(**settings)


def why_nothing(user: User, project: Project, now: datetime | None = None) -> NothingLeft | None:
    """Why there is no next task; with one, None."""
    coming = next_assignment(membership=membership(user, project), now=now)
    return coming.reason if isinstance(coming, Nothing) else None


def test_at_15_percent_of_what_is_asked_for_a_rater_gets_no_further_task(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks
):
    make_tasks(project, 20, overlap=2)  # 40 judgments
    cap(project, share_limit=0.15)
    for _ in range(6):
        judge(rui, lease(rui, project), -1)
    assert why_nothing(rui, project) == NothingLeft.SHARE_LIMIT
    assert why_nothing(sam, project) is None
    cap(project, share_limit=0.175)
    assert why_nothing(rui, project) is None


def test_a_day_and_a_week_are_those_of_the_rater(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 9)
    cap(project, daily_limit=2, weekly_limit=3)
    User.objects.filter(pk=rui.pk).update(time_zone="Pacific/Auckland")
    sunday = datetime(2026, 6, 14, 10, tzinfo=UTC)  # 22:00 in Auckland
    for _ in range(2):
        judge(rui, lease(rui, project), -1)
    first, second = Assignment.objects.filter(rater=rui).order_by("pk")
    Assignment.objects.filter(rater=rui).update(submitted_at=sunday)
    assert why_nothing(rui, project, sunday + timedelta(hours=1)) == NothingLeft.DAILY_LIMIT
    monday = sunday + timedelta(hours=3)
    assert why_nothing(rui, project, monday) is None
    # A clock that ran a year ahead: it counts on that day, and keeps nobody from today's tasks.
    Assignment.objects.filter(pk=first.pk).update(submitted_at=sunday + timedelta(days=365))
    assert why_nothing(rui, project, sunday) is None
    judge(rui, lease(rui, project), -1)
    Assignment.objects.filter(rater=rui).update(submitted_at=sunday - timedelta(days=3))
    assert why_nothing(rui, project, sunday) == NothingLeft.WEEKLY_LIMIT
    assert second.rater_id == rui.pk


def test_a_cap_below_what_is_done_loses_nothing_and_says_so(
    project: Project,
    lena: User,
    rui: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    make_tasks(project, 9)
    for _ in range(3):
        judge(rui, lease(rui, project), -1)
    held = lease(rui, project)
    assert api(lena).patch(HERE, {"daily_limit": 1}).json()["daily_limit"] == 1
    assert lease(rui, project) == held, "what is open may be finished"
    judge(rui, held, -1)
    assert Judgment.objects.filter(rater=rui).standing().count() == 4
    reply = api(rui).post(f"{HERE}next/")
    assert (reply.status_code, reply["X-Concord-Reason"]) == (204, "daily_limit")
    page = client_for(rui).get(rate_url(project)).content.decode()
    assert "at most 1 task a day" in page
    for value in (0, -1, "many", 2**31):
        assert api(lena).patch(HERE, {"daily_limit": value}).status_code == 400
    for share in (0, 1.01, "NaN"):
        assert api(lena).patch(HERE, {"share_limit": share}).status_code == 400


def test_a_project_without_caps_runs_no_statement_for_them(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 2)
    member = membership(rui, project)
    with CaptureQueriesContext(connection) as plain:
        assert isinstance(next_assignment(membership=member), Assignment)
    assert not any("newest" in query["sql"] or "lately" in query["sql"] for query in plain)
