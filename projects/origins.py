"""Where a request comes from: the address that counts, and browsers that are known."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from projects.models import OperatorNotice
from projects.services.notices import notice
from projects.services.throttle import account_key

logger = logging.getLogger(__name__)

_COOKIE = "known_browser"
_SALT = "projects.origins.known_browser"
_MAX_AGE = timedelta(days=365)
#: Accounts that one browser is known for; where more people share it, the first must wait again.
_ACCOUNTS = 12
_KEY_LENGTH = 16


def client_address(request: HttpRequest) -> str:
    """The address that throttling counts: the last one that a proxy we run has vouched for."""
    forwarded = [a.strip() for a in request.headers.get("X-Forwarded-For", "").split(",")]
    trusted = settings.TRUSTED_PROXIES
    if trusted and len(forwarded) >= trusted and forwarded[-trusted]:
        return forwarded[-trusted][:64]
    return str(request.META.get("REMOTE_ADDR", ""))[:64]


def note_proxy(request: HttpRequest) -> None:
    """Tells operators where a proxy forwards people though none is trusted.

    Then everybody has the proxy's address, and one person's failures make all wait.
    """
    if settings.TRUSTED_PROXIES or "X-Forwarded-For" not in request.headers:
        return
    if notice(OperatorNotice.Kind.UNTRUSTED_PROXY):
        logger.warning(
            "X-Forwarded-For arrives, but CONCORD_PROXIES is 0: failed log-ins are counted for %s.",
            client_address(request),
        )


def known_browser(request: HttpRequest, email: str) -> str:
    """The name of this browser where the account's owner has logged in with it before, else ""."""
    return _known(request).get(_short(email), "")


def remember_browser(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Knows this browser from now on: strangers' failures do not make its owner wait."""
    known = _known(request)
    mine = known.pop(_short(email), "") or secrets.token_urlsafe(9)
    accounts = [*known.items(), (_short(email), mine)][-_ACCOUNTS:]
    response.set_signed_cookie(
        _COOKIE,
        "&".join(f"{key}={name}" for key, name in accounts),
        salt=_SALT,
        max_age=_MAX_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _short(email: str) -> str:
    return account_key(email)[:_KEY_LENGTH]


def _known(request: HttpRequest) -> dict[str, str]:
    cookie = request.get_signed_cookie(
        _COOKIE, default="", salt=_SALT, max_age=int(_MAX_AGE.total_seconds())
    )
    pairs = (pair.partition("=") for pair in (cookie or "").split("&") if "=" in pair)
    return {key: name for key, _, name in pairs}
