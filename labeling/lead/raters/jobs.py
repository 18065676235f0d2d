"""Celery's door to the rows of raters: it loads nothing but an id and calls one service."""

from __future__ import annotations

from celery import shared_task

from labeling.lead.raters.report import RATERS_TASK, compute_rows
from labeling.work.kept import COMPUTE_LIMITS, compute_report


@shared_task(name=RATERS_TASK, **COMPUTE_LIMITS)
def compute_raters(report_id: int) -> None:
    """Computes the rows; does nothing where another worker is at it."""
    compute_report(report_id, compute_rows)
