"""`adopt_folder`: this data folder belongs to this database from now on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext_noop

from labeling.work.folder import adopt_folder


class Command(BaseCommand):
    """Door to `labeling.work.folder`."""

    help = gettext_noop(
        "Say that CONCORD_DATA is the folder of this database, after its files were moved there. "
        "Workers with another folder are refused from then on."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Adopt it."""
        adopt_folder()
        self.stdout.write(f"{settings.DATA_DIR} is the folder of this database now.")
