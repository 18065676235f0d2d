"""Who is at work says so, and who does not say so any more is named."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.jobs import expire_leases, sweep_jobs
from labeling.models import Heartbeat
from labeling.work.heartbeats import beat, forget_dead, keep_beating, live

pytestmark = pytest.mark.django_db


def later(**ago: float) -> None:
    """Moves every sign of life into the past."""
    Heartbeat.objects.update(seen_at=timezone.now() - timedelta(**ago))


def names(rows: list[Heartbeat]) -> list[str]:
    return [row.name.split(":")[0] for row in rows]


def test_a_process_has_one_row_that_says_when_it_was_seen_and_what_it_takes():
    beat("web")
    first = Heartbeat.objects.get()
    beat("web", threads=4)
    row = Heartbeat.objects.get()
    assert row.name == f"web:{row.host}:{os.getpid()}"
    assert (row.pid, row.detail, row.started_at) == (os.getpid(), {"threads": 4}, first.started_at)
    assert row.memory > 10_000_000
    assert row.seen_at > first.seen_at


def test_who_gives_no_sign_is_silent_for_a_day_and_then_forgotten():
    beat("web")
    beat("beat")
    assert names(live("web")) == ["web"]
    later(minutes=2)
    assert live("web") == live("beat") == []
    sweep_jobs()
    assert names(list(Heartbeat.objects.order_by("name"))) == ["beat", "sweep", "web"]
    later(hours=25)
    sweep_jobs()
    assert names(list(Heartbeat.objects.all())) == ["sweep"]


def test_a_sweep_that_was_done_is_a_sign_of_life():
    sweep_jobs()
    expire_leases()
    assert [row.name for row in live("sweep")] == ["sweep:jobs", "sweep:leases"]


def test_processes_that_ended_are_forgotten_by_who_takes_their_place():
    beat("worker")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    Heartbeat.objects.create(
        name="worker:gone", kind="worker", host=live("worker")[0].host, pid=gone.pid, memory=0
    )
    forget_dead("worker")
    assert [row.pid for row in Heartbeat.objects.all()] == [os.getpid()]


@pytest.mark.django_db(transaction=True)
def test_a_process_whose_work_stands_still_gives_no_sign():
    asked: list[bool] = []

    def ticks() -> bool:
        asked.append(True)
        return False

    keep_beating("web", ticks=ticks)
    working = keep_beating("beat", detail=lambda: {"it": "works"})
    for _ in range(200):
        if asked and Heartbeat.objects.exists():
            break
        working.join(0.02)
    assert names(list(Heartbeat.objects.all())) == ["beat"]
