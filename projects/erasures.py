"""What follows when a person is erased, without knowing what.

`settings.WHEN_PEOPLE_ARE_ERASED` names the function, as `settings.WHEN_PEOPLE_LEAVE` does for what
ends: the desk that keeps what people wrote takes it away.
"""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from projects.models import Project, User


class TextErasure(Protocol):
    """Takes away every free text of a person, in whatever project; judgments stay."""

    def __call__(self, *, person: User, actor: User, written: bool) -> list[Project]:
        """Called inside the transaction that erased them; returns the projects they worked in.

        `written`: what they wrote as responses goes too.
        """


def erase_texts(*, person: User, actor: User, written: bool) -> list[Project]:
    """Has every free text of a person taken away; returns the projects they worked in."""
    erasure: TextErasure = import_string(settings.WHEN_PEOPLE_ARE_ERASED)
    return erasure(person=person, actor=actor, written=written)
