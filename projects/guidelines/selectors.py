"""Reads of guideline versions."""

from __future__ import annotations

from django.db.models import QuerySet

from projects.models import Acknowledgement, Guideline, Membership, Principle, Project, Role, User


def current_guideline(project: Project) -> Guideline | None:
    """The newest published version, or None before the first."""
    published = Guideline.objects.filter(project=project).defer("html")
    return published.order_by("-number").first()


def readings(guideline: Guideline) -> QuerySet[Acknowledgement]:
    """Who has read this version, or one that it changed in small things only."""
    return Acknowledgement.objects.filter(
        guideline__project=guideline.project_id,
        guideline__number__range=(guideline.read_since, guideline.number),
    )


def has_acknowledged(user: User, guideline: Guideline) -> bool:
    """Whether this user has read what gives them tasks under this version."""
    return readings(guideline).filter(user=user).exists()


def has_read(user: User, guideline: Guideline) -> bool:
    """Whether this user has read this very version."""
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
    unread = raters.exclude(user__in=readings(newest).values("user"))
    return unread.select_related("user").order_by("user__name", "user__email")
