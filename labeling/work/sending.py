"""Carries ids to workers. The row is the queue: what is not delivered, the sweep sends later."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import current_app
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from labeling.models import Heartbeat, Job
from labeling.vocabulary import JobState
from labeling.work.heartbeats import beat, sweep_heartbeats
from labeling.work.locks import is_free
from labeling.work.registry import J, JobKind, job_kind_of, job_kinds

logger = logging.getLogger(__name__)

#: How long a message may take before it counts as lost.
MESSAGE_PATIENCE = timedelta(seconds=10)


def send(job: Job) -> None:
    """Sends a job's id once its row is committed; with the broker down, the sweep does."""
    send_id(job_kind_of(job).task, job.pk)


def send_id(task: str, pk: int) -> None:
    """Sends an id to the Celery task of that name once the transaction is committed.

    Where the broker is away that is logged and nothing is raised: the request is kept.
    """
    transaction.on_commit(lambda: _deliver(task, pk))


def sweep() -> None:
    """Sends again what was lost: rows that wait, and rows whose worker is gone."""
    for kind in job_kinds():
        for pk in unfinished_jobs(kind):
            _put(kind.task, pk)
    sweep_heartbeats()
    beat(Heartbeat.Kind.SWEEP, name="jobs")


def unfinished_jobs(kind: JobKind[J]) -> list[int]:
    """Ids of jobs that wait or whose worker is gone: what the sweep sends again."""
    lost = Q(state=JobState.RUNNING) | Q(
        state=JobState.PENDING, created_at__lt=timezone.now() - MESSAGE_PATIENCE
    )
    open_jobs = kind.model._default_manager.filter(lost)
    return [pk for pk in open_jobs.values_list("pk", flat=True) if is_free(kind, pk)]


def _deliver(task: str, pk: int) -> None:
    try:
        _put(task, pk)
    except OperationalError:
        logger.warning("The broker is away; %s is done later.", pk)


def _put(task: str, pk: int) -> None:
    """By name, so that asking for a job loads no worker's code."""
    current_app.send_task(task, (pk,), ignore_result=True)
