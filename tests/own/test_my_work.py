"""A page of one's own: what I did, may still change, and can learn, and nobody else's."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from labeling.models import Assignment, GoldAnswer, Judgment, RaterNote, Task, TaskOpening
from labeling.models.copies import copy_of
from labeling.models.removal import erasing
from labeling.own.figures import LEAST_SHOWN
from labeling.rating.judgments import undo_last
from labeling.rating.openings import VotesOpened
from labeling.vocabulary import Purpose
from projects.models import AuditEvent, Project, User
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease, membership
from tests.lead.test_rater_figures import stored

ClientFor = Callable[[User], Client]
WORK = "projects/support-answers/my-work/"
PAGE = "/p/support-answers/my-work/"


def made_older(**age: int) -> None:
    """All judgments, as if they had been given that long ago."""
    with erasing():
        for row in Judgment.objects.all():
            Judgment.objects.filter(pk=row.pk).update(created_at=row.created_at - timedelta(**age))


def known(task: Task, rater: User, overall: int) -> Assignment:
    """A gold copy of a task, right where the first response is better, answered by a rater."""
    gold = copy_of(task, Purpose.GOLD)
    GoldAnswer.objects.create(task=gold, number=1, answers={"overall": [-1]})
    assignment = Assignment.objects.create(
        task=gold,
        project=task.project,
        rater=rater,
        purpose=Purpose.GOLD,
        shown_order=[0, 1],
        guideline=task.project.guidelines.get(),
        rubric=task.project.rubric_versions.get(),
        lease_expires_at=timezone.now() + timedelta(minutes=20),
        opened_at=timezone.now(),
    )
    judge(rater, assignment, overall)
    return assignment


def test_an_answer_is_changed_within_the_window_by_a_new_row_whatever_the_task_is_for(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor, api: CallAs
):
    (task, *_others) = make_tasks(project, 3)
    live = lease(rui, project)
    judge(rui, live, -2)
    gold = known(task, rui, 1)
    client, program = client_for(rui), api(rui)
    page = client.get(PAGE).content.decode()
    lines = program.get(f"{WORK}judgments/").json()["results"]
    assert [line["assignment"] for line in lines] == [gold.pk, live.pk]
    # As the desk called it, which had the responses in the order shown to the rater.
    said = {"A is better, strength 2 of 3", "A is slightly better", "A is better"}
    assert lines[1]["answer"] in said
    assert all(line["changeable_until"] for line in lines)
    for assignment in (live, gold):
        assert f"/my-work/{assignment.pk}/change/" in page
        reply = client.post(f"{PAGE}{assignment.pk}/change/", follow=True)
        assert "It stands as it is until you submit another" in reply.content.decode()
        judge(rui, assignment, 3)
        first, second = Judgment.objects.filter(assignment=assignment).order_by("pk")
        assert (second.revises, second.withdrawn) == (first, False)
        assert (second.is_current, first.is_current, first.answers.count()) == (True, False, 1)
    reopened = program.post(f"assignments/{live.pk}/reopen/").json()
    assert reopened["stands"]["answers"] == {"overall": 3}


def test_an_answer_stands_once_the_window_is_over_and_the_last_act_is_undone_as_always(
    project: Project,
    rui: User,
    sam: User,
    lena: User,
    make_tasks: MakeTasks,
    client_for: ClientFor,
    api: CallAs,
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    judge(rui, assignment)
    made_older(minutes=61)
    address = f"assignments/{assignment.pk}/reopen/"
    assert api(rui).post(address).json()["code"] == "window_over"
    assert "stands" in client_for(rui).get(PAGE).content.decode()
    changed = api(lena).patch("projects/support-answers/", {"edit_window_minutes": 90}).json()
    assert changed["edit_window_minutes"] == 90
    too_long = api(lena).patch("projects/support-answers/", {"edit_window_minutes": 10**6})
    assert "edit_window_minutes" in too_long.json()["fields"]
    assert api(rui).post(address).status_code == 200
    assert api(rui).post(address).status_code == 200, "opened twice"
    judge(rui, assignment, 2)
    api(lena).patch("projects/support-answers/", {"edit_window_minutes": 0})
    assert api(rui).post(address).status_code == 409
    assert undo_last(rater=rui, project=project).assignment == assignment
    assert api(sam).post(address).status_code == 404


def part(project: Project, rater: User, *others: User) -> None:
    """Each answers their next task: the first prefers one response, the others the other one."""
    for user in (rater, *others):
        assignment = lease(user, project)
        is_first = (assignment.shown_order == [0, 1]) == (user == rater)
        judge(user, assignment, -1 if is_first else 1)


def test_looking_at_how_others_answered_closes_the_answer_and_is_recorded(
    project: Project,
    rui: User,
    sam: User,
    tao: User,
    make_tasks: MakeTasks,
    client_for: ClientFor,
    api: CallAs,
):
    (task,) = make_tasks(project, 1, overlap=3)
    part(project, rui, sam, tao)
    client = client_for(rui)
    page = client.get(PAGE).content.decode()
    assert "Once you look, your answer on it stands" in page
    assert "answered as you did" not in page
    assert not TaskOpening.objects.exists()
    page = client.post(f"{PAGE}examples/", follow=True).content.decode()
    assert "Of 2 others, 0 answered as you did." in page
    assert (TaskOpening.objects.get().task, TaskOpening.objects.get().person) == (task, rui)
    own = Assignment.objects.get(rater=rui)
    assert api(rui).post(f"assignments/{own.pk}/reopen/").json()["code"] == "votes_opened"
    with pytest.raises(VotesOpened):
        undo_last(rater=rui, project=project)
    assert len(api(rui).post(f"{WORK}examples/").json()) == 1
    assert ">Sam<" not in page
    assert "Tao" not in page
    # Whoever agrees with the others has nothing to look at.
    assert api(sam).get(WORK).json()["has_example"] is False


def test_what_a_rater_was_told_and_did_not_look_at_tells_nothing_of_others(
    project: Project,
    rui: User,
    sam: User,
    tao: User,
    lena: User,
    make_tasks: MakeTasks,
    client_for: ClientFor,
    api: CallAs,
):
    (task,) = make_tasks(project, 1, overlap=3)
    part(project, rui, sam, tao)
    example = {"task": task.pk, "kind": "clear", "criterion": "overall", "right": -1}
    example["rationale"] = "The second invents a figure."
    assert api(lena).post("projects/support-answers/examples/", example).status_code == 201
    own = Assignment.objects.get(rater=rui)
    assert api(rui).post(f"assignments/{own.pk}/reopen/").json()["code"] == "votes_opened"
    assert "answered as you did" not in client_for(rui).get(PAGE).content.decode()
    assert api(rui).get(f"{WORK}examples/").json() == []


def test_my_figures_are_of_work_before_today_with_intervals_and_words_below_too_little(
    project: Project,
    rui: User,
    make_tasks: MakeTasks,
    client_for: ClientFor,
    api: CallAs,
):
    for number, task in enumerate(make_tasks(project, 12)):
        known(task, rui, -1 if number < 8 else 1)
    assert api(rui).get(WORK).json()["figures"]["gold"]["value"] is None
    made_older(days=2)
    figures = api(rui).get(WORK).json()["figures"]
    # Counted five at a time: the last two say nothing yet.
    assert figures["gold"]["n"] == LEAST_SHOWN
    assert figures["gold"]["value"] == pytest.approx(0.8)
    assert figures["gold_accuracy"]["value"] == pytest.approx(9 / 12)
    assert figures["gold"]["low"] == pytest.approx(0.490, abs=0.001)
    page = client_for(rui).get(PAGE).content.decode()
    assert "95% interval 49% to 94%" in page
    assert figures["self_consistency"]["value"] is None
    assert "No task came again yet." in page


def test_habits_strength_and_drift_are_mine_to_read_and_say_nothing_of_others_or_of_checks(
    project: Project,
    lena: User,
    rui: User,
    make_tasks: MakeTasks,
    client_for: ClientFor,
    api: CallAs,
):
    tasks = make_tasks(project, 36)
    for number, task in enumerate(tasks[:20]):
        known(task, rui, -1 if number < 10 else 1)
    made_older(days=2)
    stored(project, [(task, rui, -3) for task in tasks])  # the first response stood first
    today = api(rui).get(WORK).json()["figures"]
    assert (today["habits"], today["gold_drift"]["later"]["value"]) == (None, 0.0)
    made_older(days=2)
    figures = api(rui).get(WORK).json()["figures"]
    habits, drift = figures["habits"], figures["gold_drift"]
    # Counted five at a time: the last comparison says nothing yet, nor whether it was one.
    assert (habits["left"]["figure"]["n"], habits["left"]["figure"]["value"]) == (35, 1.0)
    assert (habits["left"]["beside"], habits["ties"]["beside"]) == (1, 0)
    assert set(habits["ties"]) == {"figure", "beside"}
    assert (habits["ends"]["figure"]["value"], habits["strengths"]) == (1.0, [])
    assert [drift[half]["value"] for half in ("earlier", "later")] == [1.0, 0.0]
    member = membership(rui, project)
    lead = api(lena).get(f"projects/support-answers/raters/{member.pk}/").json()
    assert drift == lead["gold_drift"]
    assert lead["habits"]["left"]["figure"]["n"] == 36
    page = client_for(rui).get(PAGE).content.decode()
    assert "First shown preferred" in page
    assert "more, with the whole interval" in page
    assert "a running test gave notice" in page


def test_six_hundred_words_have_a_floor_of_36_seconds_which_stops_nobody(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor, api: CallAs
):
    words = [" ".join(["w"] * count) for count in (20, 290, 290)]
    make_tasks(project, 12, prompt=words[0], contents=words[1:])
    for _ in range(12):
        judge(rui, lease(rui, project), active_ms=0)
    with erasing():
        Judgment.objects.update(active_ms=20_000, times_cut=False)
    made_older(days=2)
    figures = api(rui).get(WORK).json()["figures"]
    assert figures["reading_floor_seconds"] == pytest.approx(36)
    assert (figures["median_seconds"]["value"], figures["often_below_floor"]) == (20, True)
    page = client_for(rui).get(PAGE).content.decode()
    assert "in less than 36 seconds" in page
    assert "It stops nothing" in page


def test_a_lead_writes_to_a_rater_who_alone_reads_it(
    project: Project, lena: User, rui: User, sam: User, client_for: ClientFor, api: CallAs
):
    member = membership(rui, project)
    address = f"/p/support-answers/raters/{member.pk}/notes/"
    lead = client_for(lena)
    assert lead.post(address, {"text": " "}).status_code == 422
    lead.post(address, {"text": "Look at P3 <b>again</b>."})
    page = client_for(rui).get(PAGE).content.decode()
    assert "Look at P3 &lt;b&gt;again&lt;/b&gt;." in page
    assert "1 unread note" in page
    assert api(rui).get(WORK).json()["unread_notes"] == 1
    assert "Look at P3" not in client_for(sam).get(PAGE).content.decode()
    client_for(rui).post(f"{PAGE}notes/read/")
    assert RaterNote.objects.get().read_at is not None
    assert "unread note" not in client_for(rui).get(PAGE).content.decode()
    said = api(lena).post(f"projects/support-answers/members/{member.pk}/notes/", {"text": "Hi"})
    assert said.json()["author"] == "Lena"
    assert AuditEvent.objects.filter(verb="rater written to").count() == 2


def test_active_time_a_day_is_csv_of_days_of_ones_own_zone_under_pseudonyms(
    project: Project,
    lena: User,
    rui: User,
    make_tasks: MakeTasks,
    client_for: ClientFor,
    api: CallAs,
    capsys: pytest.CaptureFixture[str],
):
    (task, _second) = make_tasks(project, 2)
    judge(rui, lease(rui, project))
    known(task, rui, 1)
    undo_last(rater=rui, project=project)  # what was taken back took its time
    with erasing():
        Judgment.objects.update(active_ms=1_500, created_at="2026-03-01T23:30:00Z")
    User.objects.filter(pk=lena.pk).update(time_zone="Asia/Tokyo")
    reply = client_for(lena).get("/p/support-answers/raters/time.csv")
    text = b"".join(reply).decode()
    (row,) = csv.DictReader(io.StringIO(text))
    rater = row.pop("rater")
    assert row == {
        "day": "2026-03-02",
        "time_zone": "Asia/Tokyo",
        "judgments": "2",
        "active_ms": "3000",
    }
    member = membership(rui, project)
    notes = client_for(lena).get(f"/p/support-answers/raters/{member.pk}/notes/").content.decode()
    assert rater in notes
    assert "Rui" not in text
    for query, n in (("since=2026-03-02", 1), ("since=2026-03-03", 0), ("until=2026-03-01", 0)):
        shorter = client_for(lena).get(f"/p/support-answers/raters/time.csv?{query}")
        assert len(b"".join(shorter).decode().splitlines()) == 1 + n
    assert 'filename="time-support-answers-to-2026-03-01.csv"' in shorter["Content-Disposition"]
    turned = "since=2026-03-02&until=2026-03-01"
    page = client_for(lena).get(f"/p/support-answers/raters/time.csv?{turned}", follow=True)
    assert "The last day is before the first." in page.content.decode()
    assert "Asia/Tokyo" in page.content.decode()
    refused = api(lena).get(f"projects/support-answers/raters/time.csv?{turned}")
    assert refused.json()["fields"] == {"until": "The last day is before the first."}
    with pytest.raises(CommandError, match="before the first"):
        call_command("rater_time", "support-answers", "--since=2026-03-02", "--until=2026-03-01")
    call_command("rater_time", "support-answers", "--since", "2026-03-01")
    assert f"2026-03-01,UTC,{rater},2,3000" in capsys.readouterr().out
