"""`restore DIR`: an instance from a backup."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from config.backup.programs import BackupError
from config.backup.restoring import restore_backup


class Command(BaseCommand):
    """Door to `config.backup.restoring`."""

    help = gettext_noop(
        "Check a backup and restore it into this instance, which must be stopped and empty. One of "
        "an older version is brought up to this one; one of a newer version is refused."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """From where, and whether what is there may go."""
        parser.description = _(self.help)
        parser.add_argument("folder", metavar="DIR", type=Path, help=_("the folder of the backup"))
        parser.add_argument(
            "--force",
            action="store_true",
            help=_("replace the database that is there; its files are moved aside"),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore it and say what is there now."""
        try:
            manifest = restore_backup(
                options["folder"].absolute(), force=options["force"], say=self.stdout.write
            )
        except BackupError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"The files could not be put in place ({error.strerror or error}). The database is "
                "restored; make room and run this again with --force."
            ) from error
        self.stdout.write(f"Restored: {manifest.counts_in_words}, as of {manifest.created_at}.")
