"""Sessions of people: noted, listed, ended."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from projects.models import SessionRecord, User

#: How exact `seen_at` is: a write on every request would cost more than it tells.
SEEN_STEP = timedelta(minutes=5)


def note_session(*, key: str, user_id: int, browser: str, address: str) -> None:
    """Writes down that the session was used just now, and from where."""
    record = SessionRecord(
        session_key=key, user_id=user_id, browser=browser.replace("\x00", ""), address=address
    )
    SessionRecord.objects.bulk_create(
        [record],
        update_conflicts=True,
        unique_fields=["session_key"],
        update_fields=["user", "browser", "address", "seen_at"],
    )


def forget_session(*, key: str) -> None:
    """Deletes the record of a session that has ended."""
    SessionRecord.objects.filter(session_key=key).delete()


@transaction.atomic
def end_session(*, record: SessionRecord) -> None:
    """Logs out wherever this session is used. Idempotent."""
    Session.objects.filter(session_key=record.session_key).delete()
    forget_session(key=record.session_key)


@transaction.atomic
def end_sessions(*, user: User, but: str = "") -> int:
    """Logs out everywhere, but for the session of that key; returns how many ended."""
    records = SessionRecord.objects.filter(user=user).exclude(session_key=but)
    keys = list(records.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    records.delete()
    return len(keys)


def sweep_sessions() -> None:
    """Deletes sessions that were idle for too long, and records of sessions that are gone."""
    idle_since = timezone.now() - timedelta(seconds=settings.SESSION_IDLE)
    idle = SessionRecord.objects.filter(seen_at__lt=idle_since)
    Session.objects.filter(session_key__in=idle.values("session_key")).delete()
    living = Session.objects.filter(session_key=OuterRef("session_key"))
    SessionRecord.objects.filter(~Exists(living)).delete()
