"""A lock that lives exactly as long as the process that does a job.

PostgreSQL frees an advisory lock when its connection ends, so a worker that was killed is known
to be gone at once, without heartbeats or time-outs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from django.db import connection

from labeling.work.registry import J, JobKind


@contextmanager
def session_lock(space: int, pk: int) -> Iterator[bool]:
    """Yields whether this session now has that lock; it keeps it as long, or until it ends."""
    owned = _call("try_advisory_lock", space, pk)
    try:
        yield owned
    finally:
        if owned and connection.connection is not None and not connection.connection.closed:
            _call("advisory_unlock", space, pk)


def job_lock(kind: JobKind[J], pk: int) -> AbstractContextManager[bool]:
    """Yields whether this process now owns the job; False where another one is at it."""
    return session_lock(kind.space, pk)


def own_until_commit(kind: JobKind[J], pk: int) -> bool:
    """Whether this transaction now owns the job: nobody sees the job free and its row unwritten.

    A transaction has one session behind a pooler too, and a failure leaves no lock behind.
    """
    return _call("try_advisory_xact_lock", kind.space, pk)


def held_locks(space: int) -> set[int]:
    """Which locks of a space somebody has at this moment, by `lock_number`.

    Looking takes none of them, even for an instant: a worker that came just then would find the
    job taken and drop its message.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid::bigint FROM pg_locks JOIN pg_database d ON d.oid = database"
            " WHERE locktype = 'advisory' AND granted AND objsubid = 2"
            " AND datname = current_database() AND classid = %s",
            [space],
        )
        return {number for (number,) in cursor.fetchall()}


def lock_number(pk: int) -> int:
    """The number of a row's lock in its space."""
    return pk % 2**31


def _call(function: str, space: int, pk: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_{function}(%s, %s)", [space, lock_number(pk)])
        (done,) = cursor.fetchone()
    return bool(done)


def release_lock(kind: JobKind[J], pk: int) -> None:
    """Ends the session of the process that owns the job, wherever it is: it can write no more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_locks JOIN pg_database d"
            " ON d.oid = database WHERE locktype = 'advisory' AND granted AND objsubid = 2"
            " AND datname = current_database() AND classid = %s AND objid = %s"
            " AND pid <> pg_backend_pid()",
            [kind.space, lock_number(pk)],
        )
