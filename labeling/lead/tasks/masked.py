"""Who answered a task of a qualification stands under no name on the pages of tasks."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from labeling.models import Assignment, Judgment, Task
from labeling.vocabulary import Purpose
from projects.models import User


def mask_candidates(task: Task, rows: Iterable[Judgment | Assignment]) -> None:
    """Takes the names from rows of a task with which raters qualify; of any other task nothing.

    Whoever reads such rows with their raters masks them first.
    """
    if task.purpose == Purpose.QUALIFICATION:
        for row in rows:
            row.rater = User(pk=row.rater_id, name=_("a candidate"))
