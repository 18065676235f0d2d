"""`backup DIR`: the whole instance in a folder, while it runs."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from config.backup.making import make_backup
from config.backup.programs import BackupError
from labeling.models import Installation
from projects.sql import database_now


class Command(BaseCommand):
    """Door to `config.backup.making`."""

    help = gettext_noop(
        "Write a backup into a new folder while Concord runs: the database, the files of releases "
        "and of imports that wait, and a list with the SHA-256 of each."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.description = _(self.help)
        parser.add_argument("folder", metavar="DIR", type=Path, help=_("a new or empty folder"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, remember when, and say what is in it."""
        folder: Path = options["folder"].absolute()
        try:
            manifest = make_backup(folder, say=self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error)) from error
        Installation.objects.update(backup_at=database_now(), backup_folder=str(folder)[:500])
        size = sum(entry.size for entry in manifest.files.values()) / 2**20
        self.stdout.write(
            f"{folder}: files: {len(manifest.files)}, {size:,.1f} MB ({manifest.counts_in_words}). "
            "Keep a copy of the folder on another machine."
        )
