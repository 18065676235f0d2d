"""Celery's door to changes of tasks: it loads nothing but an id and calls one service."""

from __future__ import annotations

from celery import shared_task

from labeling.lead.tasks import services
from labeling.work.limits import last_resort


@shared_task(name=services.TASK_CHANGE_JOB.task, **last_resort())
def run_task_change(change_id: int) -> None:
    """Changes tasks; nothing where it is done or another worker is at it."""
    services.run_task_change(change_id)
