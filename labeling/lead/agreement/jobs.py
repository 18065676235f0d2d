"""Celery's door to agreement: it loads nothing but an id and calls one service."""

from __future__ import annotations

from celery import shared_task

from labeling.lead.agreement.report import AGREEMENT_TASK, compute_figures
from labeling.work.kept import COMPUTE_LIMITS, compute_report


@shared_task(name=AGREEMENT_TASK, **COMPUTE_LIMITS)
def compute_agreement(report_id: int) -> None:
    """Computes the report; does nothing where another worker is at it."""
    compute_report(report_id, compute_figures)
