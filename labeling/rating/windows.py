"""How long an answer may be changed: it counts from the first time the task was answered.

Gold, repeats and live tasks are alike here: nothing asks what a task is for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db.models import Min
from django.utils.translation import gettext as _

from labeling.models import Judgment
from projects.exceptions import Conflict
from projects.models import Project


class WindowOver(Conflict):
    """The time in which the answer could be changed is over."""

    code = "window_over"


def window_ends(project: Project, assignments: Collection[int]) -> Mapping[int, datetime]:
    """Until when the answers of these assignments may be changed, by their ids."""
    length = timedelta(minutes=project.edit_window_minutes)
    rows = Judgment.objects.filter(assignment__in=assignments, withdrawn=False).order_by()
    first = rows.values_list("assignment").annotate(first=Min("created_at"))
    return {pk: moment + length for pk, moment in first}


def require_in_window(judgment: Judgment, project: Project, now: datetime) -> None:
    """Raises WindowOver where the answer is as old as the project's window, or older."""
    if window_ends(project, [judgment.assignment_id])[judgment.assignment_id] <= now:
        raise WindowOver(
            _("The time in which you could change this answer is over; it stands as it is.")
        )
