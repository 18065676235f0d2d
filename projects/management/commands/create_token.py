"""`create_token EMAIL`: an API token, printed once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from projects.models import User
from projects.services.keys import create_api_key


class Command(BaseCommand):
    """Creates an API token of a user and prints it; it is stored hashed and never shown again."""

    help = "Create an API token with all rights of its user, and print it. It is shown only now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose token, and what it is called."""
        parser.add_argument("email", metavar="EMAIL", help="address of the account")
        parser.add_argument("--name", default="", help="what it is for, to tell it from others")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the token alone on one line, so that a script can read it."""
        email = options["email"].strip().lower()
        user = User.objects.filter(email=email, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active account with the address {email}.")
        self.stdout.write(create_api_key(user=user, name=options["name"]).token)
