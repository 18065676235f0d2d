"""Members and their roles, users, and placeholders for raters of imported judgments."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects.audit import naming, record
from projects.departures import begin_work, end_work
from projects.exceptions import Conflict, InvalidInput
from projects.models import Invitation, Membership, Project, Removal, Role, User

_NAME_LIMIT = 150
#: Characters of why somebody is paused.
MOST_PAUSE_REASON = 300


@transaction.atomic
def create_user(
    *, email: str, password: str | None = None, name: str = "", check_password: bool = True
) -> User:
    """A person who logs in by e-mail. Raises InvalidInput for a bad address or password."""
    if password is not None and check_password:
        try:
            validate_password(password, User(email=email, name=name))
        except ValidationError as error:
            sentence = " ".join(error.messages)
            raise InvalidInput(sentence, fields={"password": sentence}) from None
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password, name=name.strip()[:_NAME_LIMIT])
    except ValidationError as error:
        fields = {field: " ".join(messages) for field, messages in error.message_dict.items()}
        raise InvalidInput(" ".join(fields.values()), fields=fields) from None
    except IntegrityError:
        sentence = _("There is an account with this address already.")
        raise InvalidInput(sentence, fields={"email": sentence}) from None


@transaction.atomic
def set_member(
    *,
    project: Project,
    user: User,
    role: str,
    actor: User | None = None,
    rater_limit: int | None = None,
) -> Membership:
    """Makes the user a member in that role, or changes the role or the limit.

    Raises InvalidInput for an unknown role, Conflict where the last lead would lose the role.
    """
    if role not in Role.values:
        known = ", ".join(Role.values)
        sentence = _("Choose one of: %(known)s.") % {"known": known}
        raise InvalidInput(_("Unknown role."), fields={"role": sentence})
    if role != Role.LEAD:
        _keep_a_lead(project, user)
        revoke_links_of(user=user, project=project)
    membership, created = Membership.objects.update_or_create(
        project=project, user=user, defaults={"role": role, "rater_limit": rater_limit}
    )
    verb = gettext_noop("member added") if created else gettext_noop("member changed")
    record(project=project, actor=actor, verb=verb, **naming(user), role=role)
    end_work(user=user, project=project)
    begin_work(user=user, project=project)
    return membership


@transaction.atomic
def set_pause(*, membership: Membership, actor: User, paused: bool, reason: str = "") -> bool:
    """Gives a member no new tasks until they may go on, or lets them; whether that, or why, is new.

    What they have open may be finished, and what they gave counts as before. The member reads the
    reason, and another one does not begin the pause anew. Raises InvalidInput for one that is too
    long.
    """
    words = " ".join(reason.replace("\x00", "").split()) if paused else ""
    if len(words) > MOST_PAUSE_REASON:
        sentence = _("At most %(most)d characters.") % {"most": MOST_PAUSE_REASON}
        raise InvalidInput(sentence, fields={"pause_reason": sentence})
    rows = Membership.objects.filter(pk=membership.pk)
    rows = rows.exclude(paused_at__isnull=not paused, pause_reason=words)
    since = Coalesce("paused_at", timezone.now()) if paused else None
    if not rows.update(paused_at=since, pause_reason=words):
        return False
    record(
        project=membership.project,
        actor=actor,
        verb=gettext_noop("rater paused") if paused else gettext_noop("rater goes on"),
        **naming(membership.user),
        **({"reason": words} if words else {}),
    )
    end_work(user=membership.user, project=membership.project)
    membership.refresh_from_db(fields=["paused_at", "pause_reason"])
    return True


@transaction.atomic
def remove_member(*, membership: Membership, actor: User) -> None:
    """Ends a membership and what was reserved under it; judgments stay.

    No link made until now brings its owner back, and those that they know, because they came by
    them or made them, work for nobody else either. Raises Conflict for the last lead.
    """
    project, user = membership.project, membership.user
    _keep_a_lead(project, user)
    now = timezone.now()
    Removal.objects.update_or_create(project=project, user=user, defaults={"at": now})
    if membership.invitation_id:
        link = Invitation.objects.filter(pk=membership.invitation_id, revoked_at=None)
        link.update(revoked_at=now)
    revoke_links_of(user=user, project=project)
    record(
        project=project,
        actor=actor,
        verb=gettext_noop("member removed"),
        **naming(user),
        role=membership.role,
    )
    membership.delete()
    end_work(user=user, project=project)


def revoke_links_of(*, user: User, project: Project | None = None) -> None:
    """Makes the invitations useless that somebody made who may invite no more; they know them."""
    links = Invitation.objects.filter(created_by=user, revoked_at__isnull=True)
    if project is not None:
        links = links.filter(project=project)
    links.update(revoked_at=timezone.now())


def _keep_a_lead(project: Project, leaving: User) -> None:
    leads = list(
        Membership.objects.select_for_update()
        .filter(project=project, role=Role.LEAD)
        .values_list("user_id", flat=True)
    )
    if leads == [leaving.pk]:
        raise Conflict(_("A project keeps at least one lead: make somebody else lead first."))


def placeholder_raters(*, project: Project, names: Iterable[str]) -> dict[str, User]:
    """The placeholder of each rater name in a project, created where missing.

    Placeholders stand for people who judged elsewhere: they have no address and cannot log in.
    """
    wanted = sorted(set(names))
    User.objects.bulk_create(
        (_placeholder(project, name) for name in wanted), ignore_conflicts=True
    )
    raters = User.objects.filter(placeholder_project=project, is_placeholder=True, name__in=wanted)
    return {rater.name: rater for rater in raters}


def _placeholder(project: Project, name: str) -> User:
    user = User(name=name, is_placeholder=True, placeholder_project=project, is_active=False)
    user.set_unusable_password()
    return user
