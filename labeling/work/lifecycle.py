"""From a claim to the end: begun, done, failed with a sentence, cancelled, or given up.

A job whose worker was killed anywhere stays RUNNING without an owner; the sweep sends it again and
`run` goes on with it. So whatever a job does must be safe to begin again where it stopped. One that
kills its workers, or never gets any further, is given up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.db.models import F
from django.db.models.functions import Coalesce, Now

from labeling.models import Job
from labeling.vocabulary import JobState
from labeling.work.endings import database_began_after, settle_owned
from labeling.work.folder import check_folder
from labeling.work.lanes import LANE_SECONDS, has_lanes, long_place, waiting_jobs
from labeling.work.limits import watched
from labeling.work.locks import job_lock
from labeling.work.registry import MAX_DEATHS, J, JobKind
from labeling.work.sending import send_next

#: Columns of a job's row and what to write there.
Columns = Mapping[str, Any]


class JobFailed(Exception):
    """The job cannot be done; the message is the sentence that its row will show.

    Any other exception is an accident: the row waits again and the sweep sends it.
    """


class JobStops(Exception):
    """The job goes no further for now: it was cancelled, or makes room for others."""


def run(
    kind: JobKind[J],
    pk: int,
    do: Callable[[J], Columns | None],
    *,
    at_end: Columns | None = None,
) -> J | None:
    """Claims the job of that id and brings it to its end.

    Returns the row as it was begun, or None where there was nothing to do: the job is over,
    another process is at it, or long jobs have all their places. `do` does the work, says with
    `note_progress` how far it is, and may return columns to be written together with DONE;
    `at_end` is written with any end. Raises OtherFolder where this process has another data
    folder than the web: it would not find the job's files.
    """
    check_folder()
    with job_lock(kind, pk) as owned:
        row = _open_rows(kind, pk).first() if owned else None
        if row is None:
            return None
        with long_place() if kind.is_long(row) else nullcontext(True) as has_place:
            job = _claimed(kind, pk, do, at_end or {}) if has_place else None
    if has_place:  # else the one that is sent might be this one, again and again
        send_next()
    return job


def note_progress(kind: JobKind[J], job: J, **columns: Any) -> None:
    """Writes how far the job is. Raises JobStops where it is to go no further.

    To be called once what is done is safe, in the transaction that makes it so.
    """
    if kind.resumes:
        columns |= {"attempts": 1, "deaths": 0}
    mine = _open_rows(kind, job.pk).filter(cancel_requested_at=None, error="")
    if not mine.update(progress_at=Now(), **columns):
        raise JobStops


def give_way(kind: JobKind[J], job: J, *, since: float, was_long: bool) -> None:
    """Raises JobStops where a job that resumes is to let others go on, at work since `since`.

    One that turns out to be long leaves the short lane at once, and a long one lets those that
    wait have its place after a while. A command goes on to its end.
    """
    if not has_lanes():
        return
    if not was_long and kind.is_long(job):
        raise JobStops
    if was_long and time.monotonic() - since > LANE_SECONDS and _others_wait():
        raise JobStops


def _others_wait() -> bool:
    return any(kind.is_long(row) for kind, row in waiting_jobs())


def retry(job: Job) -> bool:
    """Puts a job that failed or was cancelled back in the queue; False where it was neither."""
    over = type(job)._default_manager.filter(
        pk=job.pk, state__in=[JobState.FAILED, JobState.CANCELLED]
    )
    columns = dict.fromkeys(["attempts", "deaths", "progress_done", "progress_total"], 0)
    moments = dict.fromkeys(["finished_at", "progress_at", "cancel_requested_at"])
    return bool(over.update(state=JobState.PENDING, error="", **columns, **moments))


def _open_rows(kind: JobKind[J], pk: int) -> Any:
    open_states = [JobState.PENDING, JobState.RUNNING]
    return kind.model._default_manager.filter(pk=pk, state__in=open_states)


def _claimed(
    kind: JobKind[J], pk: int, do: Callable[[J], Columns | None], at_end: Columns
) -> J | None:
    """One attempt at a job that is ours."""
    if settle_owned(kind, pk):
        return None
    job = _begin(kind, pk)
    if job is None:
        return None
    with watched(kind, job):
        state, columns = _attempt(kind, job, do)
    mine = _open_rows(kind, pk)
    if state == JobState.PENDING:
        mine.update(state=state)
        settle_owned(kind, pk)  # what stopped it may have been a request to
    elif not mine.update(state=state, finished_at=Now(), **{**at_end, **columns}):
        kind.tidy(job)  # somebody else ended it meanwhile
    elif state == JobState.FAILED:
        kind.tidy(job)
    return job


def _begin(kind: JobKind[J], pk: int) -> J | None:
    """Notes one more attempt, and one more death where nobody had put the job down."""
    mine = _open_rows(kind, pk)
    row = mine.first()
    if row is None:
        return None
    died = row.state == JobState.RUNNING and not database_began_after(row.progress_at)
    mine.update(
        state=JobState.RUNNING,
        attempts=F("attempts") + 1,
        deaths=F("deaths") + int(died),
        started_at=Coalesce("started_at", Now()),
        progress_at=Now(),
    )
    return kind.model._default_manager.select_related("project").get(pk=pk)


def _attempt(
    kind: JobKind[J], job: J, do: Callable[[J], Columns | None]
) -> tuple[JobState, Columns]:
    """How it ended, and the columns that say so; PENDING where it is to be begun again."""
    if job.deaths >= MAX_DEATHS:
        return JobState.FAILED, {"error": kind.deadly}
    if job.attempts > kind.max_attempts:
        return JobState.FAILED, {"error": kind.given_up}
    try:
        columns = do(job) or {}
    except JobFailed as failure:
        return JobState.FAILED, {"error": str(failure)}
    except JobStops:
        return JobState.PENDING, {}
    except MemoryError:
        raise  # the process ends of it, and that is a death
    except Exception:
        _put_down(kind, job)
        raise
    return JobState.DONE, {"error": "", **columns}


def _put_down(kind: JobKind[J], job: J) -> None:
    """An accident is no death of the worker; with the database away, the row cannot say so."""
    try:
        _open_rows(kind, job.pk).update(state=JobState.PENDING)
    except (DatabaseError, InterfaceError):
        return
