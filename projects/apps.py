"""Who works on what, under which rules."""

from __future__ import annotations

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Users, projects, members, rubrics, guidelines."""

    name = "projects"
    verbose_name = "Projects"
