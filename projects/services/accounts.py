"""What people change about themselves."""

from __future__ import annotations

from projects.models import User


def update_account(*, user: User, name: str, time_zone: str) -> None:
    """Stores a name and a time zone that a form has checked."""
    User.objects.filter(pk=user.pk).update(name=name.strip(), time_zone=time_zone)
