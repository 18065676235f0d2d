"""Celery's door to the sweeps."""

from __future__ import annotations

from celery import shared_task

from labeling.operations import sweeps


@shared_task(name="labeling.jobs.sweep_leftovers")
def sweep_leftovers() -> None:
    """Takes away what nobody needs; once an hour."""
    sweeps.sweep_leftovers()
