"""Places: of a task, for its raters, and of a rater, under a limit.

A lease holds a place until it is over: it lapsed, or its rater may no longer rate here. Whoever
needs a place frees such leases first, so that nobody is refused in their name; the sweep does the
same for the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.models import Assignment, Judgment
from labeling.models.play import is_text_taken_back
from labeling.rating import claims
from labeling.vocabulary import APART, HOLDING_STATES, AssignmentState
from projects.exceptions import Conflict
from projects.models import Membership, Project, User
from projects.permissions import Action, roles_that_may

T = TypeVar("T")
#: A lease on a text that was sent back: what its author had sent stands until they send another.
_SENT_BACK = Exists(Judgment.objects.filter(assignment=OuterRef("pk")).standing())
_OVERLAP_RULE, _IN_PLAY_RULE = "task_overlap_exact", "task_in_play"


class TaskFull(Conflict):
    """Every place of the task is taken by somebody else; the message says how."""


class TaskWithdrawn(TaskFull):
    """The task is out of play, so nobody has a place on it."""

    code = "withdrawn"


class LimitReached(Conflict):
    """The rater has given as many judgments here as the project allows."""

    code = "limit"


def expire_leases(
    *,
    project: Project | None = None,
    rater: User | None = None,
    task_id: int | None = None,
    now: datetime | None = None,
) -> int:
    """Frees the places of leases that are over, everywhere or in part; returns how many."""
    parts = {"project": project, "rater": rater, "task": task_id}
    leases = Assignment.objects.filter(**{k: v for k, v in parts.items() if v is not None})
    return leases.filter(_over(now or Now())).update(state=AssignmentState.EXPIRED)


def _over(now: datetime | Now) -> Q:
    """Leases that lapsed, those of people who left, changed to another role or lost access, and
    what was prepared ahead for somebody who is paused."""
    working = Membership.objects.filter(
        project=OuterRef("project"),
        user=OuterRef("rater"),
        user__is_active=True,
        role__in=roles_that_may(Action.RATE),
    )
    ahead = Q(opened_at__isnull=True) & Q(~Exists(working.filter(paused_at__isnull=True)))
    over = Q(lease_expires_at__lt=now) | Q(~Exists(working)) | ahead
    return Q(state=AssignmentState.LEASED) & over


def give_back_leases(*, user: User | None, **_signal: object) -> None:
    """Gives back what somebody holds, wherever, when Django says they log out.

    A text that was sent back stays theirs.
    """
    held = Assignment.objects.filter(rater=user, state=AssignmentState.LEASED)
    held.exclude(_SENT_BACK).update(state=AssignmentState.EXPIRED)


def end_leases(*, user: User, project: Project | None = None) -> None:
    """Gives back what somebody holds where they may no longer rate; settings name it."""
    expire_leases(rater=user, project=project)


def with_place(take: Callable[[], T], *, task_id: int, now: datetime) -> T:
    """Does what takes a place of a task; if it is full, once more without leases that are over.

    Call it inside a transaction. Raises TaskFull where the places are truly taken, TaskWithdrawn
    where the task is withdrawn.
    """
    for over in (False, True):
        if over and not expire_leases(task_id=task_id, now=now):
            break
        try:
            with transaction.atomic():
                return take()
        except IntegrityError as error:
            if _IN_PLAY_RULE in str(error):
                raise TaskWithdrawn(withdrawn_words(task_id)) from None
            if _OVERLAP_RULE not in str(error):
                raise
    under_way = Assignment.objects.filter(task=task_id, state=AssignmentState.LEASED)
    if under_way.exists():
        raise TaskFull(_("The reservation of this task ran out and it is with another rater now."))
    raise TaskFull(_("The reservation of this task ran out and other raters have completed it."))


def withdrawn_words(task_id: int) -> str:
    """Why nobody has a place on a task that is out of play."""
    if is_text_taken_back(task_id):
        return _("The author has taken this text back: there is nothing to review.")
    return _("A lead has withdrawn this task: it is nobody's.")


def withdrawn_since_words(task_id: int) -> str:
    """Why what was done on a task cannot be taken back or changed that went out of play since."""
    return (
        _("The author has taken the text back since, so your act on it cannot be taken back.")
        if is_text_taken_back(task_id)
        else _("A lead has withdrawn this task since, so what you did on it cannot be taken back.")
    )


@dataclass(frozen=True, slots=True)
class RaterLimit:
    """The most judgments a rater may give in a project; `most` is None where there is no limit.

    Training, qualification and final words do not count against it.
    """

    rater_id: int
    project_id: int
    most: int | None

    def assignments(self, *states: AssignmentState) -> QuerySet[Assignment]:
        """The rater's assignments in the project in one of these states that count against it."""
        return Assignment.objects.filter(
            rater=self.rater_id, project=self.project_id, state__in=states
        ).exclude(purpose__in=APART)


def rater_limit(*, rater_id: int, project: Project) -> RaterLimit:
    """The limit of a member, else of the project."""
    own = Membership.objects.filter(project=project, user=rater_id)
    most = own.values_list("rater_limit", flat=True).first() or project.rater_limit
    return RaterLimit(rater_id, project.pk, most)


def require_room(limit: RaterLimit, *, holding: bool = False) -> None:
    """Raises LimitReached where the rater's judgments fill the limit; `holding`: with open leases.

    Other answers of the rater wait until this transaction ends. A task that is claimed at the same
    moment may be one too many: it cannot be submitted, and is given back when its rater goes on.
    """
    if limit.most is None:
        return
    claims.lock_limit(project_id=limit.project_id, rater_id=limit.rater_id)
    states = HOLDING_STATES if holding else (AssignmentState.SUBMITTED,)
    if limit.assignments(*states).count() >= limit.most:
        raise LimitReached(
            ngettext(
                "You have reached your limit of %(n)d judgment in this project.",
                "You have reached your limit of %(n)d judgments in this project.",
                limit.most,
            )
            % {"n": limit.most}
        )


def make_room(limit: RaterLimit) -> None:
    """Lets one more assignment count against the limit: what is open beside it gives way.

    For an answer in hand, which is worth more than a lease. Raises LimitReached where judgments
    alone fill the limit.
    """
    if limit.most is None:
        return
    claims.lock_limit(project_id=limit.project_id, rater_id=limit.rater_id)
    excess = limit.assignments(*HOLDING_STATES).count() - limit.most + 1
    if excess > 0:
        leases = limit.assignments(AssignmentState.LEASED)
        newest = leases.exclude(_SENT_BACK).order_by(F("opened_at").desc(nulls_first=True), "-pk")
        # A lease that is locked is being submitted at this moment, and stays.
        free = newest.select_for_update(skip_locked=True).values_list("pk", flat=True)[:excess]
        Assignment.objects.filter(pk__in=list(free)).update(state=AssignmentState.EXPIRED)
    require_room(limit, holding=True)


def require_return(limit: RaterLimit) -> None:
    """Raises LimitReached where a judgment taken back could not be given again."""
    if limit.most is not None:
        judged = limit.assignments(AssignmentState.SUBMITTED).count()
        if judged > limit.most:
            raise LimitReached(
                _("Your limit was lowered: a judgment taken back could not be given again.")
            )
