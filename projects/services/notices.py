"""What a running instance noticed about its set-up, for operators to see."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.models import OperatorNotice, OutgoingMail

#: How often the same is written down again.
_STEP = timedelta(hours=1)
#: What was not seen for so long has been mended.
_FRESH = timedelta(days=1)


def notice(kind: OperatorNotice.Kind) -> bool:
    """Writes down that it was seen just now; True where that was not known for an hour."""
    now = timezone.now()
    row, created = OperatorNotice.objects.get_or_create(kind=kind, defaults={"seen_at": now})
    if created:
        return True
    old = OperatorNotice.objects.filter(pk=row.pk, seen_at__lt=now - _STEP)
    return old.update(seen_at=now) > 0


def operator_notices() -> list[str]:
    """A sentence for each thing that an operator should see to, what to do about it in it."""
    now, sentences = timezone.now(), []
    fresh = OperatorNotice.objects.filter(seen_at__gt=now - _FRESH)
    untrusted = fresh.filter(kind=OperatorNotice.Kind.UNTRUSTED_PROXY)
    if not settings.TRUSTED_PROXIES and untrusted.exists():
        sentences.append(
            _(
                "X-Forwarded-For arrives, but CONCORD_PROXIES is 0: everybody's failed log-ins are "
                "counted under the proxy's address. Set it to the number of your proxies."
            )
        )
    mails = OutgoingMail.objects
    stuck = mails.filter(state=OutgoingMail.State.FAILED).count()
    stuck += mails.filter(
        state=OutgoingMail.State.WAITING, created_at__lt=now - timedelta(minutes=10)
    ).count()
    if stuck:
        sentence = ngettext(
            "%(n)d mail could not be sent. Look at CONCORD_SMTP_HOST and the worker's log.",
            "%(n)d mails could not be sent. Look at CONCORD_SMTP_HOST and the worker's log.",
            stuck,
        )
        sentences.append(sentence % {"n": stuck})
    return sentences
