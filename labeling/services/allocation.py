"""Leases: the next task of a rater, kept alive, given back, expired.

Submitted judgments and live leases of a task never exceed its overlap: `SKIP LOCKED` finds work
quickly, a trigger counts places and a check constraint guards the count (migration 0002), and a
lost race is retried here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from labeling.allocation import LOWEST_QUEUE_KEY, band_start, screen_order, seeded_number
from labeling.models import Assignment, Task
from labeling.vocabulary import HOLDING_STATES, AssignmentState, NothingLeft, Purpose
from projects.exceptions import Conflict
from projects.models import Guideline, Membership, Project, User
from projects.selectors.guidelines import current_guideline, has_acknowledged

#: A lease that was prepared ahead and never opened is freed after this long.
PREPARED_LEASE = timedelta(seconds=90)
#: How often a lost race is tried again before the rater is told to wait.
ATTEMPTS = 8
#: How many tasks at the head of the queue are looked at; the locked ones are skipped.
CANDIDATES = 24


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is no next task, and why."""

    reason: NothingLeft


@dataclass(frozen=True, slots=True)
class _Rater:
    """The rater at work: what the claim needs, read once."""

    user: User
    membership: Membership
    project: Project
    guideline: Guideline | None
    now: datetime


def next_assignment(
    *, membership: Membership, ahead_of: int | None = None, now: datetime | None = None
) -> Assignment | Nothing:
    """The rater's open assignment, else a new lease on the next task, else why there is none.

    With `ahead_of` (the id of the assignment on the screen) it prepares the one after it: a short
    lease that becomes a full one when it is opened by a call without `ahead_of`.
    """
    now = now or timezone.now()
    project, user = membership.project, membership.user
    if project.status != Project.Status.ACTIVE:
        return Nothing(NothingLeft.PAUSED)
    guideline = current_guideline(project)
    if guideline is not None and not has_acknowledged(user, guideline):
        return Nothing(NothingLeft.NOT_ACKNOWLEDGED)
    rater = _Rater(user, membership, project, guideline, now)
    for _ in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _next_locked(rater, ahead_of)
        except IntegrityError:
            continue  # a concurrent claim was quicker; the constraint held
    return Nothing(NothingLeft.WAITING)


def _next_locked(rater: _Rater, ahead_of: int | None) -> Assignment | Nothing:
    """One try, alone among this rater's parallel requests in this project."""
    _lock_rater(rater)
    mine = list(
        Assignment.objects.filter(
            rater=rater.user, project=rater.project, state=AssignmentState.LEASED
        )
        .exclude(pk=ahead_of or 0)
        .order_by(F("opened_at").asc(nulls_last=True), "pk")
        .select_related("task")
    )
    if mine:
        return _resume(rater, mine[0], opened=ahead_of is None)
    if _limit_reached(rater):
        return Nothing(NothingLeft.LIMIT)
    task = _claim(rater)
    if task is None:
        return Nothing(_why_nothing(rater))
    return _lease(rater, task, opened=ahead_of is None)


def _lock_rater(rater: _Rater) -> None:
    key = seeded_number("rater", rater.project.pk, rater.user.pk, bits=62)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def _resume(rater: _Rater, assignment: Assignment, *, opened: bool) -> Assignment:
    if opened or assignment.opened_at is not None:
        assignment.lease_expires_at = rater.now + lease_length(rater.project)
        assignment.opened_at = assignment.opened_at or rater.now
    else:
        assignment.lease_expires_at = rater.now + PREPARED_LEASE
    assignment.save(update_fields=["lease_expires_at", "opened_at"])
    return assignment


def lease_length(project: Project) -> timedelta:
    """How long an opened task stays reserved without a sign of life."""
    return timedelta(minutes=project.lease_minutes)


def _limit_reached(rater: _Rater) -> bool:
    limit = rater.membership.rater_limit or rater.project.rater_limit
    if limit is None:
        return False
    held = Assignment.objects.filter(
        rater=rater.user, project=rater.project, state__in=HOLDING_STATES, purpose=Purpose.LIVE
    )
    return held.count() >= limit


# Two ranges of one index: tasks of a higher priority than where I left the queue, and tasks after
# it. `NOT EXISTS` is safe here although a concurrent commit would not be seen: only I could add
# such a row, and I hold my lock.
_CLAIM = """
WITH mine AS (
    SELECT t.queue_key, t.priority FROM labeling_assignment a
    JOIN labeling_task t ON t.id = a.task_id
    WHERE a.rater_id = %(rater)s AND a.project_id = %(project)s AND %(resume)s
    ORDER BY a.id DESC LIMIT 1
), bounds AS (
    SELECT COALESCE((SELECT queue_key FROM mine), %(lowest)s) AS last,
           COALESCE((SELECT -(priority::bigint) * %(band)s FROM mine), %(lowest)s) AS band
), candidate AS MATERIALIZED (
    (SELECT t.id FROM labeling_task t
     WHERE t.project_id = %(project)s AND t.purpose = 'live' AND t.open_slots > 0
       AND t.queue_key < (SELECT band FROM bounds) AND NOT EXISTS (
           SELECT 1 FROM labeling_assignment a
           WHERE a.task_id = t.id AND a.rater_id = %(rater)s AND a.state <> 'expired')
     ORDER BY t.queue_key LIMIT %(candidates)s)
    UNION ALL
    (SELECT t.id FROM labeling_task t
     WHERE t.project_id = %(project)s AND t.purpose = 'live' AND t.open_slots > 0
       AND t.queue_key > (SELECT last FROM bounds) AND NOT EXISTS (
           SELECT 1 FROM labeling_assignment a
           WHERE a.task_id = t.id AND a.rater_id = %(rater)s AND a.state <> 'expired')
     ORDER BY t.queue_key LIMIT %(candidates)s)
)
SELECT t.id FROM labeling_task t
WHERE t.id IN (SELECT id FROM candidate) AND t.open_slots > 0
ORDER BY t.queue_key LIMIT 1
FOR UPDATE OF t {waiting}
"""


def _claim(rater: _Rater) -> Task | None:
    """Locks the best task that has a place for this rater, or returns None.

    First from where the rater left the queue, past tasks that others are claiming right now; then
    from its head (places freed behind the rater); then waiting for the others; then once more
    after freeing expired leases.
    """
    pk = _select(rater, resume=True, waiting="SKIP LOCKED")
    pk = pk or _select(rater, resume=False, waiting="SKIP LOCKED")
    pk = pk or _select(rater, resume=False, waiting="")
    if pk is None and expire_leases(project=rater.project, now=rater.now):
        pk = _select(rater, resume=False, waiting="")
    return None if pk is None else Task.objects.get(pk=pk)


def _select(rater: _Rater, *, resume: bool, waiting: str) -> int | None:
    parameters = {
        "rater": rater.user.pk,
        "project": rater.project.pk,
        "resume": resume,
        "lowest": LOWEST_QUEUE_KEY,
        "band": -band_start(1),
        "candidates": CANDIDATES,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM.format(waiting=waiting), parameters)
        row = cursor.fetchone()
    return row[0] if row else None


def _lease(rater: _Rater, task: Task, *, opened: bool) -> Assignment:
    """Takes a place on a locked task: my own expired assignment again, or a new one."""
    others = list(task.assignments.values_list("rater_id", "state", "shown_order", "pk"))
    length = lease_length(rater.project) if opened else PREPARED_LEASE
    opened_at = rater.now if opened else None
    for rater_id, _state, _order, pk in others:
        if rater_id == rater.user.pk:
            return _lease_again(pk, rater.now + length, opened_at)
    order = screen_order(
        f"{rater.project.salt}:{task.external_id}:{len(others)}",
        len(task.response_ids),
        holding=[order for _r, state, order, _pk in others if state in HOLDING_STATES],
        returning=[order for _r, state, order, _pk in others if state == AssignmentState.EXPIRED],
    )
    return Assignment.objects.create(
        task=task,
        project=rater.project,
        rater=rater.user,
        lease_expires_at=rater.now + length,
        shown_order=order,
        guideline=rater.guideline,
        purpose=task.purpose,
        opened_at=opened_at,
    )


def _lease_again(pk: int, until: datetime, opened_at: datetime | None) -> Assignment:
    """The order on the screen stays: an old tab of this rater may still show it."""
    Assignment.objects.filter(pk=pk).update(
        state=AssignmentState.LEASED, lease_expires_at=until, opened_at=opened_at
    )
    return Assignment.objects.select_related("task").get(pk=pk)


def _why_nothing(rater: _Rater) -> NothingLeft:
    tasks = Task.objects.filter(project=rater.project, purpose=Purpose.LIVE)
    if not tasks.exists():
        return NothingLeft.EMPTY
    held_by_others = (
        Assignment.objects.filter(project=rater.project, state=AssignmentState.LEASED)
        .exclude(rater=rater.user)
        .exclude(task__assignments__rater=rater.user)
    )
    return NothingLeft.WAITING if held_by_others.exists() else NothingLeft.DONE


def own_assignment(*, rater: User, assignment_id: int, lock: bool = False) -> Assignment | None:
    """The rater's own assignment with its task and project, or None (a stranger's is none)."""
    found = Assignment.objects.select_related("project", "task", "guideline")
    if lock:
        found = found.select_for_update(of=("self",))
    return found.filter(pk=assignment_id, rater=rater).first()


@transaction.atomic
def heartbeat(*, assignment: Assignment, now: datetime | None = None) -> datetime:
    """Keeps the lease alive and returns when it ends now.

    A lease that has expired is taken again if its place is still free. Raises Conflict where it
    is not, or where the assignment is over.
    """
    now = now or timezone.now()
    if assignment.state not in {AssignmentState.LEASED, AssignmentState.EXPIRED}:
        raise Conflict("This task is no longer yours: it was submitted or skipped.")
    length = PREPARED_LEASE if assignment.opened_at is None else lease_length(assignment.project)
    try:
        with transaction.atomic():
            changed = Assignment.objects.filter(pk=assignment.pk, state=assignment.state).update(
                state=AssignmentState.LEASED, lease_expires_at=now + length
            )
    except IntegrityError:
        raise Conflict(
            "The reservation of this task ran out and other raters have completed it."
        ) from None
    if not changed:
        raise Conflict("This task is no longer yours: it was submitted or skipped.")
    return now + length


def release_prepared(*, assignment: Assignment) -> bool:
    """Gives back a lease that was prepared ahead and never opened; whether it was one."""
    changed = Assignment.objects.filter(
        pk=assignment.pk, state=AssignmentState.LEASED, opened_at__isnull=True
    ).update(state=AssignmentState.EXPIRED)
    return bool(changed)


def expire_leases(*, project: Project | None = None, now: datetime | None = None) -> int:
    """Frees the places of leases that ran out; returns how many."""
    due = Q(state=AssignmentState.LEASED, lease_expires_at__lt=now or timezone.now())
    if project is not None:
        due &= Q(project=project)
    return Assignment.objects.filter(due).update(state=AssignmentState.EXPIRED)
