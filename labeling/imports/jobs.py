"""Celery's door to imports: it loads nothing but an id and calls one service."""

from __future__ import annotations

from celery import shared_task

from labeling.imports import services, undoing
from labeling.imports.endings import IMPORT_JOB
from labeling.models import Import
from labeling.rating.jobs import send_rendering
from labeling.work.limits import last_resort


@shared_task(name=IMPORT_JOB.task, **last_resort())
def run_import(import_id: int) -> None:
    """Reads a file in; does nothing where it is done or another worker is at it."""
    services.run_import(import_id)
    send_rendering(Import.objects.values_list("project_id", flat=True).get(pk=import_id))


@shared_task(name=undoing.UNDO_JOB.task, **last_resort())
def undo_import(undo_id: int) -> None:
    """Takes an import back; nothing where that is done or another worker is at it."""
    undoing.undo_import(undo_id)
