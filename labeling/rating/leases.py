"""Leases: the next task of a rater, kept alive, given back, expired.

Submitted judgments and live leases of a task never exceed its overlap: `SKIP LOCKED` finds work
quickly, a trigger counts places and a check constraint guards the count (migration 0002), and a
lost race is retried here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import IntegrityError
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _

from labeling.allocation import LOWEST_QUEUE_KEY, Stream, known_chance, screen_order
from labeling.models import Assignment
from labeling.models.openings import opened_tasks
from labeling.rating import claims
from labeling.rating.branches import is_chosen, require_choice
from labeling.rating.caps import cap_reached
from labeling.rating.checks import REPEAT_AGE, check_rates, claim_check
from labeling.rating.lease_rows import insert_lease, keep_stream, siblings
from labeling.rating.openings import require_unopened
from labeling.rating.places import (
    TaskFull,
    expire_leases,
    rater_limit,
    require_room,
    with_place,
)
from labeling.rating.qualifying import is_on_the_way, stage_step
from labeling.rating.standings import QueueStanding, is_changed, standing, why_nothing
from labeling.rating.topics import TopicStanding, topic_standing
from labeling.vocabulary import HOLDING_STATES, AssignmentState, NothingLeft, Purpose
from labeling.work.deadlocks import retry_deadlocks
from projects.exceptions import Conflict
from projects.guidelines.examples import is_quiz_due
from projects.models import Membership, Project, User

#: A lease that was prepared ahead and never opened is freed after this long.
PREPARED_LEASE = timedelta(seconds=90)
#: How often a lost race is tried again before the rater is told to wait.
ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is no next task, and why."""

    reason: NothingLeft


@dataclass(frozen=True, slots=True)
class NotYet(Nothing):
    """Nothing is prepared: what comes next depends on the answer to what is on the screen."""


@dataclass(frozen=True, slots=True)
class Advance:
    """The next assignment, and whether the one on the screen is no longer the rater's."""

    next: Assignment | Nothing
    lost: bool = False


@dataclass(frozen=True, slots=True)
class _Desk:
    """One request of one rater: who, where, when, and what is on the screen."""

    membership: Membership
    showing: int | None
    now: datetime

    @property
    def project(self) -> Project:
        return self.membership.project

    @property
    def rater_id(self) -> int:
        return self.membership.user_id

    @property
    def limit(self) -> int | None:
        return self.membership.rater_limit or self.project.rater_limit

    def has_room(self, n: int) -> bool:
        """Whether the rater's limit allows one more beside `n`."""
        return self.limit is None or n < self.limit

    def until(self, *, opened: bool) -> datetime:
        return self.now + (lease_length(self.project) if opened else PREPARED_LEASE)


def next_assignment(
    *, membership: Membership, ahead_of: int | None = None, now: datetime | None = None
) -> Assignment | Nothing:
    """The rater's open assignment, else a new lease on the next task, else why there is none.

    With `ahead_of` it prepares the one after it, as `advance` does.
    """
    return advance(membership=membership, showing=ahead_of, now=now).next


def advance(*, membership: Membership, showing: int | None, now: datetime | None = None) -> Advance:
    """The assignment after `showing`, the id of the one on the screen, which becomes opened.

    What is returned beside a screen is a short lease, prepared ahead; it becomes a full one when
    it is shown itself. With `showing` None it is to be shown now.
    """
    if membership.project.status != Project.Status.ACTIVE:
        return Advance(Nothing(NothingLeft.PAUSED))
    for _attempt in range(ATTEMPTS):
        try:
            return _advance_locked(membership, showing, now)
        except IntegrityError:
            continue  # a concurrent claim was quicker; the constraint held
    return Advance(Nothing(NothingLeft.WAITING))


@retry_deadlocks
def _advance_locked(membership: Membership, showing: int | None, now: datetime | None) -> Advance:
    """One try, alone among this rater's parallel requests in this project."""
    locked_at = claims.lock_rater(project_id=membership.project_id, rater_id=membership.user_id)
    desk = _Desk(membership, showing, now or locked_at)
    stands = standing(
        project_id=desk.project.pk,
        rater_id=desk.rater_id,
        showing=desk.showing,
        limited=desk.limit is not None,
        mixes=bool(check_rates(desk.project)),
        now=desk.now,
        until=desk.until(opened=True),
    )
    topics = topic_standing(project=desk.project, rater_id=desk.rater_id, now=desk.now)
    held, is_shown = stands.held, stands.shown_task_id is not None
    if desk.showing is not None and not is_shown and desk.has_room(held):
        is_shown = _reclaim(desk, topics)
        held += is_shown
    if not desk.has_room(stands.judged):
        is_shown = False
    lost = (
        desk.showing is not None
        and not is_shown
        and not is_changed(desk.showing or 0, desk.rater_id, desk.now)
    )
    if stands.guideline_id is not None and not stands.acknowledged:
        return Advance(Nothing(NothingLeft.NOT_ACKNOWLEDGED), lost)
    if is_quiz_due(desk.membership):
        return Advance(Nothing(NothingLeft.QUIZ_FIRST), lost)
    if not desk.has_room(stands.judged + is_shown):
        _give_back(desk, keeping=desk.showing if is_shown else None)
        return Advance(Nothing(NothingLeft.LIMIT), lost)
    if topics.undecided:
        return Advance(Nothing(NothingLeft.TOPICS), lost)
    if is_on_the_way(membership) and (step := _on_the_way(desk, stands, topics)) is not None:
        return Advance(step, lost)
    if stands.open_id is not None:
        return Advance(_resume(desk, stands.open_id, stands), lost)
    if not desk.has_room(held):
        return Advance(Nothing(NothingLeft.LIMIT), lost)
    if (cap := cap_reached(membership, desk.now)) is not None:
        return Advance(Nothing(cap), lost)
    if stands.continued_is_shown:
        return Advance(NotYet(NothingLeft.WAITING), lost)
    claimed = _claim(desk, stands, topics.closed)
    if claimed is None:
        why = why_nothing(desk.project, desk.rater_id, capped=topics.capped)
        return Advance(Nothing(why), lost)
    task, stream = claimed
    return Advance(_lease(desk, task, stands, stream), lost)


def _on_the_way(
    desk: _Desk, stands: QueueStanding, topics: TopicStanding
) -> Assignment | Nothing | None:
    """What a rater gets before the first live task; None where they turn out to be through."""
    step = stage_step(desk.membership, showing=desk.showing, closed=topics.closed, now=desk.now)
    if isinstance(step, NothingLeft):
        return NotYet(step) if step == NothingLeft.WAITING else Nothing(step)
    if isinstance(step, Assignment):
        return _resume(desk, step.pk, stands)
    return None if step is None else _lease(desk, step, stands, None)


def _reclaim(desk: _Desk, topics: TopicStanding) -> bool:
    """Takes the lapsed lease of the task on the screen again; whether its place was still free."""
    lapsed = Assignment.objects.filter(
        pk=desk.showing or 0,
        rater=desk.rater_id,
        project=desk.project,
        state=AssignmentState.EXPIRED,
    )
    for matches in topics.closed:
        lapsed = lapsed.exclude(task__prompt__sensitivity__contains=json.loads(matches))
    task_id, follows_id = lapsed.values_list("task_id", "task__follows").first() or (None, None)
    if task_id is None:
        return False
    if opened_tasks([task_id], desk.rater_id):
        return False
    if follows_id and not is_chosen(task_id=task_id, rater_id=desk.rater_id):
        return False
    again = partial(
        lapsed.update,
        state=AssignmentState.LEASED,
        lease_expires_at=desk.until(opened=True),
        opened_at=Coalesce("opened_at", desk.now),
    )
    try:
        return bool(with_place(again, task_id=task_id, now=desk.now))
    except TaskFull:
        return False


def _give_back(desk: _Desk, *, keeping: int | None) -> None:
    """Frees what a rater has open and could never submit: the limit is reached without it."""
    open_ones = Assignment.objects.filter(
        rater=desk.rater_id, project=desk.project, state=AssignmentState.LEASED
    )
    open_ones.exclude(pk=keeping or 0).update(state=AssignmentState.EXPIRED)


def _resume(desk: _Desk, pk: int, stands: QueueStanding) -> Assignment:
    """My own open lease again, under guideline and rubric of now; shown now, it is a full one.

    It may be longer already: a text that was sent back waits for its author.
    """
    assignment = Assignment.objects.select_related("task").get(pk=pk)
    opened = desk.showing is None or assignment.opened_at is not None
    assignment.lease_expires_at = max(assignment.lease_expires_at, desk.until(opened=opened))
    if opened and assignment.opened_at is None:
        assignment.opened_at = desk.now
    assignment.guideline = stands.guideline
    assignment.rubric = stands.rubric
    assignment.save(update_fields=["lease_expires_at", "opened_at", "guideline", "rubric"])
    return assignment


def lease_length(project: Project) -> timedelta:
    """How long an opened task stays reserved without a sign of life."""
    return timedelta(minutes=project.lease_minutes)


def _claim(
    desk: _Desk, stands: QueueStanding, closed: Sequence[str]
) -> tuple[claims.ClaimedTask, Stream | None] | None:
    """Locks the best task that has a place for this rater, or returns None.

    The turn that follows the reply they chose last, if there is one. Then a check, where the
    project mixes them in and one is due. Then after `resume_after`, where the rater left the queue,
    past tasks that others are claiming right now; then from its head (places freed behind the
    rater); then waiting for the others; then later turns that came too late to be the next; then
    both once more after freeing expired leases.

    With the task comes where the rater's stream is then, None where nothing is mixed in.
    """
    stream = stands.stream if (mixes := bool(check_rates(desk.project))) else None
    if stands.continued is not None:
        branch = claims.claim_next_branch(
            follows_id=stands.continued, rater_id=desk.rater_id, closed=closed
        )
        if branch is not None:
            return branch, stream and stream.after(None, 0)
    if stream is not None:
        check = claim_check(
            desk.project, desk.rater_id, stream, stands.known, now=desk.now, closed=closed
        )
        if check is not None:
            return check
    claimed = _claim_live(desk, stands, closed, mixes=mixes)
    return (claimed, stream and stream.after(None, 0)) if claimed else None


def _claim_live(
    desk: _Desk, stands: QueueStanding, closed: Sequence[str], *, mixes: bool
) -> claims.ClaimedTask | None:
    after, unknown_since = stands.resume_after, desk.now - REPEAT_AGE if mixes else None
    before = None  # what is closed may have changed since the chance of the last task
    if after == stands.left_at and not closed:
        before = known_chance(stands.left_chance, stands.left_at)
    project, rater_id = desk.project, desk.rater_id
    once = partial(claims.claim_task, project_id=project.pk, rater_id=rater_id, closed=closed)
    later = partial(
        claims.claim_any_branch, project_id=project.pk, rater_id=rater_id, closed=closed
    )
    claimed = once(after=after, before=before, unknown_since=unknown_since)
    for wait in (False, True):
        claimed = claimed or once(after=LOWEST_QUEUE_KEY, wait=wait)
    claimed = claimed or later()
    if claimed is not None or not expire_leases(project=project, now=desk.now):
        return claimed
    return once(after=LOWEST_QUEUE_KEY, wait=True) or later()


def _lease(
    desk: _Desk,
    claimed: claims.ClaimedTask,
    stands: QueueStanding,
    stream: Stream | None,
) -> Assignment:
    """Takes a place on a locked task: my own expired assignment again, or a new one."""
    task = claimed.task
    others = siblings(task.pk)
    opened = desk.showing is None
    for other in others:
        if other.rater_id == desk.rater_id:
            return _lease_again(desk, other.pk, stands, stream, opened=opened)
    seed = f"{desk.project.salt}:{task.external_id}:{len(others)}"
    order = screen_order(
        seed,
        len(task.response_ids),
        holding=[o.shown_order for o in others if o.state in HOLDING_STATES],
        returning=[o.shown_order for o in others if o.state == AssignmentState.EXPIRED],
    )
    if task.purpose == Purpose.REPEAT:
        # Drawn anew for each rater, whatever side they saw first: nobody else's balances theirs.
        own = (stream or stands.stream).seed(seed, desk.rater_id)
        order = screen_order(own, len(task.response_ids), holding=[])
    assignment = insert_lease(
        claimed=claimed,
        rater_id=desk.rater_id,
        guideline=stands.guideline,
        rubric=stands.rubric,
        shown_order=order,
        now=desk.now,
        until=desk.until(opened=opened),
        opened=opened,
        stream=stream,
    )
    assignment.project = desk.project
    return assignment


def _lease_again(
    desk: _Desk, pk: int, stands: QueueStanding, stream: Stream | None, *, opened: bool
) -> Assignment:
    """The order on the screen stays: an old tab of this rater may still show it.

    It counts in their stream as a new one does: a check that comes back is the check of its block.
    """
    if stream is not None:
        keep_stream(lease=pk, project_id=desk.project.pk, rater_id=desk.rater_id, stream=stream)
    Assignment.objects.filter(pk=pk).update(
        state=AssignmentState.LEASED,
        lease_expires_at=desk.until(opened=opened),
        opened_at=desk.now if opened else None,
        guideline=stands.guideline,
        rubric=stands.rubric,
    )
    return Assignment.objects.select_related("task").get(pk=pk)


def own_assignment(*, rater: User, assignment_id: int, lock: bool = False) -> Assignment | None:
    """The rater's own assignment with its task and project, or None (a stranger's is none)."""
    assignments = Assignment.objects.select_related("project", "task", "guideline")
    if lock:
        assignments = assignments.select_for_update(of=("self",))
    return assignments.filter(pk=assignment_id, rater=rater).first()


@retry_deadlocks
def heartbeat(*, assignment: Assignment, now: datetime | None = None) -> datetime:
    """Keeps the lease alive and returns when it ends now.

    A lease that has expired is taken again if its place is still free. Raises Conflict where it
    is not, where the assignment is over, or where the rater's limit is reached without it.
    """
    rows = Assignment.objects.filter(pk=assignment.pk)
    held = rows.select_for_update().values_list("state", "lease_expires_at", "reopened_at", Now())
    until: datetime
    state, until, reopened_at, read_at = held.get()
    now = now or read_at
    if state == AssignmentState.SUBMITTED and reopened_at and until > now:
        return until  # an answer that is changed has its place
    if state not in {AssignmentState.LEASED, AssignmentState.EXPIRED}:
        raise Conflict(_("This task is no longer yours: it was submitted or skipped."))
    if state == AssignmentState.EXPIRED:
        require_unopened(task_id=assignment.task_id, rater_id=assignment.rater_id)
    task = assignment.task
    require_choice(task_id=task.pk, follows_id=task.follows_id, rater_id=assignment.rater_id)
    limit = rater_limit(rater_id=assignment.rater_id, project=assignment.project)
    require_room(limit, holding=state == AssignmentState.EXPIRED)
    length = PREPARED_LEASE if assignment.opened_at is None else lease_length(assignment.project)
    until = max(until, now + length)
    kept = partial(rows.update, state=AssignmentState.LEASED, lease_expires_at=until)
    with_place(kept, task_id=assignment.task_id, now=now)
    return until


def release_prepared(*, assignment: Assignment) -> bool:
    """Gives back a lease that was prepared ahead and never opened; whether it was one."""
    changed = Assignment.objects.filter(
        pk=assignment.pk, state=AssignmentState.LEASED, opened_at__isnull=True
    ).update(state=AssignmentState.EXPIRED)
    return bool(changed)
