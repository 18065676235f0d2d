"""Invitation links: shown once, stored hashed, expiring, revocable."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects.audit import record
from projects.exceptions import Conflict, InvalidInput
from projects.models import Invitation, Membership, Project, Removal, Role, User
from projects.services.members import create_user, set_member


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation with its token, which nobody can read again."""

    invitation: Invitation
    token: str


def hash_token(token: str) -> str:
    """SHA-256: enough for 256 random bits, which nobody can guess."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(
    *,
    project: Project,
    role: str,
    created_by: User,
    days: int | None = None,
    max_uses: int | None = None,
    note: str = "",
) -> NewInvitation:
    """A link for that role. Raises InvalidInput for an unknown role or a bad number of days."""
    if role not in Role.values:
        known = ", ".join(Role.values)
        sentence = _("Choose one of: %(known)s.") % {"known": known}
        raise InvalidInput(_("Unknown role."), fields={"role": sentence})
    days = settings.INVITATION_DAYS if days is None else days
    if not 1 <= days <= 365:
        sentence = _("Between 1 and 365 days.")
        raise InvalidInput(sentence, fields={"days": sentence})
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        project=project,
        role=role,
        token_hash=hash_token(token),
        note=note.strip()[:120],
        created_by=created_by,
        expires_at=timezone.now() + timedelta(days=days),
        max_uses=max_uses,
    )
    record(
        project=project,
        actor=created_by,
        verb=gettext_noop("invitation created"),
        role=role,
        days=days,
    )
    return NewInvitation(invitation, token)


def find_invitation(token: str) -> Invitation | None:
    """The invitation of that token, whatever its status."""
    return Invitation.objects.select_related("project").filter(token_hash=hash_token(token)).first()


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, actor: User) -> None:
    """Makes the link useless at once. Idempotent."""
    changed = Invitation.objects.filter(pk=invitation.pk, revoked_at__isnull=True).update(
        revoked_at=timezone.now()
    )
    if changed:
        record(
            project=invitation.project,
            actor=actor,
            verb=gettext_noop("invitation revoked"),
            role=invitation.role,
        )


def require_open(invitation: Invitation | None) -> Invitation:
    """The invitation itself. Raises Conflict saying why the link does not work."""
    if invitation is None:
        raise Conflict(_("This invitation does not exist. Ask the project lead for a new link."))
    if invitation.status != "open":
        raise Conflict(
            _("This invitation is %(status)s. Ask the project lead for a new link.")
            % {"status": _(invitation.status)}
        )
    return invitation


def require_welcome(*, invitation: Invitation, user: User) -> None:
    """Raises Conflict where the user was removed from the project after the link was made."""
    removed = Removal.objects.filter(project_id=invitation.project_id, user=user)
    if removed.filter(at__gte=invitation.created_at).exists():
        raise Conflict(
            _(
                "You were removed from this project after this link was made. "
                "Ask a project lead to invite you anew."
            )
        )


@transaction.atomic
def accept_invitation(*, token: str, user: User) -> Membership:
    """Makes the user a member. Who is a member already keeps the role and spends no use.

    Raises Conflict saying why the link does not work, for this user or for anybody.
    """
    invitation = Invitation.objects.select_for_update().filter(token_hash=hash_token(token)).first()
    if invitation is not None:
        existing = Membership.objects.filter(project_id=invitation.project_id, user=user).first()
        if existing is not None:
            return existing
    invitation = require_open(invitation)
    require_welcome(invitation=invitation, user=user)
    Invitation.objects.filter(pk=invitation.pk).update(uses=F("uses") + 1)
    membership = set_member(project=invitation.project, user=user, role=invitation.role, actor=user)
    Membership.objects.filter(pk=membership.pk).update(invitation=invitation)
    return membership


@transaction.atomic
def join_with_new_account(*, token: str, email: str, password: str, name: str) -> User:
    """Creates an account and accepts the invitation with it, both or neither.

    Raises InvalidInput naming the fields at fault, Conflict where the link no longer works.
    """
    require_open(find_invitation(token))
    user = create_user(email=email, password=password, name=name)
    accept_invitation(token=token, user=user)
    return user
