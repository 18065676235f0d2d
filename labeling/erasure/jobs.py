"""Celery's door to what goes for good: it loads nothing but an id and calls one service."""

from __future__ import annotations

from celery import shared_task

from labeling.erasure import people, services
from labeling.work.limits import last_resort


@shared_task(name=services.DELETION_JOB.task, **last_resort())
def delete_project(deletion_id: int) -> None:
    """Deletes a project; nothing where that is done or another worker is at it."""
    services.delete_project(deletion_id)


@shared_task(name=people.ERASING_JOB.task, **last_resort())
def erase_texts(erasure_id: int) -> None:
    """Takes away what an erased person wrote in a project."""
    people.erase_texts_of(erasure_id)
