"""`create_token EMAIL`: an API token, printed once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from projects.exceptions import InvalidInput
from projects.models import ApiKey, User
from projects.services.keys import KEY_DAYS, create_api_key


class Command(BaseCommand):
    """Creates an API token of a user and prints it; it is stored hashed and never shown again."""

    help = "Create an API token of a user, and print it. It is shown only now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose token, and what it is called."""
        parser.add_argument("email", metavar="EMAIL", help="address of the account")
        parser.add_argument("--name", default="", help="what it is for, to tell it from others")
        parser.add_argument(
            "--scope",
            default=ApiKey.Scope.ALL.value,
            choices=ApiKey.Scope.values,
            help="what it may do: read; rate (also judge); all that its user may (default)",
        )
        parser.add_argument(
            "--days",
            type=int,
            default=KEY_DAYS,
            metavar="N",
            help=f"how long it works (default: {KEY_DAYS}); 0: until it is revoked",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the token alone on one line, so that a script can read it."""
        email = options["email"].strip().lower()
        user = User.objects.filter(email=email, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active account with the address {email}.")
        try:
            new = create_api_key(
                user=user, name=options["name"], scope=options["scope"], days=options["days"]
            )
        except InvalidInput as error:
            raise CommandError(" ".join(error.fields.values())) from None
        self.stdout.write(new.token)
