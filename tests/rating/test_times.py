"""Times that cannot be are cut and flagged; the answer they came with is stored all the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from labeling.lead.raters.selectors import rater_rows
from labeling.models import Assignment, Judgment
from labeling.rating.answers import CLOCK_SLACK, LONGEST_ACTIVE_MS
from projects.models import Project, User
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease

HOUR = 3_600_000
SLACK = CLOCK_SLACK // timedelta(milliseconds=1)


def handed_out(assignment: Assignment, **ago: float) -> None:
    """Moves the moment at which the rater got the task into the past."""
    moment = timezone.now() - timedelta(**ago)
    Assignment.objects.filter(pk=assignment.pk).update(created_at=moment, opened_at=moment)


@pytest.mark.parametrize(
    ("sent", "active", "idle"),
    [
        ({"active_ms": -5, "idle_ms": 100}, 0, 100),
        ({"active_ms": None, "idle_ms": 100}, 0, 100),
        ({"active_ms": float("nan"), "idle_ms": 100}, 0, 100),
        ({"active_ms": float("inf")}, 0, 0),
        ({"active_ms": 10**400}, HOUR, 0),
        ({"active_ms": 900, "idle_ms": 62 * HOUR}, 900, HOUR),
        ({"active_ms": HOUR, "idle_ms": HOUR}, HOUR, 0),
    ],
)
def test_times_that_cannot_be_are_cut_and_the_answer_is_stored(
    project: Project,
    rui: User,
    make_tasks: MakeTasks,
    sent: dict[str, Any],
    active: int,
    idle: int,
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    handed_out(assignment, hours=1)
    judgment = judge(rui, assignment, **sent).judgment
    judgment.refresh_from_db()
    assert judgment.times_cut
    assert active <= judgment.active_ms <= active + 2 * SLACK
    assert idle <= judgment.idle_ms <= idle + 2 * SLACK
    assert judgment.answers.count() == 1


def test_what_a_weekend_tab_measured_is_kept_as_it_is(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    handed_out(assignment, hours=62.5)
    judgment = judge(rui, assignment, active_ms=60_000, idle_ms=62 * HOUR).judgment
    judgment.refresh_from_db()
    times = (judgment.active_ms, judgment.idle_ms, judgment.times_cut)
    assert times == (60_000, 62 * HOUR, False)


def test_what_a_column_holds_is_the_end_of_every_time(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    handed_out(assignment, days=60)
    judgment = judge(rui, assignment, active_ms=40 * 24 * HOUR, idle_ms=40 * 24 * HOUR).judgment
    judgment.refresh_from_db()
    assert (judgment.active_ms, judgment.idle_ms) == (LONGEST_ACTIVE_MS, 2**31 - 1)
    assert judgment.times_cut


def test_the_time_before_a_prepared_task_was_reported_as_opened_counts(
    project: Project, rui: User, make_tasks: MakeTasks
):
    """Without a connection the page shows it, and the server hears of that only afterwards."""
    make_tasks(project, 2)
    prepared = lease(rui, project, ahead_of=lease(rui, project).pk)
    Assignment.objects.filter(pk=prepared.pk).update(
        created_at=timezone.now() - timedelta(minutes=30)
    )
    judgment = judge(rui, prepared, active_ms=25 * 60_000).judgment
    assert (judgment.active_ms, judgment.times_cut) == (25 * 60_000, False)


def test_a_replay_with_other_times_is_the_same_judgment(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    assignment, key = lease(rui, project), uuid4()
    stored = judge(rui, assignment, active_ms=10, key=key).judgment
    for times in ({"active_ms": -1}, {"active_ms": None, "idle_ms": 62 * HOUR}):
        for again in (key, None):
            replay = judge(rui, assignment, key=again, **times)
            assert (replay.created, replay.judgment) == (False, stored)


def test_garbage_in_the_hidden_fields_of_the_form_loses_no_answer(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: Callable[[User], Client]
):
    make_tasks(project, 6)
    texts = ["NaN", "", "soon", "1e999", "9" * 5000, "-3"]
    for text in texts:
        url = reverse("labeling:rate_submit", args=[project.slug, lease(rui, project).pk])
        posted = {"answer.overall": "-1", "active_ms": text, "idle_ms": "70"}
        assert client_for(rui).post(url, posted).status_code == 302
    assert [judgment.times_cut for judgment in Judgment.objects.all()] == [True] * len(texts)


def test_a_form_without_script_is_not_timed_and_not_flagged(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: Callable[[User], Client]
):
    make_tasks(project, 1)
    url = reverse("labeling:rate_submit", args=[project.slug, lease(rui, project).pk])
    client_for(rui).post(url, {"answer.overall": "-1"})
    judgment = Judgment.objects.get()
    assert (judgment.active_ms, judgment.idle_ms, judgment.times_cut) == (0, 0, False)


@pytest.mark.parametrize(
    ("sent", "active", "cut"),
    [("12.6", 13, False), ("-1", 0, True), ("1e300", SLACK, True), ("null", 0, True)],
)
def test_the_api_stores_every_number_and_says_what_it_cut(
    project: Project,
    rui: User,
    make_tasks: MakeTasks,
    api: CallAs,
    sent: str,
    active: int,
    cut: bool,
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    body = json.dumps({"answers": {"overall": 1}, "active_ms": "…"}).replace('"\\u2026"', sent)
    reply = api(rui).post(f"assignments/{assignment.pk}/judgment/", body)
    assert reply.status_code == 201
    assert reply.json()["times_cut"] is cut
    assert active <= reply.json()["active_ms"] <= active + SLACK
    again = api(rui).post(f"assignments/{assignment.pk}/judgment/", body)
    assert (again.status_code, again.json()) == (200, reply.json())


def test_no_figure_of_pace_reads_a_cut_time(project: Project, rui: User, make_tasks: MakeTasks):
    make_tasks(project, 3)
    for active in (1000, 3000, 50 * HOUR):
        judge(rui, lease(rui, project), active_ms=active)
    (row,) = rater_rows(project)
    assert (row.judgments, row.median_ms, row.timed) == (3, 2000, 2)


def test_the_page_of_a_task_names_no_pace_where_the_clock_was_wrong(
    project: Project,
    lena: User,
    rui: User,
    make_tasks: MakeTasks,
    client_for: Callable[[User], Client],
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    judge(rui, assignment, active_ms=50 * HOUR)
    url = reverse("labeling:task-votes", args=[project.slug, assignment.task_id])
    page = client_for(lena).post(url, follow=True).content.decode()
    assert "time unknown" in page
    assert "active time" not in page
