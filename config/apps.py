"""The configuration as an application: it brings the system checks."""

from __future__ import annotations

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Registers the deployment checks."""

    name = "config"

    def ready(self) -> None:
        """Import the checks so that Django knows them."""
        from config import checks  # noqa: F401, PLC0415
