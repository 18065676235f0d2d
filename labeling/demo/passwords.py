"""Passwords of the demo's people: one that everybody may know, or their own where others come."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from django.db import transaction

from labeling.demo import content
from projects.models import User

_BYTES = 12


def random_password() -> str:
    """A password that nobody guesses and everybody can type."""
    return secrets.token_urlsafe(_BYTES)


@transaction.atomic
def replace_published_passwords() -> dict[str, str]:
    """Gives those of the demo's people who have the published password one of their own.

    Returns the new ones by address: they are stored nowhere else. Their sessions end.
    """
    emails = [login.email for login in content.LOGINS]
    passwords = {}
    for user in User.objects.select_for_update().filter(email__in=emails).order_by("pk"):
        if user.check_password(content.PASSWORD):
            passwords[user.email or ""] = random_password()
            user.set_password(passwords[user.email or ""])
            user.save(update_fields=["password"])
    return passwords


def log_in_lines(passwords: Mapping[str, str] | None) -> list[str]:
    """How to log in, a line each: with the published password (None), or each with their own.

    Who is not in `passwords` has one that is known already, or was shown when it was made.
    """
    if passwords is None:
        head = f"Log-ins of the demo project (password for all: {content.PASSWORD}):"
    elif passwords:
        head = "Log-ins of the demo project. Their passwords are shown this once:"
    else:
        head = (
            "Log-ins of the demo project (their passwords were shown when they were made; "
            "./run manage changepassword ADDRESS sets another):"
        )
    lines = [
        f"  {login.email:<20} {login.role:<10} {(passwords or {}).get(login.email, '')}".rstrip()
        for login in content.LOGINS
    ]
    return [head, *lines]
