"""Users, projects, members, rubrics and guidelines."""

from __future__ import annotations

from projects.models.access import ApiKey, AuditEvent, Invitation, LoginAttempt
from projects.models.guidelines import Acknowledgement, Guideline, Principle
from projects.models.projects import Membership, Project, Role
from projects.models.rubric import Criterion
from projects.models.users import User

__all__ = [
    "Acknowledgement",
    "ApiKey",
    "AuditEvent",
    "Criterion",
    "Guideline",
    "Invitation",
    "LoginAttempt",
    "Membership",
    "Principle",
    "Project",
    "Role",
    "User",
]
