"""What ends when somebody may no longer work somewhere, and begins when they may, without knowing
what.

`settings.WHEN_PEOPLE_LEAVE` and `settings.WHEN_PEOPLE_COME` name the functions, as
`settings.NAVIGATION` names the tabs: whoever adds or removes a member or switches off an account
calls them, and the desk that hands out work brings them.
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


class Arrival(Protocol):
    """Notes what somebody who may work in a project from now on will know there."""

    def __call__(self, *, user: User, project: Project) -> None:
        """Called inside the transaction that changed what they may."""


def end_work(*, user: User, project: Project | None = None) -> None:
    """Ends at once what somebody had reserved where they may no longer work."""
    departure: Departure = import_string(settings.WHEN_PEOPLE_LEAVE)
    departure(user=user, project=project)


def begin_work(*, user: User, project: Project) -> None:
    """Notes what somebody knows from now on whom a project has as a member, or in another role."""
    arrival: Arrival = import_string(settings.WHEN_PEOPLE_COME)
    arrival(user=user, project=project)
