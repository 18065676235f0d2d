"""`create_user EMAIL`: an account, and its memberships."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from projects.exceptions import ConcordError
from projects.models import Project, Role
from projects.services.members import create_user, set_member


class Command(BaseCommand):
    """Creates a person who logs in by e-mail, in any number of projects, all or nothing."""

    help = (
        "Create an account. Without --password it is asked for (or, where nobody can be asked, "
        "left unset: the person sets one by “Forgotten your password?”)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The address, and what the account starts with."""
        parser.add_argument("email", metavar="EMAIL", help="address to log in with")
        parser.add_argument("--password", metavar="P", help="visible in the shell's history")
        parser.add_argument("--name", default="", help="shown to others; else part of the address")
        parser.add_argument(
            "--member",
            metavar="PROJECT=ROLE",
            nargs="+",
            action="extend",
            default=[],
            help=f"make it a member, by the project's slug; roles: {', '.join(Role.values)}",
        )
        parser.add_argument(
            "--operator", action="store_true", help="may use the Django admin, with all rights"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Creates the account and prints its address."""
        wanted = [self._membership(text) for text in options["member"]]
        password = options["password"]
        if password is None and sys.stdin is not None and sys.stdin.isatty():
            password = self._ask()
        try:
            with transaction.atomic():
                user = create_user(email=options["email"], password=password, name=options["name"])
                if options["operator"]:
                    user.is_staff = user.is_superuser = True
                    user.save(update_fields=["is_staff", "is_superuser"])
                for project, role in wanted:
                    set_member(project=project, user=user, role=role)
        except ConcordError as error:
            raise CommandError(" ".join(error.fields.values()) or error.message) from None
        self.stdout.write(f"{user.email}")

    def _membership(self, text: str) -> tuple[Project, str]:
        slug, equals, role = text.partition("=")
        if not equals or role not in Role.values:
            raise CommandError(
                f"--member {text}: write PROJECT=ROLE with one of {', '.join(Role.values)}."
            )
        project = Project.objects.filter(slug=slug).first()
        if project is None:
            raise CommandError(f"--member {text}: there is no project “{slug}”.")
        return project, role

    def _ask(self) -> str:
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Again: "):
            raise CommandError("The two passwords differ; nothing was created.")
        return password
