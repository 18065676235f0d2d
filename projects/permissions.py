"""One policy table: which role may do what, asked of one user or of all members."""

from __future__ import annotations

from enum import StrEnum

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from projects.models import Membership, Project, Role, User


class Action(StrEnum):
    """What can be done in a project."""

    SEE = "see"
    RATE = "rate"
    SEE_TASKS = "see_tasks"
    SEE_AGREEMENT = "see_agreement"
    SEE_RATERS = "see_raters"
    SEE_GUIDELINE = "see_guideline"
    EDIT_GUIDELINE = "edit_guideline"
    SEE_MODELS = "see_models"
    SEE_RELEASES = "see_releases"
    RELEASE = "release"
    IMPORT = "import"
    WITHDRAW = "withdraw"
    PLAN_TASKS = "plan_tasks"
    SETTLE_REPORTS = "settle_reports"
    ADJUDICATE = "adjudicate"
    TEACH = "teach"
    SEE_IMPORTS = "see_imports"
    SEE_MEMBERS = "see_members"
    MANAGE_MEMBERS = "manage_members"
    CONFIGURE = "configure"
    DELETE = "delete"
    SEE_AUDIT = "see_audit"


_EVERYONE = frozenset(Role)
_STAFF = frozenset({Role.LEAD, Role.REVIEWER, Role.ENGINEER})

POLICY: dict[Action, frozenset[Role]] = {
    Action.SEE: _EVERYONE,
    Action.RATE: frozenset({Role.LEAD, Role.REVIEWER, Role.RATER}),
    Action.SEE_TASKS: _STAFF,
    Action.SEE_AGREEMENT: _STAFF,
    Action.SEE_RATERS: frozenset({Role.LEAD, Role.REVIEWER}),
    Action.SEE_GUIDELINE: _EVERYONE,
    Action.EDIT_GUIDELINE: frozenset({Role.LEAD}),
    Action.SEE_MODELS: frozenset({Role.LEAD, Role.ENGINEER}),
    Action.SEE_RELEASES: frozenset({Role.LEAD, Role.ENGINEER}),
    Action.RELEASE: frozenset({Role.LEAD, Role.ENGINEER}),
    Action.IMPORT: frozenset({Role.LEAD, Role.ENGINEER}),
    Action.WITHDRAW: frozenset({Role.LEAD, Role.ENGINEER}),
    Action.PLAN_TASKS: frozenset({Role.LEAD, Role.ENGINEER}),
    Action.SETTLE_REPORTS: frozenset({Role.LEAD}),
    Action.ADJUDICATE: frozenset({Role.LEAD, Role.REVIEWER}),
    Action.TEACH: frozenset({Role.LEAD}),
    Action.SEE_IMPORTS: frozenset({Role.LEAD, Role.ENGINEER}),
    Action.SEE_MEMBERS: frozenset({Role.LEAD, Role.REVIEWER}),
    Action.MANAGE_MEMBERS: frozenset({Role.LEAD}),
    Action.CONFIGURE: frozenset({Role.LEAD}),
    Action.DELETE: frozenset({Role.LEAD}),
    Action.SEE_AUDIT: frozenset({Role.LEAD}),
}


def roles_that_may(action: Action) -> list[str]:
    """The roles whose members may do it, as they are stored."""
    return [role.value for role in POLICY[action]]


def role_may(role: str, action: Action) -> bool:
    """Whether a member of that role may do it."""
    return role in POLICY[action]


def membership_of(user: User | AnonymousUser, project: Project) -> Membership | None:
    """The user's membership, or None for an outsider."""
    if not user.is_authenticated:
        return None
    return Membership.objects.filter(project=project, user_id=user.pk).first()


def may(user: User | AnonymousUser, action: Action, project: Project) -> bool:
    """Whether this user may do it in this project."""
    membership = membership_of(user, project)
    return membership is not None and role_may(membership.role, action)


def may_create_projects(user: User) -> bool:
    """Whether this user may create projects here; `CONCORD_WHO_CREATES_PROJECTS` says who may."""
    if user.is_superuser or settings.WHO_CREATES_PROJECTS == "everyone":
        return True
    if settings.WHO_CREATES_PROJECTS == "operators":
        return False
    return Membership.objects.filter(user=user, role=Role.LEAD).exists()


def require_project_creator(user: User) -> None:
    """Raises PermissionDenied, saying who may, where this user may not create projects."""
    if may_create_projects(user):
        return
    if settings.WHO_CREATES_PROJECTS == "operators":
        raise PermissionDenied(_("Only operators create projects here. Ask one of them."))
    raise PermissionDenied(
        _("Only operators and project leads create projects here. Ask one of them.")
    )
