"""How long a job may stand still, and the watch that each worker keeps over the one it does.

A job says so whenever it gets further. One that stands still for too long, takes too long as a
whole, or goes on after it was to be cancelled, is written a verdict, and the process that is at it
ends itself by a signal that no code can hold up. Whoever finds the job free settles it.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Q
from django.db.models.functions import Now

from labeling.models import Job
from labeling.vocabulary import JobState
from labeling.work.registry import J, JobKind, job_kind_of
from projects.sql import database_now

#: A job that gets no further for so long is said to stand still.
STANDSTILL = timedelta(minutes=1)
#: How long a job may take to stop by itself once it was cancelled.
CANCEL_PATIENCE = timedelta(seconds=10)
#: A short job need not wait as long as a long one to count as stuck.
_SHORT_STALL = timedelta(minutes=3)
_WATCH_SECONDS = 2.0


class _Watch:
    """Whether this process watches its jobs: only a worker's child may end itself."""

    active = False
    closing: Callable[[], bool] = bool


def watch_jobs(closing: Callable[[], bool]) -> None:
    """From now on this process ends itself where its job is to be stopped.

    A worker that says `closing` may be ended at any moment: that is no death at its job.
    """
    _Watch.active = True
    _Watch.closing = closing


class TimeLimits(TypedDict):
    """Celery's limits for a task, in seconds."""

    soft_time_limit: int
    time_limit: int


def last_resort() -> TimeLimits:
    """The limits for the task of a job, which end it where its own watch has not."""
    seconds = settings.JOB_HOURS * 3600
    return {"soft_time_limit": seconds + 300, "time_limit": seconds + 600}


def stall_limit(kind: JobKind[J], job: J) -> timedelta:
    """How long the job may stand still before it is given up."""
    limit = timedelta(seconds=settings.JOB_STALL_SECONDS)
    return limit if kind.is_long(job) else min(limit, _SHORT_STALL)


def given_up_at(job: Job) -> datetime | None:
    """When a job that is being done will be given up unless it gets further."""
    if job.state != JobState.RUNNING or job.progress_at is None:
        return None
    return job.progress_at + stall_limit(job_kind_of(job), job)


@dataclass(frozen=True, slots=True)
class Standstill:
    """A job that gets no further: for how many minutes, and when it will be given up."""

    minutes: int
    until: datetime


def standstill(job: Job) -> Standstill | None:
    """Whether a job that is being done stands still, for whoever looks at it."""
    until = given_up_at(job)
    if until is None or job.progress_at is None:
        return None
    still = database_now() - job.progress_at
    return Standstill(still // timedelta(minutes=1), until) if still > STANDSTILL else None


def condemn(kind: JobKind[J], job: J) -> bool:
    """Writes a verdict on a job that stands still; whether it is to be stopped now, or is over."""
    rows = kind.model._default_manager.filter(pk=job.pk, state=JobState.RUNNING)
    late = Q(progress_at__lt=Now() - stall_limit(kind, job))
    rows.filter(late, error="").update(error=kind.too_slow)
    cancelled = Q(cancel_requested_at__lt=Now() - CANCEL_PATIENCE)
    return not rows.exists() or rows.filter(cancelled | ~Q(error="")).exists()


@contextmanager
def watched(kind: JobKind[J], job: J) -> Iterator[None]:
    """Ends this process where the job that is done inside must be stopped."""
    if not _Watch.active:
        yield
        return
    over = threading.Event()
    begun = time.monotonic()
    mine = kind.model._default_manager.filter(pk=job.pk, state=JobState.RUNNING)

    def watch() -> None:
        while not over.wait(_WATCH_SECONDS):
            try:
                if time.monotonic() - begun > settings.JOB_HOURS * 3600:
                    mine.filter(error="").update(error=kind.too_slow)
                if _Watch.closing():
                    mine.update(progress_at=None)
                if condemn(kind, job) and not over.is_set():
                    os.kill(os.getpid(), signal.SIGKILL)
            except (DatabaseError, InterfaceError):
                connection.close()  # away for now; the next round sees
        connection.close()

    thread = threading.Thread(target=watch, name="job-watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
