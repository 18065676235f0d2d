"""Answers that are changed: each stands until another is submitted, whatever becomes of that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from labeling.models import Assignment
from labeling.rating.judgments import NotYours
from labeling.rating.leases import lease_length, own_assignment
from labeling.rating.openings import require_unopened
from labeling.rating.places import withdrawn_since_words
from labeling.rating.qualifying import require_undecided
from labeling.rating.selectors import TakenBack, own_judgments, taken_back
from labeling.rating.windows import require_in_window, require_included
from labeling.vocabulary import AssignmentState
from labeling.work.deadlocks import retry_deadlocks
from projects.exceptions import Conflict
from projects.models import User
from projects.sql import database_now


@dataclass(frozen=True, slots=True)
class Reopened:
    """An answered task that may be answered otherwise, and what stands there until it is."""

    assignment: Assignment
    answered: TakenBack | None


@retry_deadlocks
def reopen_judgment(*, rater: User, assignment_id: int, now: datetime | None = None) -> Reopened:
    """Opens an answered task within the project's window, to be answered otherwise.

    The answer stands, counts and holds its place until another is submitted, which revises it:
    within the window, or as long after this as a lease. Raises NotYours, and Conflict where the
    window is over, there is no such answer, or the rater has seen what others answered.
    """
    now = now or database_now()
    assignment = own_assignment(rater=rater, assignment_id=assignment_id, lock=True)
    if assignment is None:
        raise NotYours(_("There is no such task among yours."))
    standing = own_judgments(rater=rater, project=assignment.project)
    judgment = standing.filter(assignment=assignment).first()
    if judgment is None:
        raise Conflict(_("This was taken back already."))
    if assignment.state != AssignmentState.SUBMITTED:
        raise Conflict(_("Your text was sent back to you: it is open, and comes again."))
    until = require_in_window(judgment, assignment.project, now)
    require_included(judgment)
    require_unopened(task_id=assignment.task_id, rater_id=rater.pk)
    require_undecided(assignment)
    if assignment.task.withdrawn_at is not None:
        raise Conflict(withdrawn_since_words(assignment.task_id))
    assignment.reopened_at = now
    assignment.lease_expires_at = max(until, now + lease_length(assignment.project))
    assignment.save(update_fields=["reopened_at", "lease_expires_at"])
    return Reopened(assignment, taken_back(assignment))
