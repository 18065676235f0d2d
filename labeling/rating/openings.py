"""Who has opened a task's votes, and so can no longer judge it.

A judgment is worth something because nobody looked at the others' first. Whoever may rate here and
looks is recorded, gets no lease on the task and gives back the one they hold.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from labeling.models import Assignment, Task, TaskOpening
from labeling.rating import claims
from labeling.vocabulary import AssignmentState, Purpose, Strategy
from labeling.work.deadlocks import retry_deadlocks
from projects.exceptions import Conflict
from projects.models import User


class VotesOpened(Conflict):
    """The rater has seen what others said of this task."""

    code = "votes_opened"


@retry_deadlocks
def open_votes(*, task: Task, person: User) -> None:
    """Records that a person sees a task's votes, and gives back their lease on it. Idempotent."""
    claims.lock_rater(project_id=task.project_id, rater_id=person.pk)
    own = Assignment.objects.select_for_update().filter(task=task, rater=person).first()
    TaskOpening.objects.get_or_create(task=task, person=person)
    if own is not None and own.state == AssignmentState.LEASED:
        own.state = AssignmentState.EXPIRED
        own.save(update_fields=["state"])


def require_unopened(*, task_id: int, rater_id: int) -> None:
    """Raises VotesOpened where the rater has opened the task's votes."""
    if TaskOpening.objects.filter(task=task_id, person=rater_id).exists():
        raise VotesOpened(
            _("You have opened the votes on this task, so you can no longer judge it yourself.")
        )


def closed_votes(tasks: Sequence[Task], person: User) -> Collection[int]:
    """Ids of those tasks whose votes are closed to this person."""
    rows = Task.objects.filter(closed_to(person), pk__in=[task.pk for task in tasks])
    return set(rows.values_list("pk", flat=True))


def closed_to(person: User) -> Q:
    """Tasks that this person has not opened and could still judge.

    They have a place, or somebody's lease on one may lapse, or the person has judged them and could
    take that back.
    """
    of_task = Assignment.objects.filter(task=OuterRef("pk"))
    held = of_task.filter(state=AssignmentState.LEASED)
    own = of_task.filter(rater=person).exclude(strategy=Strategy.IMPORTED)
    opened = TaskOpening.objects.filter(task=OuterRef("pk"), person=person)
    could = Q(open_slots__gt=0) | Q(Exists(held)) | Q(Exists(own))
    return Q(purpose=Purpose.LIVE) & could & ~Q(Exists(opened))
