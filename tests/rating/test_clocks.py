"""Machines whose clocks differ by hours: what a lease is worth is told by the database alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labeling.rating import leases
from labeling.rating.judgments import skip_assignment, undo_last
from labeling.rating.places import expire_leases
from labeling.vocabulary import Act
from projects.models import Project, User
from projects.sql import database_now
from tests.conftest import MakeTasks, judge, lease, membership

WRONG = [timedelta(hours=5), timedelta(hours=-5)]
MINUTE = timedelta(minutes=1)
#: Of one submission, its savepoint among them; as many as before the database told the time.
QUERIES = 7


@contextmanager
def clock_wrong_by(offset: timedelta) -> Iterator[None]:
    """Whatever runs inside is on a machine with that clock."""
    right = timezone.now
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: right() + offset)
        yield


@pytest.mark.parametrize("offset", WRONG)
def test_a_lease_of_one_machine_is_worth_the_same_on_another(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks, offset: timedelta
):
    make_tasks(project, 1, overlap=1)
    with clock_wrong_by(offset):
        assignment = lease(rui, project)
    assert expire_leases() == 0
    assert isinstance(leases.next_assignment(membership=membership(sam, project)), leases.Nothing)
    with clock_wrong_by(offset):
        until = leases.heartbeat(assignment=assignment)
        assert expire_leases() == 0
        judgment = judge(rui, assignment, active_ms=50).judgment
    length = timedelta(minutes=project.lease_minutes)
    assert abs(until - length - database_now()) < MINUTE
    assert abs(judgment.created_at - database_now()) < MINUTE
    assert not judgment.times_cut


@pytest.mark.parametrize("offset", WRONG)
def test_what_was_done_last_is_known_whatever_the_clock_of_its_machine(
    project: Project, rui: User, make_tasks: MakeTasks, offset: timedelta
):
    make_tasks(project, 2)
    with clock_wrong_by(offset):
        judge(rui, lease(rui, project))
    skip_assignment(rater=rui, assignment_id=lease(rui, project).pk, reason="unclear")
    with clock_wrong_by(-offset):
        undone = undo_last(rater=rui, project=project)
    assert undone.took_back == Act.SKIP
    assert undone.assignment.lease_expires_at > database_now()


def test_the_time_of_a_judgment_costs_no_query(project: Project, rui: User, make_tasks: MakeTasks):
    make_tasks(project, 2)
    judge(rui, lease(rui, project))  # prepares the statements
    assignment = lease(rui, project)
    with CaptureQueriesContext(connection) as queries:
        judge(rui, assignment)
    assert not [query for query in queries if query["sql"] == "SELECT clock_timestamp()"]
    assert len(queries) <= QUERIES
