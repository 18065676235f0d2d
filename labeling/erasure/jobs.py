"""Celery's door to what goes for good: it loads nothing but an id and calls one service."""

from __future__ import annotations

from celery import shared_task

from labeling.erasure import services
from labeling.work.limits import last_resort


@shared_task(name=services.DELETION_JOB.task, **last_resort())
def delete_project(deletion_id: int) -> None:
    """Deletes a project; nothing where that is done or another worker is at it."""
    services.delete_project(deletion_id)
