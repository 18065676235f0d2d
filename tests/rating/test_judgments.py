"""Judgments are stored once, from the canonical point of view, and never overwritten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from labeling.models import Answer, Assignment, Judgment, Task
from labeling.rating.judgments import NotYours, skip_assignment, undo_last
from labeling.rating.places import expire_leases
from labeling.vocabulary import AssignmentState, TieKind
from projects.exceptions import Conflict, InvalidInput
from projects.guidelines.services import publish_guideline
from projects.models import Criterion, Project, User
from projects.project_templates import GuidelineSpec, PrincipleSpec
from tests.conftest import MakeTasks, judge, lease


def primary_value(judgment: Judgment) -> int | None:
    return judgment.answers.get(criterion__is_primary=True).value


def test_the_value_is_stored_from_the_canonical_point_of_view(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks
):
    make_tasks(project, 1, overlap=2)
    by_rui, by_sam = lease(rui, project), lease(sam, project)
    assert by_rui.shown_order == by_sam.shown_order[::-1]
    # Both prefer the same response; one saw it left, the other right.
    left_for_rui = judge(rui, by_rui, -3).judgment
    right_for_sam = judge(sam, by_sam, 3).judgment
    assert primary_value(left_for_rui) == primary_value(right_for_sam)


def test_a_judgment_remembers_its_circumstances(project: Project, rui: User, make_tasks: MakeTasks):
    make_tasks(project, 1)
    judgment = judge(rui, lease(rui, project), active_ms=4200, idle_ms=100).judgment
    assert judgment.guideline == project.guidelines.get()
    assert (judgment.purpose, judgment.source, judgment.strategy) == ("live", "human", "uniform")
    assert judgment.selection_probability == 1.0
    assert (judgment.active_ms, judgment.idle_ms) == (4200, 100)
    assert judgment.ui_version


def test_the_same_submission_again_returns_the_same_judgment(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    first = judge(rui, assignment, 2, active_ms=10)
    again = judge(rui, assignment, 2, active_ms=99)
    assert (first.created, again.created) == (True, False)
    assert first.judgment == again.judgment
    assert Judgment.objects.count() == 1


def test_a_replay_from_the_outbox_after_an_undo_does_not_submit_again(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    assignment, key = lease(rui, project), uuid4()
    judge(rui, assignment, 2, key=key)
    undo_last(rater=rui, project=project)
    assert not judge(rui, assignment, 2, key=key).created
    assert Assignment.objects.get(pk=assignment.pk).state == AssignmentState.LEASED


def test_other_answers_to_a_judged_task_are_refused(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    kept = judge(rui, assignment, 2).judgment
    with pytest.raises(Conflict, match="already judged"):
        judge(rui, assignment, -2)
    assert Judgment.objects.get() == kept


def test_undo_adds_a_row_and_opens_the_task_again(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks
):
    make_tasks(project, 1, overlap=1)
    assignment = lease(rui, project)
    first = judge(rui, assignment, -3, rationale="Because.").judgment
    undone = undo_last(rater=rui, project=project)
    assert (undone.assignment.pk, undone.took_back) == (assignment.pk, "judgment")
    assert undone.answered is not None
    assert (undone.answered.answers.values["overall"], undone.answered.rationale) == (
        -3,
        "Because.",
    )
    withdrawal = first.revised_by
    assert (withdrawal.withdrawn, withdrawal.is_current) == (True, True)
    assert Task.objects.get().open_slots == 0
    second = judge(rui, assignment, 1).judgment
    assert second.revises == withdrawal
    assert list(Judgment.objects.filter(is_current=True)) == [second]


def test_undo_with_nothing_to_take_back_says_so(project: Project, rui: User):
    with pytest.raises(Conflict, match="nothing of yours"):
        undo_last(rater=rui, project=project)


def test_the_database_refuses_to_overwrite_or_delete_a_judgment(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    judgment = judge(rui, lease(rui, project)).judgment
    for change in (
        lambda: Judgment.objects.update(rationale="forged"),
        lambda: Answer.objects.update(value=3),
        lambda: Answer.objects.all().delete(),
        lambda: Judgment.objects.filter(pk=judgment.pk)._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


def test_one_row_of_an_assignment_is_current(project: Project, rui: User, make_tasks: MakeTasks):
    make_tasks(project, 1)
    judgment = judge(rui, lease(rui, project)).judgment
    with pytest.raises(IntegrityError, match="one_current_judgment"), transaction.atomic():
        Judgment.objects.create(
            assignment=judgment.assignment,
            task=judgment.task,
            project=project,
            rater=rui,
        )


def test_a_strangers_assignment_does_not_exist(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    with pytest.raises(NotYours):
        judge(sam, assignment)
    with pytest.raises(NotYours):
        skip_assignment(rater=sam, assignment_id=assignment.pk, reason="unclear")


def test_a_late_judgment_is_kept_while_its_place_is_free(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 1, overlap=1)
    assignment = lease(rui, project)
    expire_leases(now=timezone.now() + timedelta(days=1))
    assert judge(rui, assignment).created


def test_a_late_judgment_whose_place_is_taken_is_refused_in_words(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks
):
    make_tasks(project, 1, overlap=1)
    late = lease(rui, project)
    expire_leases(now=timezone.now() + timedelta(days=1))
    judge(sam, lease(sam, project))
    with pytest.raises(Conflict, match="other raters have completed it"):
        judge(rui, late)
    assert Judgment.objects.count() == 1


def test_a_skipped_task_cannot_be_judged_nor_a_judged_one_skipped(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 2)
    skipped = lease(rui, project)
    skip_assignment(rater=rui, assignment_id=skipped.pk, reason="broken", note="empty")
    with pytest.raises(Conflict, match="skipped"):
        judge(rui, skipped)
    judged = lease(rui, project)
    judge(rui, judged)
    with pytest.raises(Conflict, match="already judged"):
        skip_assignment(rater=rui, assignment_id=judged.pk, reason="broken")


def test_a_skip_needs_a_known_reason(project: Project, rui: User, make_tasks: MakeTasks):
    make_tasks(project, 1)
    with pytest.raises(InvalidInput) as refused:
        skip_assignment(rater=rui, assignment_id=lease(rui, project).pk, reason="bored")
    assert "not_my_expertise" in refused.value.fields["reason"]


@pytest.mark.parametrize(
    ("answers", "field", "message"),
    [
        ({"overall": 7}, "overall", "not on this scale"),
        ({"overall": True}, "overall", "whole number"),
        ({"overall": 1.5}, "overall", "whole number"),
        ({"overall": 1, "style": 1}, "style", "Unknown criterion “style”"),
        ({"correct": 1}, "overall", "needs an answer"),
        ({"overall": 1, "correct": -3}, "correct", "not on this scale"),
        ({}, "overall", "needs an answer"),
    ],
)
def test_an_answer_that_does_not_fit_is_named(
    project: Project,
    rui: User,
    make_tasks: MakeTasks,
    answers: dict[str, Any],
    field: str,
    message: str,
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    with pytest.raises(InvalidInput) as refused:
        judge(rui, assignment, answers.pop("overall", None), answers=answers)
    assert message in refused.value.fields[field]
    assert not Judgment.objects.exists()
    assert Assignment.objects.get(pk=assignment.pk).state == AssignmentState.LEASED


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"rationale": "x" * 10_001}, "rationale"),
        ({"rationale": "nul \x00"}, "rationale"),
        ({"rationale": "half \ud800"}, "rationale"),
        ({"flags": ["spam"]}, "flags"),
        ({"principles": [9]}, "principles"),
        ({"tie_kind": "equal_bad"}, "tie_kind"),
        ({"tie_kind": "perhaps"}, "tie_kind"),
    ],
)
def test_what_goes_with_an_answer_is_checked(
    project: Project, rui: User, make_tasks: MakeTasks, fields: dict[str, Any], field: str
):
    make_tasks(project, 1)
    with pytest.raises(InvalidInput) as refused:
        judge(rui, lease(rui, project), 1, **fields)
    assert field in refused.value.fields


def test_the_three_ties_are_kept_apart(project: Project, rui: User, make_tasks: MakeTasks):
    make_tasks(project, 3)
    for fields, stored in (
        ({"overall": 0}, TieKind.EQUAL_GOOD),
        ({"overall": None, "tie_kind": "equal_bad"}, TieKind.EQUAL_BAD),
        ({"overall": None, "tie_kind": "cannot_tell"}, TieKind.CANNOT_TELL),
    ):
        judgment = judge(rui, lease(rui, project), **fields).judgment
        assert (primary_value(judgment), judgment.answers.get().tie_kind) == (0, stored)


def test_a_forced_choice_scale_takes_a_zero_only_as_both_bad_or_cannot_tell(
    project: Project, rui: User, make_tasks: MakeTasks
):
    Criterion.objects.filter(project=project, is_primary=True).update(scale_key="hh8")
    make_tasks(project, 1)
    assignment = lease(rui, project)
    with pytest.raises(InvalidInput):
        judge(rui, assignment, 0)
    assert judge(rui, assignment, 0, tie_kind="equal_bad").created


def test_principles_of_the_version_on_the_screen_can_be_cited(
    project: Project, lena: User, make_tasks: MakeTasks
):
    publish_guideline(
        project=project,
        published_by=lena,
        spec=GuidelineSpec(
            "v2", change_note="New.", principles=[PrincipleSpec("True"), PrincipleSpec("Short")]
        ),
    )
    make_tasks(project, 1)
    assert judge(lena, lease(lena, project), principles=[2, 1]).judgment.principles == [1, 2]


def test_a_citation_of_a_retired_principle_names_it_and_the_version_without_it(
    project: Project, lena: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    for principles in ([PrincipleSpec("True"), PrincipleSpec("Short")], [PrincipleSpec("True")]):
        spec = GuidelineSpec("Next.", change_note="New.", principles=principles)
        publish_guideline(project=project, published_by=lena, spec=spec)
    with pytest.raises(InvalidInput) as refusal:
        judge(lena, lease(lena, project), principles=[1, 2])
    sentence = "P2 “Short” is retired: version 3 of the guideline does not have it."
    assert refusal.value.fields == {"principles": sentence}
