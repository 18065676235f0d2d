"""Log-in of programs: `Authorization: Token cnc_…`, or the session of a browser."""

from __future__ import annotations

from copy import copy

from django.utils.translation import gettext as _
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    get_authorization_header,
)
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from projects.exceptions import FormTokenMissing
from projects.models import ApiKey, User
from projects.services.keys import authenticate_key


class ApiKeyAuthentication(BaseAuthentication):
    """The user of an API token. Refusals are 401 with `WWW-Authenticate: Token`."""

    keyword = "Token"

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """The token's user and key, or None where another scheme may know the user.

        Raises AuthenticationFailed for a token that is malformed, unknown, revoked or expired.
        """
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != self.keyword.lower().encode():
            return None
        if len(words) != 2:
            raise AuthenticationFailed(
                _(
                    "The Authorization header is malformed. "
                    "Send “Authorization: Token …” with a token of yours."
                )
            )
        key = authenticate_key(token=words[1].decode("latin-1"))
        if key is None:
            raise AuthenticationFailed(
                _(
                    "This token is unknown, was revoked or has expired, or its account is off. "
                    "Send “Authorization: Token …” with a token of yours."
                )
            )
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401 reply."""
        return self.keyword


class BrowserAuthentication(SessionAuthentication):
    """The user of a session, with `X-CSRFToken` where a call changes something."""

    def enforce_csrf(self, request: Request) -> None:
        """Looks at the header alone: a form would be read, with the file in it, before the role.

        Raises FormTokenMissing.
        """
        unread = copy(request._request)
        if unread.method == "POST":
            unread.method = "PUT"  # as strict, and without a form
        try:
            super().enforce_csrf(unread)  # type: ignore[arg-type]
        except PermissionDenied:
            sentence = _(
                "Send the form token of a page in the header X-CSRFToken, or an API token."
            )
            raise FormTokenMissing(sentence) from None


class BrowserScheme(SessionScheme):  # type: ignore[no-untyped-call]
    """What the OpenAPI document says about sessions."""

    target_class = "projects.api.authentication.BrowserAuthentication"


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document describes the scheme; registered by being defined."""

    target_class = "projects.api.authentication.ApiKeyAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """An API key in a header, with its prefix."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token ` followed by an API token. Its scope is `read`, `rate` (also "
            "lease and judge tasks) or `all`; a call beyond it is refused with 403, `scope`.",
        }
