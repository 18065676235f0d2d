"""Makes the demo projects and prints their log-ins."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from labeling.demo.joining import seed_joining
from labeling.demo.kind_seed import seed_kinds
from labeling.demo.passwords import log_in_lines, replace_published_passwords
from labeling.demo.seed import seed_demo
from labeling.vocabulary import JobState


class Command(BaseCommand):
    """Door to `seed_demo` and `seed_kinds`; safe to repeat."""

    help = (
        "Make the demo projects, one a kind of judgment and one of qualification: prompts, people "
        "with published passwords, judgments, releases. Leaves alone those that exist. Refused in "
        "production "
        "without --random-passwords, because anybody knows the published ones."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--random-passwords",
            action="store_true",
            help="Give everybody who would have the published password one of their own, and "
            "print it this once.",
        )
        parser.add_argument(
            "--first", action="store_true", help="Make only the first of the projects."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        private = options["random_passwords"]
        if settings.PRODUCTION and not private:
            raise CommandError(
                "The demo log-ins have a published password, so they are not made in production. "
                "Set CONCORD_DEMO=0 to start without a demo, or add --random-passwords."
            )
        seeded = seed_demo(random_passwords=private)
        if not options["first"]:
            seed_kinds()
            seed_joining()
        passwords = {**replace_published_passwords(), **seeded.passwords} if private else None
        self.stdout.write("\n".join(log_in_lines(passwords)))
        if seeded.release.state == JobState.FAILED:
            raise CommandError(f"The demo is there, but its release failed: {seeded.release.error}")
