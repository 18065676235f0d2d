"""Tasks out of play and back: what is withdrawn is leased to nobody from that moment on."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from labeling.models.assignments import Assignment
from labeling.models.tasks import Task
from labeling.vocabulary import AssignmentState
from projects.models import User

#: Why the review of a text is out of play whose author took it back: no lead has withdrawn it.
TEXT_TAKEN_BACK = gettext_noop("The text was taken back by its author.")


def is_text_taken_back(task_id: int) -> bool:
    """Whether a task is out of play because the author of its text took that back."""
    return Task.objects.filter(pk=task_id, withdrawn_reason=TEXT_TAKEN_BACK).exists()


def take_out_of_play(ids: Collection[int], *, actor: User | None, reason: str) -> int:
    """Withdraws tasks and ends the leases on them; returns how many were in play."""
    tasks = Task.objects.in_play().filter(pk__in=ids)
    changed = tasks.update(withdrawn_at=Now(), withdrawn_by=actor, withdrawn_reason=reason)
    leases = Assignment.objects.filter(task__in=ids, state=AssignmentState.LEASED)
    leases.update(state=AssignmentState.EXPIRED)
    return changed


def put_into_play(ids: Collection[int]) -> int:
    """Puts withdrawn tasks back; returns how many were withdrawn."""
    tasks = Task.objects.out_of_play().filter(pk__in=ids)
    return tasks.update(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
