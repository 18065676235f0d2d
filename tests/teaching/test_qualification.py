"""Training and qualification: who gets live tasks, and that nothing of them counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from labeling.models import (
    Answer,
    Assignment,
    Judgment,
    StageAnswer,
    StageDecision,
    Task,
    TaskOpening,
)
from labeling.models.copies import add_version, copy_of
from labeling.vocabulary import Purpose
from projects.models import AuditEvent, Membership, Project, User
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease, membership

pytestmark = pytest.mark.django_db
HERE = "projects/support-answers/"
SITE = "/p/support-answers/"
MINE = f"{HERE}qualification/mine/"
RIGHT = {"answers": {"overall": [-1]}, "reason": "The second invents a figure.", "kind": "plain"}


def make_stage(project: Project, tasks: list[Task], stage: Purpose) -> list[Task]:
    """Copies of tasks for a stage, on which the first response is right."""
    copies = [copy_of(task, stage) for task in tasks]
    with transaction.atomic():
        for copy in copies:
            add_version(copy, None, RIGHT)
    return copies


def turn_on(project: Project, **settings: Any) -> None:
    """Sets stages in the database."""
    Project.objects.filter(pk=project.pk).update(**settings)
    project.refresh_from_db()


def say(rater: User, assignment: Assignment, *, right: bool) -> Judgment:
    """Answers rightly or not, whatever the side."""
    value = -1 if right else 1
    shown = value if assignment.shown_order[0] == 0 else -value
    return judge(rater, assignment, shown).judgment


def go_on(rater: User, project: Project, answers: list[bool]) -> None:
    """Leases and answers so many tasks."""
    for right in answers:
        say(rater, lease(rater, project), right=right)


def stage_of(rater: User, project: Project) -> Membership:
    return Membership.objects.get(user=rater, project=project)


@pytest.fixture
def staged(project: Project, make_tasks: MakeTasks) -> Project:
    """A project with 5 live tasks, 2 to train on and 24 to qualify with, of which 20 are asked."""
    tasks = make_tasks(project, 31)
    make_stage(project, tasks[5:7], Purpose.TRAINING)
    make_stage(project, tasks[7:], Purpose.QUALIFICATION)
    Task.objects.filter(pk__in=[task.pk for task in tasks[5:]]).update(withdrawn_at=now())
    turn_on(project, training_tasks=2, qualification_tasks=20, qualification_most=22)
    return project


@pytest.mark.parametrize(
    ("right", "stage", "above"), [(18, "passed", 0.926), (8, "not_yet", 0.0004)]
)
def test_eighteen_of_twenty_pass_and_eight_do_not_yet(
    staged: Project, rui: User, lena: User, api: CallAs, right: int, stage: str, above: float
):
    first = api(rui).post(f"{HERE}next/")
    assert (first.status_code, first.json()["code"]) == (409, "qualification_first")
    assert api(rui).post(MINE).json()["stage"] == "training"
    go_on(rui, staged, [True, False])
    assert api(rui).post(f"{HERE}next/").status_code == 409  # the next stage begins with a word
    assert api(rui).get(MINE).json()["next"] == "qualification"
    assert api(rui).post(MINE).json()["stage"] == "qualification"
    go_on(rui, staged, [True] * right + [False] * (20 - right))
    after = api(rui).post(f"{HERE}next/")
    assert after.status_code == (200 if stage == "passed" else 409)
    (row,) = [c for c in api(lena).get(f"{HERE}qualification/").json()["candidates"] if c["n"]]
    assert (row["stage"], row["right"], row["n"], row["name"]) == (stage, right, 20, "Rui")
    assert row["above_bar"] == pytest.approx(above, abs=0.001)
    decision = StageDecision.objects.get()
    assert (decision.outcome, decision.rule["bar"], decision.decided_by) == (stage, 0.75, None)
    if stage == "passed":
        assert lease(rui, staged).purpose == "live"


def test_fifteen_of_twenty_are_asked_more_and_then_a_lead_decides(
    staged: Project, rui: User, lena: User, api: CallAs
):
    Membership.objects.filter(user=rui).update(stage="qualification")
    go_on(rui, staged, [True] * 15 + [False] * 5)
    (row,) = [c for c in api(lena).get(f"{HERE}qualification/").json()["candidates"] if c["n"]]
    assert row["above_bar"] == pytest.approx(0.433, abs=0.001)
    assert (row["stage"], row["name"]) == ("qualification", None)
    assert "Rui" not in str(row)
    go_on(rui, staged, [True, False])  # up to the most of a try
    assert api(rui).post(f"{HERE}next/").json()["code"] == "qualification_first"
    assert api(rui).get(MINE).json()["stage"] == "waiting"
    body = api(lena).get(f"{HERE}qualification/").json()
    (row,) = [c for c in body["candidates"] if c["n"]]
    assert (row["stage"], row["name"], row["n"]) == ("waiting", None, 22)
    url = f"{HERE}qualification/candidates/{row['code']}/"
    assert "reason" in api(lena).post(url, {"outcome": "passed", "reason": " "}).json()["fields"]
    said = api(lena).post(url, {"outcome": "passed", "reason": "Reads closely."}).json()
    assert (said["stage"], said["name"], said["by_hand"]) == ("passed", "Rui", True)
    assert api(lena).post(url, {"outcome": "passed", "reason": "Again."}).status_code == 409
    assert AuditEvent.objects.filter(verb="qualification decided").count() == 1
    assert lease(rui, staged).purpose == "live"


def test_who_leaves_in_the_middle_goes_on_there_and_two_tabs_share_one_lease(
    staged: Project, rui: User, api: CallAs
):
    api(rui).post(MINE)
    shown = lease(rui, staged)
    assert lease(rui, staged).pk == shown.pk
    ahead = lease(rui, staged, ahead_of=shown.pk)
    assert (ahead.pk != shown.pk, ahead.purpose) == (True, "training")
    say(rui, shown, right=True)
    Assignment.objects.filter(pk=ahead.pk).update(state="expired")
    assert lease(rui, staged).pk == ahead.pk
    say(rui, ahead, right=True)
    assert api(rui).get(MINE).json()["steps"][1:] == [
        {"stage": "training", "state": "done", "answered": 2, "tasks": 2},
        {"stage": "qualification", "state": "now", "answered": 0, "tasks": 20},
    ]


def test_the_reason_comes_after_a_training_task_and_never_after_qualifying(
    staged: Project, rui: User, api: CallAs
):
    api(rui).post(MINE)
    leased = api(rui).post(f"{HERE}next/").json()
    said = api(rui).post(f"assignments/{leased['id']}/judgment/", {"answers": {"overall": 1}})
    assert said.json()["gold"]["reason"] == "The second invents a figure."
    assert api(rui).post(f"{HERE}undo/").json()["code"] == "votes_opened"
    Membership.objects.filter(user=rui).update(stage="qualification")
    leased = api(rui).post(f"{HERE}next/").json()
    said = api(rui).post(f"assignments/{leased['id']}/judgment/", {"answers": {"overall": 1}})
    assert "gold" not in said.json()
    assert api(rui).post(f"{HERE}undo/").status_code == 200  # not decided yet: it can be changed
    judge(rui, lease(rui, staged), -1)
    assert StageAnswer.objects.filter(stage="qualification").count() == 2
    Membership.objects.filter(user=rui).update(stage="passed")
    assert "decided" in api(rui).post(f"{HERE}undo/").json()["message"]


def test_a_qualification_task_looks_like_a_live_one(
    staged: Project, rui: User, sam: User, api: CallAs
):
    Membership.objects.filter(user=rui).update(stage="qualification")
    Membership.objects.filter(user=sam).update(stage="passed")
    leased = [api(rater).post(f"{HERE}next/").json() for rater in (rui, sam)]
    assert [Assignment.objects.get(pk=row["id"]).purpose for row in leased] == [
        "qualification",
        "live",
    ]
    shapes = [sorted(row["task"]) for row in leased]
    assert shapes[0] == shapes[1]
    assert not {"purpose", "stage", "gold_of"} & set(shapes[0])
    assert "qualification" not in str(leased[0])


def test_nothing_of_a_stage_counts(staged: Project, rui: User, lena: User, api: CallAs):
    before = api(lena).get(f"{HERE}progress/").json()
    api(rui).post(MINE)
    go_on(rui, staged, [True, True])
    api(rui).post(MINE)
    go_on(rui, staged, [True] * 3)
    assert Judgment.objects.valid().count() == 5
    assert not Judgment.objects.counting().exists()
    assert not Judgment.objects.live().exists()
    assert not Answer.objects.counting().exists()
    assert not Judgment.objects.counting_at(10**9, asked_at=now()).exists()
    assert api(lena).get(f"{HERE}progress/").json() == before
    assert api(lena).get(f"{HERE}raters/").json()["raters"] == []
    assert api(lena).get(f"{HERE}checks/").json()["gold"]["n"] == 0
    preview = api(lena).post(f"{HERE}releases/preview/", {"recipe": "majority", "format": "trl"})
    assert (preview.status_code, preview.json()["rows_out"]) == (200, 0)
    assert set(Task.objects.filter(purpose="live").values_list("open_slots", flat=True)) == {2}


def test_a_limit_of_judgments_is_not_used_up_by_qualifying(staged: Project, rui: User):
    turn_on(staged, rater_limit=1)
    Membership.objects.filter(user=rui).update(stage="qualification")
    go_on(rui, staged, [True] * 20)
    Membership.objects.filter(user=rui).update(stage="passed")
    go_on(rui, staged, [True])


def test_raters_at_work_go_on_unless_all_are_asked_and_staff_never_is(
    project: Project, rui: User, sam: User, vera: User, make_tasks: MakeTasks, api: CallAs
):
    tasks = make_tasks(project, 4)
    go_on(rui, project, [True])
    make_stage(project, tasks[3:], Purpose.QUALIFICATION)
    turn_on(project, qualification_tasks=1)
    assert api(sam).post(f"{HERE}next/").json()["code"] == "qualification_first"
    assert api(rui).post(f"{HERE}next/").status_code == 200
    assert stage_of(rui, project).stage == "exempt"
    assert api(vera).post(f"{HERE}next/").status_code == 200
    turn_on(project, qualification_asks_all=True)
    assert api(rui).post(f"{HERE}next/").json()["code"] == "qualification_first"
    assert api(rui).post(MINE).json()["stage"] == "qualification"
    assert lease(rui, project).purpose == "qualification"


def test_not_yet_says_what_is_right_and_when_to_try_again_with_other_tasks(
    staged: Project, rui: User, client_for: Callable[[User], Client], api: CallAs
):
    turn_on(staged, qualification_tasks=5, qualification_retry_days=7)
    Membership.objects.filter(user=rui).update(stage="qualification")
    go_on(rui, staged, [False] * 5)
    client = client_for(rui)
    assert client.get(f"{SITE}rate/").headers["Location"] == f"{SITE}qualification/mine/"
    page = client.get(f"{SITE}qualification/mine/").content.decode()
    assert "Not yet" in page
    assert page.count("The second invents a figure.") == 5
    mine = api(rui).get(MINE).json()
    assert (len(mine["wrong"]), mine["retry_at"] is not None) == (5, True)
    assert "try again yet" in api(rui).post(MINE).json()["message"]
    seen = set(TaskOpening.objects.filter(person=rui).values_list("task", flat=True))
    Membership.objects.filter(user=rui).update(stage_at=now() - timedelta(days=8))
    assert api(rui).post(MINE).json()["round"] == 2
    go_on(rui, staged, [True] * 5)
    again = set(StageAnswer.objects.filter(round=2).values_list("task", flat=True))
    assert len(again) == 5
    assert not again & seen
    client.get(f"{SITE}rate/")
    page = client.get(f"{SITE}qualification/mine/").content.decode()
    assert "From here on your answers count" in page


def test_a_changed_answer_is_read_anew_and_a_withdrawn_task_counts_in_no_try(
    staged: Project, rui: User, lena: User, api: CallAs
):
    Membership.objects.filter(user=rui).update(stage="qualification")
    go_on(rui, staged, [True, True, False])
    first, second = StageAnswer.objects.order_by("pk")[:2]
    add_version(first.task, None, {**RIGHT, "answers": {"overall": [1]}})
    api(lena).post(f"{HERE}tasks/{second.task_id}/withdraw/", {"reason": "Broken."})
    lease(rui, staged)
    (row,) = [c for c in api(lena).get(f"{HERE}qualification/").json()["candidates"] if c["n"]]
    assert (row["right"], row["n"]) == (0, 2)
    held = StageAnswer.objects.filter(task=first.task).order_by("pk")
    assert [(r.version, r.is_right) for r in held] == [(1, True), (2, False)]


def test_what_was_answered_and_decided_never_changes(staged: Project, rui: User):
    Membership.objects.filter(user=rui).update(stage="qualification")
    go_on(rui, staged, [True])
    row = StageAnswer.objects.get()
    assert (row.question, row.answer, row.key, row.version) == ("overall", -1, [-1], 1)
    assert row.guideline is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        StageAnswer.objects.update(is_right=False)


def test_a_lead_makes_tasks_of_gold_and_is_told_where_there_are_too_few(
    project: Project, lena: User, make_tasks: MakeTasks, api: CallAs
):
    for task in make_tasks(project, 3):
        body = {"answers": {"overall": -1}, "reason": "True."}
        api(lena).post(f"{HERE}tasks/{task.pk}/right-answer/", body)
    few = api(lena).patch(HERE, {"qualification_tasks": 2})
    assert "There are 0 such tasks" in few.json()["fields"]["qualification_tasks"]
    made = (
        api(lena).post(f"{HERE}qualification/tasks/", {"stage": "qualification", "count": 2}).json()
    )
    assert [row["stage"] for row in made] == ["qualification"] * 2
    too_many = api(lena).post(f"{HERE}qualification/tasks/", {"stage": "training", "count": 2})
    assert (too_many.status_code, "1 gold task" in too_many.json()["message"]) == (409, True)
    assert api(lena).patch(HERE, {"qualification_tasks": 2}).json()["qualification_tasks"] == 2
    # What is right follows the gold task.
    copy = Task.objects.get(pk=made[0]["task"])
    body = {"answers": {"overall": 2}, "reason": "Otherwise."}
    api(lena).post(f"{HERE}tasks/{copy.gold_of_id}/right-answer/", body)
    assert copy.gold_answers.order_by("-number")[0].answers == {"overall": [2]}
    body = api(lena).get(f"{HERE}qualification/").json()
    assert (body["pool"]["qualification"], body["lacking"]) == (2, [])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"qualification_fail": 0.9}, "qualification_fail"),
        ({"qualification_bar": 1.5}, "qualification_bar"),
        ({"qualification_pass": "NaN"}, "qualification_pass"),
        ({"qualification_most": 0}, "qualification_most"),
    ],
)
def test_thresholds_out_of_order_are_refused_by_name(
    project: Project, lena: User, api: CallAs, changes: dict[str, Any], field: str
):
    reply = api(lena).patch(HERE, changes)
    assert (reply.status_code, list(reply.json()["fields"])) == (400, [field])


def test_the_page_of_a_lead_masks_who_is_not_decided(
    staged: Project, rui: User, lena: User, client_for: Callable[[User], Client]
):
    client = client_for(lena)
    empty = client.get(f"{SITE}qualification/").content.decode()
    assert "Nobody has begun yet" in empty
    Membership.objects.filter(user=rui).update(stage="qualification")
    go_on(rui, staged, [True] * 2)
    page = client.get(f"{SITE}qualification/").content.decode()
    body = page[page.index('id="candidates-head"') :]
    assert "Rui" not in body
    assert "under way" in body
    bad = client.post(f"{SITE}qualification/stages/", {"training_tasks": "900"})
    assert bad.status_code == 422


def test_who_is_through_and_a_project_without_stages_pay_no_statement(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 4)

    def statements() -> int:
        with CaptureQueriesContext(connection) as ran:
            assert api(rui).post(f"{HERE}next/").status_code == 200
        return len(ran)

    statements()
    without = statements()
    turn_on(project, qualification_tasks=1)
    Membership.objects.filter(user=rui).update(stage="passed")
    assert statements() == without
    assert membership(rui, project).stage == "passed"


def test_an_answer_of_an_earlier_try_counts_in_no_later_one(
    staged: Project, rui: User, api: CallAs
):
    turn_on(staged, qualification_tasks=5, qualification_most=5, qualification_retry_days=0)
    Membership.objects.filter(user=rui).update(stage="qualification")
    go_on(rui, staged, [True, True, False, False])
    first, second = Assignment.objects.filter(rater=rui).order_by("pk")[:2]
    assert api(rui).post(f"assignments/{first.pk}/reopen/").status_code == 200
    go_on(rui, staged, [False])
    assert api(rui).post(f"{HERE}next/").json()["code"] == "qualification_first"
    assert api(rui).post(MINE).json()["round"] == 2
    # One is still open from before it was decided; others cannot be opened any more.
    say(rui, first, right=True)
    refused = api(rui).post(f"assignments/{second.pk}/reopen/")
    assert "decided" in refused.json()["message"]
    assert set(StageAnswer.objects.values_list("round", flat=True)) == {1}
