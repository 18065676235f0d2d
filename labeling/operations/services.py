"""What an operator does."""

from __future__ import annotations

from django.db import transaction

from labeling.models import Job
from labeling.work.endings import cancel
from labeling.work.registry import job_kind_of
from projects.audit import record
from projects.models import User


@transaction.atomic
def cancel_job(job: Job, *, actor: User) -> bool:
    """Stops a job for good and notes in its project who did; False where it is over already."""
    if job.is_over or not cancel(job):
        return False
    noun = job_kind_of(job).noun
    record(project=job.project, actor=actor, verb=f"{noun} cancelled", id=job.pk, by="operator")
    return True
