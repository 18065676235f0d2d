"""The rows of leases: those of a task that is locked, and a new one; in SQL, as in `claims`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from labeling.allocation import Stream
from labeling.models import Assignment
from labeling.rating.claims import ClaimedTask
from labeling.vocabulary import AssignmentState, Purpose, Strategy
from projects.models import Guideline, RubricVersion
from projects.sql import Statement


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


_INSERT = """
    INSERT INTO labeling_assignment (task_id, project_id, rater_id, state, lease_expires_at,
        shown_order, guideline_id, rubric_id, purpose, strategy, selection_probability, skip_reason,
        skip_note, created_at, opened_at)
    VALUES (%(task_id)s, %(project_id)s, %(rater_id)s, %(state)s, %(lease_expires_at)s,
        %(shown_order)s, %(guideline_id)s, %(rubric_id)s, %(purpose)s, %(strategy)s,
        %(selection_probability)s, '', '', %(created_at)s, %(opened_at)s)
    RETURNING id
"""
_COLUMNS = {
    "task_id": "bigint",
    "project_id": "bigint",
    "rater_id": "bigint",
    "state": "varchar",
    "lease_expires_at": "timestamptz",
    "shown_order": "smallint[]",
    "guideline_id": "bigint",
    "rubric_id": "bigint",
    "purpose": "varchar",
    "strategy": "varchar",
    "selection_probability": "double precision",
    "created_at": "timestamptz",
    "opened_at": "timestamptz",
}
_LEASE = Statement("lease", _INSERT, **_COLUMNS)
_KEEP_STREAM = """
    INSERT INTO labeling_raterstream AS s (project_id, rater_id, handed, gold, repeat, anchor,
        checked, place, parted_by)
    SELECT %(project_id)s, %(rater_id)s, %(handed)s, %(gold)s, %(repeat)s, %(anchor)s, %(checked)s,
        %(place)s, CASE WHEN %(is_parted)s THEN lease.id END
    FROM lease
    ON CONFLICT (project_id, rater_id) DO UPDATE SET handed = EXCLUDED.handed,
        gold = EXCLUDED.gold, repeat = EXCLUDED.repeat, anchor = EXCLUDED.anchor,
        checked = EXCLUDED.checked, place = EXCLUDED.place, parted_by = EXCLUDED.parted_by
    RETURNING s.id"""
_STREAM_COLUMNS = {
    **dict.fromkeys(("handed", "gold", "repeat", "anchor", "checked", "place"), "integer"),
    "is_parted": "boolean",
}
# With the place in the rater's stream, where checks are mixed into it.
_LEASE_IN_STREAM = Statement(
    "lease_in_stream",
    f"WITH lease AS ({_INSERT}), stream AS ({_KEEP_STREAM}) SELECT id FROM lease",  # noqa: S608
    **_COLUMNS,
    **_STREAM_COLUMNS,
)
_STREAM = Statement(
    "keep_stream",
    f"WITH lease AS (SELECT %(lease)s AS id) {_KEEP_STREAM}",
    lease="bigint",
    project_id="bigint",
    rater_id="bigint",
    **_STREAM_COLUMNS,
)


def keep_stream(*, lease: int, project_id: int, rater_id: int, stream: Stream) -> None:
    """Keeps where a rater is in their stream, where their lease is one that they had before."""
    _STREAM.row(lease=lease, project_id=project_id, rater_id=rater_id, **asdict(stream))


def insert_lease(
    *,
    claimed: ClaimedTask,
    rater_id: int,
    guideline: Guideline | None,
    rubric: RubricVersion | None,
    shown_order: list[int],
    now: datetime,
    until: datetime,
    opened: bool,
    stream: Stream | None,
) -> Assignment:
    """Takes a place on a locked task. Raises IntegrityError where a constraint holds it back.

    `stream` is where its rater is then, where checks are mixed into the tasks.
    """
    task = claimed.task
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
        "selection_probability": claimed.chance,
        "created_at": now,
        "opened_at": now if opened else None,
    }
    if stream is None:
        row = _LEASE.row(**values)
    else:
        row = _LEASE_IN_STREAM.row(**values, **asdict(stream))
    assignment = Assignment(id=row[0] if row else None, **values)
    assignment.task = task
    assignment.guideline = guideline
    assignment.rubric = rubric
    assignment._state.adding = False
    assignment._state.db = connection.alias
    return assignment
