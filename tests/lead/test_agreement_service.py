"""Agreement of a project: what counts, what is cached, what raters are called."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg2 import extensions

from labeling.lead.agreement.report import agreement_at_hand, agreement_report
from labeling.models import Answer, Assignment, Judgment, Report, Task
from labeling.operations.waiting import wait_watchfully
from labeling.rating.judgments import undo_last
from projects.models import Project, User
from tests.conftest import judge, lease

pytestmark = pytest.mark.django_db


def vote(user: User, project: Project, value: int | dict[str, int], **fields: Any) -> Judgment:
    """Judges the user's next task with a value in canonical order, or by the task's name."""
    assignment = lease(user, project)
    if isinstance(value, dict):
        value = value[assignment.task.external_id]
    sign = -1 if assignment.shown_order[0] else 1
    return judge(user, assignment, sign * value, **fields).judgment


@pytest.fixture
def judged(
    project: Project, make_tasks: Callable[..., list[Task]], rui: User, sam: User
) -> Project:
    """Two raters on the same four tasks: three equal answers, one not."""
    make_tasks(project, 4)
    for _ in range(4):
        vote(rui, project, {"t1": -2, "t2": -2, "t3": 1, "t4": 0})
        vote(sam, project, {"t1": -2, "t2": -2, "t3": 1, "t4": 1})
    return project


def test_the_report_has_the_agreed_shape_for_every_criterion(judged: Project) -> None:
    report = agreement_report(judged)
    assert (report["project"], report["tasks"], report["judgments"], report["raters"]) == (
        judged.slug,
        4,
        8,
        2,
    )
    assert list(report["criteria"]) == ["overall", "correct"]
    overall = report["criteria"]["overall"]
    assert overall["percent_agreement"]["exact"]["value"] == pytest.approx(0.75)
    assert overall["percent_agreement"]["half"]["value"] == pytest.approx(0.875)
    assert overall["percent_agreement"]["drop"]["value"] == pytest.approx(1.0)
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_the_report_is_made_in_the_web_which_waits_with_an_eye_on_the_clock(
    judged: Project, request: pytest.FixtureRequest
) -> None:
    extensions.set_wait_callback(wait_watchfully)
    request.addfinalizer(lambda: extensions.set_wait_callback(None))
    assert agreement_report(judged)["criteria"]
    assert extensions.get_wait_callback() is wait_watchfully


def test_a_criterion_nobody_answered_says_so(judged: Project) -> None:
    figure = agreement_report(judged)["criteria"]["correct"]["krippendorff_alpha"]["ordinal"]
    assert (figure["value"], figure["reason"]) == (None, "There are no judgments yet.")


def test_raters_appear_by_name_and_by_number_where_names_are_hidden(judged: Project) -> None:
    named = agreement_report(judged)["criteria"]["overall"]["pairs"]
    masked = agreement_at_hand(judged, show_names=False).report
    assert masked is not None
    hidden = masked["criteria"]["overall"]["pairs"]
    assert [(pair["a"], pair["b"], pair["n"]) for pair in named] == [("Rui", "Sam", 4)]
    assert [(pair["a"], pair["b"]) for pair in hidden] == [("Rater 1", "Rater 2")]


def test_two_raters_of_one_name_are_told_apart(judged: Project, sam: User) -> None:
    User.objects.filter(pk=sam.pk).update(name="Rui")
    (pair,) = agreement_report(judged)["criteria"]["overall"]["pairs"]
    assert pair["a"] != pair["b"]
    assert pair["a"].startswith("Rui (no. ")


def test_a_second_reading_takes_the_kept_report(judged: Project) -> None:
    agreement_report(judged)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        agreement_report(judged)
    assert not [query for query in queries if "labeling_answer" in query["sql"]]
    assert Report.objects.filter(project=judged).count() == 1


def test_a_new_judgment_makes_the_report_anew(judged: Project, tao: User) -> None:
    before = agreement_report(judged)
    Task.objects.filter(project=judged).update(overlap=3, open_slots=1)
    vote(tao, judged, -2)
    after = agreement_report(judged)
    assert after["judgments"] == before["judgments"] + 1
    assert len(after["criteria"]["overall"]["pairs"]) == 3


def test_a_renamed_criterion_makes_the_report_anew(project: Project) -> None:
    agreement_report(project)
    project.criteria.filter(key="correct").update(key="accurate")
    assert list(agreement_report(project)["criteria"]) == ["overall", "accurate"]


def test_a_withdrawn_judgment_no_longer_counts(judged: Project, sam: User) -> None:
    agreement_report(judged)
    undo_last(rater=sam, project=judged)
    overall = agreement_report(judged)["criteria"]["overall"]
    assert overall["percent_agreement"]["exact"]["n"] == 3


def test_gold_tasks_and_machines_stay_out_and_are_counted_as_left_out(
    judged: Project, make_tasks: Callable[..., list[Task]], rui: User
) -> None:
    make_tasks(judged, 1, prefix="m", priority=5)
    vote(rui, judged, -3, source="ai")
    report = agreement_report(judged)
    assert (report["judgments"], report["left_out"]) == (8, 1)


def test_an_empty_project_has_a_report_in_words(project: Project) -> None:
    report = agreement_report(project)
    assert (report["tasks"], report["judgments"], report["raters"]) == (0, 0, 0)
    alpha = report["criteria"]["overall"]["krippendorff_alpha"]["symmetric"]
    assert alpha["reason"] == "There are no judgments yet."


def test_a_tie_on_a_scale_without_one_is_a_category_of_its_own(
    lena: User, project: Project, make_tasks: Callable[..., list[Task]], rui: User, sam: User
) -> None:
    project.criteria.filter(key="overall").update(scale_key="hh8")
    make_tasks(project, 2)
    for user in (rui, sam):
        for _ in range(2):
            assignment = lease(user, project)
            if assignment.task.external_id == "t1":
                judge(user, assignment, 0, tie_kind="cannot_tell")
            else:
                judge(user, assignment, -4 if assignment.shown_order[0] else 4)
    overall = agreement_report(project)["criteria"]["overall"]
    assert {"value": 0, "count": 2} in overall["values"]
    assert overall["percent_agreement"]["drop"]["n"] == 1


def repeat(task: Task, *, turned: bool = False) -> Task:
    """The same responses as a task of its own, in the same canonical order or the other one."""
    ids = list(reversed(task.response_ids)) if turned else task.response_ids
    return Task.objects.create(
        project=task.project,
        prompt=task.prompt,
        external_id=f"{task.external_id}-again",
        purpose="repeat",
        response_ids=ids,
        queue_key=task.queue_key,
        repeat_of=task,
    )


def again(user: User, task: Task, value: int) -> None:
    """Judges a repeat, `value` being in the repeat's own canonical order."""
    assignment = Assignment.objects.create(
        task=task,
        project=task.project,
        rater=user,
        purpose="repeat",
        lease_expires_at=timezone.now() + timedelta(hours=1),
        shown_order=[1, 0],
    )
    judge(user, assignment, -value)


def test_self_consistency_compares_a_repeat_with_the_same_raters_first_answer(
    judged: Project, rui: User, sam: User, tao: User
) -> None:
    tasks = {task.external_id: task for task in judged.tasks.all()}
    again(rui, repeat(tasks["t1"]), -2)
    again(rui, repeat(tasks["t3"], turned=True), -1)
    again(sam, repeat(tasks["t4"]), -1)
    again(tao, repeat(tasks["t2"]), -2)
    report = agreement_report(judged)
    steady = report["criteria"]["overall"]["self_consistency"]
    assert (steady["value"], steady["n"]) == (pytest.approx(2 / 3), 3)
    assert report["judgments"] == 8
    assert report["criteria"]["correct"]["self_consistency"]["reason"] == (
        "No task has been judged twice by the same rater."
    )


def test_a_repeat_may_be_a_tie_where_nobody_tied_and_the_scale_has_none(
    project: Project, make_tasks: Callable[..., list[Task]], rui: User
) -> None:
    project.criteria.filter(key="overall").update(scale_key="hh8")
    (task,) = make_tasks(project, 1)
    vote(rui, project, -2)
    assignment = Assignment.objects.create(
        task=repeat(task),
        project=project,
        rater=rui,
        purpose="repeat",
        lease_expires_at=timezone.now() + timedelta(hours=1),
        shown_order=[0, 1],
    )
    judge(rui, assignment, 0, tie_kind="cannot_tell")
    steady = agreement_report(project)["criteria"]["overall"]["self_consistency"]
    assert (steady["value"], steady["n"]) == (0.0, 1)


def test_side_bias_counts_preferences_for_the_response_on_the_left(judged: Project) -> None:
    side = agreement_report(judged)["criteria"]["overall"]["side_bias"]
    chosen = [
        ((answer.value or 0) < 0) == (answer.judgment.assignment.shown_order[0] == 0)
        for answer in Answer.objects.filter(criterion__key="overall").exclude(value=0)
    ]
    assert (side["value"], side["n"]) == (pytest.approx(sum(chosen) / 7), 7)
    assert "interval over 4 prompts" in side["convention"]


def test_labels_made_elsewhere_have_no_side(
    project: Project, make_tasks: Callable[..., list[Task]], rui: User
) -> None:
    (task,) = make_tasks(project, 1)
    assignment = Assignment.objects.create(
        task=task,
        project=project,
        rater=rui,
        state="submitted",
        strategy="imported",
        lease_expires_at=timezone.now(),
        shown_order=[0, 1],
    )
    judgment = Judgment.objects.create(
        assignment=assignment, task=task, project=project, rater=rui, strategy="imported"
    )
    criterion = project.criteria.get(key="overall")
    Answer.objects.create(judgment=judgment, criterion=criterion, value=-2)
    side = agreement_report(project)["criteria"]["overall"]["side_bias"]
    assert (side["value"], side["reason"]) == (
        None,
        "Nobody has preferred one of two responses on this screen yet.",
    )


def test_the_ceiling_follows_from_how_far_raters_prefer_the_same_side(judged: Project) -> None:
    ceiling = agreement_report(judged)["criteria"]["overall"]["noise_ceiling"]
    assert ceiling["value"] == pytest.approx(1.0)
    assert "pairs with a tie are left out" in ceiling["convention"]


def labels(project: Project, task: Task, values: Iterable[int], **fields: Any) -> None:
    """Labels of raters elsewhere, in canonical order."""
    criterion = project.criteria.get(key="overall")
    for place, value in enumerate(values):
        email = f"label-{place}@example.com"
        rater, _ = User.objects.get_or_create(email=email, defaults={"name": f"Label {place}"})
        assignment = Assignment.objects.create(
            task=task,
            project=project,
            rater=rater,
            state="submitted",
            strategy="imported",
            lease_expires_at=timezone.now(),
            shown_order=[0, 1],
        )
        judgment = Judgment.objects.create(
            assignment=assignment, task=task, project=project, rater=rater, strategy="imported"
        )
        Answer.objects.create(judgment=judgment, criterion=criterion, value=value, **fields)


def test_labels_of_the_side_alone_are_counted_apart_on_a_scale_with_strengths(
    project: Project, make_tasks: Callable[..., list[Task]]
) -> None:
    for task, value in zip(make_tasks(project, 3, overlap=9), (1, -1, 1), strict=True):
        labels(project, task, [value, value], side_only=True)
    overall = agreement_report(project)["criteria"]["overall"]
    assert overall["counts"]["side_only"] == 6
    assert (overall["same_side"]["exact"]["value"], overall["same_side"]["exact"]["n"]) == (1, 3)
    assert overall["krippendorff_alpha"]["ordinal"]["reason"] == (
        "No judgment tells how much better a response is: 6 answers tell the side only."
    )
    project.criteria.filter(key="overall").update(scale_key="arena4")
    overall = agreement_report(project)["criteria"]["overall"]
    assert overall["counts"]["side_only"] == 0
    assert overall["krippendorff_alpha"]["nominal"]["value"] == 1
