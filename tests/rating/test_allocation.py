"""Which task a rater gets next, in which order its responses stand, and why there is none."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from labeling.allocation import canonical_order, queue_key, screen_order
from labeling.kinds import COMPARE
from labeling.models import Assignment, Task
from labeling.rating.judgments import skip_assignment
from labeling.rating.leases import (
    Nothing,
    advance,
    heartbeat,
    next_assignment,
    release_prepared,
)
from labeling.rating.places import expire_leases
from labeling.vocabulary import AssignmentState, NothingLeft
from projects.exceptions import Conflict
from projects.guidelines.services import acknowledge, publish_guideline
from projects.models import Project, User
from projects.project_templates import GuidelineSpec
from tests.conftest import MakeTasks, judge, lease, membership


def nothing(user: User, project: Project) -> NothingLeft:
    result = next_assignment(membership=membership(user, project))
    assert isinstance(result, Nothing), result
    return result.reason


# --- pure --------------------------------------------------------------------------------------


def test_canonical_order_depends_on_the_salt_and_the_ids_alone():
    keys = [f"q1/{i}" for i in range(9)]
    order = canonical_order("salt", keys)
    assert sorted(order) == list(range(9))
    shuffled = keys[::-1]
    again = canonical_order("salt", shuffled)
    assert [keys[i] for i in order] == [shuffled[i] for i in again]
    assert any(canonical_order(f"salt{n}", keys) != order for n in range(5))


def test_equal_response_ids_are_refused():
    with pytest.raises(ValueError, match="different ids"):
        canonical_order("salt", ["a", "a"])


def test_two_raters_see_each_response_first_once():
    for seed in map(str, range(50)):
        first = screen_order(seed, 2, holding=[])
        second = screen_order(f"{seed}'", 2, holding=[first])
        assert {first[0], second[0]} == {0, 1}


def test_the_first_side_is_drawn_evenly_over_tasks():
    firsts = Counter(screen_order(f"task-{i}", 2, holding=[])[0] for i in range(2000))
    assert abs(firsts[0] - 1000) < 120


def test_nine_raters_of_nine_responses_see_each_one_first():
    orders: list[list[int]] = []
    for rater in range(9):
        orders.append(screen_order(str(rater), 9, holding=orders))
    assert {order[0] for order in orders} == set(range(9))


def test_a_swapped_screen_stores_the_same_value():
    assert COMPARE.turned(-2, [0, 1]) == COMPARE.turned(2, [1, 0]) == -2


def test_a_higher_priority_always_comes_first():
    low = [queue_key(0, "s", str(i)) for i in range(100)]
    high = [queue_key(1, "s", str(i)) for i in range(100)]
    assert max(high) < min(low)
    assert -(2**63) <= queue_key(32767, "s", "x") < queue_key(-32768, "s", "x") < 2**63


# --- leases ------------------------------------------------------------------------------------


def test_the_open_assignment_is_resumed(project: Project, rui: User, make_tasks: MakeTasks):
    make_tasks(project, 3)
    assert lease(rui, project).pk == lease(rui, project).pk


def test_raters_walk_the_same_order_so_that_begun_tasks_are_finished(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks
):
    tasks = make_tasks(project, 5)
    for user in (rui, sam):
        seen = []
        for _ in tasks:
            assignment = lease(user, project)
            seen.append(assignment.task_id)
            judge(user, assignment)
        assert seen == [task.pk for task in tasks]


def test_an_urgent_task_that_arrives_later_is_next(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 3)
    judge(rui, lease(rui, project))
    (urgent,) = make_tasks(project, 1, priority=5, prefix="urgent")
    assert lease(rui, project).task_id == urgent.pk


def test_a_place_freed_behind_the_rater_is_found_in_the_end(
    project: Project, rui: User, sam: User, tao: User, make_tasks: MakeTasks
):
    first, _second = make_tasks(project, 2, overlap=2)
    early = lease(sam, project)
    assert early.task_id == first.pk
    judge(tao, lease(tao, project))
    judge(rui, lease(rui, project))
    skip_assignment(rater=sam, assignment_id=early.pk, reason="unclear")
    assert lease(rui, project).task_id == first.pk


def test_overlap_is_never_exceeded_even_by_a_direct_insert(
    project: Project, rui: User, sam: User, tao: User, make_tasks: MakeTasks
):
    (task,) = make_tasks(project, 1, overlap=2)
    judge(rui, lease(rui, project))
    lease(sam, project)
    assert Task.objects.get(pk=task.pk).open_slots == 0
    with pytest.raises(IntegrityError, match="task_overlap_exact"), transaction.atomic():
        Assignment.objects.create(
            task=task,
            project=project,
            rater=tao,
            lease_expires_at=timezone.now(),
            shown_order=[0, 1],
        )


def test_nobody_gets_a_task_twice(project: Project, rui: User, make_tasks: MakeTasks):
    make_tasks(project, 1, overlap=5)
    judge(rui, lease(rui, project))
    assert nothing(rui, project) == NothingLeft.DONE


def test_gold_tasks_have_no_bound(project: Project, rui: User, sam: User, make_tasks: MakeTasks):
    (gold,) = make_tasks(project, 1, purpose="gold", overlap=None, open_slots=None)
    Task.objects.filter(pk=gold.pk).update(overlap=None, open_slots=None)
    for user in (rui, sam):
        Assignment.objects.create(
            task=gold,
            project=project,
            rater=user,
            lease_expires_at=timezone.now(),
            shown_order=[0, 1],
        )
    assert Task.objects.get(pk=gold.pk).open_slots is None


def test_an_expired_lease_frees_its_place(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks
):
    make_tasks(project, 1, overlap=1)
    lease(rui, project)
    assert nothing(sam, project) == NothingLeft.WAITING
    later = timezone.now() + timedelta(minutes=project.lease_minutes, seconds=1)
    assert expire_leases(now=later) == 1
    assert lease(sam, project).rater == sam


def test_an_expired_lease_is_freed_when_somebody_asks(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks
):
    make_tasks(project, 1, overlap=1)
    lease(rui, project)
    later = timezone.now() + timedelta(minutes=project.lease_minutes, seconds=1)
    assert lease(sam, project, now=later).rater == sam


def test_a_rater_who_comes_back_sees_the_same_order_again(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    first = lease(rui, project)
    expire_leases(now=timezone.now() + timedelta(days=1))
    again = lease(rui, project)
    assert (again.pk, again.shown_order) == (first.pk, first.shown_order)


def test_a_heartbeat_keeps_the_lease(project: Project, rui: User, make_tasks: MakeTasks):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    soon = timezone.now() + timedelta(minutes=project.lease_minutes - 1)
    until = heartbeat(assignment=assignment, now=soon)
    assert expire_leases(now=until - timedelta(seconds=1)) == 0


def test_a_heartbeat_after_the_place_was_given_away_says_so(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks
):
    make_tasks(project, 1, overlap=1)
    lost = lease(rui, project)
    expire_leases(now=timezone.now() + timedelta(days=1))
    lease(sam, project)
    lost.refresh_from_db()
    with pytest.raises(Conflict, match="ran out"):
        heartbeat(assignment=lost)


def test_a_prepared_lease_is_short_and_becomes_a_full_one(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 2)
    current = lease(rui, project)
    prepared = lease(rui, project, ahead_of=current.pk)
    assert prepared.pk != current.pk
    assert prepared.opened_at is None
    assert prepared.lease_expires_at < current.lease_expires_at
    judge(rui, current)
    opened = lease(rui, project)
    assert opened.pk == prepared.pk
    assert opened.opened_at is not None
    assert opened.lease_expires_at > prepared.lease_expires_at


def test_the_task_on_the_screen_is_taken_again_when_its_lease_has_lapsed(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 2, overlap=1)
    current = lease(rui, project)
    expire_leases(now=timezone.now() + timedelta(days=1))
    ahead = advance(membership=membership(rui, project), showing=current.pk)
    assert not ahead.lost
    assert isinstance(ahead.next, Assignment)
    assert ahead.next.task_id != current.task_id
    assert Assignment.objects.get(pk=current.pk).state == AssignmentState.LEASED


def test_a_lapsed_task_that_others_completed_is_lost(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks
):
    make_tasks(project, 1, overlap=1)
    current = lease(rui, project)
    expire_leases(now=timezone.now() + timedelta(days=1))
    judge(sam, lease(sam, project))
    assert advance(membership=membership(rui, project), showing=current.pk).lost


def test_a_closed_tab_gives_its_prepared_task_back(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks
):
    make_tasks(project, 2, overlap=1)
    current = lease(rui, project)
    prepared = lease(rui, project, ahead_of=current.pk)
    assert release_prepared(assignment=prepared)
    assert not release_prepared(assignment=current)
    assert lease(sam, project).task_id == prepared.task_id


# --- nothing left ------------------------------------------------------------------------------


def test_an_empty_project_says_so(project: Project, rui: User):
    assert nothing(rui, project) == NothingLeft.EMPTY


def test_a_paused_project_says_so(project: Project, rui: User, make_tasks: MakeTasks):
    make_tasks(project, 1)
    Project.objects.filter(pk=project.pk).update(status=Project.Status.PAUSED)
    assert nothing(rui, project) == NothingLeft.PAUSED


def test_a_new_guideline_version_must_be_acknowledged_first(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 2)
    judged = judge(rui, lease(rui, project)).judgment
    newer = publish_guideline(
        project=project,
        published_by=lena,
        spec=GuidelineSpec("Prefer what is true.", change_note="New."),
    )
    assert nothing(rui, project) == NothingLeft.NOT_ACKNOWLEDGED
    acknowledge(user=rui, guideline=newer)
    assert lease(rui, project).guideline == newer
    assert judged.guideline is not None
    assert judged.guideline.number == 1


def test_the_limit_of_a_member_overrides_the_projects(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks
):
    make_tasks(project, 5)
    Project.objects.filter(pk=project.pk).update(rater_limit=1)
    member = membership(sam, project)
    member.rater_limit = 2
    member.save(update_fields=["rater_limit"])
    judge(rui, lease(rui, project))
    assert nothing(rui, project) == NothingLeft.LIMIT
    judge(sam, lease(sam, project))
    judge(sam, lease(sam, project))
    assert nothing(sam, project) == NothingLeft.LIMIT


def test_a_skipped_task_goes_to_others_only(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks
):
    make_tasks(project, 1, overlap=1)
    skipped = lease(rui, project)
    skip_assignment(rater=rui, assignment_id=skipped.pk, reason="not_my_expertise")
    assert nothing(rui, project) == NothingLeft.DONE
    assert lease(sam, project).task_id == skipped.task_id
    skipped.refresh_from_db()
    assert skipped.state == AssignmentState.SKIPPED
