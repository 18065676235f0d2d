"""How long an answer may be changed: it counts from the first time the task was answered.

Gold, repeats and live tasks are alike here: nothing asks what a task is for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from labeling.models import Assignment, Judgment, Task
from labeling.rating.openings import require_unopened
from labeling.rating.places import TaskWithdrawn, withdrawn_words
from labeling.rating.records import HeldAssignment
from projects.exceptions import Conflict
from projects.models import Project


class WindowOver(Conflict):
    """The time in which the answer could be changed is over."""

    code = "window_over"


def window_ends(project: Project, assignments: Collection[int]) -> Mapping[int, datetime]:
    """Until when the answers of these assignments may be changed, by their ids."""
    length = timedelta(minutes=project.edit_window_minutes)
    rows = Judgment.objects.submitted().filter(assignment__in=assignments).order_by()
    first = rows.values_list("assignment").annotate(first=Min("created_at"))
    return {pk: moment + length for pk, moment in first}


def minutes_until(end: datetime) -> int:
    """Whole minutes that are left, at least one: the last one is not over yet."""
    return max(1, (end - timezone.now()) // timedelta(minutes=1))


def require_in_window(judgment: Judgment, project: Project, now: datetime) -> datetime:
    """Until when the answer may be changed. Raises WindowOver where that is over."""
    until = window_ends(project, [judgment.assignment_id])[judgment.assignment_id]
    return _require_before(until, now)


def require_included(judgment: Judgment) -> None:
    """Raises Conflict where a lead has excluded the answer: what is looked at stays as it is."""
    if Judgment.objects.filter(pk=judgment.pk).excluded().exists():
        raise Conflict(
            _(
                "A lead has left this answer out of the figures, so it stands as it is. Your page "
                "“My work” says more."
            )
        )


def _require_before(until: datetime, now: datetime) -> datetime:
    if until <= now:
        raise WindowOver(
            _("The time in which you could change this answer is over; it stands as it is.")
        )
    return until


def end_change(held: HeldAssignment) -> None:
    """Leaves an answer as it is that was to be changed."""
    if held.change_until is not None:
        Assignment.objects.filter(pk=held.pk).update(reopened_at=None)


def require_changeable(held: HeldAssignment, now: datetime) -> None:
    """Raises Conflict where another answer to a task that is answered is not taken (any more).

    TaskWithdrawn where its task is: it may be kept as a late one.
    """
    if held.change_until is None:
        raise Conflict(_("You have already judged this task. Undo it to answer again."))
    _require_before(held.change_until, now)
    require_unopened(task_id=held.task_id, rater_id=held.rater_id)
    if Task.objects.out_of_play().filter(pk=held.task_id).exists():
        raise TaskWithdrawn(withdrawn_words(held.task_id))
