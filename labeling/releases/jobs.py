"""Celery's door to releases: it loads nothing but an id and calls one service."""

from __future__ import annotations

from celery import shared_task

from labeling.releases import services
from labeling.work.limits import last_resort
from labeling.work.sending import send_next


@shared_task(name=services.RELEASE_JOB.task, **last_resort())
def run_release(release_id: int) -> None:
    """Builds a release; does nothing where it is done or another worker is at it."""
    services.run_release(release_id)
    send_next()
