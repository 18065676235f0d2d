"""How it is judged, and what becomes of it."""

from __future__ import annotations

from django.apps import AppConfig


class LabelingConfig(AppConfig):
    """Prompts, tasks, assignments, judgments, agreement, releases."""

    name = "labeling"
    verbose_name = "Labeling"
