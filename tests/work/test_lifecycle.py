"""The life of a job, on a kind of work that does nothing else."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import psycopg2
import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from config.celery import app
from labeling.models import Heartbeat
from labeling.vocabulary import JobState
from labeling.work import lanes, registry, sending
from labeling.work.endings import cancel, end_stuck_jobs
from labeling.work.lifecycle import (
    Columns,
    JobFailed,
    give_way,
    note_progress,
    retry,
    run,
)
from labeling.work.limits import standstill
from labeling.work.locks import held_locks, job_lock
from projects.models import Project
from tests.work.toys import TOY, Toy, tidied

pytestmark = pytest.mark.django_db


@pytest.fixture
def toy(project: Project) -> Toy:
    """A toy that waits."""
    return Toy.objects.create(project=project, filename="toy", path="/somewhere", progress_total=7)


@pytest.fixture
def entered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one line of registration."""
    monkeypatch.setattr(registry, "_KINDS", {})
    tidied.clear()
    registry.register(TOY)


def play(toy: Toy) -> Columns:
    return {"filename": "played", "progress_done": F("progress_total")}


def test_a_job_is_begun_done_and_ended_with_what_its_function_says(toy: Toy):
    begun = run(TOY, toy.pk, play, at_end={"path": ""})
    assert begun == toy
    assert (begun.path, begun.attempts, begun.state) == ("/somewhere", 1, JobState.RUNNING)
    toy.refresh_from_db()
    assert (toy.state, toy.error, toy.percent) == (JobState.DONE, "", 100)
    assert (toy.filename, toy.path, toy.progress_done) == ("played", "", 7)
    assert toy.started_at
    assert toy.finished_at
    assert toy.created_at <= toy.started_at <= toy.finished_at
    assert run(TOY, toy.pk, play) is None


def test_a_job_that_cannot_be_done_says_why(toy: Toy):
    def fail(toy: Toy) -> None:
        raise JobFailed("It is broken.")

    run(TOY, toy.pk, fail, at_end={"path": ""})
    toy.refresh_from_db()
    assert (toy.state, toy.error, toy.path) == (JobState.FAILED, "It is broken.", "")
    assert toy.finished_at is not None
    assert retry(toy)
    again = Toy.objects.get(pk=toy.pk)
    assert (again.state, again.error, again.attempts) == ("pending", "", 0)
    assert again.finished_at is None
    assert not retry(toy)


def test_an_accident_leaves_the_job_to_the_sweep_until_it_is_given_up(toy: Toy, entered: None):
    def stumble(toy: Toy) -> None:
        raise ConnectionError

    hour = timezone.now() - timedelta(hours=1)
    for attempt in (1, 2, 3):
        with pytest.raises(ConnectionError):
            run(TOY, toy.pk, stumble)
        toy.refresh_from_db()
        assert (toy.state, toy.attempts, toy.deaths) == (JobState.PENDING, attempt, 0)
        Toy.objects.update(created_at=hour)
        assert sending.unfinished_jobs(TOY) == [toy.pk]
    run(TOY, toy.pk, stumble)
    toy.refresh_from_db()
    assert (toy.state, toy.attempts) == (JobState.FAILED, 4)
    assert toy.error == "The toy was begun 3 times without getting any further. Buy another."
    assert sending.unfinished_jobs(TOY) == []


def test_the_first_begin_is_the_start(toy: Toy):
    hour = timezone.now() - timedelta(hours=1)
    Toy.objects.filter(pk=toy.pk).update(started_at=hour, state=JobState.RUNNING)
    run(TOY, toy.pk, play)
    toy.refresh_from_db()
    assert (toy.started_at, toy.attempts, toy.state) == (hour, 1, JobState.DONE)


def test_a_job_is_owned_while_it_is_done_and_free_after(toy: Toy):
    def look(toy: Toy) -> None:
        # The lock belongs to the session, so this one gets it a second time.
        with job_lock(TOY, toy.pk) as owned:
            assert owned
        assert toy.pk in held_locks(TOY.space)

    run(TOY, toy.pk, look)
    assert toy.pk not in held_locks(TOY.space)


def test_a_request_is_sent_once_it_is_committed_and_again_when_it_was_lost(
    toy: Toy, entered: None, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
):
    sent: list[tuple[str, tuple[int]]] = []
    monkeypatch.setattr(app, "send_task", lambda task, args, **how: sent.append((task, args)))
    with django_capture_on_commit_callbacks(execute=True):
        sending.send(toy)
        assert sent == []
    assert sent == [("toys.play", (toy.pk,))]
    sending.sweep()  # a message may still be under way
    assert len(sent) == 1
    Toy.objects.filter(pk=toy.pk).update(created_at=timezone.now() - timedelta(minutes=1))
    sending.sweep()
    assert sent[1:] == [("toys.play", (toy.pk,))]


def test_a_job_that_killed_two_workers_is_given_up_and_says_so(toy: Toy):
    begun: list[int] = []

    def dying(toy: Toy) -> None:
        begun.append(toy.deaths)
        raise MemoryError

    for _ in range(3):
        with suppress(MemoryError):
            run(TOY, toy.pk, dying)
    toy.refresh_from_db()
    assert (begun, toy.state, toy.deaths) == ([0, 1], JobState.FAILED, 2)
    assert "2 workers died at this toy before it got any further" in toy.error


def test_a_job_that_resumes_and_gets_further_may_kill_any_number_of_workers(toy: Toy):
    resuming = replace(TOY, resumes=True)

    def step(toy: Toy) -> None:
        note_progress(resuming, toy, progress_done=toy.progress_done + 1)
        raise MemoryError

    for _ in range(30):
        with pytest.raises(MemoryError):
            run(resuming, toy.pk, step)
    toy.refresh_from_db()
    assert (toy.state, toy.progress_done, toy.deaths) == (JobState.RUNNING, 30, 0)


def test_progress_that_the_next_begin_loses_does_not_count_against_deaths(toy: Toy):
    def step(toy: Toy) -> None:
        note_progress(TOY, toy, progress_done=1)
        raise MemoryError

    for _ in range(3):
        with suppress(MemoryError):
            run(TOY, toy.pk, step)
    toy.refresh_from_db()
    assert toy.state == JobState.FAILED


def test_the_end_of_the_database_is_no_death_at_the_job(toy: Toy):
    long_ago = timezone.now() - timedelta(days=3650)
    Toy.objects.update(state=JobState.RUNNING, progress_at=long_ago, deaths=1)
    run(TOY, toy.pk, play)
    toy.refresh_from_db()
    assert (toy.state, toy.deaths) == (JobState.DONE, 1)


def test_a_waiting_job_is_cancelled_at_once_and_tidied(
    toy: Toy, entered: None, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assert cancel(toy)
    toy.refresh_from_db()
    assert (toy.state, toy.error) == (JobState.CANCELLED, "")
    assert toy.finished_at
    assert tidied == [toy.pk]
    assert not cancel(toy)
    assert run(TOY, toy.pk, play) is None
    assert retry(toy)
    assert run(TOY, toy.pk, play) is not None


def test_a_job_that_is_being_done_stops_at_its_next_step(toy: Toy, entered: None):
    steps: list[int] = []

    def walk(toy: Toy) -> None:
        for step in range(5):
            steps.append(step)
            if step == 2:
                assert cancel(toy)
            note_progress(TOY, toy, progress_done=step)

    run(TOY, toy.pk, walk)
    toy.refresh_from_db()
    assert (toy.state, toy.progress_done, steps) == (JobState.CANCELLED, 1, [0, 1, 2])


def test_a_job_that_stands_still_says_until_when_and_is_given_up(toy: Toy, entered: None):
    assert standstill(toy) is None
    for minutes, waits in ((2, 2), (4, 4)):
        moment = timezone.now() - timedelta(minutes=minutes)
        Toy.objects.update(state=JobState.RUNNING, progress_at=moment)
        toy.refresh_from_db()
        still = standstill(toy)
        assert still is not None
        assert (still.minutes, still.until) == (waits, moment + timedelta(minutes=3))
        end_stuck_jobs()
    toy.refresh_from_db()
    assert (toy.state, standstill(toy)) == (JobState.FAILED, None)
    assert toy.error == "The toy stood still for too long and was stopped. Buy another."
    assert tidied == [toy.pk]


def test_long_jobs_leave_a_process_to_short_ones(
    toy: Toy, entered: None, monkeypatch: pytest.MonkeyPatch
):
    sent: list[tuple[int]] = []
    monkeypatch.setattr(app, "send_task", lambda task, args, **how: sent.append(args))
    long = registry._KINDS[Toy] = replace(TOY, is_long=lambda toy: True)
    monkeypatch.setattr(lanes._Places, "number", 1)
    rival = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    try:
        with rival.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(41004, %s)", [lanes._Places.first])
        assert run(long, toy.pk, play) is None
        toy.refresh_from_db()
        assert (toy.state, toy.attempts) == (JobState.PENDING, 0)
        assert sent == [], "it would come back at once, again and again"
        assert run(TOY, toy.pk, play) is not None
        waiting = Toy.objects.create(project=toy.project, filename="b", created_at=moment(1))
        with rival.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
    finally:
        rival.close()
    Toy.objects.filter(pk=toy.pk).update(state=JobState.PENDING)
    assert run(long, toy.pk, play) is not None
    assert sent == [(waiting.pk,)]


def test_projects_take_turns_and_who_made_room_stands_behind_who_came(
    project: Project, entered: None
):
    other = Project.objects.create(name="Other", slug="other")
    rows = [
        Toy.objects.create(project=owner, filename=name, created_at=moment(hours))
        for owner, name, hours in [
            (project, "first", 9),
            (project, "second", 8),
            (other, "late", 1),
        ]
    ]
    assert turns() == ["first", "late", "second"]
    Toy.objects.filter(pk=rows[0].pk).update(progress_at=timezone.now())
    assert turns() == ["second", "late", "first"]


def moment(hours: float) -> datetime:
    return timezone.now() - timedelta(hours=hours)


def turns() -> list[str]:
    return [job.filename for _, job in lanes.waiting_jobs() if isinstance(job, Toy)]


def test_a_long_job_makes_room_and_a_short_one_that_grows_leaves_the_short_lane(
    toy: Toy, entered: None, monkeypatch: pytest.MonkeyPatch
):
    long = replace(TOY, is_long=lambda toy: True, resumes=True)
    monkeypatch.setattr(lanes._Places, "number", 1)

    def grow(toy: Toy) -> None:
        give_way(long, toy, since=time.monotonic(), was_long=False)

    def go_on(toy: Toy) -> None:
        give_way(long, toy, since=time.monotonic() - 1000, was_long=True)

    run(long, toy.pk, grow)
    toy.refresh_from_db()
    assert (toy.state, toy.deaths) == (JobState.PENDING, 0)
    run(long, toy.pk, go_on)  # nobody waits
    toy.refresh_from_db()
    assert toy.state == JobState.DONE
    registry._KINDS[Toy] = long
    Toy.objects.create(project=toy.project, filename="b", created_at=moment(1))
    Toy.objects.filter(pk=toy.pk).update(state=JobState.PENDING)
    run(long, toy.pk, go_on)
    toy.refresh_from_db()
    assert toy.state == JobState.PENDING


def test_many_who_notice_that_nobody_sweeps_sweep_once():
    assert sending.late_sweeps("jobs") == []
    sending.sweep()
    assert sending.late_sweeps("jobs") == []
    Heartbeat.objects.update(seen_at=moment(1))
    assert [sending.late_sweeps("jobs", "leases") for _ in range(3)] == [["jobs"], [], []]
