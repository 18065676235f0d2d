"""The statements of the hot path: the claim of a task. Where a rater stands is in `standings`.

A rater waits for these on every judgment, so they are few and written in SQL: the same through
the ORM costs about three times the processor time (docs/performance.md). Each is one round trip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any, NamedTuple, cast

from django.db import connection

from labeling.allocation import (
    MOST_COUNTED,
    SHUFFLE_BITS,
    open_tasks,
    seeded_number,
)
from labeling.models import Task
from labeling.vocabulary import Purpose, TaskKind, TaskPart
from projects.scales import PREFERENCES, RANKING
from projects.sql import PlannedAnew, Statement

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


# Of `t`, a branch, whether the rater chose the reply that it follows. A negative preference is of
# the first response (`labeling.kinds.compare`), a place of 1 is the best (`labeling.kinds.rank`).
CHOSE = f"""EXISTS (
    SELECT 1 FROM labeling_judgment j
        JOIN labeling_task parent ON parent.id = j.task_id
        JOIN labeling_answer n ON n.judgment_id = j.id
        JOIN projects_criterion c ON c.id = n.criterion_id
    WHERE j.task_id = t.follows_id AND j.rater_id = %(rater)s AND j.is_current AND NOT j.withdrawn
      AND j.purpose <> '{Purpose.ADJUDICATION}' AND c.is_primary AND (
        (parent.kind = '{TaskKind.COMPARE}' AND c.family = '{PREFERENCES}'
         AND n.response_id IS NULL AND sign(n.value) = 2 * t.reply - 1)
        OR (parent.kind = '{TaskKind.RANK}' AND c.family = '{RANKING}'
            AND n.response_id = parent.response_ids[t.reply + 1] AND n.value = 1
            AND NOT EXISTS (
                SELECT 1 FROM labeling_answer o
                WHERE o.judgment_id = j.id AND o.criterion_id = n.criterion_id AND o.value = 1
                  AND o.response_id <> n.response_id))))"""  # noqa: S608 - words of our own

# Of `t`, whether it is no pass of a comparison, or one that the rater may have: the second goes to
# those who answered the first, or to those who never had it while an answer to the first stands;
# the first never after the second.
_OF_PASSES = f"""({{t}}.part = '' OR CASE {{t}}.part
    WHEN '{TaskPart.AXES}' THEN NOT EXISTS (
        SELECT 1 FROM labeling_task later JOIN labeling_assignment b ON b.task_id = later.id
        WHERE later.first_pass_id = {{t}}.id AND b.rater_id = %(rater)s AND b.state <> 'expired')
    WHEN '{TaskPart.SAME}' THEN EXISTS (
        SELECT 1 FROM labeling_assignment b WHERE b.task_id = {{t}}.first_pass_id
          AND b.rater_id = %(rater)s AND b.state = 'submitted' AND b.purpose = 'live')
    ELSE NOT EXISTS (
        SELECT 1 FROM labeling_assignment b WHERE b.task_id = {{t}}.first_pass_id
          AND b.rater_id = %(rater)s AND b.state <> 'expired')
      AND ({{t}}.first_pass_id IS NULL OR EXISTS (
        SELECT 1 FROM labeling_assignment b WHERE b.task_id = {{t}}.first_pass_id
          AND b.state = 'submitted' AND b.purpose = 'live')) END)"""  # noqa: S608 - our own words

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


# Of topics that are closed to the rater nobody hands them a task (`topics`).
NOT_CLOSED = """ AND NOT EXISTS (
    SELECT 1 FROM labeling_prompt p
    WHERE p.id = t.prompt_id AND p.sensitivity @> ANY (%(closed)s::jsonb[]))"""


def _open(t: str, *, gated: bool) -> str:
    """That a task, called `t` in the statement, is open to the rater."""
    gate = NOT_CLOSED.replace("t.prompt_id", f"{t}.prompt_id") if gated else ""
    return _OPEN.format(t=t, of_passes=_OF_PASSES.format(t=t)) + gate


_CLAIM = """
SELECT {fields}, {counted} FROM labeling_task t
WHERE {where} AND {open} AND {turn}
ORDER BY t.queue_key LIMIT 1
FOR UPDATE OF t {waiting}
"""
# How many of the same priority are open to the rater from where they look on, and how far that is.
_COUNTED = """(SELECT ARRAY[count(*), max(ahead.queue_key)] FROM (
        SELECT n.queue_key FROM labeling_task n
        WHERE n.project_id = %(project)s
          AND n.queue_key > GREATEST(
              %(after)s, ((t.queue_key >> {bits}) << {bits}) - 1)
          AND n.queue_key < ((t.queue_key >> {bits}) + 1) << {bits}
          AND {open} AND n.follows_id IS NULL
        ORDER BY n.queue_key LIMIT {most}) ahead)"""
_NOT_COUNTED = "NULL::bigint[]"
# Nobody is to know a task again that they had as gold or as an anchor not long ago. Few tasks have
# such copies: these are looked up first, whatever the planner thinks of how much a rater judged.
_SPACED = """ AND NOT EXISTS (
    SELECT 1 FROM labeling_task k WHERE k.gold_of_id = t.id AND (
        SELECT b.id FROM labeling_assignment b
        WHERE b.task_id = k.id AND b.rater_id = %(rater)s
          AND GREATEST(b.created_at, b.opened_at) > %(day)s
        LIMIT 1) IS NOT NULL)"""
#: The columns of a task that is claimed, in the order of TASK_FIELDS.
FIELDS = ", ".join(f"t.{name}" for name in TASK_FIELDS)


class _Claim(NamedTuple):
    """What a claim does beside its work. Each way is a statement of its own: PostgreSQL sets up the
    whole of a plan, also what a condition then leaves out."""

    wait: bool
    counts: bool
    spaced: bool
    gated: bool

    @property
    def name(self) -> str:
        ways = {"counting": self.counts, "spaced": self.spaced, "gated": self.gated}
        chosen = [way for way, is_chosen in ways.items() if is_chosen]
        return "_".join(["claim", "waiting" if self.wait else "skipping", *chosen])


def _claim_statement(claim: _Claim) -> Statement:
    wait, spaced, gated = claim.wait, claim.spaced, claim.gated
    counted = _COUNTED.format(bits=SHUFFLE_BITS, most=MOST_COUNTED, open=_open("n", gated=gated))
    statement = PlannedAnew if claim.counts else Statement
    return statement(
        claim.name,
        _CLAIM.format(
            fields=FIELDS,
            counted=counted if claim.counts else _NOT_COUNTED,
            open=_open("t", gated=gated),
            turn=f"t.follows_id IS NULL{_SPACED if spaced else ''}",
            where="t.project_id = %(project)s AND t.queue_key > %(after)s",
            waiting="" if wait else "SKIP LOCKED",
        ),
        project="bigint",
        rater="bigint",
        after="bigint",
        **({"day": "timestamptz"} if spaced else {}),
        **({"closed": "text[]"} if gated else {}),
    )


_BOTH = (False, True)
_CLAIMS = {
    claim: _claim_statement(claim)
    for claim in (_Claim(*ways) for ways in product(_BOTH, repeat=4))
    if not (claim.wait and claim.spaced)
}
_FOLLOWING = {
    "next": "t.follows_id = %(follows)s",
    "any": """t.follows_id IN (
        SELECT p.id FROM labeling_assignment mine JOIN labeling_task p ON p.id = mine.task_id
        WHERE mine.rater_id = %(rater)s AND mine.project_id = %(follows)s
          AND mine.state = 'submitted' AND p.continues)""",
}
_BRANCHES = {
    (which, gated): Statement(
        f"claim_{which}_branch{'_gated' if gated else ''}",
        _CLAIM.format(
            fields=FIELDS,
            counted=_NOT_COUNTED,
            open=_OPEN.format(t="t", of_passes="true") + (NOT_CLOSED if gated else ""),
            turn=CHOSE,
            where=where,
            waiting="",
        ),
        rater="bigint",
        follows="bigint",
        **({"closed": "text[]"} if gated else {}),
    )
    for (which, where), gated in product(_FOLLOWING.items(), _BOTH)
}


@dataclass(frozen=True, slots=True)
class ClaimedTask:
    """A task that is locked for a rater, and the chance that it, of those open to them, came."""

    task: Task
    chance: float


def claim_next_branch(
    *, follows_id: int, rater_id: int, closed: Sequence[str] = ()
) -> ClaimedTask | None:
    """Locks the turn after the reply that the rater chose in a task, if it has a place for them."""
    return _branch("next", follows_id, rater_id, closed)


def claim_any_branch(
    *, project_id: int, rater_id: int, closed: Sequence[str] = ()
) -> ClaimedTask | None:
    """Locks a turn after any reply that the rater chose in a project, if one has a place."""
    return _branch("any", project_id, rater_id, closed)


def _branch(which: str, follows: int, rater_id: int, closed: Sequence[str]) -> ClaimedTask | None:
    """A branch is certain to come: the rater's own choice leads to it."""
    statement = _BRANCHES[which, bool(closed)]
    row = statement.row(rater=rater_id, follows=follows, closed=list(closed))
    return _claimed(row, 1.0) if row else None


def claim_task(
    *,
    project_id: int,
    rater_id: int,
    after: int,
    wait: bool = False,
    before: float | None = None,
    unknown_since: datetime | None = None,
    closed: Sequence[str] = (),
) -> ClaimedTask | None:
    """Locks the best task with a place for this rater and returns it, or None.

    Looks at queue keys above `after`; without `wait`, past tasks that others are claiming at this
    moment. `before` was the chance of the task there, if it tells that of the next one. With
    `unknown_since` it looks past tasks that the rater had as gold or an anchor since then, and
    always past those of topics that are `closed` to them.
    """
    claim = _Claim(
        wait=wait, counts=before is None, spaced=unknown_since is not None, gated=bool(closed)
    )
    row = _CLAIMS[claim].row(
        project=project_id,
        rater=rater_id,
        after=after,
        day=unknown_since,
        closed=list(closed),
    )
    if row is None:
        return None
    n_open = (1 / before - 1) if before is not None else open_tasks(row[-1], after, row[_KEY])
    return _claimed(row, 1 / max(n_open, 1))


_KEY = TASK_FIELDS.index("queue_key")


def _claimed(row: tuple[Any, ...], chance: float) -> ClaimedTask:
    return ClaimedTask(Task.from_db(connection.alias, TASK_FIELDS, row[:-1]), chance)
