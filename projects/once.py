"""A secret that one page shows one time: handed on through the browser, not kept on the server.

A form that makes a token or a link answers with a redirect, so that reloading repeats nothing. What
was made travels in a cookie, which the page takes and drops: on the server only its hash is stored,
and the browser is about to show it anyway. It is signed for one person, so nobody can plant one.
"""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from projects.models import User

_NAME = "concord_once"
_SALT = "projects.once"
#: Seconds between the redirect and the page.
_MOST_AGE = 60


def hand_over(response: HttpResponse, *, user: User, address: str, secret: str) -> HttpResponse:
    """Gives a redirect the secret that the page at `address` shows to that user."""
    response.set_cookie(
        _NAME,
        signing.dumps([user.pk, secret], salt=_SALT),
        max_age=_MOST_AGE,
        path=address,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


def handed_over(request: HttpRequest) -> str:
    """The secret that came with the request, empty where there is none for this user."""
    try:
        owner, secret = signing.loads(request.COOKIES.get(_NAME, ""), salt=_SALT, max_age=_MOST_AGE)
    except signing.BadSignature:
        return ""
    return str(secret) if owner == request.user.pk else ""


def drop(response: HttpResponse, *, address: str) -> HttpResponse:
    """Has the browser forget the secret, now that the page shows it."""
    response.delete_cookie(_NAME, path=address, samesite="Strict")
    return response
