"""An address changed: by its owner, with the password and a link to the new one, or by an operator.

The old address is told either way.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects.audit import naming, record
from projects.exceptions import Conflict, InvalidInput
from projects.models import OutgoingMail, User
from projects.models.users import normal_address
from projects.services.email_tokens import read_email_token
from projects.services.mail import queue_mail
from projects.services.throttle import (
    begin_password_change,
    begin_reset,
    end_login,
    forget_failures,
)


def check_password_of(*, user: User, password: str) -> None:
    """Raises InvalidInput for a wrong password, TooManyAttempts for who guesses."""
    ticket = begin_password_change(user_id=user.pk)
    if not user.check_password(password):
        sentence = _("This is not your password.")
        raise InvalidInput(sentence, fields={"password": sentence})
    end_login(ticket)


def request_email_change(*, user: User, email: str, password: str, address: str) -> None:
    """Has a link sent to the new address; until it is opened nothing changes.

    The reply is the same where somebody else has that address: a worker looks, and sends nothing.
    Raises InvalidInput for a wrong password or an address that does not fit, TooManyAttempts.
    """
    wanted = checked_address(email)
    check_password_of(user=user, password=password)
    if wanted == user.email:
        sentence = _("This is your address already.")
        raise InvalidInput(sentence, fields={"email": sentence})
    if begin_reset(email=wanted, address=address):
        queue_mail(kind=OutgoingMail.Kind.EMAIL_CHANGE, address=wanted, user=user.pk)


def checked_address(email: str) -> str:
    """The address as it is stored. Raises InvalidInput where it is none."""
    wanted = normal_address(email)
    try:
        validate_email(wanted)
    except ValidationError:
        sentence = _("Enter a valid e-mail address.")
        raise InvalidInput(sentence, fields={"email": sentence}) from None
    return wanted


def confirm_email_change(*, token: str) -> User:
    """Gives the account the address that the link was sent to.

    Raises Conflict where the link is old or used, or somebody has the address meanwhile.
    """
    offer = read_email_token(token)
    if offer is None:
        raise Conflict(_("This link works no longer. Ask for a new one on your account page."))
    user, address = offer
    change_email(user=user, email=address, actor=user)
    return user


@transaction.atomic
def change_email(*, user: User, email: str, actor: User) -> None:
    """Changes an address, tells the old one, and notes who did.

    Raises InvalidInput where it is none or taken, Conflict for who is no person.
    """
    email, old = checked_address(email), user.email
    if old is None:
        raise Conflict(_("This is no account of a person."))
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(email=email)
    except IntegrityError:
        sentence = _("There is an account with this address already.")
        raise InvalidInput(sentence, fields={"email": sentence}) from None
    user.email = email
    forget_failures(email=old)
    by_owner = actor.pk == user.pk
    for address in [old] if by_owner else [old, email]:
        queue_mail(
            kind=OutgoingMail.Kind.EMAIL_CHANGED,
            address=address,
            user=user.pk,
            old=old,
            new=email,
            by_owner=by_owner,
        )
    record(project=None, actor=actor, verb=gettext_noop("e-mail changed"), **naming(user))
