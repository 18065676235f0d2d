"""Celery's door to the health of principles: it loads nothing but an id and calls one service."""

from __future__ import annotations

from celery import shared_task

from labeling.lead.principles.report import PRINCIPLES_TASK, compute_health
from labeling.work.kept import COMPUTE_LIMITS, compute_report


@shared_task(name=PRINCIPLES_TASK, **COMPUTE_LIMITS)
def compute_principles(report_id: int) -> None:
    """Computes the figures; does nothing where another worker is at it."""
    compute_report(report_id, compute_health)
