"""Reads of guideline versions."""

from __future__ import annotations

from django.db.models import QuerySet

from projects.models import Acknowledgement, Guideline, Membership, Principle, Project, Role, User


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


def asked_principles(guideline_id: int | None, key: str = "") -> QuerySet[Principle]:
    """The clauses of a version that a task of rules asks about: all, or the one of that key."""
    clauses = Principle.objects.filter(guideline=guideline_id)
    return clauses.filter(key=key) if key else clauses


def unread_memberships(project: Project, newest: Guideline | None) -> QuerySet[Membership]:
    """Raters who have not acknowledged this version, the current one, and so get no task."""
    raters = Membership.objects.filter(
        project=project, role=Role.RATER, user__is_active=True, user__is_placeholder=False
    )
    if newest is None:
        return raters.none()
    read = Acknowledgement.objects.filter(guideline=newest).values("user")
    unread = raters.exclude(user__in=read)
    return unread.select_related("user").order_by("user__name", "user__email")
