"""Log-in by e-mail and password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from projects.models import User
from projects.sql import RowReader

_BY_ID = RowReader("user", User, "WHERE t.id = %(id)s", id="bigint")


class AccountBackend(ModelBackend):
    """Django's own back end; the read of the signed-in user, on every request, is prepared."""

    def get_user(self, user_id: Any) -> User | None:
        """The active user of a session, or None."""
        user = _BY_ID.first(id=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
