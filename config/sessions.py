"""Sessions in the database, read by a prepared statement: every request begins with this.

Beside Django's row stands a record of whose it is, from where and when it was last used. It is read
by the same statement and written every few minutes only.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpRequest
from django.utils import timezone

from projects.origins import client_address
from projects.services.sessions import SEEN_STEP, forget_session, note_session, sweep_sessions
from projects.sql import Statement

_LOAD = Statement(
    "session",
    """
    SELECT s.session_data, r.seen_at FROM django_session s
    LEFT JOIN projects_sessionrecord r ON r.session_key = s.session_key
    WHERE s.session_key = %(key)s AND s.expire_date > %(now)s
        AND (r.seen_at IS NULL OR r.seen_at > %(idle_since)s)
    """,
    key="varchar",
    now="timestamptz",
    idle_since="timestamptz",
)


class SessionStore(DatabaseStore):
    """Django's own store, which also knows where a session is used from and forgets idle ones."""

    browser = address = ""

    def load(self) -> dict[str, Any]:
        """The session's content; empty, and without a key, where it is unknown, idle or old."""
        now = timezone.now()
        idle_since = now - timedelta(seconds=settings.SESSION_IDLE)
        key = self.session_key
        row = _LOAD.row(key=key, now=now, idle_since=idle_since) if key else None
        if row is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(row[0])
        seen_at: datetime | None = row[1]
        if seen_at is None or seen_at < now - SEEN_STEP:
            self._note(data)
        return data

    def save(self, must_create: bool = False) -> None:
        """Stores it, and whose it is."""
        super().save(must_create=must_create)
        self._note({} if must_create else dict(self.items()))

    def delete(self, session_key: str | None = None) -> None:
        """Ends it."""
        key = session_key or self.session_key
        super().delete(session_key)
        if key:
            forget_session(key=key)

    @classmethod
    def clear_expired(cls) -> None:
        """Deletes what is too old, or was idle for too long."""
        super().clear_expired()
        sweep_sessions()

    def _note(self, data: dict[str, Any]) -> None:
        if SESSION_KEY in data and self.session_key:
            note_session(
                key=self.session_key,
                user_id=int(data[SESSION_KEY]),
                browser=self.browser,
                address=self.address,
            )


class SessionMiddleware(DjangoSessionMiddleware):
    """Django's own; the session also learns from where it is used."""

    def process_request(self, request: HttpRequest) -> None:
        """Nothing is read yet."""
        super().process_request(request)
        session = request.session
        if isinstance(session, SessionStore):
            session.browser = request.headers.get("User-Agent", "")[:200]
            session.address = client_address(request)
