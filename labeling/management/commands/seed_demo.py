"""Makes the demo project and prints its log-ins."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from labeling.demo import content
from labeling.demo.seed import seed_demo
from labeling.vocabulary import JobState


class Command(BaseCommand):
    """Door to `labeling.demo.seed.seed_demo`; safe to repeat."""

    help = (
        "Make the demo project: prompts, people with published passwords, judgments and a release. "
        "Does nothing where the project exists. Refused in production, because anybody knows the "
        "passwords."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--force", action="store_true", help="Make the demo log-ins in production too."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION and not options["force"]:
            raise CommandError(
                "The demo log-ins have a published password, so they are not made in production. "
                "Set CONCORD_DEMO=0 to start without a demo, or add --force if nobody from "
                "outside can reach this server."
            )
        release = seed_demo().release
        self.stdout.write(f"Log-ins of the demo project (password for all: {content.PASSWORD}):")
        for login in content.LOGINS:
            self.stdout.write(f"  {login.email:<20} {login.role}")
        if release.state == JobState.FAILED:
            raise CommandError(f"The demo is there, but its release failed: {release.error}")
