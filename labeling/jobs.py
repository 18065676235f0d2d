"""Assembly only: the jobs of every desk, where Celery looks for them, and the sweep."""

from __future__ import annotations

from celery import shared_task

from labeling.erasure.jobs import delete_project, erase_texts
from labeling.imports.jobs import run_import, undo_import
from labeling.lead.agreement.jobs import compute_agreement
from labeling.lead.overview.jobs import count_overview
from labeling.lead.principles.jobs import compute_principles
from labeling.lead.ranking.jobs import compute_ranking
from labeling.lead.raters.jobs import compute_raters
from labeling.lead.tasks.jobs import run_task_change
from labeling.lead.withdrawals.jobs import run_withdrawal
from labeling.operations.jobs import sweep_leftovers
from labeling.profiles.jobs import compute_voices
from labeling.rating.jobs import expire_leases, render_project
from labeling.releases.jobs import count_release, run_release
from labeling.teaching.questions.jobs import compute_ambiguity
from labeling.wellbeing.jobs import compute_wellbeing
from labeling.work.sending import late_sweeps, sweep

__all__ = [
    "compute_agreement",
    "compute_ambiguity",
    "compute_principles",
    "compute_ranking",
    "compute_raters",
    "compute_voices",
    "compute_wellbeing",
    "count_overview",
    "count_release",
    "delete_project",
    "erase_texts",
    "expire_leases",
    "render_project",
    "run_import",
    "run_release",
    "run_task_change",
    "run_withdrawal",
    "sweep_jobs",
    "sweep_leftovers",
    "undo_import",
]


@shared_task(name="labeling.jobs.sweep_jobs")
def sweep_jobs() -> None:
    """Sends again what was lost: rows that wait, and rows whose worker is gone."""
    sweep()


def stand_in_for_beat() -> None:
    """Does here and now what beat should have had done, and has not for a minute."""
    by_name = {"jobs": sweep_jobs, "leases": expire_leases}
    for name in late_sweeps(*by_name):
        by_name[name]()
