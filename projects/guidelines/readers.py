"""Who has read which version of the guideline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from projects.models import Acknowledgement, Guideline, Membership, Project, Role
from projects.permissions import Action, role_may


@dataclass(frozen=True, slots=True)
class Reading:
    """The newest version that a member has read, if any.

    `is_current`: it gives them tasks under the version in force. `may_be_reminded`: they rate,
    have it to read, and nobody has asked them of late.
    """

    member: Membership
    acknowledgement: Acknowledgement | None
    is_current: bool
    may_be_reminded: bool

    @property
    def gets_no_task(self) -> bool:
        """Whether they could rate, had they read it."""
        return not self.is_current and role_may(self.member.role, Action.RATE)


def guideline_readers(project: Project) -> QuerySet[Membership]:
    """The members who read guidelines: people whose account works, in the order of their names."""
    members = Membership.objects.filter(
        project=project, user__is_active=True, user__is_placeholder=False
    )
    return members.select_related("user").order_by("user__name", "user__email", "pk")


def readings_of(
    project: Project, newest: Guideline | None, members: Iterable[Membership]
) -> list[Reading]:
    """What some members have read last."""
    rows = list(members)
    read = Acknowledgement.objects.filter(
        guideline__project=project, user__in=[row.user_id for row in rows]
    ).select_related("guideline")
    read = read.defer("guideline__html", "guideline__text")
    by_user = {a.user_id: a for a in read.order_by("guideline__number")}
    lately = timezone.now() - timedelta(hours=settings.REMINDER_HOURS)
    readings = []
    for row in rows:
        last = by_user.get(row.user_id)
        is_current = newest is None or (
            last is not None and last.guideline.number >= newest.read_since
        )
        was_asked = row.reminded_at is not None and row.reminded_at >= lately
        asks = row.role == Role.RATER and not is_current and not was_asked
        readings.append(Reading(row, last, is_current, asks))
    return readings
