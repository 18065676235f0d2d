"""Celery's door to releases: it loads nothing but an id and calls one service."""

from __future__ import annotations

from celery import shared_task

from labeling.releases import services
from labeling.releases.previews import COUNT_TASK, count_report
from labeling.work.kept import COMPUTE_LIMITS, compute_report
from labeling.work.limits import last_resort


@shared_task(name=services.RELEASE_JOB.task, **last_resort())
def run_release(release_id: int) -> None:
    """Builds a release; does nothing where it is done or another worker is at it."""
    services.run_release(release_id)


@shared_task(name=COUNT_TASK, **COMPUTE_LIMITS)
def count_release(report_id: int) -> None:
    """Counts what a release would hold, as long as somebody waits for it."""
    compute_report(report_id, count_report, while_wanted=True)
