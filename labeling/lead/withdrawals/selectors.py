"""Reads of what was withdrawn and put back."""

from __future__ import annotations

from django.db.models import QuerySet

from labeling.models import Withdrawal
from projects.models import Project


def withdrawals_of(project: Project) -> QuerySet[Withdrawal]:
    """Those of a project, newest first, with who asked for them."""
    return Withdrawal.objects.filter(project=project).select_related("created_by")


def find_withdrawal(project: Project, pk: int) -> Withdrawal | None:
    """One of this project, or None."""
    return withdrawals_of(project).filter(pk=pk).first()
