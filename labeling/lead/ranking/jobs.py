"""Celery's door to the ranking of models: it loads nothing but an id and calls one service."""

from __future__ import annotations

from celery import shared_task

from labeling.lead.ranking.report import RANKING_TASK, compute_figures_of_models
from labeling.work.kept import COMPUTE_LIMITS, compute_report


@shared_task(name=RANKING_TASK, **COMPUTE_LIMITS)
def compute_ranking(report_id: int) -> None:
    """Computes the figures; does nothing where another worker is at it."""
    compute_report(report_id, compute_figures_of_models)
