"""Reads of where somebody is logged in."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from projects.models import SessionRecord, User


def sessions_of(user: User) -> QuerySet[SessionRecord]:
    """Where a user is logged in now, last used first."""
    now = timezone.now()
    living = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now)
    return SessionRecord.objects.filter(
        Exists(living), user=user, seen_at__gt=now - timedelta(seconds=settings.SESSION_IDLE)
    ).order_by("-seen_at", "-pk")
