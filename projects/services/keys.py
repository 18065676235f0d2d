"""API keys: shown once, stored hashed, revocable."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects.audit import record
from projects.models import ApiKey, User
from projects.services.invitations import hash_token

PREFIX = "cnc_"
#: How exact `last_used_at` is: a write on every request would cost more than it tells.
LAST_USED_STEP = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key with its token, which nobody can read again."""

    key: ApiKey
    token: str


def create_api_key(*, user: User, name: str) -> NewApiKey:
    """A token with all of the user's rights."""
    token = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        user=user,
        name=name.strip()[:80] or _("API token"),
        prefix=token[:10],
        token_hash=hash_token(token),
    )
    record(project=None, actor=user, verb=gettext_noop("API token created"), name=key.name)
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
    key = (
        ApiKey.objects.select_related("user")
        .filter(token_hash=hash_token(token), revoked_at__isnull=True, user__is_active=True)
        .first()
    )
    now = timezone.now()
    if key is not None and (key.last_used_at is None or key.last_used_at < now - LAST_USED_STEP):
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key
