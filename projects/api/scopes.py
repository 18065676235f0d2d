"""What an API token may do: its scope, beside the role of its user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS, BasePermission

from projects.exceptions import ScopeTooSmall
from projects.models import ApiKey

if TYPE_CHECKING:  # the framework reads its settings, and with them this, before it has views
    from rest_framework.request import Request
    from rest_framework.views import APIView

_ORDER = tuple(ApiKey.Scope)


def scope_of(view: object, method: str) -> ApiKey.Scope:
    """The scope that a call takes: to read for what changes nothing, else all or what it says."""
    if method in SAFE_METHODS:
        return ApiKey.Scope.READ
    return ApiKey.Scope(getattr(view, "scope", ApiKey.Scope.ALL))


class WithinScope(BasePermission):
    """Lets a token do what it was made for; a session is its user's own hand."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Raises ScopeTooSmall, naming the scope that it takes."""
        needed = scope_of(view, request.method or "")
        key = request.auth
        if isinstance(key, ApiKey) and _ORDER.index(ApiKey.Scope(key.scope)) < _ORDER.index(needed):
            raise ScopeTooSmall(
                _("This token may only %(scope)s. Use one of the scope “%(name)s” (%(needed)s).")
                % {
                    "scope": key.get_scope_display(),
                    "name": needed.value,
                    "needed": needed.label,
                }
            )
        return True
