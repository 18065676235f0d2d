"""Who works on what, under which rules."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from projects import words


class ProjectsConfig(AppConfig):
    """Users, projects, members, rubrics, guidelines."""

    name = "projects"
    verbose_name = _("Projects")

    def ready(self) -> None:
        """Lets pure code speak the reader's language."""
        words.install(translation)
