"""The statements of the hot path: where a rater stands, the claim of a task, the lease.

A rater waits for these on every judgment, so they are few and written in SQL: the same through
the ORM costs about three times the processor time (docs/performance.md). Each is one round trip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from labeling.allocation import LOWEST_QUEUE_KEY, band_start, seeded_number
from labeling.models import Assignment, Task
from labeling.vocabulary import AssignmentState, Purpose, Strategy
from projects.models import Guideline

#: How many tasks at the head of the queue are looked at; the locked ones are skipped.
CANDIDATES = 24

_TASK_FIELDS = ("id", "project_id", "prompt_id", "external_id", "kind", "purpose", "response_ids")


def lock_rater(*, project_id: int, rater_id: int) -> None:
    """Serialises a rater's own requests in a project until the transaction ends."""
    key = seeded_number("rater", project_id, rater_id, bits=62)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a rater stands in a project."""

    guideline_id: int | None
    guideline_number: int | None
    acknowledged: bool
    held: int
    open_id: int | None
    showing_is_live: bool

    @property
    def guideline(self) -> Guideline | None:
        """The version in force; its text is read only where it is asked for."""
        if self.guideline_id is None:
            return None
        values = (self.guideline_id, self.guideline_number)
        return Guideline.from_db(connection.alias, ("id", "number"), values)


_STANDING = """
WITH showing AS (
    UPDATE labeling_assignment
    SET opened_at = COALESCE(opened_at, %(now)s), lease_expires_at = %(until)s
    WHERE id = %(showing)s AND rater_id = %(rater)s AND project_id = %(project)s
      AND state = 'leased'
    RETURNING id
)
SELECT g.id, g.number,
    EXISTS (SELECT 1 FROM projects_acknowledgement k
            WHERE k.guideline_id = g.id AND k.user_id = %(rater)s),
    CASE WHEN %(limited)s THEN (
        SELECT count(*) FROM labeling_assignment h
        WHERE h.rater_id = %(rater)s AND h.project_id = %(project)s
          AND h.state IN ('leased', 'submitted') AND h.purpose = 'live') ELSE 0 END,
    (SELECT o.id FROM labeling_assignment o
     WHERE o.rater_id = %(rater)s AND o.project_id = %(project)s AND o.state = 'leased'
       AND o.id <> %(showing)s
     ORDER BY o.opened_at ASC NULLS LAST, o.id LIMIT 1),
    EXISTS (SELECT 1 FROM showing)
FROM (SELECT 1) one LEFT JOIN LATERAL (
    SELECT id, number FROM projects_guideline
    WHERE project_id = %(project)s ORDER BY number DESC LIMIT 1) g ON true
"""


def standing(
    *,
    project_id: int,
    rater_id: int,
    showing: int | None,
    limited: bool,
    now: datetime,
    until: datetime,
) -> Standing:
    """Reads where the rater stands, and opens `showing`, the assignment on the screen.

    `held` (leases and judgments) is counted only where there is a limit.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _STANDING,
            {
                "project": project_id,
                "rater": rater_id,
                "showing": showing or 0,
                "limited": limited,
                "now": now,
                "until": until,
            },
        )
        return Standing(*cursor.fetchone())


# Two ranges of one index: tasks of a higher priority than where I left the queue, and tasks after
# it. `NOT EXISTS` is safe here although a concurrent commit would not be seen: only I could add
# such a row, and I hold my lock.
_MINE = """
NOT EXISTS (SELECT 1 FROM labeling_assignment a
            WHERE a.task_id = t.id AND a.rater_id = %(rater)s AND a.state <> 'expired')
"""
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
       AND t.queue_key < (SELECT band FROM bounds) AND {mine}
     ORDER BY t.queue_key LIMIT %(candidates)s)
    UNION ALL
    (SELECT t.id FROM labeling_task t
     WHERE t.project_id = %(project)s AND t.purpose = 'live' AND t.open_slots > 0
       AND t.queue_key > (SELECT last FROM bounds) AND {mine}
     ORDER BY t.queue_key LIMIT %(candidates)s)
)
SELECT {fields} FROM labeling_task t
WHERE t.id = ANY (ARRAY(SELECT id FROM candidate)) AND t.open_slots > 0
ORDER BY t.queue_key LIMIT 1
FOR UPDATE OF t {waiting}
"""


def claim_task(*, project_id: int, rater_id: int, resume: bool, wait: bool) -> Task | None:
    """Locks the best task with a place for this rater and returns it, or None.

    With `resume` from where the rater left the queue, else from its head; without `wait` past
    tasks that others are claiming at this moment.
    """
    sql = _CLAIM.format(
        mine=_MINE,
        fields=", ".join(f"t.{name}" for name in _TASK_FIELDS),
        waiting="" if wait else "SKIP LOCKED",
    )
    parameters = {
        "rater": rater_id,
        "project": project_id,
        "resume": resume,
        "lowest": LOWEST_QUEUE_KEY,
        "band": -band_start(1),
        "candidates": CANDIDATES,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        row = cursor.fetchone()
    return Task.from_db(connection.alias, _TASK_FIELDS, row) if row else None


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another assignment of a task."""

    pk: int
    rater_id: int
    state: str
    shown_order: Sequence[int]


def siblings(task_id: int) -> list[Sibling]:
    """All assignments of a task; read after the task was locked, so that none is missed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, rater_id, state, shown_order FROM labeling_assignment WHERE task_id = %s",
            [task_id],
        )
        return [Sibling(*row) for row in cursor.fetchall()]


_LEASE = """
INSERT INTO labeling_assignment (task_id, project_id, rater_id, state, lease_expires_at,
    shown_order, guideline_id, purpose, strategy, selection_probability, skip_reason, skip_note,
    created_at, opened_at)
VALUES (%(task_id)s, %(project_id)s, %(rater_id)s, %(state)s, %(lease_expires_at)s,
    %(shown_order)s::smallint[], %(guideline_id)s, %(purpose)s, %(strategy)s,
    %(selection_probability)s, '', '', %(created_at)s, %(opened_at)s)
RETURNING id
"""


def insert_lease(
    *,
    task: Task,
    rater_id: int,
    guideline: Guideline | None,
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
        "purpose": Purpose(task.purpose).value,
        "strategy": Strategy.UNIFORM.value,
        "selection_probability": 1.0,
        "created_at": now,
        "opened_at": now if opened else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LEASE, values)
        (pk,) = cursor.fetchone()
    assignment = Assignment(id=pk, **values)
    assignment.task = task
    assignment.guideline = guideline
    assignment._state.adding = False
    assignment._state.db = connection.alias
    return assignment
