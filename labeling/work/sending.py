"""Carries ids to workers. The row is the queue: what is not delivered, the sweep sends later."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from labeling.models import Heartbeat, Job
from labeling.work.endings import end_stuck_jobs
from labeling.work.heartbeats import beat, sweep_heartbeats
from labeling.work.lanes import LONG_LANE, SHORT_LANE, has_lanes, waiting_jobs
from labeling.work.registry import J, JobKind, job_kind_of
from projects.broker import ask_broker_again, deliver

#: A sweep that was not done for so long is done by who notices.
_SWEEP_PATIENCE = timedelta(seconds=60)
#: So many jobs of each lane are sent at a time; more would only pile up.
_SENT_AT_ONCE = {SHORT_LANE: 20, LONG_LANE: 4}


def send(job: Job) -> None:
    """Sends a job's id once its row is committed; with the broker down, the sweep does."""
    kind = job_kind_of(job)
    send_id(kind.task, job.pk, queue=_lane(kind, job))


def send_id(task: str, pk: int, *, queue: str = SHORT_LANE) -> None:
    """Sends an id to the Celery task of that name once the transaction is committed.

    Where the broker is away, or refuses to write, that is logged and nothing is raised: the
    request is kept.
    """
    transaction.on_commit(lambda: deliver(task, pk, queue=queue))


def send_next() -> None:
    """Sends the long job whose turn it is, if one waits, now that this worker has a place free."""
    if not has_lanes():
        return
    for kind, job in waiting_jobs(patience=timedelta()):
        if _lane(kind, job) == LONG_LANE:
            deliver(kind.task, job.pk, queue=LONG_LANE)
            return


def sweep() -> None:
    """Sends again what was lost: rows that wait, and rows whose worker is gone or stuck."""
    ask_broker_again()
    end_stuck_jobs()
    left = dict(_SENT_AT_ONCE)
    for kind, job in waiting_jobs():
        lane = _lane(kind, job)
        left[lane] -= 1
        if left[lane] >= 0:
            deliver(kind.task, job.pk, queue=lane)
    sweep_heartbeats()
    beat(Heartbeat.Kind.SWEEP, name="jobs")


def late_sweeps(*sweeps: str) -> list[str]:
    """Those of the sweeps that nobody does any more, and which the caller shall do now.

    Many may ask at once: each is told to one of them.
    """
    late = Heartbeat.objects.filter(kind=Heartbeat.Kind.SWEEP, seen_at__lt=Now() - _SWEEP_PATIENCE)
    return [name for name in sweeps if late.filter(name=f"sweep:{name}").update(seen_at=Now())]


def unfinished_jobs(kind: JobKind[J]) -> list[int]:
    """Ids of jobs that wait or whose worker is gone: what the sweep sends again."""
    return [job.pk for other, job in waiting_jobs() if other is kind]


def _lane(kind: JobKind[J], job: J) -> str:
    return LONG_LANE if kind.is_long(job) else SHORT_LANE
