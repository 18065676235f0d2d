"""Reminders of a guideline that is to be read: by mail, and not more often than every so often."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from projects.audit import record
from projects.exceptions import Conflict, TooManyAttempts
from projects.guidelines.selectors import current_guideline, unread_memberships
from projects.models import Membership, OutgoingMail, Project, User
from projects.services.mail import queue_mail

#: Mails of one request; who waits behind them is reminded by the next.
MOST_REMINDERS = 100


@dataclass(frozen=True, slots=True)
class Reminders:
    """Who is sent a reminder, and how many wait for the next request."""

    members: list[Membership]
    left: int


def reminder_pause() -> timedelta:
    """So long a person is not reminded again."""
    return timedelta(hours=settings.REMINDER_HOURS)


def remindable(memberships: QuerySet[Membership]) -> QuerySet[Membership]:
    """Those of some members whom nobody has reminded of late."""
    since = timezone.now() - reminder_pause()
    return memberships.filter(Q(reminded_at=None) | Q(reminded_at__lt=since))


@transaction.atomic
def remind(*, project: Project, actor: User, members: Collection[int] = ()) -> Reminders:
    """Asks raters by mail to read the current guideline: those of these ids, or all who have not.

    Raises Conflict where nobody has it to read, and TooManyAttempts where all of them were
    reminded of late.
    """
    guideline = current_guideline(project)
    unread = unread_memberships(project, guideline)
    if members:
        unread = unread.filter(pk__in=members)
    # Locked, so that two leads do not remind somebody at the same moment.
    waiting = list(remindable(unread).select_for_update(of=("self",))[: MOST_REMINDERS + 1])
    if guideline is None or not waiting:
        _refuse(unread)
    chosen = waiting[:MOST_REMINDERS]
    now = timezone.now()
    Membership.objects.filter(pk__in=[row.pk for row in chosen]).update(reminded_at=now)
    for row in chosen:
        row.reminded_at = now
        queue_mail(
            kind=OutgoingMail.Kind.GUIDELINE_REMINDER,
            address=row.user.email or "",
            membership=row.pk,
            project=project.name,
            slug=project.slug,
            by=actor.display_name,
        )
    record(
        project=project,
        actor=actor,
        verb=gettext_noop("reminders sent"),
        version=guideline.number if guideline else None,
        raters=len(chosen),
    )
    left = remindable(unread).count() if len(waiting) > MOST_REMINDERS else 0
    return Reminders(chosen, left)


def _refuse(unread: QuerySet[Membership]) -> None:
    """Raises, saying why nobody of these is reminded."""
    first = unread.filter(reminded_at__isnull=False).order_by("reminded_at").first()
    if first is None or first.reminded_at is None:
        raise Conflict(_("Everybody who rates has read the current guideline."))
    wait = first.reminded_at + reminder_pause() - timezone.now()
    seconds = max(1, math.ceil(wait.total_seconds()))
    hours = math.ceil(seconds / 3600)
    sentence = ngettext(
        "They were reminded already. Remind them again in %(hours)d hour.",
        "They were reminded already. Remind them again in %(hours)d hours.",
        hours,
    )
    raise TooManyAttempts(sentence % {"hours": hours}, retry_after=seconds)


def reminder_failures(project: Project) -> set[str]:
    """The addresses to which a reminder of this project could not be sent."""
    failed = OutgoingMail.objects.filter(
        kind=OutgoingMail.Kind.GUIDELINE_REMINDER,
        state=OutgoingMail.State.FAILED,
        detail__slug=project.slug,
    )
    return set(failed.values_list("address", flat=True))
