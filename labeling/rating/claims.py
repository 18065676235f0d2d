"""The statements of the hot path: where a rater stands, the claim of a task, the lease.

A rater waits for these on every judgment, so they are few and written in SQL: the same through
the ORM costs about three times the processor time (docs/performance.md). Each is one round trip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db import connection

from labeling.allocation import LOWEST_QUEUE_KEY, band_start, seeded_number
from labeling.models import Assignment, Task
from labeling.vocabulary import AssignmentState, Purpose, Strategy, TaskKind, TaskPart
from projects.models import Guideline, RubricVersion
from projects.scales import PREFERENCES, RANKING
from projects.sql import Statement

_TASK_FIELDS = (
    "id",
    "project_id",
    "prompt_id",
    "external_id",
    "kind",
    "purpose",
    "response_ids",
    "reviews_id",
    "follows_id",
    "continues",
    "part",
)
_LOCK = Statement(
    "lock_rater", "SELECT pg_advisory_xact_lock(%(key)s), clock_timestamp()", key="bigint"
)


def lock_rater(*, project_id: int, rater_id: int) -> datetime:
    """Serialises a rater's own requests in a project until the transaction ends.

    Returns the time by the database's clock once it has the lock.
    """
    ((_, locked_at),) = _LOCK.rows(key=seeded_number("rater", project_id, rater_id, bits=62))
    return cast(datetime, locked_at)


def lock_limit(*, project_id: int, rater_id: int) -> None:
    """Serialises what counts against a rater's limit until the transaction ends.

    A lock of its own: whoever claims a task locks the rater before the assignment, whoever submits
    has the assignment already.
    """
    _LOCK.rows(key=seeded_number("limit", project_id, rater_id, bits=62))


@dataclass(frozen=True, slots=True)
class QueueStanding:
    """Where a rater stands in a project.

    `left_at` is the queue key of the task they had last, `head` that of the first task with a
    place for anybody. `continued` is the task they had last where later turns follow its replies,
    or the one before it where that was such a turn and was given back; what was given back beside
    is none. `shown_task_id` is the task on the screen, None where it is not theirs any more.
    """

    guideline_id: int | None
    guideline_number: int | None
    acknowledged: bool
    held: int
    judged: int
    open_id: int | None
    shown_task_id: int | None
    left_at: int | None
    left_priority: int | None
    head: int | None
    rubric_id: int | None
    rubric_number: int | None
    continued: int | None

    @property
    def continued_is_shown(self) -> bool:
        """Whether the turn whose replies are followed is on the screen."""
        return self.continued is not None and self.continued == self.shown_task_id

    @property
    def rubric(self) -> RubricVersion | None:
        """The version of the questions in force, without its questions."""
        if self.rubric_id is None:
            return None
        values = (self.rubric_id, self.rubric_number)
        return RubricVersion.from_db(connection.alias, ("id", "number"), values)

    @property
    def guideline(self) -> Guideline | None:
        """The version in force; its text is read only where it is asked for."""
        if self.guideline_id is None:
            return None
        values = (self.guideline_id, self.guideline_number)
        return Guideline.from_db(connection.alias, ("id", "number"), values)

    @property
    def resume_after(self) -> int:
        """Where to look on: after my last task, or from the head if something urgent is there."""
        if self.left_at is None or self.left_priority is None or self.head is None:
            return LOWEST_QUEUE_KEY
        is_urgent = self.head < band_start(self.left_priority)
        return LOWEST_QUEUE_KEY if is_urgent else self.left_at


# A lease is never shortened: a text that was sent back waits for its author (`written`).
_STANDING = Statement(
    "standing",
    """
    WITH showing AS (
        UPDATE labeling_assignment
        SET opened_at = COALESCE(opened_at, %(now)s),
            lease_expires_at = GREATEST(lease_expires_at, %(until)s)
        WHERE id = %(showing)s AND rater_id = %(rater)s AND project_id = %(project)s
          AND state = 'leased'
        RETURNING task_id
    )
    SELECT g.id, g.number,
        EXISTS (SELECT 1 FROM projects_acknowledgement k
                JOIN projects_guideline v ON v.id = k.guideline_id
                WHERE k.user_id = %(rater)s AND v.project_id = %(project)s
                  AND v.number >= g.read_since),
        mine.held, mine.judged,
        (SELECT o.id FROM labeling_assignment o
         WHERE o.rater_id = %(rater)s AND o.project_id = %(project)s AND o.state = 'leased'
           AND o.id <> %(showing)s
         ORDER BY o.opened_at ASC NULLS LAST, o.id LIMIT 1),
        (SELECT task_id FROM showing),
        latest.queue_key, latest.priority,
        (SELECT t.queue_key FROM labeling_task t
         WHERE t.project_id = %(project)s AND t.purpose = 'live' AND t.open_slots > 0
           AND t.withdrawn_at IS NULL
         ORDER BY t.queue_key LIMIT 1),
        r.id, r.number,
        CASE WHEN latest.is_over THEN COALESCE(latest.follows_id, (
            SELECT CASE WHEN b.state = 'expired' THEN bt.follows_id WHEN bt.continues THEN bt.id END
            FROM labeling_assignment b JOIN labeling_task bt ON bt.id = b.task_id
            WHERE b.rater_id = %(rater)s AND b.project_id = %(project)s
              AND (b.state <> 'expired' OR bt.follows_id IS NOT NULL)
            ORDER BY b.id DESC LIMIT 1))
        WHEN latest.continues THEN latest.id END
    FROM (SELECT 1) one LEFT JOIN LATERAL (
        SELECT id, number, read_since FROM projects_guideline
        WHERE project_id = %(project)s ORDER BY number DESC LIMIT 1) g ON true
    LEFT JOIN LATERAL (
        SELECT id, number FROM projects_rubricversion
        WHERE project_id = %(project)s ORDER BY number DESC LIMIT 1) r ON true
    LEFT JOIN LATERAL (
        SELECT t.id, t.queue_key, t.priority, t.continues, t.follows_id,
            a.state = 'expired' AS is_over
        FROM (SELECT l.id, l.task_id, l.state FROM labeling_assignment l
              WHERE l.rater_id = %(rater)s AND l.project_id = %(project)s
              ORDER BY l.id DESC LIMIT 1) a JOIN labeling_task t ON t.id = a.task_id) latest ON true
    LEFT JOIN LATERAL (
        SELECT count(*) AS held, count(*) FILTER (WHERE h.state = 'submitted') AS judged
        FROM labeling_assignment h
        WHERE %(limited)s AND h.rater_id = %(rater)s AND h.project_id = %(project)s
          AND h.state IN ('leased', 'submitted')) mine ON true
    """,
    project="bigint",
    rater="bigint",
    showing="bigint",
    limited="boolean",
    now="timestamptz",
    until="timestamptz",
)


def standing(
    *,
    project_id: int,
    rater_id: int,
    showing: int | None,
    limited: bool,
    now: datetime,
    until: datetime,
) -> QueueStanding:
    """Reads where the rater stands, and opens `showing`, the assignment on the screen.

    `held` (leases and judgments) and `judged` are counted only where there is a limit.
    """
    (row,) = _STANDING.rows(
        project=project_id,
        rater=rater_id,
        showing=showing or 0,
        limited=limited,
        now=now,
        until=until,
    )
    return QueueStanding(*row)


# Of `t`, a branch, whether the rater chose the reply that it follows. A negative preference is of
# the first response (`labeling.kinds.compare`), a place of 1 is the best (`labeling.kinds.rank`).
CHOSE = f"""EXISTS (
    SELECT 1 FROM labeling_judgment j
        JOIN labeling_task parent ON parent.id = j.task_id
        JOIN labeling_answer n ON n.judgment_id = j.id
        JOIN projects_criterion c ON c.id = n.criterion_id
    WHERE j.task_id = t.follows_id AND j.rater_id = %(rater)s AND j.is_current AND NOT j.withdrawn
      AND c.is_primary AND (
        (parent.kind = '{TaskKind.COMPARE}' AND c.family = '{PREFERENCES}'
         AND n.response_id IS NULL AND sign(n.value) = 2 * t.reply - 1)
        OR (parent.kind = '{TaskKind.RANK}' AND c.family = '{RANKING}'
            AND n.response_id = parent.response_ids[t.reply + 1] AND n.value = 1
            AND NOT EXISTS (
                SELECT 1 FROM labeling_answer o
                WHERE o.judgment_id = j.id AND o.criterion_id = n.criterion_id AND o.value = 1
                  AND o.response_id <> n.response_id))))"""  # noqa: S608 - words of our own

# Of `t`, whether it is no pass of a comparison, or one that the rater may have: the second goes to
# those who answered the first or to those who never had it, the first never after the second.
_OF_PASSES = f"""(t.part = '' OR CASE t.part
    WHEN '{TaskPart.AXES}' THEN NOT EXISTS (
        SELECT 1 FROM labeling_task later JOIN labeling_assignment b ON b.task_id = later.id
        WHERE later.first_pass_id = t.id AND b.rater_id = %(rater)s AND b.state <> 'expired')
    WHEN '{TaskPart.SAME}' THEN EXISTS (
        SELECT 1 FROM labeling_assignment b WHERE b.task_id = t.first_pass_id
          AND b.rater_id = %(rater)s AND b.state = 'submitted')
    ELSE NOT EXISTS (
        SELECT 1 FROM labeling_assignment b WHERE b.task_id = t.first_pass_id
          AND b.rater_id = %(rater)s AND b.state <> 'expired') END)"""  # noqa: S608 - our own words

# `NOT EXISTS` is safe here although a concurrent commit would not be seen: only I could add such
# a row (a lease, or that I opened the task's votes), and I hold my lock.
_CLAIM = """
SELECT {fields} FROM labeling_task t
WHERE {where} AND t.purpose = 'live' AND t.open_slots > 0 AND t.withdrawn_at IS NULL
  AND NOT EXISTS (
      SELECT 1 FROM labeling_assignment a
      WHERE a.task_id = t.id AND a.rater_id = %(rater)s AND a.state <> 'expired')
  AND NOT EXISTS (
      SELECT 1 FROM labeling_taskopening o WHERE o.task_id = t.id AND o.person_id = %(rater)s)
  AND (t.reviews_id IS NULL OR NOT EXISTS (
      SELECT 1 FROM labeling_response w WHERE w.id = t.reviews_id AND w.author_id = %(rater)s))
  AND {of_passes} AND {turn}
ORDER BY t.queue_key LIMIT 1
FOR UPDATE OF t {waiting}
"""
_FIELDS = ", ".join(f"t.{name}" for name in _TASK_FIELDS)
_CLAIMS = {
    wait: Statement(
        f"claim_{'waiting' if wait else 'skipping'}",
        _CLAIM.format(
            fields=_FIELDS,
            of_passes=_OF_PASSES,
            turn="t.follows_id IS NULL",
            where="t.project_id = %(project)s AND t.queue_key > %(after)s",
            waiting="" if wait else "SKIP LOCKED",
        ),
        project="bigint",
        rater="bigint",
        after="bigint",
    )
    for wait in (False, True)
}


_FOLLOWING = {
    "next": "t.follows_id = %(follows)s",
    "any": """t.follows_id IN (
        SELECT p.id FROM labeling_assignment mine JOIN labeling_task p ON p.id = mine.task_id
        WHERE mine.rater_id = %(rater)s AND mine.project_id = %(follows)s
          AND mine.state = 'submitted' AND p.continues)""",
}
_BRANCHES = {
    which: Statement(
        f"claim_{which}_branch",
        _CLAIM.format(fields=_FIELDS, of_passes="true", turn=CHOSE, where=where, waiting=""),
        rater="bigint",
        follows="bigint",
    )
    for which, where in _FOLLOWING.items()
}


def claim_next_branch(*, follows_id: int, rater_id: int) -> Task | None:
    """Locks the turn after the reply that the rater chose in a task, if it has a place for them."""
    return _branch("next", follows_id, rater_id)


def claim_any_branch(*, project_id: int, rater_id: int) -> Task | None:
    """Locks a turn after any reply that the rater chose in a project, if one has a place."""
    return _branch("any", project_id, rater_id)


def _branch(which: str, follows: int, rater_id: int) -> Task | None:
    row = _BRANCHES[which].row(rater=rater_id, follows=follows)
    return Task.from_db(connection.alias, _TASK_FIELDS, row) if row else None


def claim_task(*, project_id: int, rater_id: int, after: int, wait: bool) -> Task | None:
    """Locks the best task with a place for this rater and returns it, or None.

    Looks at queue keys above `after`; without `wait`, past tasks that others are claiming at this
    moment.
    """
    row = _CLAIMS[wait].row(project=project_id, rater=rater_id, after=after)
    return Task.from_db(connection.alias, _TASK_FIELDS, row) if row else None


@dataclass(frozen=True, slots=True)
class Sibling:
    """An assignment of a task whose rater saw its responses here."""

    pk: int
    rater_id: int
    state: str
    shown_order: Sequence[int]


_SIBLINGS = Statement(
    "siblings",
    """
    SELECT id, rater_id, state, shown_order FROM labeling_assignment
    WHERE task_id = %(task)s AND strategy <> 'imported'
    """,
    task="bigint",
)


def siblings(task_id: int) -> list[Sibling]:
    """The assignments of a task that had a screen; read after the task was locked.

    So none is missed. Imported labels are none of them: nobody knows on which side they stood.
    """
    return [Sibling(*row) for row in _SIBLINGS.rows(task=task_id)]


_LEASE = Statement(
    "lease",
    """
    INSERT INTO labeling_assignment (task_id, project_id, rater_id, state, lease_expires_at,
        shown_order, guideline_id, rubric_id, purpose, strategy, selection_probability, skip_reason,
        skip_note, created_at, opened_at)
    VALUES (%(task_id)s, %(project_id)s, %(rater_id)s, %(state)s, %(lease_expires_at)s,
        %(shown_order)s, %(guideline_id)s, %(rubric_id)s, %(purpose)s, %(strategy)s,
        %(selection_probability)s, '', '', %(created_at)s, %(opened_at)s)
    RETURNING id
    """,
    task_id="bigint",
    project_id="bigint",
    rater_id="bigint",
    state="varchar",
    lease_expires_at="timestamptz",
    shown_order="smallint[]",
    guideline_id="bigint",
    rubric_id="bigint",
    purpose="varchar",
    strategy="varchar",
    selection_probability="double precision",
    created_at="timestamptz",
    opened_at="timestamptz",
)


def insert_lease(
    *,
    task: Task,
    rater_id: int,
    guideline: Guideline | None,
    rubric: RubricVersion | None,
    shown_order: list[int],
    now: datetime,
    until: datetime,
    opened: bool,
) -> Assignment:
    """Takes a place on a locked task. Raises IntegrityError where a constraint holds it back."""
    values: dict[str, Any] = {
        "task_id": task.pk,
        "project_id": task.project_id,
        "rater_id": rater_id,
        "state": AssignmentState.LEASED.value,
        "lease_expires_at": until,
        "shown_order": shown_order,
        "guideline_id": guideline.pk if guideline else None,
        "rubric_id": rubric.pk if rubric else None,
        "purpose": Purpose(task.purpose).value,
        "strategy": Strategy.UNIFORM.value,
        "selection_probability": 1.0,
        "created_at": now,
        "opened_at": now if opened else None,
    }
    row = _LEASE.row(**values)
    assignment = Assignment(id=row[0] if row else None, **values)
    assignment.task = task
    assignment.guideline = guideline
    assignment.rubric = rubric
    assignment._state.adding = False
    assignment._state.db = connection.alias
    return assignment
