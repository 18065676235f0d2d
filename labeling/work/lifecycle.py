"""From a claim to the end: begun, done, failed with a sentence, or given up after many begins.

A job that was killed anywhere stays RUNNING without an owner; the sweep sends it again and `run`
goes on with it. So whatever a job does must be safe to begin again where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import F
from django.utils import timezone

from labeling.models import Job
from labeling.vocabulary import JobState
from labeling.work.locks import job_lock
from labeling.work.registry import J, JobKind

#: Columns of a job's row and what to write there.
Columns = Mapping[str, Any]


class JobFailed(Exception):
    """The job cannot be done; the message is the sentence that its row will show.

    Any other exception is an accident: the row stays RUNNING and the sweep sends it again.
    """


def run(
    kind: JobKind[J],
    pk: int,
    do: Callable[[J], Columns | None],
    *,
    at_end: Columns | None = None,
) -> J | None:
    """Claims the job of that id and brings it to its end.

    Returns the row as it was begun, or None where there was nothing to do: the job is over, or
    another process is at it. `do` does the work and may return columns to be written together
    with DONE; `at_end` is written with either end.
    """
    with job_lock(kind, pk) as owned:
        job = _begin(kind, pk) if owned else None
        if job is not None:
            state, columns = _attempt(kind, job, do)
            _rows(kind, pk).update(
                state=state, finished_at=timezone.now(), **{**(at_end or {}), **columns}
            )
        return job


def retry(job: Job) -> bool:
    """Puts a failed job back in the queue as it was asked for; False where it did not fail."""
    failed = type(job)._default_manager.filter(pk=job.pk, state=JobState.FAILED)
    return bool(
        failed.update(
            state=JobState.PENDING, error="", attempts=0, progress_done=0, finished_at=None
        )
    )


def _rows(kind: JobKind[J], pk: int) -> Any:
    return kind.model._default_manager.filter(pk=pk)


def _begin(kind: JobKind[J], pk: int) -> J | None:
    """Notes one more attempt; None where the job is over."""
    mine = _rows(kind, pk).filter(state__in=[JobState.PENDING, JobState.RUNNING])
    mine.filter(started_at__isnull=True).update(started_at=timezone.now())
    if not mine.update(state=JobState.RUNNING, attempts=F("attempts") + 1):
        return None
    return kind.model._default_manager.select_related("project").get(pk=pk)


def _attempt(
    kind: JobKind[J], job: J, do: Callable[[J], Columns | None]
) -> tuple[JobState, Columns]:
    """How it ended, and the columns that say so."""
    if job.attempts > kind.max_attempts:
        return JobState.FAILED, {"error": kind.given_up}
    try:
        columns = do(job) or {}
    except JobFailed as failure:
        return JobState.FAILED, {"error": str(failure)}
    return JobState.DONE, {"error": "", **columns}
