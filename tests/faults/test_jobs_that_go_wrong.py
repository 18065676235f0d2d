"""Real workers with jobs that hang, take all memory, kill or freeze their process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labeling.models import Task
from labeling.work.endings import cancel
from projects.models import Project
from tests.faults.workers import Worker, ask, over, running, until, working

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def place(tmp_path: Path, settings: Any) -> Path:
    """The folder that tests and worker share."""
    settings.IMPORTS_DIR = tmp_path / "imports"
    return tmp_path


@pytest.fixture
def worker(place: Path, project: Project) -> Iterator[Worker]:
    """A worker that has done something already."""
    with working(place, CONCORD_JOB_STALL_SECONDS="6", CONCORD_WORKER_MEMORY_MB="300") as worker:
        first = ask(project, "first")
        until(lambda: over(first), 60, "the worker works")
        yield worker


def test_two_stuck_jobs_are_given_up_and_block_nothing(worker: Worker, project: Project):
    stuck = [ask(project, "stuck"), ask(project, "stuck")]
    until(lambda: all(map(running, stuck)), 20, "both are begun")
    plain = ask(project, "plain")
    until(lambda: over(plain), 60, "a third job is done")
    until(lambda: all(map(over, stuck)), 30, "both are given up")
    assert [(row.state, row.path) for row in stuck] == [("failed", "")] * 2
    assert "stood still for too long and was stopped" in stuck[0].error
    assert worker.alive


@pytest.mark.parametrize("name", ["bomb", "suicide"])
def test_a_job_that_kills_its_worker_twice_is_given_up(worker: Worker, project: Project, name: str):
    deadly, plain = ask(project, name), ask(project, "plain")
    until(lambda: over(plain), 20, "another job is done meanwhile")
    until(lambda: over(deadly), 40, "it is given up")
    assert (plain.state, deadly.state, deadly.deaths) == ("done", "failed", 2)
    assert "2 workers died at this import" in deadly.error
    assert worker.alive
    until(lambda: len(worker.children()) >= 3, 20, "beat and two children are there")


def test_a_frozen_child_is_ended_and_its_job_given_up(worker: Worker, project: Project):
    frozen = ask(project, "freeze")
    until(lambda: over(frozen), 60, "it is given up")
    plain = ask(project, "plain")
    until(lambda: over(plain), 20, "both children work again")
    assert (frozen.state, plain.state) == ("failed", "done")


def test_an_import_that_is_killed_after_every_batch_comes_to_its_end(
    worker: Worker, project: Project
):
    mortal = ask(project, "mortal", rows=300)
    until(lambda: over(mortal), 240, "thirty kills are survived")
    assert (mortal.state, mortal.counts["rows"], mortal.counts["refused"]) == ("done", 300, 0)
    assert Task.objects.filter(project=project).count() == 300


def test_what_is_stuck_is_cancelled_within_seconds(place: Path, project: Project):
    with working(place) as worker:
        stuck = ask(project, "stuck")
        until(lambda: running(stuck), 60, "it is begun")
        assert cancel(stuck)
        until(lambda: over(stuck), 25, "it is cancelled")
        assert (stuck.state, stuck.error, stuck.path) == ("cancelled", "", "")
        assert worker.alive


def test_short_work_does_not_wait_behind_long(worker: Worker, project: Project):
    slow = [ask(project, "slow", size=2**30) for _ in range(4)]
    until(lambda: any(map(running, slow)), 20, "long work is under way")
    plain = ask(project, "plain")
    assert until(lambda: over(plain), 10, "a row is imported") < 3
    assert sum(map(running, slow)) == 1
    for row in slow:
        cancel(row)
    until(lambda: all(map(over, slow)), 20, "all are cancelled")


def test_lost_jobs_are_found_where_there_is_no_beat(place: Path, project: Project):
    with working(place, "--without-heartbeat"):
        first = ask(project, "first")
        until(lambda: over(first), 60, "the worker works")
        lost = ask(project, "lost", state="running")
        until(lambda: over(lost), 40, "it is done")
