"""Reads of guideline versions."""

from __future__ import annotations

from django.db.models import QuerySet

from projects.models import Acknowledgement, Guideline, Principle, Project, User


def current_guideline(project: Project) -> Guideline | None:
    """The newest published version, or None before the first."""
    published = Guideline.objects.filter(project=project).defer("html")
    return published.order_by("-number").first()


def has_acknowledged(user: User, guideline: Guideline) -> bool:
    """Whether this user has read this version."""
    return Acknowledgement.objects.filter(user=user, guideline=guideline).exists()


def principles_of(guideline: Guideline | None) -> QuerySet[Principle]:
    """The numbered clauses that a judgment under this version can cite."""
    return Principle.objects.filter(guideline=guideline) if guideline else Principle.objects.none()
