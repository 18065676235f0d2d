"""How it is judged, and what becomes of it."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LabelingConfig(AppConfig):
    """Prompts, tasks, assignments, judgments, agreement, releases."""

    name = "labeling"
    verbose_name = _("Labeling")
