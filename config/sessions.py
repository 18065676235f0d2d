"""Sessions in the database, read by a prepared statement: every request begins with this."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from projects.sql import Statement

_LOAD = Statement(
    "session",
    """
    SELECT session_data FROM django_session
    WHERE session_key = %(key)s AND expire_date > %(now)s
    """,
    key="varchar",
    now="timestamptz",
)


class SessionStore(DatabaseStore):
    """Django's own store; only the read differs."""

    def load(self) -> dict[str, Any]:
        """The session's content; empty, and without a key, where it is unknown or has expired."""
        row = _LOAD.row(key=self.session_key, now=timezone.now()) if self.session_key else None
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row[0])
