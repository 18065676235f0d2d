"""The demo project of qualification: a visitor finds candidates in every state."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.test import Client

from labeling.demo.joining import JOINING, seed_joining
from labeling.demo.seed import seed_demo
from labeling.models import Assignment, Judgment, StageAnswer, StageDecision, Task
from labeling.rating.leases import next_assignment
from labeling.vocabulary import Purpose
from projects.models import Membership, Project, QuizAttempt, User

NOW = datetime(2025, 5, 14, 15, 0, tzinfo=UTC)


def test_no_project_of_qualification_without_the_first_one(db):
    assert seed_joining(now=NOW) is None


@pytest.fixture(scope="module")
def joining(django_db_setup, django_db_blocker) -> Iterator[Project]:
    with django_db_blocker.unblock(), transaction.atomic():
        seed_demo(now=NOW)
        project = seed_joining(now=NOW)
        assert project is not None
        yield project
        transaction.set_rollback(True)


def page(email: str, address: str) -> str:
    client = Client()
    client.force_login(User.objects.get(email=email))
    reply = client.get(address)
    assert reply.status_code == 200
    return reply.content.decode()


@pytest.mark.walk
@pytest.mark.slow
def test_somebody_passed_did_not_yet_waits_is_in_the_middle_and_trains(db, joining):
    assert seed_joining(now=NOW) is None
    listed = Project.objects.order_by("-created_at").values_list("pk", flat=True)
    assert listed.first() != joining.pk  # who comes first finds the first project first
    stages = dict(
        Membership.objects.filter(project=joining, role="rater").values_list("user__name", "stage")
    )
    wanted = {"Rui": "passed", "Sam": "not_yet", "Ida": "waiting", "Tao": "qualification"}
    assert stages == {**wanted, "Noah": "training"}
    decided = StageDecision.objects.filter(project=joining).values_list("outcome", "right", "n")
    assert sorted(decided) == [("not_yet", 3, 8), ("passed", 8, 8), ("waiting", 9, 12)]
    assert Judgment.objects.filter(project=joining, purpose=Purpose.LIVE).count() == 6
    address = f"/p/{joining.slug}/qualification/"
    shown = page("lena@example.com", address).partition("<main")[2]
    # Who is decided has a name; the others are letters.
    assert ("Sam" in shown, "Tao" in shown, "Ida" in shown) == (True, False, False)
    assert "not yet" in page("sam@example.com", f"{address}mine/").lower()
    newcomer = User.objects.get(email=JOINING[2].email)
    assert not newcomer.has_usable_password()


@pytest.mark.walk
@pytest.mark.slow
def test_all_of_it_lies_in_the_past_in_its_order_and_somebody_can_go_on(db, joining):
    times = list(
        Judgment.objects.filter(project=joining).order_by("pk").values_list("created_at", flat=True)
    )
    assert times == sorted(times)
    assert times[-1] < NOW
    for table in (StageAnswer, StageDecision):
        moments = table.objects.filter(project=joining).values_list("at", flat=True)
        assert all(times[0] <= at <= NOW for at in moments)
    attempts = QuizAttempt.objects.values_list("at", flat=True)
    assert all(at < NOW for at in attempts)
    tao = Membership.objects.get(project=joining, user__email="tao@example.com")
    assignment = next_assignment(membership=tao, now=NOW)
    assert isinstance(assignment, Assignment)
    assert Task.objects.get(pk=assignment.task_id).purpose == Purpose.QUALIFICATION
