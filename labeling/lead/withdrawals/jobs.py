"""Celery's door to withdrawals: it loads nothing but an id and calls one service."""

from __future__ import annotations

from celery import shared_task

from labeling.lead.withdrawals import services
from labeling.work.limits import last_resort


@shared_task(name=services.WITHDRAWAL_JOB.task, **last_resort())
def run_withdrawal(withdrawal_id: int) -> None:
    """Withdraws tasks or puts them back; nothing where it is done or another worker is at it."""
    services.run_withdrawal(withdrawal_id)
