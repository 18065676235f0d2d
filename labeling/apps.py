"""How it is judged, and what becomes of it."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out
from django.utils.translation import gettext_lazy as _


class LabelingConfig(AppConfig):
    """Prompts, tasks, assignments, judgments, agreement, releases."""

    name = "labeling"
    verbose_name = _("Labeling")

    def ready(self) -> None:
        """Listen for people who log out: others may have their tasks."""
        from labeling.rating.places import give_back_leases  # noqa: PLC0415

        user_logged_out.connect(give_back_leases, dispatch_uid="labeling.give_back_leases")
