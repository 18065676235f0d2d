"""Assembly only: the jobs of every desk, where Celery looks for them, and the sweep."""

from __future__ import annotations

from celery import shared_task

from labeling.imports.jobs import run_import
from labeling.rating.jobs import expire_leases, render_project
from labeling.releases.jobs import run_release
from labeling.work.sending import sweep

__all__ = ["expire_leases", "render_project", "run_import", "run_release", "sweep_jobs"]


@shared_task(name="labeling.jobs.sweep_jobs")
def sweep_jobs() -> None:
    """Sends again what was lost: rows that wait, and rows whose worker is gone."""
    sweep()
