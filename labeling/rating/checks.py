"""Checks among a rater's tasks: gold, repeats and anchors, each at its seeded place in the stream.

`labeling.allocation.due_checks` says when one is due; here it is found. A check is leased, shown,
counted, limited and taken back like any task; only a project that mixes checks in pays for this.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from labeling.allocation import (
    ANCHOR_BATCH,
    REPEAT_AFTER,
    CheckRates,
    Stream,
    due_checks,
    seeded_number,
)
from labeling.kinds import CHECKED_KINDS
from labeling.kinds.known import KNOWN_PURPOSES
from labeling.models import Task
from labeling.models.copies import copy_of
from labeling.rating.claims import FIELDS, NOT_CLOSED, TASK_FIELDS, ClaimedTask
from labeling.vocabulary import Purpose, Strategy
from projects.models import Project
from projects.sql import Statement

#: A task comes again, and its known copy comes, after this long, however few tasks came between.
REPEAT_AGE = timedelta(hours=24)
#: A repeat is drawn from so many of the newest tasks that may come again.
_DRAWN_FROM = 200


def check_rates(project: Project) -> CheckRates:
    """How many checks are mixed into the tasks of the project's raters."""
    anchors = project.anchors_per_batch / ANCHOR_BATCH
    return CheckRates(project.gold_rate, project.repeat_rate, anchors)


# What the rater was shown lately, by the task of which it is a copy: neither copy nor original of
# it is to come so soon that somebody would know it again. Read once a statement, not once a task.
# A lease that was lost and taken again has an old id: `since` tells by when it was shown.
_LATELY = f"""
    recent AS MATERIALIZED (
        SELECT l.task_id, l.opened_at, GREATEST(l.created_at, l.opened_at) AS at
        FROM labeling_assignment l
        WHERE l.rater_id = %(rater)s AND l.project_id = %(project)s
          AND l.purpose <> 'adjudication'
          AND (l.opened_at IS NOT NULL OR l.state = 'leased')
        ORDER BY l.id DESC LIMIT {REPEAT_AFTER - 1}),
    since AS MATERIALIZED (
        SELECT GREATEST(%(day)s, CASE WHEN count(*) = {REPEAT_AFTER - 1} THEN min(opened_at) END)
            AS at
        FROM recent),
    lately AS MATERIALIZED (
        SELECT COALESCE(t.gold_of_id, t.repeat_of_id, t.id) AS original
        FROM recent JOIN labeling_task t ON t.id = recent.task_id
        WHERE recent.at > %(day)s)
"""  # noqa: S608 - words of our own
_GATED = f" AND (cardinality(%(closed)s) = 0 OR (true{NOT_CLOSED}))"
_KNOWN = Statement(
    "claim_known",
    f"""
    WITH {_LATELY}, open AS (
        SELECT t.id FROM labeling_task t
        WHERE t.project_id = %(project)s AND t.purpose = %(purpose)s
          AND t.purpose IN ('gold', 'anchor') AND t.withdrawn_at IS NULL
          AND NOT EXISTS (
              SELECT 1 FROM labeling_assignment a
              WHERE a.task_id = t.id AND a.rater_id = %(rater)s AND a.state <> 'expired')
          AND NOT EXISTS (
              SELECT 1 FROM labeling_taskopening o
              WHERE o.person_id = %(rater)s AND o.task_id IN (t.id, t.gold_of_id))
          AND NOT EXISTS (SELECT 1 FROM lately WHERE lately.original = t.gold_of_id)
          AND NOT EXISTS (
              SELECT 1 FROM labeling_assignment b
              WHERE b.task_id = t.gold_of_id AND b.rater_id = %(rater)s
                AND b.opened_at > (SELECT at FROM since)){_GATED}
        ORDER BY t.queue_key)
    SELECT {FIELDS}, (SELECT count(*) FROM open) FROM labeling_task t
    WHERE t.id = (SELECT id FROM open LIMIT 1) AND t.withdrawn_at IS NULL
    FOR UPDATE OF t
    """,  # noqa: S608 - words of our own
    project="bigint",
    rater="bigint",
    purpose="varchar",
    day="timestamptz",
    closed="text[]",
)
_KINDS = ", ".join(f"'{kind}'" for kind in sorted(CHECKED_KINDS))
_AGAIN = Statement(
    "claim_again",
    f"""
    WITH {_LATELY}, mine AS (
        SELECT a.task_id, t.external_id
        FROM labeling_assignment a JOIN labeling_task t ON t.id = a.task_id
        WHERE a.rater_id = %(rater)s AND a.project_id = %(project)s AND a.state = 'submitted'
          AND a.purpose = 'live' AND a.strategy <> '{Strategy.IMPORTED}'
          AND t.withdrawn_at IS NULL AND t.kind IN ({_KINDS}) AND t.reviews_id IS NULL
          AND t.follows_id IS NULL AND NOT t.continues AND t.part = ''
          AND NOT EXISTS (SELECT 1 FROM lately WHERE lately.original = t.id)
          AND a.submitted_at <= (SELECT at FROM since){_GATED}
          AND NOT EXISTS (
              SELECT 1 FROM labeling_taskopening o
              WHERE o.person_id = %(rater)s AND o.task_id = t.id)
          AND NOT EXISTS (
              SELECT 1 FROM labeling_task r JOIN labeling_assignment b ON b.task_id = r.id
              WHERE r.repeat_of_id = t.id AND b.rater_id = %(rater)s)
        ORDER BY a.id DESC LIMIT {_DRAWN_FROM})
    SELECT task_id, count(*) OVER () FROM mine
    ORDER BY hashtextextended(external_id, %(seed)s), external_id LIMIT 1
    """,  # noqa: S608 - words of our own
    project="bigint",
    rater="bigint",
    day="timestamptz",
    closed="text[]",
    seed="bigint",
)


def claim_check(
    project: Project,
    rater_id: int,
    stream: Stream,
    known: Sequence[Purpose],
    *,
    now: datetime,
    closed: Sequence[str],
) -> tuple[ClaimedTask, Stream] | None:
    """Locks the check that is due now with the stream after it; None where a live task is to come.

    A check that is due and cannot come, because every gold task is done or nothing is old enough
    to come again, is tried again at the next tasks of its block. What is no purpose of a task whose
    answer is `known` is not looked for.
    """
    seed = stream.seed(project.salt, rater_id)
    for purpose, block in due_checks(seed, stream, check_rates(project)):
        if purpose in KNOWN_PURPOSES and purpose not in known:
            continue
        claimed = _claim(purpose, project, rater_id, now, closed, seed)
        if claimed is not None:
            return claimed, stream.after(purpose, block)
    return None


def _claim(
    purpose: Purpose,
    project: Project,
    rater_id: int,
    now: datetime,
    closed: Sequence[str],
    seed: str,
) -> ClaimedTask | None:
    place = {
        "project": project.pk,
        "rater": rater_id,
        "day": now - REPEAT_AGE,
        "closed": list(closed),
    }
    if purpose == Purpose.REPEAT:
        return _claim_again(place, seed)
    row = _KNOWN.row(**place, purpose=purpose.value)
    if row is None:
        return None
    *values, n_open = row
    return ClaimedTask(Task.from_db(connection.alias, TASK_FIELDS, values), 1 / n_open)


def _claim_again(place: dict[str, object], seed: str) -> ClaimedTask | None:
    """One of the tasks that the rater has judged and may get again, as a task of its own."""
    row = _AGAIN.row(**place, seed=seeded_number(seed, "again", bits=62))
    if row is None:
        return None
    task_id, n_open = row
    original = Task.objects.select_related("project").get(pk=task_id)
    again = Task.objects.select_for_update().get(pk=copy_of(original, Purpose.REPEAT).pk)
    return None if again.withdrawn_at else ClaimedTask(again, 1 / n_open)
