"""Leases and judgments carry the version of the questions that the rater saw."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client

from labeling.models import Answer, Assignment, Judgment, LateAnswer
from labeling.rating.judgments import undo_last
from labeling.rating.records import lock_assignment
from projects.exceptions import InvalidInput
from projects.models import Project, User
from projects.project_templates import CriterionSpec
from projects.services import rubric
from projects.services.members import remove_member
from tests.conftest import MakeTasks, judge, lease, membership

pytestmark = pytest.mark.django_db

SAFE = CriterionSpec("safe", "Which is safer?", "arena4")


def test_a_judgment_carries_the_version_of_its_lease_through_undo(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    rubric.retire_question(project=project, actor=lena, key="correct")
    assignment = lease(rui, project)
    judge(rui, assignment)
    undo_last(rater=rui, project=project)
    numbers = Judgment.objects.values_list("rubric__number", flat=True)
    assert list(numbers) == [2, 2]
    assert Assignment.objects.get().rubric == project.rubric_versions.get(number=2)


def test_an_answer_prepared_with_the_former_version_is_taken_under_it(
    project: Project, lena: User, rui: User, sam: User, make_tasks: MakeTasks
):
    make_tasks(project, 2)
    by_rui, by_sam = lease(rui, project), lease(sam, project)
    rubric.ask_question(project=project, actor=lena, spec=SAFE)
    rubric.retire_question(project=project, actor=lena, key="correct")
    kept = judge(rui, by_rui, answers={"correct": 1}).judgment
    assert kept.rubric == project.rubric_versions.get(number=1)
    assert set(kept.answers.values_list("criterion__key", flat=True)) == {"overall", "correct"}
    # Loaded anew it asks what is asked now, and an older page still says what it asked.
    lease(sam, project)
    with pytest.raises(InvalidInput) as refused:
        judge(sam, by_sam)
    assert refused.value.fields == {"safe": "This question needs an answer."}
    assert judge(sam, by_sam, rubric=1).judgment.rubric == kept.rubric
    fresh = judge(rui, lease(rui, project), answers={"safe": -1}).judgment
    assert fresh.rubric == project.rubric_versions.get(number=3)


def test_an_answer_on_a_scale_that_was_changed_before_anything_was_judged_is_refused_in_words(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    changes = {"scale_key": "arena4", "key": "best"}
    rubric.change_question(project=project, actor=lena, key="overall", changes=changes)
    with pytest.raises(InvalidInput) as refused:
        judge(rui, assignment, -3)
    assert "A lead changed this question" in refused.value.fields["overall"]
    assert not Answer.objects.exists()
    with pytest.raises(InvalidInput, match="no version 7"):
        judge(rui, assignment, 1, rubric=7)
    assert judge(rui, lease(rui, project), 1).created


def test_a_late_answer_is_checked_as_it_was_asked(
    project: Project,
    lena: User,
    rui: User,
    client_for: Callable[[User], Client],
    make_tasks: MakeTasks,
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    rubric.retire_question(project=project, actor=lena, key="correct")
    remove_member(membership=membership(rui, project), actor=lena)
    address = f"/p/{project.slug}/rate/{assignment.pk}/submit/"
    client_for(rui).post(address, {"answer.overall": "1", "answer.correct": "1", "rubric": "1"})
    assert set(LateAnswer.objects.get().answers) == {"overall", "correct"}


def test_the_page_asks_what_is_asked_now_and_says_which_version(
    project: Project,
    lena: User,
    rui: User,
    client_for: Callable[[User], Client],
    make_tasks: MakeTasks,
):
    make_tasks(project, 2)
    address = f"/p/{project.slug}/rate/"
    client_for(rui).get(address)
    rubric.change_question(
        project=project, actor=lena, key="correct", changes={"short_label": "Facts"}
    )
    rubric.retire_question(project=project, actor=lena, key="correct")
    rubric.ask_question(project=project, actor=lena, spec=SAFE)
    page = client_for(rui).get(address).content.decode()
    assert 'name="rubric" value="4"' in page
    assert 'name="answer.safe"' in page
    assert 'name="answer.correct"' not in page
    shown = Assignment.objects.get()
    posted = {"answer.overall": "1", "answer.safe": "1", "rubric": "4", "showing": str(shown.pk)}
    reply = client_for(rui).post(
        f"{address}{shown.pk}/submit/", posted, headers={"Accept": "application/json"}
    )
    assert reply.json()["task"]["rubric"] == 4
    assert Judgment.objects.get().rubric == project.rubric_versions.get(number=4)


@pytest.mark.django_db(transaction=True)
def test_whoever_changes_a_scale_waits_for_a_judgment_that_is_being_stored(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    pk = lease(rui, project).pk
    looked_up, go_on = threading.Event(), threading.Event()

    def store() -> None:
        with transaction.atomic():
            lock_assignment(assignment_id=pk, rater_id=rui.pk)
            looked_up.set()
            go_on.wait(10)
        connection.close()

    @transaction.atomic
    def change() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
        changes = {"scale_key": "arena4"}
        rubric.change_question(project=project, actor=lena, key="overall", changes=changes)

    storing = threading.Thread(target=store)
    storing.start()
    try:
        assert looked_up.wait(10)
        with pytest.raises(OperationalError, match="lock timeout"):
            change()
    finally:
        go_on.set()
        storing.join()
