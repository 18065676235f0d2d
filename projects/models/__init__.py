"""Users, projects, members, rubrics and guidelines."""

from __future__ import annotations

from projects.models.access import ApiKey, AuditEvent, Invitation, SessionRecord, Throttle
from projects.models.examples import QuizAttempt, WorkedExample
from projects.models.guidelines import (
    Acknowledgement,
    ChangeSize,
    Guideline,
    GuidelineDraft,
    Principle,
)
from projects.models.mail import OperatorNotice, OutgoingMail
from projects.models.projects import DailyUpload, Membership, Project, Removal, Role
from projects.models.reasons import Reason
from projects.models.rubric import Criterion, RubricVersion
from projects.models.users import User

__all__ = [
    "Acknowledgement",
    "ApiKey",
    "AuditEvent",
    "ChangeSize",
    "Criterion",
    "DailyUpload",
    "Guideline",
    "GuidelineDraft",
    "Invitation",
    "Membership",
    "OperatorNotice",
    "OutgoingMail",
    "Principle",
    "Project",
    "QuizAttempt",
    "Reason",
    "Removal",
    "Role",
    "RubricVersion",
    "SessionRecord",
    "Throttle",
    "User",
    "WorkedExample",
]
