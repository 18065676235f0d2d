"""Where a rater stands in a project: the first statement of the hot path, in SQL as in `claims`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import compress, product

from django.db import connection

from labeling.allocation import LOWEST_QUEUE_KEY, Stream, band_start
from labeling.models import Assignment, Task
from labeling.vocabulary import APART_SQL, STAGES_SQL, AssignmentState, NothingLeft, Purpose
from projects.models import Guideline, Project, RubricVersion
from projects.sql import Statement

#: Known copies that are mixed into live tasks.
_MIXED_IN = (Purpose.GOLD, Purpose.ANCHOR)


@dataclass(frozen=True, slots=True)
class QueueStanding:
    """Where a rater stands in a project.

    `left_at` is the queue key of the live task they had last, and `left_chance` was its chance;
    `head` is that of the first task with a place for anybody. `continued` is the task they had last
    where later turns follow its replies, or the one before it where that was such a turn and was
    given back; what was given back beside is none. `shown_task_id` is the task on the screen, None
    where it is not theirs any more. `stream` is where they are in their stream, where checks are
    mixed into it, and `known` are the purposes of which there are tasks whose answer is known.
    """

    stream: Stream
    known: Sequence[Purpose]
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


# What is rare, or asked of some projects alone, is left out of the statement that the others run:
# PostgreSQL sets up the whole of a plan, also what a condition then leaves out. The first column
# says that it was not enough: the task that the rater had last was a check, or was given back.
_STANDING = """
    WITH showing AS (
        UPDATE labeling_assignment
        SET opened_at = COALESCE(opened_at, %(now)s),
            lease_expires_at = GREATEST(lease_expires_at, %(until)s)
        WHERE id = %(showing)s AND rater_id = %(rater)s AND project_id = %(project)s
          AND state = 'leased'
        RETURNING task_id
    )
    SELECT COALESCE(latest.is_check OR (latest.is_over AND latest.follows_id IS NULL), false),
        g.id, g.number,
        EXISTS (SELECT 1 FROM projects_acknowledgement k
                JOIN projects_guideline v ON v.id = k.guideline_id
                WHERE k.user_id = %(rater)s AND v.project_id = %(project)s
                  AND v.number >= g.read_since),
        {counted},
        (SELECT o.id FROM labeling_assignment o
         WHERE o.rater_id = %(rater)s AND o.project_id = %(project)s AND o.state = 'leased'
           AND o.id <> %(showing)s AND o.purpose NOT IN ({STAGES_SQL})
         ORDER BY o.opened_at ASC NULLS LAST, o.id LIMIT 1),
        (SELECT task_id FROM showing),
        {left},
        (SELECT t.queue_key FROM labeling_task t
         WHERE t.project_id = %(project)s AND t.purpose = 'live' AND t.open_slots > 0
           AND t.withdrawn_at IS NULL
         ORDER BY t.queue_key LIMIT 1),
        r.id, r.number,
        CASE WHEN latest.is_over THEN {followed} WHEN latest.continues THEN latest.id END{checks}
    FROM (SELECT 1) one
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
                AND l.purpose <> 'adjudication'
              ORDER BY l.id DESC LIMIT 1) a JOIN labeling_task t ON t.id = a.task_id) latest ON true
    {more}
"""
_FOLLOWED = """COALESCE(latest.follows_id, (
            SELECT CASE WHEN b.state = 'expired' THEN bt.follows_id WHEN bt.continues THEN bt.id END
            FROM labeling_assignment b JOIN labeling_task bt ON bt.id = b.task_id
            WHERE b.rater_id = %(rater)s AND b.project_id = %(project)s
              AND (b.state <> 'expired' OR bt.follows_id IS NOT NULL)
              AND b.purpose <> 'adjudication'
            ORDER BY b.id DESC LIMIT 1))"""
_BEFORE = """
    LEFT JOIN labeling_raterstream s ON s.project_id = %(project)s AND s.rater_id = %(rater)s
    LEFT JOIN LATERAL (
        SELECT t.queue_key, t.priority, l.selection_probability
        FROM labeling_assignment l JOIN labeling_task t ON t.id = l.task_id
        WHERE latest.is_check AND l.rater_id = %(rater)s AND l.project_id = %(project)s
          AND l.purpose = 'live'
        ORDER BY l.id DESC LIMIT 1) before ON true"""
_CHECKS = "".join(
    f""",
        EXISTS (SELECT 1 FROM labeling_task c
                WHERE c.project_id = %(project)s AND c.purpose = '{purpose.value}'
                  AND c.withdrawn_at IS NULL)"""  # noqa: S608 - words of our own
    for purpose in _MIXED_IN
)
_STREAM = """,
        s.handed, s.gold, s.repeat, s.anchor, s.checked,
        CASE WHEN s.id IS NOT NULL THEN s.place ELSE (
            SELECT count(*) FROM projects_membership m
                JOIN projects_membership me ON me.project_id = m.project_id AND me.id >= m.id
            WHERE me.project_id = %(project)s AND me.user_id = %(rater)s) END,
        s.parted_by IS NULL OR EXISTS (
            SELECT 1 FROM labeling_assignment n
            WHERE n.id = s.parted_by AND n.state IN ('leased', 'submitted')
              AND (n.opened_at IS NOT NULL OR n.id = %(showing)s))"""
_COUNTED = f"""
    LEFT JOIN LATERAL (
        SELECT count(*) AS held, count(*) FILTER (WHERE h.state = 'submitted') AS judged
        FROM labeling_assignment h
        WHERE h.rater_id = %(rater)s AND h.project_id = %(project)s
          AND h.state IN ('leased', 'submitted')
          AND h.purpose NOT IN ({APART_SQL})) mine ON true"""  # noqa: S608 - words of our own
#: What is read of the live task that a rater had last.
_LEFT = ("queue_key", "priority", "selection_probability")
#: How many columns the statements have that do not look for checks.
_PLAIN_COLUMNS = 15


def _standing_statement(*, mixes: bool, limited: bool) -> Statement:
    left = "COALESCE(latest.{0}, before.{0})" if mixes else "latest.{0}"
    return Statement(
        f"standing{'_mixed' if mixes else ''}{'_limited' if limited else ''}",
        # A lease is never shortened: a text that was sent back waits for its author (`written`).
        _STANDING.format(
            STAGES_SQL=STAGES_SQL,
            counted="mine.held, mine.judged" if limited else "0, 0",
            left=", ".join(left.format(column) for column in _LEFT),
            followed=_FOLLOWED if mixes else "latest.follows_id",
            checks=_CHECKS + _STREAM if mixes else "",
            more=(_BEFORE if mixes else "") + (_COUNTED if limited else ""),
        ),
        **dict.fromkeys(("project", "rater", "showing"), "bigint"),
        **dict.fromkeys(("now", "until"), "timestamptz"),
    )


_STANDINGS = {
    (mixes, limited): _standing_statement(mixes=mixes, limited=limited)
    for mixes, limited in product((False, True), repeat=2)
}


def standing(
    *,
    project_id: int,
    rater_id: int,
    showing: int | None,
    limited: bool,
    mixes: bool,
    now: datetime,
    until: datetime,
) -> QueueStanding:
    """Reads where the rater stands, and opens `showing`, the assignment on the screen.

    `held` (leases and judgments) and `judged` are counted only where there is a limit, `stream` and
    `known` are read only where the project mixes checks in.
    """
    place = {"project": project_id, "rater": rater_id, "showing": showing or 0}
    (row,) = _STANDINGS[mixes, limited].rows(**place, now=now, until=until)
    if not mixes and row[0]:
        (row,) = _STANDINGS[True, limited].rows(**place, now=now, until=until)
    stands, checks = row[1:_PLAIN_COLUMNS], row[_PLAIN_COLUMNS:]
    if not checks:
        return QueueStanding(Stream(), (), *stands)
    are_there, in_stream = checks[: len(_MIXED_IN)], checks[len(_MIXED_IN) :]
    handed, *_, place_in_project, _is_parted = in_stream
    stream = Stream(place=place_in_project) if handed is None else Stream(*in_stream)
    known = tuple(compress(_MIXED_IN, are_there))
    return QueueStanding(stream, known, *stands)


def why_nothing(project: Project, rater_id: int, *, capped: bool) -> NothingLeft:
    """Why there is no live task for a rater: enough of a topic for now (`capped`), there is none,
    others have the last, all are done."""
    if capped:
        return NothingLeft.TOPIC_LIMIT
    if not Task.objects.in_play().filter(project=project, purpose=Purpose.LIVE).exists():
        return NothingLeft.EMPTY
    held_by_others = (
        Assignment.objects.filter(project=project, state=AssignmentState.LEASED)
        .exclude(rater=rater_id)
        .exclude(task__assignments__rater=rater_id)
    )
    return NothingLeft.WAITING if held_by_others.exists() else NothingLeft.DONE


def is_changed(showing: int, rater_id: int, now: datetime) -> bool:
    """Whether what is on the screen is an answer of theirs that they are changing."""
    own = Assignment.objects.filter(pk=showing, rater=rater_id)
    answered = own.filter(state=AssignmentState.SUBMITTED, reopened_at__isnull=False)
    return answered.filter(lease_expires_at__gt=now).exists()
