"""More raters where those of a task disagree: as many as the project says, and no more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from labeling.models import Task
from labeling.rating.judgments import undo_last
from labeling.rating.leases import Nothing, next_assignment
from labeling.rating.passes import follow_up
from labeling.rating.records import lock_assignment
from projects.guidelines.services import acknowledge
from projects.models import Project, Role, User
from projects.services.members import create_user, set_member
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease, membership

pytestmark = pytest.mark.django_db


def towards(user: User, project: Project, strength: int) -> Task:
    """Judges the rater's next task; a negative strength is for its first response, wherever that
    stands."""
    assignment = lease(user, project)
    is_first = assignment.shown_order[0] == 0
    judge(user, assignment, strength if is_first else -strength)
    return assignment.task


@pytest.mark.parametrize(
    ("votes", "raters"),
    [
        ([-1, -1, -3], 3),  # 2 apart, and the project says beyond 2
        ([-1, 1, 1], 3),
        ([-1, 2, 0], 5),
        ([3, 3, 0], 5),
    ],
)
def test_a_task_whose_raters_are_far_apart_gets_more_of_them(
    project: Project,
    lena: User,
    rui: User,
    sam: User,
    tao: User,
    api: CallAs,
    make_tasks: MakeTasks,
    votes: list[int],
    raters: int,
):
    changes = {"overlap_where_split": 5, "split_beyond": 2}
    assert api(lena).patch(f"projects/{project.slug}/", changes).status_code == 200
    (task,) = make_tasks(project, 1, overlap=3)
    for user, vote in zip((rui, sam, tao), votes, strict=True):
        task.refresh_from_db()
        assert task.overlap == 3
        towards(user, project, vote)
    task.refresh_from_db()
    assert (task.overlap, task.open_slots) == (raters, raters - 3)


def test_never_more_than_the_setting_and_nobody_twice(
    project: Project, rui: User, sam: User, tao: User, make_tasks: MakeTasks
):
    Project.objects.update(overlap_where_split=4)
    (task,) = make_tasks(project, 1, overlap=2)
    towards(rui, project, -1)
    towards(sam, project, 1)
    assert isinstance(next_assignment(membership=membership(rui, project)), Nothing)
    towards(tao, project, 2)
    fourth = create_user(email="una@example.com", name="Una")
    set_member(project=project, user=fourth, role=Role.RATER)
    for guideline in project.guidelines.all():
        acknowledge(user=fourth, guideline=guideline)
    towards(fourth, project, -2)
    task.refresh_from_db()
    assert (task.overlap, task.open_slots) == (4, 0)
    undo_last(rater=fourth, project=project)
    towards(fourth, project, 2)
    task.refresh_from_db()
    assert (task.overlap, task.open_slots) == (4, 0)


def test_a_project_that_does_not_ask_for_it_pays_no_statement(
    project: Project, rui: User, make_tasks: MakeTasks, django_assert_num_queries
):
    make_tasks(project, 1, overlap=1)
    assignment = lease(rui, project)
    held = lock_assignment(assignment_id=assignment.pk, rater_id=rui.pk)
    assert held is not None
    with django_assert_num_queries(0):
        follow_up(held, project, [])


@pytest.mark.django_db(transaction=True)
def test_two_raters_who_finish_a_task_at_the_same_moment_give_it_more_raters_once(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks
):
    Project.objects.update(overlap_where_split=4)
    tasks = make_tasks(project, 3, overlap=2)
    together = Barrier(2)

    def judge_all(user: User, strength: int) -> None:
        try:
            for _ in tasks:
                assignment = lease(user, project)
                is_first = assignment.shown_order[0] == 0
                together.wait(10)
                judge(user, assignment, strength if is_first else -strength)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(judge_all, rui, -1), pool.submit(judge_all, sam, 1)]
        for each in done:
            each.result()
    assert set(Task.objects.values_list("overlap", "open_slots")) == {(4, 2)}
