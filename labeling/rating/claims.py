"""The statements of the hot path: where a rater stands, the claim of a task, the lease.

A rater waits for these on every judgment, so they are few and written in SQL: the same through
the ORM costs about three times the processor time (docs/performance.md). Each is one round trip.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db import connection

from labeling.allocation import (
    LOWEST_QUEUE_KEY,
    MOST_COUNTED,
    SHUFFLE_BITS,
    Stream,
    band_start,
    open_tasks,
    seeded_number,
)
from labeling.models import Task
from labeling.vocabulary import TaskKind, TaskPart
from projects.models import Guideline, RubricVersion
from projects.scales import PREFERENCES, RANKING
from projects.sql import Statement

#: What is read of a task that is claimed, in the order of its columns.
TASK_FIELDS = (
    "id",
    "project_id",
    "prompt_id",
    "external_id",
    "kind",
    "purpose",
    "response_ids",
    "queue_key",
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

    `left_at` is the queue key of the live task they had last, if the last one was, and
    `left_chance` was its chance; `head` is that of the first task with a
    place for anybody. `continued` is the task they had last where later turns follow its replies,
    or the one before it where that was such a turn and was given back; what was given back beside
    is none. `shown_task_id` is the task on the screen, None where it is not theirs any more.
    `stream` is where they are in their stream, where checks are mixed into it.
    """

    stream: Stream
    guideline_id: int | None
    guideline_number: int | None
    acknowledged: bool
    held: int
    judged: int
    open_id: int | None
    shown_task_id: int | None
    left_at: int | None
    left_priority: int | None
    left_chance: float | None
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
        COALESCE(latest.queue_key, before.queue_key), COALESCE(latest.priority, before.priority),
        latest.selection_probability,
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
        WHEN latest.continues THEN latest.id END,
        s.handed, s.gold, s.repeat, s.anchor, s.checked
    FROM (SELECT 1) one
    LEFT JOIN labeling_raterstream s ON s.project_id = %(project)s AND s.rater_id = %(rater)s
    LEFT JOIN LATERAL (
        SELECT id, number, read_since FROM projects_guideline
        WHERE project_id = %(project)s ORDER BY number DESC LIMIT 1) g ON true
    LEFT JOIN LATERAL (
        SELECT id, number FROM projects_rubricversion
        WHERE project_id = %(project)s ORDER BY number DESC LIMIT 1) r ON true
    LEFT JOIN LATERAL (
        SELECT t.id, t.continues, t.follows_id, a.purpose <> 'live' AS is_check,
            CASE WHEN a.purpose = 'live' THEN t.queue_key END AS queue_key,
            CASE WHEN a.purpose = 'live' THEN t.priority END AS priority,
            CASE WHEN a.purpose = 'live' THEN a.selection_probability END AS selection_probability,
            a.state = 'expired' AS is_over
        FROM (SELECT l.id, l.task_id, l.state, l.purpose, l.selection_probability
              FROM labeling_assignment l
              WHERE l.rater_id = %(rater)s AND l.project_id = %(project)s
              ORDER BY l.id DESC LIMIT 1) a JOIN labeling_task t ON t.id = a.task_id) latest ON true
    LEFT JOIN LATERAL (
        SELECT t.queue_key, t.priority
        FROM labeling_assignment l JOIN labeling_task t ON t.id = l.task_id
        WHERE latest.is_check AND l.rater_id = %(rater)s AND l.project_id = %(project)s
          AND l.purpose = 'live'
        ORDER BY l.id DESC LIMIT 1) before ON true
    LEFT JOIN LATERAL (
        SELECT count(*) AS held, count(*) FILTER (WHERE h.state = 'submitted') AS judged
        FROM labeling_assignment h
        WHERE %(limited)s AND h.rater_id = %(rater)s AND h.project_id = %(project)s
          AND h.state IN ('leased', 'submitted')) mine ON true
    """,
    **dict.fromkeys(("project", "rater", "showing"), "bigint"),
    limited="boolean",
    **dict.fromkeys(("now", "until"), "timestamptz"),
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
    place = {"project": project_id, "rater": rater_id, "showing": showing or 0}
    (row,) = _STANDING.rows(**place, limited=limited, now=now, until=until)
    *stands, handed, gold, repeat, anchor, checked = row
    stream = Stream() if handed is None else Stream(handed, gold, repeat, anchor, checked)
    return QueueStanding(stream, *stands)


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
_OF_PASSES = f"""({{t}}.part = '' OR CASE {{t}}.part
    WHEN '{TaskPart.AXES}' THEN NOT EXISTS (
        SELECT 1 FROM labeling_task later JOIN labeling_assignment b ON b.task_id = later.id
        WHERE later.first_pass_id = {{t}}.id AND b.rater_id = %(rater)s AND b.state <> 'expired')
    WHEN '{TaskPart.SAME}' THEN EXISTS (
        SELECT 1 FROM labeling_assignment b WHERE b.task_id = {{t}}.first_pass_id
          AND b.rater_id = %(rater)s AND b.state = 'submitted')
    ELSE NOT EXISTS (
        SELECT 1 FROM labeling_assignment b WHERE b.task_id = {{t}}.first_pass_id
          AND b.rater_id = %(rater)s AND b.state <> 'expired') END)"""  # noqa: S608 - our own words

# `NOT EXISTS` is safe here although a concurrent commit would not be seen: only I could add such
# a row (a lease, or that I opened the task's votes), and I hold my lock.
_OPEN = """{t}.purpose = 'live' AND {t}.open_slots > 0 AND {t}.withdrawn_at IS NULL
  AND NOT EXISTS (
      SELECT 1 FROM labeling_assignment a
      WHERE a.task_id = {t}.id AND a.rater_id = %(rater)s AND a.state <> 'expired')
  AND NOT EXISTS (
      SELECT 1 FROM labeling_taskopening o
      WHERE o.task_id = {t}.id AND o.person_id = %(rater)s)
  AND ({t}.reviews_id IS NULL OR NOT EXISTS (
      SELECT 1 FROM labeling_response w
      WHERE w.id = {t}.reviews_id AND w.author_id = %(rater)s))
  AND {of_passes}"""


def _open(t: str) -> str:
    """That a task, called `t` in the statement, is open to the rater."""
    return _OPEN.format(t=t, of_passes=_OF_PASSES.format(t=t))


_CLAIM = """
SELECT {fields}, {counted} FROM labeling_task t
WHERE {where} AND {open} AND {turn}
ORDER BY t.queue_key LIMIT 1
FOR UPDATE OF t {waiting}
"""
# How many of the same priority are open to the rater from where they look on, and how far that is.
_COUNTED = f"""CASE WHEN %(counts)s THEN (
    SELECT ARRAY[count(*), max(ahead.queue_key)] FROM (
        SELECT n.queue_key FROM labeling_task n
        WHERE n.project_id = %(project)s
          AND n.queue_key > GREATEST(
              %(after)s, ((t.queue_key >> {SHUFFLE_BITS}) << {SHUFFLE_BITS}) - 1)
          AND n.queue_key < ((t.queue_key >> {SHUFFLE_BITS}) + 1) << {SHUFFLE_BITS}
          AND {_open("n")} AND n.follows_id IS NULL
        ORDER BY n.queue_key LIMIT {MOST_COUNTED}) ahead) END"""  # noqa: S608 - words of our own
# Nobody is to know a task again that they had as gold or as an anchor not long ago. Few tasks have
# such copies: these are looked up first, whatever the planner thinks of how much a rater judged.
_SPACED = """ AND NOT EXISTS (
    SELECT 1 FROM labeling_task k WHERE k.gold_of_id = t.id AND (
        SELECT b.id FROM labeling_assignment b
        WHERE b.task_id = k.id AND b.rater_id = %(rater)s AND b.created_at > %(day)s
        LIMIT 1) IS NOT NULL)"""
#: The columns of a task that is claimed, in the order of TASK_FIELDS.
FIELDS = ", ".join(f"t.{name}" for name in TASK_FIELDS)


def _claim_statement(*, wait: bool, spaced: bool) -> Statement:
    return Statement(
        f"claim_{'waiting' if wait else 'skipping'}{'_spaced' if spaced else ''}",
        _CLAIM.format(
            fields=FIELDS,
            counted=_COUNTED,
            open=_open("t"),
            turn=f"t.follows_id IS NULL{_SPACED if spaced else ''}",
            where="t.project_id = %(project)s AND t.queue_key > %(after)s",
            waiting="" if wait else "SKIP LOCKED",
        ),
        project="bigint",
        rater="bigint",
        after="bigint",
        counts="boolean",
        **({"day": "timestamptz"} if spaced else {}),
    )


_CLAIMS = {wait: _claim_statement(wait=wait, spaced=False) for wait in (False, True)}
_SPACED_CLAIM = _claim_statement(wait=False, spaced=True)
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
        _CLAIM.format(
            fields=FIELDS,
            counted="NULL::bigint[]",
            open=_OPEN.format(t="t", of_passes="true"),
            turn=CHOSE,
            where=where,
            waiting="",
        ),
        rater="bigint",
        follows="bigint",
    )
    for which, where in _FOLLOWING.items()
}


@dataclass(frozen=True, slots=True)
class ClaimedTask:
    """A task that is locked for a rater, and the chance that it, of those open to them, came."""

    task: Task
    chance: float


def claim_next_branch(*, follows_id: int, rater_id: int) -> ClaimedTask | None:
    """Locks the turn after the reply that the rater chose in a task, if it has a place for them."""
    return _branch("next", follows_id, rater_id)


def claim_any_branch(*, project_id: int, rater_id: int) -> ClaimedTask | None:
    """Locks a turn after any reply that the rater chose in a project, if one has a place."""
    return _branch("any", project_id, rater_id)


def _branch(which: str, follows: int, rater_id: int) -> ClaimedTask | None:
    """A branch is certain to come: the rater's own choice leads to it."""
    row = _BRANCHES[which].row(rater=rater_id, follows=follows)
    return _claimed(row, 1.0) if row else None


def claim_task(
    *,
    project_id: int,
    rater_id: int,
    after: int,
    wait: bool = False,
    before: float | None = None,
    unknown_since: datetime | None = None,
) -> ClaimedTask | None:
    """Locks the best task with a place for this rater and returns it, or None.

    Looks at queue keys above `after`; without `wait`, past tasks that others are claiming at this
    moment. `before` was the chance of the task there, if it tells that of the next one. With
    `unknown_since` it looks past tasks that the rater had as gold or an anchor since then.
    """
    place = {"project": project_id, "rater": rater_id, "after": after, "counts": before is None}
    if unknown_since is None:
        row = _CLAIMS[wait].row(**place)
    else:
        row = _SPACED_CLAIM.row(**place, day=unknown_since)
    if row is None:
        return None
    n_open = (1 / before - 1) if before is not None else open_tasks(row[-1], after, row[_KEY])
    return _claimed(row, 1 / max(n_open, 1))


_KEY = TASK_FIELDS.index("queue_key")


def _claimed(row: tuple[Any, ...], chance: float) -> ClaimedTask:
    return ClaimedTask(Task.from_db(connection.alias, TASK_FIELDS, row[:-1]), chance)
