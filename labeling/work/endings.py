"""Ends of jobs that their own worker does not bring about: cancelled, given up, stuck elsewhere."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from labeling.models import Job
from labeling.vocabulary import JobState
from labeling.work.limits import condemn
from labeling.work.locks import own_until_commit, release_lock
from labeling.work.registry import J, JobKind, job_kind_of, job_kinds
from projects.audit import record
from projects.broker import deliver
from projects.exceptions import Conflict
from projects.models import User

logger = logging.getLogger(__name__)

_OPEN = [JobState.PENDING, JobState.RUNNING]


def cancel(job: Job) -> bool:
    """Stops a job for good; False where it is over already, or cannot be cancelled.

    One that waits is over at once, or once a worker has tidied up. One at which a worker is stops
    at its next step, or is stopped. What it has done stays, unless the kind tidies it away.
    """
    kind = job_kind_of(job)
    if not kind.cancellable:
        return False
    waiting = kind.model._default_manager.filter(pk=job.pk, state__in=_OPEN)
    asked = waiting.filter(cancel_requested_at=None).update(cancel_requested_at=Now())
    if kind.tidies_rows:
        transaction.on_commit(lambda: deliver(kind.task, job.pk))
    else:
        transaction.on_commit(lambda: settle_job(kind, job.pk))
    return bool(asked)


def cancel_by(job: Job, *, actor: User | None, **detail: object) -> None:
    """Cancels a job and notes in its project who did. Raises Conflict where it is over already."""
    with transaction.atomic():
        if not cancel(job):
            raise Conflict(_("This is over, or was cancelled already."))
        verb = f"{job_kind_of(job).noun} cancelled"
        record(project=job.project, actor=actor, verb=verb, **detail)


def settle_job(kind: JobKind[J], pk: int) -> bool:
    """Ends a job on which there is a verdict and at which nobody is; whether it was to be ended."""
    with transaction.atomic():
        return own_until_commit(kind, pk) and settle_owned(kind, pk)


def settle_owned(kind: JobKind[J], pk: int) -> bool:
    """The same by who owns the job."""
    row = kind.model._default_manager.filter(pk=pk, state__in=_OPEN).first()
    if row is None:
        return False
    if row.cancel_requested_at is not None:
        state, error = JobState.CANCELLED, ""
    elif row.error:
        state, error = JobState.FAILED, row.error
    else:
        return False
    kind.model._default_manager.filter(pk=pk).update(state=state, error=error, finished_at=Now())
    kind.tidy(row)
    return True


def end_stuck_jobs() -> None:
    """Takes the locks of jobs that their own worker should have stopped, and settles them.

    The session of who holds the lock is ended, on whatever machine that is: a process that is
    frozen cannot write any more when it wakes.
    """
    for kind in job_kinds():
        for row in kind.model._default_manager.filter(state=JobState.RUNNING):
            try:
                if condemn(kind, row) and not settle_job(kind, row.pk):
                    release_lock(kind, row.pk)
                    settle_job(kind, row.pk)
            except OSError:  # what cannot be tidied away holds up no other job
                logger.exception("The %s %s could not be ended.", kind.noun, row.pk)


def database_began_after(moment: datetime | None) -> bool:
    """Whether the database was started since then: its end was the end of whatever worked."""
    if moment is None:  # a row of an older Concord
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_postmaster_start_time() > %s", [moment])
        (began,) = cursor.fetchone()
    return bool(began)
