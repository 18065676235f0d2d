"""Celery doors: each loads nothing but an id and calls one service."""

from __future__ import annotations

import logging
from collections.abc import Callable

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from labeling.imports import services as imports
from labeling.models import Import, Job, Release
from labeling.rating import leases as allocation
from labeling.rating import texts as rendering
from labeling.releases import services as releases
from labeling.work import locks as joblock

logger = logging.getLogger(__name__)


@shared_task
def run_import(import_id: int) -> None:
    """Reads a file in; does nothing where it is done or another worker is at it."""
    imports.run_import(import_id)
    send_rendering(Import.objects.values_list("project_id", flat=True).get(pk=import_id))


@shared_task
def run_release(release_id: int) -> None:
    """Builds a release; does nothing where it is done or another worker is at it."""
    releases.run_release(release_id)


@shared_task
def render_project(project_id: int, after: int = 0) -> None:
    """Renders what was imported, a bounded piece at a time, so that no first view waits."""
    last = rendering.render_some(project_id=project_id, after=after)
    if last:
        render_project.delay(project_id, last)


@shared_task
def expire_leases() -> None:
    """Frees the places of leases that ran out."""
    allocation.expire_leases()


@shared_task
def sweep_jobs() -> None:
    """Sends again what was lost: rows that wait, and rows whose worker is gone."""
    senders: dict[type[Job], Callable[[int], object]] = {
        Import: run_import.delay,
        Release: run_release.delay,
    }
    for kind, send in senders.items():
        for pk in joblock.unfinished_jobs(kind):
            send(pk)


def send(job: Job) -> None:
    """Sends a job's id once its row is committed.

    The row is the queue: with the broker down the request is kept, and the sweep sends it.
    """
    task = run_import if isinstance(job, Import) else run_release
    transaction.on_commit(lambda: _deliver(task.delay, job.pk))


def send_rendering(project_id: int) -> None:
    """Asks for the rendering of what was imported; without a broker the first view renders."""
    transaction.on_commit(lambda: _deliver(render_project.delay, project_id))


def _deliver(delay: Callable[[int], object], pk: int) -> None:
    try:
        delay(pk)
    except OperationalError:
        logger.warning("The broker is away; %s is done later.", pk)
