"""System checks of risky settings, each with an id and a hint."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security, deploy=True)
def public_address(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """W001: links in mails and invitations need the address that people use."""
    if settings.PRODUCTION and not settings.SITE_URL.startswith("https://"):
        hint = "Set CONCORD_URL=https://… to the public address."
        return [Warning("CONCORD_URL is no https address.", hint=hint, id="concord.W001")]
    return []


@register(Tags.security, deploy=True)
def real_mail(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """W002: in production, password resets must reach people."""
    if settings.PRODUCTION and "console" in settings.EMAIL_BACKEND:
        hint = "Set CONCORD_SMTP_HOST (and user, password) so that password resets are sent."
        return [Warning("Mail is printed on the console.", hint=hint, id="concord.W002")]
    return []


@register(Tags.security, deploy=True)
def trusted_proxies(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
) -> list[CheckMessage]:
    """W003: behind a proxy everybody has its address, and one person's failures make all wait."""
    if settings.PRODUCTION and not settings.TRUSTED_PROXIES:
        hint = "Set CONCORD_PROXIES to the number of proxies in front that set X-Forwarded-For."
        return [Warning("CONCORD_PROXIES is 0.", hint=hint, id="concord.W003")]
    return []
