"""A place is held by who works on the task: never by a lease that is over."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from psycopg2.errors import DeadlockDetected

from labeling.models import Assignment, Judgment, Task
from labeling.rating import jobs, judgments, places
from labeling.rating.judgments import skip_assignment, undo_last
from labeling.rating.leases import advance, heartbeat
from labeling.rating.places import RaterLimit, expire_leases, make_room
from labeling.vocabulary import AssignmentState
from projects.exceptions import Conflict
from projects.models import Membership, Project, User
from projects.services.accounts import update_user
from projects.services.members import remove_member, set_member
from tests.api.client import CallAs, submit
from tests.conftest import MakeTasks, judge, lease, membership

LATER = timedelta(days=1)


def state(assignment: Assignment) -> str:
    return Assignment.objects.values_list("state", flat=True).get(pk=assignment.pk)


def lapse(assignment: Assignment) -> None:
    """The lease has run out, and no sweep has come by yet."""
    moment = timezone.now() - timedelta(minutes=1)
    Assignment.objects.filter(pk=assignment.pk).update(lease_expires_at=moment)


@pytest.fixture
def late(project: Project, rui: User, make_tasks: MakeTasks) -> Assignment:
    """The one place of a task, which rui had and lost."""
    make_tasks(project, 1, overlap=1)
    assignment = lease(rui, project)
    expire_leases(now=timezone.now() + LATER)
    return assignment


# --- leases that lapsed ------------------------------------------------------------------------


def test_a_late_judgment_takes_the_place_of_a_lease_that_lapsed(
    project: Project, rui: User, sam: User, late: Assignment
):
    lapsed = lease(sam, project)
    lapse(lapsed)
    assert judge(rui, late).created
    assert (state(late), state(lapsed)) == (AssignmentState.SUBMITTED, AssignmentState.EXPIRED)
    assert Task.objects.get().open_slots == 0
    with pytest.raises(Conflict, match="other raters have completed it"):
        judge(sam, lapsed)
    assert Judgment.objects.count() == 1


def test_the_task_on_the_screen_takes_the_place_of_a_lease_that_lapsed(
    project: Project, rui: User, sam: User, late: Assignment
):
    lapse(lease(sam, project))
    assert not advance(membership=membership(rui, project), showing=late.pk).lost
    assert state(late) == AssignmentState.LEASED


def test_a_heartbeat_takes_the_place_of_a_lease_that_lapsed(
    project: Project, rui: User, sam: User, late: Assignment
):
    lapse(lease(sam, project))
    late.refresh_from_db()
    heartbeat(assignment=late)
    assert state(late) == AssignmentState.LEASED


def test_a_skip_is_taken_back_in_the_place_of_a_lease_that_lapsed(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks
):
    make_tasks(project, 1, overlap=1)
    skipped = lease(rui, project)
    skip_assignment(rater=rui, assignment_id=skipped.pk, reason="unclear")
    lapse(lease(sam, project))
    undo_last(rater=rui, project=project)
    assert state(skipped) == AssignmentState.LEASED


def test_who_is_working_on_it_keeps_the_place_and_the_reason_says_so(
    project: Project, rui: User, sam: User, late: Assignment
):
    working = lease(sam, project)
    with pytest.raises(Conflict, match=r"with another rater now.*was not saved"):
        judge(rui, late)
    late.refresh_from_db()
    with pytest.raises(Conflict, match=r"with another rater now"):
        heartbeat(assignment=late)
    assert advance(membership=membership(rui, project), showing=late.pk).lost
    assert state(working) == AssignmentState.LEASED
    judge(sam, working)
    with pytest.raises(Conflict, match=r"completed it.*was not saved"):
        judge(rui, late)


def test_a_heartbeat_that_comes_while_its_lease_is_swept_keeps_it(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 1, overlap=1)
    read_before = lease(rui, project)
    expire_leases(now=timezone.now() + LATER)
    heartbeat(assignment=read_before)
    assert state(read_before) == AssignmentState.LEASED


# --- leases of people who left -----------------------------------------------------------------


def removed(lena: User, project: Project, user: User) -> None:
    remove_member(membership=membership(user, project), actor=lena)


def removed_on_the_page(lena: User, project: Project, user: User) -> None:
    client = Client()
    client.force_login(lena)
    member = membership(user, project)
    client.post(reverse("projects:member-remove", args=[project.slug, member.pk]))


def removed_by_an_operator(lena: User, project: Project, user: User) -> None:
    url = reverse("admin:projects_membership_delete", args=[membership(user, project).pk])
    operator(lena).post(url, {"post": "yes"})


def made_engineer(lena: User, project: Project, user: User) -> None:
    set_member(project=project, user=user, role="engineer", actor=lena)


def switched_off(lena: User, project: Project, user: User) -> None:
    update_user(user=user, actor=lena, changes={"is_active": False})


def switched_off_by_an_operator(lena: User, project: Project, user: User) -> None:
    url = reverse("admin:projects_user_change", args=[user.pk])
    operator(lena).post(url, {"name": user.name, "time_zone": "UTC"})


def operator(lena: User) -> Client:
    User.objects.filter(pk=lena.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(lena)
    return client


DEPARTURES = [
    removed,
    removed_on_the_page,
    removed_by_an_operator,
    made_engineer,
    switched_off,
    switched_off_by_an_operator,
]


@pytest.mark.parametrize("leave", DEPARTURES)
def test_the_leases_of_who_left_end_at_once(
    project: Project,
    lena: User,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    leave: Callable[[User, Project, User], None],
):
    make_tasks(project, 2, overlap=1)
    held = lease(rui, project)
    ahead = lease(rui, project, ahead_of=held.pk)
    leave(lena, project, rui)
    assert {state(held), state(ahead)} == {AssignmentState.EXPIRED}
    assert [task.open_slots for task in Task.objects.all()] == [1, 1]
    assert judge(sam, lease(sam, project)).created


def test_who_changes_to_another_role_that_rates_keeps_the_lease(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    held = lease(rui, project)
    set_member(project=project, user=rui, role="reviewer", actor=lena)
    assert state(held) == AssignmentState.LEASED


def test_who_left_one_project_keeps_the_leases_of_others(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    held = lease(rui, project)
    other = Project.objects.create(name="Other", slug="other", created_by=lena)
    remove_member(membership=Membership.objects.create(project=other, user=rui), actor=lena)
    assert state(held) == AssignmentState.LEASED


def test_a_lease_that_was_taken_while_its_rater_was_removed_is_freed_when_somebody_asks(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks
):
    make_tasks(project, 1, overlap=1)
    held = lease(rui, project)
    Membership.objects.filter(user=rui).delete()
    assert lease(sam, project).task_id == held.task_id


def test_whose_account_is_switched_off_is_told_so(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    held, program = lease(rui, project), api(rui)
    switched_off(lena, project, rui)
    reply = submit(program, held.pk)
    assert reply.status_code == 401
    assert "its account is off" in reply.json()["message"]


# --- places that two raters give up at the same moment -------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_raters_who_give_up_places_of_each_others_tasks_both_get_theirs_back(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks, monkeypatch: pytest.MonkeyPatch
):
    make_tasks(project, 2, overlap=2)
    first = lease(rui, project)
    skip_assignment(rater=rui, assignment_id=first.pk, reason="unclear")
    second = lease(rui, project)
    held = lease(sam, project)
    skipped = lease(sam, project, ahead_of=held.pk)
    skip_assignment(rater=sam, assignment_id=skipped.pk, reason="unclear")
    assert (held.task_id, skipped.task_id) == (first.task_id, second.task_id)
    Membership.objects.filter(user__in=(rui, sam)).update(rater_limit=1)
    # Each holds what the other skipped; both give way before either takes a place.
    both_gave_way, pending = Barrier(2), {rui.pk, sam.pk}

    def make_room_and_meet(limit: RaterLimit) -> None:
        make_room(limit)
        if limit.rater_id in pending:
            pending.remove(limit.rater_id)
            both_gave_way.wait(10)

    monkeypatch.setattr(judgments, "make_room", make_room_and_meet)

    def undo(rater: User) -> int:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET deadlock_timeout = '20ms'")
            return undo_last(rater=rater, project=project).assignment.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(undo, (rui, sam))) == [first.pk, skipped.pk]
    assert {state(first), state(skipped)} == {AssignmentState.LEASED}
    assert {state(second), state(held)} == {AssignmentState.EXPIRED}
    assert [task.open_slots for task in Task.objects.all()] == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_a_sweep_that_the_database_ended_for_a_rater_sweeps_again(
    project: Project, rui: User, make_tasks: MakeTasks, monkeypatch: pytest.MonkeyPatch
):
    make_tasks(project, 1)
    lapsed = lease(rui, project)
    lapse(lapsed)
    pending = [OperationalError("deadlock detected")]
    pending[0].__cause__ = DeadlockDetected()

    def ended_once() -> None:
        if pending:
            raise pending.pop()
        expire_leases()

    monkeypatch.setattr(places, "expire_leases", ended_once)
    jobs.expire_leases()
    assert state(lapsed) == AssignmentState.EXPIRED
