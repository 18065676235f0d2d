"""Which topics are closed to a rater now: not agreed to, or enough of them for now.

Only a project that describes topics, or caps what is severe, pays for this: one statement a task.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from projects.models import Project
from projects.sql import Statement

#: How a row says that what it touches is severe.
SEVERE = "severe"
#: So many of a rater's newest tasks are looked at for what they had in a day.
_LATELY = 2000

# What is handed out counts from when it is prepared or opened; what lapsed unopened was not seen.
# Most raters had fewer tasks at all than a limit has of its topic: then no text is looked at.
_STANDS = Statement(
    "topics",
    f"""
    WITH described AS (
        SELECT DISTINCT ON (t.key) t.id, t.key, t.is_asked, t.hourly_limit, t.daily_limit
        FROM labeling_topic t WHERE t.project_id = %(project)s ORDER BY t.key, t.number DESC
    ), kinds AS (
        SELECT d.id, jsonb_build_array(jsonb_build_object('topic', d.key)) AS matches,
            d.hourly_limit, d.daily_limit
        FROM described d WHERE d.is_asked
        UNION ALL
        SELECT NULL, '[{{"severity": "{SEVERE}"}}]'::jsonb, %(severe_hourly)s, %(severe_daily)s
        WHERE %(severe_hourly)s IS NOT NULL OR %(severe_daily)s IS NOT NULL
    ), lately AS MATERIALIZED (
        SELECT s.task_id, s.at
        FROM (SELECT a.task_id, GREATEST(a.created_at, a.opened_at) AS at
              FROM labeling_assignment a
              WHERE a.rater_id = %(rater)s AND a.project_id = %(project)s
                AND a.purpose <> 'adjudication'
                AND (a.opened_at IS NOT NULL OR a.state = 'leased')
              ORDER BY a.id DESC LIMIT {_LATELY}) s
        WHERE s.at BETWEEN %(day)s AND %(ahead)s
    ), touching AS MATERIALIZED (
        SELECT s.at, p.sensitivity
        FROM lately s JOIN labeling_task t ON t.id = s.task_id
            JOIN labeling_prompt p ON p.id = t.prompt_id
        WHERE p.sensitivity <> '[]'
    )
    SELECT k.matches::text,
        CASE WHEN k.id IS NULL THEN true ELSE (
            SELECT c.agrees FROM labeling_topicconsent c
            WHERE c.topic_id = k.id AND c.user_id = %(rater)s ORDER BY c.id DESC LIMIT 1) END,
        CASE WHEN k.hourly_limit <= (SELECT count(*) FROM lately WHERE at > %(hour)s)
            OR k.daily_limit <= (SELECT count(*) FROM lately)
        THEN (SELECT COALESCE(count(*) FILTER (WHERE had.at > %(hour)s) >= k.hourly_limit, false)
                  OR COALESCE(count(*) >= k.daily_limit, false)
              FROM touching had WHERE had.sensitivity @> k.matches)
        ELSE false END
    FROM kinds k
    """,  # noqa: S608 - words of our own
    project="bigint",
    rater="bigint",
    severe_hourly="integer",
    severe_daily="integer",
    hour="timestamptz",
    day="timestamptz",
    ahead="timestamptz",
)


@dataclass(frozen=True, slots=True)
class TopicStanding:
    """What is closed to a rater now, each as the JSON that a prompt's topics contain.

    `undecided`: there are topics that the rater has not chosen about. `capped`: some are closed
    because the rater had as many tasks of them as an hour or a day may have.
    """

    closed: Sequence[str] = ()
    undecided: bool = False
    capped: bool = False


_NOTHING_CLOSED = TopicStanding()


def topic_standing(*, project: Project, rater_id: int, now: datetime) -> TopicStanding:
    """Which topics are closed to the rater; to be read under the rater's lock."""
    severe = (project.severe_hourly_limit, project.severe_daily_limit)
    if not project.has_topics and severe == (None, None):
        return _NOTHING_CLOSED
    rows = _STANDS.rows(
        project=project.pk,
        rater=rater_id,
        severe_hourly=severe[0],
        severe_daily=severe[1],
        **_spans(now),
    )
    return TopicStanding(
        closed=[matches for matches, agrees, is_full in rows if not agrees or is_full],
        undecided=any(agrees is None for _, agrees, _ in rows),
        capped=any(agrees and is_full for _, agrees, is_full in rows),
    )


def _spans(now: datetime) -> dict[str, datetime]:
    """An hour ahead at most: what a clock that ran ahead dated into the future is no past hour."""
    hour = timedelta(hours=1)
    return {"hour": now - hour, "day": now - 24 * hour, "ahead": now + hour}
