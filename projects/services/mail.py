"""Mails: kept as rows, written and sent by a worker, tried again while the server is away."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail as hand_over
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from projects.broker import deliver
from projects.guidelines.selectors import has_acknowledged
from projects.models import Guideline, Membership, OutgoingMail, User
from projects.models.users import normal_address
from projects.services.email_tokens import email_token
from projects.sites import site_address

logger = logging.getLogger(__name__)

TASK = "projects.jobs.send_mail"
_ATTEMPTS = 12
_LONGEST_PAUSE = timedelta(hours=1)
#: How long a worker may be at one mail before another tries.
_CLAIM = timedelta(minutes=2)
#: How long a message may be under way before the sweep sends the mail itself.
_PATIENCE = timedelta(seconds=20)
_KEEP = timedelta(days=7)
_BATCH = 50


def queue_mail(*, kind: OutgoingMail.Kind, address: str, **detail: object) -> OutgoingMail:
    """Keeps a mail, and tells a worker once the transaction is committed.

    Outside of a transaction the mail that is returned says in `error` that no worker could be
    told; the sweep sends it then.
    """
    mail = OutgoingMail.objects.create(
        kind=kind,
        address=normal_address(address)[:254],
        detail=detail,
        due_at=Now() + _PATIENCE,
    )
    transaction.on_commit(lambda: _tell(mail))
    return mail


def _tell(mail: OutgoingMail) -> None:
    if not deliver(TASK, mail.pk):
        mail.error = "broker"


def send_queued_mail(*, mail_id: int) -> bool:
    """Writes and sends one mail; nothing where it is over or another worker is at it.

    Returns whether the mail server can be asked for more.
    """
    waiting = OutgoingMail.objects.filter(pk=mail_id, state=OutgoingMail.State.WAITING)
    fresh = waiting.filter(attempts=0) | waiting.filter(due_at__lte=Now())
    if not fresh.update(attempts=F("attempts") + 1, due_at=Now() + _CLAIM):
        return True
    mail = OutgoingMail.objects.get(pk=mail_id)
    try:
        letter = _letter(mail)
        if letter is None:
            mail.delete()
            return True
        subject, body = letter
        hand_over(subject, body, None, [mail.address])
    except Exception as error:  # noqa: BLE001 - one that cannot be sent holds up no other
        _try_again(mail, error)
        return not isinstance(error, OSError)  # smtplib's errors are OSErrors too
    sent = OutgoingMail.objects.filter(pk=mail.pk)
    sent.update(state=OutgoingMail.State.SENT, sent_at=Now(), error="")
    return True


def _try_again(mail: OutgoingMail, error: Exception) -> None:
    mail.error = f"{type(error).__name__}: {error}"[:300]
    if mail.attempts >= _ATTEMPTS:
        mail.state = OutgoingMail.State.FAILED
        logger.error("Mail %s is given up: %s", mail.pk, mail.error)
    else:
        pause = min(timedelta(minutes=2**mail.attempts), _LONGEST_PAUSE)
        mail.due_at = Now() + pause
        logger.warning("Mail %s could not be sent: %s", mail.pk, mail.error)
    mail.save(update_fields=["state", "due_at", "error"])


def send_due_mails() -> None:
    """Sends what no message reached, or could not be sent before; forgets what is long over.

    Where the server does not take one, the others wait for the next time: each might time out.
    """
    due = OutgoingMail.objects.filter(state=OutgoingMail.State.WAITING, due_at__lte=Now())
    for pk in list(due.order_by("due_at").values_list("pk", flat=True)[:_BATCH]):
        if not send_queued_mail(mail_id=pk):
            break
    over = OutgoingMail.objects.exclude(state=OutgoingMail.State.WAITING)
    over.filter(created_at__lt=Now() - _KEEP).delete()


def _letter(mail: OutgoingMail) -> tuple[str, str] | None:
    """Subject and body; None where nobody is there to read it.

    Whether there is an account is looked up here, in the worker: the page that asked for a link
    takes as long for a stranger's address.
    """
    if mail.kind in {OutgoingMail.Kind.EMAIL_CHANGE, OutgoingMail.Kind.EMAIL_CHANGED}:
        return _letter_of_change(mail)
    user = User.objects.filter(email=mail.address, is_active=True).first()
    if user is None:
        return None
    context: dict[str, object] = {"email": user.email, "site": site_address(), **mail.detail}
    if mail.kind == OutgoingMail.Kind.GUIDELINE_REMINDER:
        if not _has_guideline_to_read(mail, user):
            return None
        context["link"] = site_address(reverse("projects:guideline", args=[mail.detail["slug"]]))
    elif mail.kind == OutgoingMail.Kind.PASSWORD_RESET:
        uid = urlsafe_base64_encode(force_bytes(user.pk))
        token = default_token_generator.make_token(user)
        context["link"] = site_address(reverse("password_reset_confirm", args=[uid, token]))
    else:
        context["link"] = site_address(reverse("password_reset"))
        context["tokens"] = site_address(reverse("projects:tokens"))
    return _SUBJECTS[OutgoingMail.Kind(mail.kind)](), render_to_string(
        f"mail/{mail.kind}.txt", context
    )


def _letter_of_change(mail: OutgoingMail) -> tuple[str, str] | None:
    """The link to a new address, or the notice to an old one; None where it makes no sense."""
    user = User.objects.filter(pk=mail.detail.get("user"), erased_at=None).first()
    if user is None:
        return None
    context: dict[str, object] = {"email": mail.address, "site": site_address(), **mail.detail}
    if mail.kind == OutgoingMail.Kind.EMAIL_CHANGE:
        if not user.is_active or User.objects.filter(email=mail.address).exists():
            return None
        token = email_token(user, mail.address)
        context["link"] = site_address(reverse("projects:email-confirm", args=[token]))
    body = render_to_string(f"mail/{mail.kind}.txt", context)
    return _SUBJECTS[OutgoingMail.Kind(mail.kind)](), body


def _has_guideline_to_read(mail: OutgoingMail, user: User) -> bool:
    """Whether the reminder is still true: who has read it meanwhile, or left, is not written to."""
    membership = Membership.objects.filter(pk=mail.detail["membership"], user=user)
    project = membership.values_list("project", flat=True).first()
    newest = Guideline.objects.filter(project=project).order_by("-number").first()
    if newest is None:
        return False
    return not has_acknowledged(user, newest)


_SUBJECTS = {
    OutgoingMail.Kind.PASSWORD_RESET: lambda: _("Set a new password for Concord"),
    OutgoingMail.Kind.PASSWORD_CHANGED: lambda: _("Your Concord password was changed"),
    OutgoingMail.Kind.EMAIL_CHANGE: lambda: _("Confirm your new address for Concord"),
    OutgoingMail.Kind.EMAIL_CHANGED: lambda: _("The address of your Concord account was changed"),
    OutgoingMail.Kind.GUIDELINE_REMINDER: lambda: _("A guideline to read on Concord"),
    OutgoingMail.Kind.TOKEN_CREATED: lambda: _("A new API token acts as you on Concord"),
}
