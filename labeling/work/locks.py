"""A lock that lives exactly as long as the process that does a job.

PostgreSQL frees an advisory lock when its connection ends, so a worker that was killed is known
to be gone at once, without heartbeats or time-outs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from labeling.models import Import, Job, Release
from labeling.vocabulary import JobState

#: One lock space a kind of job; the numbers are arbitrary but must never change.
_SPACES: dict[type[Job], int] = {Import: 41001, Release: 41002}


#: How long a message may take before it counts as lost.
MESSAGE_PATIENCE = timedelta(seconds=10)


@contextmanager
def job_lock(kind: type[Job], pk: int) -> Iterator[bool]:
    """Yields whether this process now owns the job; False where another one is at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_SPACES[kind], pk % 2**31])
        (owned,) = cursor.fetchone()
    try:
        yield owned
    finally:
        if owned and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_SPACES[kind], pk % 2**31])


def unfinished_jobs(kind: type[Job]) -> list[int]:
    """Ids of jobs that wait or whose worker is gone: what the sweep sends again."""
    lost = Q(state=JobState.RUNNING) | Q(
        state=JobState.PENDING, created_at__lt=timezone.now() - MESSAGE_PATIENCE
    )
    open_jobs = kind._default_manager.filter(lost)
    return [pk for pk in open_jobs.values_list("pk", flat=True) if _is_free(kind, pk)]


def _is_free(kind: type[Job], pk: int) -> bool:
    with job_lock(kind, pk) as owned:
        return owned
