"""`rater_time PROJECT`: active time of each rater a day, as CSV."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.management.base import BaseCommand, CommandError

from labeling.lead.raters.downloads import Days, active_time_csv
from projects.models import Project


class Command(BaseCommand):
    """Door to `labeling.lead.raters.downloads`."""

    help = (
        "Print the active time of each rater a day as CSV, raters under pseudonyms of the project. "
        "Tasks of every purpose count alike."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The project, and whose days."""
        parser.add_argument("project", metavar="PROJECT", help="slug of the project")
        parser.add_argument(
            "--time-zone", default="UTC", help="days of this time zone (the default: UTC)"
        )

        for name, words in (("since", "first day"), ("until", "last day")):
            what = f"the {words} that counts, as 2026-01-31"
            parser.add_argument(f"--{name}", type=date.fromisoformat, metavar="DATE", help=what)

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the lines."""
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project “{options['project']}”.")
        try:
            zone = ZoneInfo(options["time_zone"])
        except (ValueError, OSError, ZoneInfoNotFoundError):
            raise CommandError(f"There is no time zone “{options['time_zone']}”.") from None
        days = Days(options["since"], options["until"])
        if days.fault:
            raise CommandError(days.fault)
        for line in active_time_csv(project, zone, days):
            self.stdout.write(line, ending="")
