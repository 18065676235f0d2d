"""What people change about themselves."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects.audit import naming, record
from projects.departures import end_work
from projects.exceptions import InvalidInput
from projects.models import OutgoingMail, User
from projects.services.mail import queue_mail
from projects.services.members import revoke_links_of
from projects.services.sessions import end_sessions
from projects.services.throttle import begin_reset, forget_failures

#: What an operator may change about somebody.
OPERATOR_FIELDS = ("name", "time_zone", "is_active", "is_staff", "is_superuser")


def update_account(*, user: User, name: str, time_zone: str, shows_covered: bool) -> None:
    """Stores what a form has checked: name, time zone, and whether covered texts are open."""
    User.objects.filter(pk=user.pk).update(
        name=name.strip(), time_zone=time_zone, shows_covered=shows_covered
    )


def request_reset(*, email: str, address: str) -> bool:
    """Has a link to set a password sent, if there is such an account.

    False where it goes out later, because no worker could be told. Raises TooManyAttempts where
    too many links were asked for from that address; for one account the rest is dropped silently,
    as those that were sent still work.
    """
    if not begin_reset(email=email, address=address):
        return True
    return not queue_mail(kind=OutgoingMail.Kind.PASSWORD_RESET, address=email).error


@transaction.atomic
def note_password_change(*, user: User, session_key: str = "") -> None:
    """After a password was set: logs out everywhere but there, and tells the owner by mail.

    Strangers' failures are forgotten.
    """
    end_sessions(user=user, but=session_key)
    if user.email:
        forget_failures(email=user.email)
        queue_mail(kind=OutgoingMail.Kind.PASSWORD_CHANGED, address=user.email)
    record(project=None, actor=user, verb=gettext_noop("password changed"))


@transaction.atomic
def update_user(*, user: User, actor: User, changes: Mapping[str, object]) -> None:
    """An operator's change to somebody's account, logged by the names of what changed.

    Raises InvalidInput for a field that operators may not change or a value that does not fit.
    """
    unknown = set(changes) - set(OPERATOR_FIELDS)
    if unknown:
        name = min(unknown)
        raise InvalidInput(_("Unknown field."), fields={name: _("Operators may not change this.")})
    for field, value in changes.items():
        setattr(user, field, value)
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        fields = {field: " ".join(messages) for field, messages in error.message_dict.items()}
        raise InvalidInput(_("Some values do not fit."), fields=fields) from None
    if changes:
        user.save(update_fields=list(changes))
        if not user.is_active:
            end_sessions(user=user)
            revoke_links_of(user=user)
        end_work(user=user)
        record(
            project=None,
            actor=actor,
            verb=gettext_noop("account changed"),
            **naming(user),
            fields=sorted(changes),
        )
