"""Flags on a task: resolved one by one, each with a word; what is flagged later waits again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from labeling.lead.overview.page import needs_of
from labeling.lead.overview.report import known_contested
from labeling.lead.tasks.services import settle_reports
from labeling.models import FlagResolution, ReportSettlement, Task
from labeling.models.removal import delete_tasks, erasing
from projects.models import Project, User
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(project: Project, rui: User, make_tasks: MakeTasks) -> Task:
    """A task that one rater flagged twice."""
    (row,) = make_tasks(project, 1, overlap=3)
    judge(rui, lease(rui, project), flags=["unsafe", "wrong_language"])
    return row


def waits(project: Project) -> bool:
    return any(need.kind == "reported" for need in needs_of(project, known_contested(project)))


def test_a_task_waits_until_each_of_its_flags_is_resolved(
    task: Task, project: Project, lena: User, sam: User, api: CallAs
):
    base = f"projects/{project.slug}/tasks/{task.pk}/"
    assert api(lena).get(base).json()["flags"] is None, "its votes are closed"
    api(lena).post(f"{base}votes/")
    flags = api(lena).get(base).json()["flags"]
    assert [(row["flag"], row["judgments"], row["is_waiting"]) for row in flags] == [
        ("unsafe", 1, True),
        ("wrong_language", 1, True),
    ]
    reply = api(lena).post(f"{base}flags/unsafe/resolution/", {"word": " Left in:  a museum. "})
    assert (reply.status_code, reply.json()["word"], reply.json()["by"]) == (
        201,
        "Left in: a museum.",
        "Lena",
    )
    assert waits(project)
    api(lena).post(f"{base}flags/wrong_language/resolution/", {"word": "It is Dutch."})
    assert not waits(project)
    assert not api(lena).get(base).json()["is_reported"]
    judge(sam, lease(sam, project), flags=["unsafe"])
    assert waits(project)
    flags = {row["flag"]: row for row in api(lena).get(base).json()["flags"]}
    assert flags["unsafe"]["is_waiting"]
    assert not flags["wrong_language"]["is_waiting"]
    settle_reports(task=task, actor=lena)
    assert not any(row["is_waiting"] for row in api(lena).get(base).json()["flags"])


@pytest.mark.parametrize(
    ("flag", "word", "field"),
    [
        ("unsafe", "  ", "word"),
        ("unsafe", "x" * 301, "word"),
        ("broken", "Not so.", "flag"),
        ("rude", "Not so.", "flag"),
    ],
)
def test_a_resolution_says_something_of_a_flag_that_was_set(
    task: Task, project: Project, lena: User, api: CallAs, flag: str, word: str, field: str
):
    address = f"projects/{project.slug}/tasks/{task.pk}/flags/{flag}/resolution/"
    reply = api(lena).post(address, {"word": word})
    assert (reply.status_code, set(reply.json()["fields"])) == (400, {field})
    assert not FlagResolution.objects.exists()


def test_the_page_resolves_a_flag_and_shows_what_was_said_as_text(
    task: Task, project: Project, lena: User, client_for: Callable[[User], Client]
):
    client, page = client_for(lena), f"/p/{project.slug}/tasks/{task.pk}/"
    assert 'id="flags"' not in client.get(page).content.decode()
    client.post(f"{page}votes/")
    shown = client.get(page).content.decode()
    assert "Dangerous or illegal content" in shown
    assert shown.count("What came of it") == 2
    sent: dict[str, Any] = {"word": "<b>Fine</b>"}
    shown = client.post(f"{page}flags/unsafe/resolve/", sent, follow=True).content.decode()
    assert "&lt;b&gt;Fine&lt;/b&gt;" in shown
    assert shown.count("What came of it") == 1


def test_a_task_whose_reports_were_settled_can_be_deleted(task: Task, lena: User):
    settle_reports(task=task, actor=lena)
    with erasing():
        delete_tasks([task.pk])
    connection.check_constraints()
    assert not ReportSettlement.objects.exists()
