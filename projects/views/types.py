"""The request that a page for members gets."""

from __future__ import annotations

from django.http import HttpRequest

from projects.models import User


class SignedInRequest(HttpRequest):
    """A request behind LoginRequiredMiddleware: its user is a person."""

    user: User
