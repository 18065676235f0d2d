"""Absolute addresses: they begin with CONCORD_URL, never with what a request calls its host."""

from __future__ import annotations

from django.conf import settings


def site_address(path: str = "") -> str:
    """The absolute address of a path of this site."""
    return str(settings.SITE_URL).rstrip("/") + path
