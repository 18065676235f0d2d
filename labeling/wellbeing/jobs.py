"""Celery's door to the figures of wellbeing: it loads nothing but an id and calls one service."""

from __future__ import annotations

from celery import shared_task

from labeling.wellbeing.report import WELLBEING_TASK, compute_wellbeing_report
from labeling.work.kept import COMPUTE_LIMITS, compute_report


@shared_task(name=WELLBEING_TASK, **COMPUTE_LIMITS)
def compute_wellbeing(report_id: int) -> None:
    """Computes the figures; does nothing where another worker is at it."""
    compute_report(report_id, compute_wellbeing_report)
