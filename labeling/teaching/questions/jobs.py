"""Celery's door to the ambiguity rate: it loads nothing but an id and calls one service."""

from __future__ import annotations

from celery import shared_task

from labeling.teaching.questions.report import AMBIGUITY_TASK, compute_ambiguity_report
from labeling.work.kept import COMPUTE_LIMITS, compute_report


@shared_task(name=AMBIGUITY_TASK, **COMPUTE_LIMITS)
def compute_ambiguity(report_id: int) -> None:
    """Computes the figures; does nothing where another worker is at it."""
    compute_report(report_id, compute_ambiguity_report)
