"""Celery's door to the overview: it loads nothing but an id and calls one service."""

from __future__ import annotations

from celery import shared_task

from labeling.lead.overview.report import OVERVIEW_TASK, count_figures
from labeling.work.kept import COMPUTE_LIMITS, compute_report


@shared_task(name=OVERVIEW_TASK, **COMPUTE_LIMITS)
def count_overview(report_id: int) -> None:
    """Counts what the overview shows; does nothing where another worker is at it."""
    compute_report(report_id, count_figures)
