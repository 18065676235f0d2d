"""What ends when somebody may no longer work somewhere, without knowing what.

`settings.WHEN_PEOPLE_LEAVE` names the function, as `settings.NAVIGATION` names the tabs: whoever
removes a member or switches off an account calls it, and the desk that reserves work brings it.
"""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from projects.models import Project, User


class Departure(Protocol):
    """Ends what a person holds where they may no longer work; with no project, everywhere."""

    def __call__(self, *, user: User, project: Project | None = None) -> None:
        """Called inside the transaction that changed what they may."""


def end_work(*, user: User, project: Project | None = None) -> None:
    """Ends at once what somebody had reserved where they may no longer work."""
    departure: Departure = import_string(settings.WHEN_PEOPLE_LEAVE)
    departure(user=user, project=project)
