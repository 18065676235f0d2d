"""Celery's door to the figures of groups: it loads nothing but an id and calls one service."""

from __future__ import annotations

from celery import shared_task

from labeling.profiles.report import VOICES_TASK, compute_voices_report
from labeling.work.kept import COMPUTE_LIMITS, compute_report


@shared_task(name=VOICES_TASK, **COMPUTE_LIMITS)
def compute_voices(report_id: int) -> None:
    """Computes the figures; does nothing where another worker is at it."""
    compute_report(report_id, compute_voices_report)
