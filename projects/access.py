"""The one helper that every view begins with: the project, or 404 for outsiders, 403 for roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from projects.models import Membership, Project, User
from projects.permissions import Action, role_may
from projects.sql import Statement, columns, instance

_Row = TypeVar("_Row")


class SignedInRequest(HttpRequest):
    """A request behind LoginRequiredMiddleware: its user is a person."""

    user: User


@dataclass(frozen=True, slots=True)
class Access:
    """A project together with the membership through which this user sees it."""

    project: Project
    membership: Membership

    @property
    def user(self) -> User:
        """The member."""
        return self.membership.user

    def may(self, action: Action) -> bool:
        """Whether the member may also do this."""
        return role_may(self.membership.role, action)

    @property
    def actions(self) -> frozenset[str]:
        """Everything the member may do, for templates that hide what is refused."""
        return frozenset(action.value for action in Action if self.may(action))


def require_row(row: _Row | None, sentence: str) -> _Row:
    """The row. Raises Http404 with the sentence where there is none."""
    if row is None:
        raise Http404(sentence)
    return row


_MEMBERSHIP = Statement(
    "membership",
    f"""
    SELECT {columns(Membership, "m")}, {columns(Project, "p")}
    FROM projects_membership m JOIN projects_project p ON p.id = m.project_id
    WHERE p.slug = %(slug)s AND m.user_id = %(user)s
    """,  # noqa: S608 - column names of our own models
    slug="varchar",
    user="bigint",
)
_SPLIT = len(Membership._meta.concrete_fields)


def _membership(user: User, slug: str) -> Membership | None:
    row = _MEMBERSHIP.row(slug=slug, user=user.pk)
    if row is None:
        return None
    membership = instance(Membership, row[:_SPLIT])
    membership.project = instance(Project, row[_SPLIT:])
    return membership


def get_access(user: User | AnonymousUser, slug: str, action: Action) -> Access:
    """The access of a member who may do it.

    Raises Http404 for outsiders, who must not learn that the project exists, and
    PermissionDenied for members whose role does not allow it.
    """
    membership = _membership(user, slug) if isinstance(user, User) else None
    if membership is None or not isinstance(user, User):
        raise Http404(_("There is no such project, or you are not a member of it."))
    if not role_may(membership.role, action):
        raise PermissionDenied(
            _("Your role in this project (%(role)s) does not allow this.")
            % {"role": membership.get_role_display()}
        )
    membership.user = user
    return Access(project=membership.project, membership=membership)
