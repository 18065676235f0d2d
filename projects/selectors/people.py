"""Reads of members, invitations, tokens and the log."""

from __future__ import annotations

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from projects.models import ApiKey, AuditEvent, Invitation, Membership, Project, Role, User

_ORDER = (Role.LEAD, Role.REVIEWER, Role.ENGINEER, Role.RATER)


def members_of(project: Project) -> QuerySet[Membership]:
    """Members with their users: leads first, then by name."""
    rank = Case(
        *(When(role=role, then=Value(place)) for place, role in enumerate(_ORDER)),
        default=Value(len(_ORDER)),
        output_field=IntegerField(),
    )
    return (
        Membership.objects.filter(project=project)
        .select_related("user")
        .order_by(rank, "user__name", "user__email")
    )


def members_called(project: Project, words: str) -> QuerySet[Membership]:
    """Members whose name or mail address has the words, in the order of all members."""
    called = Q(user__name__icontains=words) | Q(user__email__icontains=words)
    return members_of(project).filter(called) if words else members_of(project)


def get_member(project: Project, pk: int) -> Membership | None:
    """One membership of this project, or None."""
    return (
        Membership.objects.filter(project=project, pk=pk).select_related("user", "project").first()
    )


def invitations_of(project: Project) -> QuerySet[Invitation]:
    """Invitations, newest first, open or not."""
    return Invitation.objects.filter(project=project).select_related("created_by")


def get_invitation(project: Project, pk: int) -> Invitation | None:
    """One invitation of this project, or None."""
    return Invitation.objects.filter(project=project, pk=pk).select_related("project").first()


def tokens_of(user: User) -> QuerySet[ApiKey]:
    """A user's API tokens, living ones first."""
    return ApiKey.objects.filter(user=user).order_by("revoked_at", "-created_at")


def audit_log(
    project: Project, *, verb: str = "", actor: int | None = None
) -> QuerySet[AuditEvent]:
    """A project's log, newest first: all of it, or what one person or one kind of change wrote.

    `actor` 0 is the system, which is nobody.
    """
    events = AuditEvent.objects.filter(project=project).select_related("actor")
    if verb:
        events = events.filter(verb=verb)
    return events if actor is None else events.filter(actor=actor or None)


def audit_verbs(project: Project) -> list[str]:
    """The kinds of change that a project's log knows."""
    verbs = AuditEvent.objects.filter(project=project).order_by("verb")
    return list(verbs.values_list("verb", flat=True).distinct())


def audit_actors(project: Project) -> QuerySet[User]:
    """Whoever wrote a line of a project's log, by name."""
    wrote = AuditEvent.objects.filter(project=project).order_by().values("actor").distinct()
    return User.objects.filter(pk__in=wrote).order_by("name", "email")


def leads_of(project: Project) -> list[str]:
    """The names of those who lead a project, whom others ask; at most five."""
    rows = members_of(project).filter(role=Role.LEAD, user__is_active=True)
    return [row.user.display_name for row in rows[:5]]
