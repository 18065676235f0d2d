"""What the rating screen does beside judging: opening what it had prepared."""

from __future__ import annotations

from datetime import datetime

from django.db.models.functions import Coalesce
from django.utils import timezone

from labeling.models import Assignment
from labeling.services.allocation import lease_length
from labeling.vocabulary import AssignmentState
from projects.models import Project, User


def open_prepared(
    *, rater: User, project: Project, assignment_id: int, now: datetime | None = None
) -> bool:
    """Turns a lease that was prepared ahead into a full one, now that its task is on the screen.

    False where this is no live lease of the rater in this project (any more).
    """
    now = now or timezone.now()
    changed = Assignment.objects.filter(
        pk=assignment_id, rater=rater, project=project, state=AssignmentState.LEASED
    ).update(opened_at=Coalesce("opened_at", now), lease_expires_at=now + lease_length(project))
    return bool(changed)
