"""Failed log-ins, counted by account and by address in a sliding window."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import ngettext

from projects.exceptions import TooManyAttempts
from projects.models import LoginAttempt


def check_login(*, email: str, address: str, now: datetime | None = None) -> None:
    """Raises TooManyAttempts with the seconds to wait, whatever the password."""
    now = now or timezone.now()
    window = timedelta(seconds=settings.LOGIN_ATTEMPTS_WINDOW)
    recent = LoginAttempt.objects.filter(at__gt=now - window)
    for attempts, allowed in (
        (recent.filter(email_hash=_hash(email)), settings.LOGIN_ATTEMPTS_PER_ACCOUNT),
        (recent.filter(address=address), settings.LOGIN_ATTEMPTS_PER_ADDRESS),
    ):
        if (free_at := _free_at(attempts, allowed, window)) is not None:
            seconds = max(1, int((free_at - now).total_seconds()) + 1)
            minutes = -(-seconds // 60)
            sentence = ngettext(
                "Too many failed log-ins. Try again in %(minutes)d minute, or reset your password.",
                "Too many failed log-ins. "
                "Try again in %(minutes)d minutes, or reset your password.",
                minutes,
            )
            raise TooManyAttempts(sentence % {"minutes": minutes}, retry_after=seconds)


def _free_at(attempts: QuerySet[LoginAttempt], allowed: int, window: timedelta) -> datetime | None:
    newest = list(attempts.order_by("-at").values_list("at", flat=True)[:allowed])
    return newest[-1] + window if len(newest) >= allowed else None


def note_failure(*, email: str, address: str) -> None:
    """Counts a failed log-in, and forgets those that no window reaches any more."""
    LoginAttempt.objects.create(email_hash=_hash(email), address=address)
    old = timezone.now() - timedelta(seconds=2 * settings.LOGIN_ATTEMPTS_WINDOW)
    LoginAttempt.objects.filter(at__lt=old).delete()


def note_success(*, email: str) -> None:
    """Forgets the account's failures; the address's stay counted."""
    LoginAttempt.objects.filter(email_hash=_hash(email)).delete()


def _hash(email: str) -> str:
    """Addresses that were mistyped (or are passwords) are not kept in clear."""
    return hashlib.sha256(email.strip().lower().encode("utf-8", "replace")).hexdigest()
