"""The log of who changed what."""

from __future__ import annotations

from projects.models import AuditEvent, Project, User


def record(
    *, project: Project | None, actor: User | None, verb: str, **detail: object
) -> AuditEvent:
    """Adds one line to the log, in the transaction of the change it speaks of."""
    return AuditEvent.objects.create(project=project, actor=actor, verb=verb, detail=detail)
