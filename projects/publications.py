"""What follows when a guideline is published, without knowing what.

`settings.WHEN_GUIDELINES_APPEAR` names the function, as `settings.WHEN_PEOPLE_LEAVE` does for what
ends: the desk that shows guidelines makes a new version ready.
"""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from projects.models import Guideline


class Publication(Protocol):
    """Makes a version that was just published ready to be read."""

    def __call__(self, *, guideline: Guideline) -> None:
        """Called once the transaction that published it is committed."""


def make_ready(*, guideline: Guideline) -> None:
    """Has a version made ready after this transaction; a fault in that unpublishes nothing."""
    publication: Publication = import_string(settings.WHEN_GUIDELINES_APPEAR)
    transaction.on_commit(lambda: publication(guideline=guideline), robust=True)
