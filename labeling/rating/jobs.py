"""Celery's doors to the rating desk, under the names that messages under way carry."""

from __future__ import annotations

from celery import shared_task

from labeling.models import Heartbeat
from labeling.rating import places, texts
from labeling.work.deadlocks import retry_deadlocks
from labeling.work.heartbeats import beat
from labeling.work.sending import send_id


@shared_task(name=texts.RENDER_TASK)
def render_project(project_id: int, after: int = 0) -> None:
    """Renders what was imported, a bounded piece at a time, so that no first view waits."""
    last = texts.render_some(project_id=project_id, after=after)
    if last:
        render_project.delay(project_id, last)


@shared_task(name="labeling.jobs.expire_leases")
def expire_leases() -> None:
    """Frees the places of leases that ran out."""
    retry_deadlocks(places.expire_leases)()
    beat(Heartbeat.Kind.SWEEP, name="leases")


def send_rendering(project_id: int) -> None:
    """Asks for the rendering of what was imported; without a broker the first view renders."""
    send_id(texts.RENDER_TASK, project_id)
