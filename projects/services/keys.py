"""API keys: shown once, stored hashed, of limited scope and life, revocable."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects.audit import record
from projects.exceptions import InvalidInput
from projects.models import ApiKey, OutgoingMail, User
from projects.services.invitations import hash_token
from projects.services.mail import queue_mail

PREFIX = "cnc_"
KEY_DAYS = 90
MOST_DAYS = 3650
#: How exact `last_used_at` is: a write on every request would cost more than it tells.
LAST_USED_STEP = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key with its token, which nobody can read again."""

    key: ApiKey
    token: str


@transaction.atomic
def create_api_key(
    *,
    user: User,
    name: str,
    scope: str = ApiKey.Scope.ALL,
    days: int | None = None,
    outlived_by: ApiKey | None = None,
) -> NewApiKey:
    """A token with the user's rights as far as `scope` goes, and a mail to its owner.

    It expires after so many days, by default KEY_DAYS; with 0 it does not; and in no case after
    the token that it is made with. Raises InvalidInput.
    """
    if scope not in ApiKey.Scope.values:
        known = ", ".join(ApiKey.Scope.values)
        sentence = _("Choose one of: %(known)s.") % {"known": known}
        raise InvalidInput(_("Unknown scope."), fields={"scope": sentence})
    days = KEY_DAYS if days is None else days
    if not 0 <= days <= MOST_DAYS:
        sentence = _("From 1 to %(most)d days, or 0 for no end.") % {"most": MOST_DAYS}
        raise InvalidInput(sentence, fields={"days": sentence})
    ends = [timezone.now() + timedelta(days=days)] if days else []
    if outlived_by is not None and outlived_by.expires_at is not None:
        ends.append(outlived_by.expires_at)
    token = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        user=user,
        name=name.strip()[:80] or _("API token"),
        prefix=token[:10],
        token_hash=hash_token(token),
        scope=scope,
        expires_at=min(ends, default=None),
    )
    record(
        project=None,
        actor=user,
        verb=gettext_noop("API token created"),
        name=key.name,
        scope=scope,
        days=days,
    )
    if user.email:
        queue_mail(
            kind=OutgoingMail.Kind.TOKEN_CREATED,
            address=user.email,
            name=key.name,
            scope=str(key.get_scope_display()),
            until=f"{key.expires_at:%Y-%m-%d %H:%M} UTC" if key.expires_at else "",
        )
    return NewApiKey(key, token)


def revoke_api_key(*, key: ApiKey) -> None:
    """Makes the token useless at once. Idempotent."""
    changed = ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(
        revoked_at=timezone.now()
    )
    if changed:
        record(project=None, actor=key.user, verb=gettext_noop("API token revoked"), name=key.name)


def authenticate_key(*, token: str) -> ApiKey | None:
    """The living key of a token, with its active user, noting that it was used; else None."""
    now = timezone.now()
    alive = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    key = (
        ApiKey.objects.select_related("user")
        .filter(alive, token_hash=hash_token(token), revoked_at__isnull=True, user__is_active=True)
        .first()
    )
    if key is not None and (key.last_used_at is None or key.last_used_at < now - LAST_USED_STEP):
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key
