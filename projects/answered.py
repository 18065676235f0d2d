"""Whether a project's questions have been answered, or will be, without knowing how.

`settings.WHETHER_ANSWERED`, `settings.WHETHER_REVIEWED` and `settings.STAGE_TASKS` name the
functions, as `settings.NAVIGATION` names the tabs: what an answer is, is known where they are
stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from projects.models import Project


class Answers(Protocol):
    """Looks for the first answer of a project, or whatever else rests on its questions."""

    def __call__(self, project: Project) -> bool:
        """Whether there is any: then no stored value may change its meaning."""


def is_answered(project: Project) -> bool:
    """Whether anything is on record that keys and scales give its meaning."""
    answers: Answers = import_string(settings.WHETHER_ANSWERED)
    return answers(project)


def is_review_due(project: Project) -> bool:
    """Whether a text waits for the review of a second person."""
    answers: Answers = import_string(settings.WHETHER_REVIEWED)
    return answers(project)


class StageCounts(Protocol):
    """Counts the tasks that raters of a project train on, and qualify with."""

    def __call__(self, project: Project) -> Mapping[str, int]:
        """By the stage, `training` or `qualification`."""


def tasks_of_stages(project: Project) -> Mapping[str, int]:
    """How many tasks each stage before the first live task has."""
    count: StageCounts = import_string(settings.STAGE_TASKS)
    return count(project)
