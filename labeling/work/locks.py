"""A lock that lives exactly as long as the process that does a job.

PostgreSQL frees an advisory lock when its connection ends, so a worker that was killed is known
to be gone at once, without heartbeats or time-outs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from labeling.work.registry import J, JobKind


@contextmanager
def job_lock(kind: JobKind[J], pk: int) -> Iterator[bool]:
    """Yields whether this process now owns the job; False where another one is at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [kind.space, pk % 2**31])
        (owned,) = cursor.fetchone()
    try:
        yield owned
    finally:
        if owned and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [kind.space, pk % 2**31])


def is_free(kind: JobKind[J], pk: int) -> bool:
    """Whether no process is at the job at this moment.

    In one transaction, which a pooler gives one session: a lock left in another would stay.
    """
    with transaction.atomic(), job_lock(kind, pk) as owned:
        return owned


def release_lock(kind: JobKind[J], pk: int) -> None:
    """Ends the session of the process that owns the job, wherever it is: it can write no more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_locks JOIN pg_database d"
            " ON d.oid = database WHERE locktype = 'advisory' AND granted AND objsubid = 2"
            " AND datname = current_database() AND classid = %s AND objid = %s"
            " AND pid <> pg_backend_pid()",
            [kind.space, pk % 2**31],
        )
