"""Tasks that a rater skipped because they are broken, cut off or cannot be shown."""

from __future__ import annotations

from django.db.models import QuerySet

from labeling.models import Assignment
from labeling.vocabulary import AssignmentState, SkipReason
from projects.models import Project


def broken_reports(project: Project) -> QuerySet[Assignment]:
    """The skips that report a task of this project as broken; withdrawn ones are seen to."""
    return Assignment.objects.filter(
        project=project,
        state=AssignmentState.SKIPPED,
        skip_reason=SkipReason.BROKEN,
        task__withdrawn_at__isnull=True,
    )
