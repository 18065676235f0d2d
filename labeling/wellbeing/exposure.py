"""What raters were exposed to: read from judgments and leases that are there anyway.

Time is the active time of what was submitted. Of what was skipped no time is kept, so that it
counts as tasks and not as minutes.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from labeling.models import Judgment
from labeling.rating.topics import SEVERE
from labeling.vocabulary import Strategy
from projects.models import Project, User
from projects.sql import Statement

_DAYS = Statement(
    "exposed_days",
    """
    WITH seen AS (
        SELECT j.rater_id AS rater, (j.created_at AT TIME ZONE 'UTC')::date AS day, p.sensitivity,
            CASE WHEN j.times_cut THEN 0 ELSE j.active_ms END AS ms
        FROM labeling_judgment j JOIN labeling_task t ON t.id = j.task_id
            JOIN labeling_prompt p ON p.id = t.prompt_id
        WHERE j.project_id = %(project)s AND j.created_at >= %(since)s AND j.created_at < %(until)s
          AND j.strategy <> 'imported' AND NOT j.withdrawn AND p.sensitivity <> '[]'::jsonb)
    SELECT rater, day, '', '', sum(ms)::bigint FROM seen GROUP BY 1, 2
    UNION ALL
    SELECT s.rater, s.day, o.topic, o.severity, sum(s.ms)::bigint
    FROM seen s CROSS JOIN LATERAL (
        SELECT DISTINCT e->>'topic' AS topic, COALESCE(e->>'severity', '') AS severity
        FROM jsonb_array_elements(s.sensitivity) e) o
    GROUP BY 1, 2, 3, 4
    """,
    project="bigint",
    since="timestamptz",
    until="timestamptz",
)
_TAKEN = Statement(
    "exposed_taken",
    """
    SELECT a.rater_id, o.topic, count(*), count(*) FILTER (WHERE a.state = 'skipped'),
        count(*) FILTER (WHERE a.state = 'skipped' AND a.skip_reason = 'uncomfortable')
    FROM labeling_assignment a JOIN labeling_task t ON t.id = a.task_id
        JOIN labeling_prompt p ON p.id = t.prompt_id CROSS JOIN LATERAL (
            SELECT DISTINCT e->>'topic' AS topic FROM jsonb_array_elements(p.sensitivity) e) o
    WHERE a.project_id = %(project)s AND a.strategy <> 'imported'
      AND a.state IN ('submitted', 'skipped') AND p.sensitivity <> '[]'::jsonb
      AND COALESCE(a.submitted_at, a.skipped_at, a.created_at) >= %(since)s
      AND COALESCE(a.submitted_at, a.skipped_at, a.created_at) < %(until)s
    GROUP BY 1, 2
    """,
    project="bigint",
    since="timestamptz",
    until="timestamptz",
)
# A cap was reached where the hour or day that ends with a task holds as many as it allows.
_REACHED = Statement(
    "exposed_caps",
    """
    SELECT rater, day, bool_or(n >= %(most)s) FROM (
        SELECT rater, (at AT TIME ZONE 'UTC')::date AS day, at, count(*) OVER (
            PARTITION BY rater ORDER BY at RANGE BETWEEN %(length)s PRECEDING AND CURRENT ROW) AS n
        FROM (SELECT a.rater_id AS rater, GREATEST(a.created_at, a.opened_at) AS at
              FROM labeling_assignment a JOIN labeling_task t ON t.id = a.task_id
                JOIN labeling_prompt p ON p.id = t.prompt_id
              WHERE a.project_id = %(project)s AND a.strategy <> 'imported'
                AND a.purpose <> 'adjudication'
                AND (a.opened_at IS NOT NULL OR a.state = 'leased')
                AND a.created_at >= %(since)s AND a.created_at < %(until)s
                AND p.sensitivity @> %(matches)s::jsonb) had) counted
    GROUP BY 1, 2
    """,
    project="bigint",
    since="timestamptz",
    until="timestamptz",
    matches="text",
    most="integer",
    length="interval",
)


@dataclass(frozen=True, slots=True)
class ExposedDay:
    """What a rater had on one day; `topic` is "" for all that touches any, each task once."""

    rater: int
    day: date
    topic: str
    severity: str
    seconds: float


@dataclass(frozen=True, slots=True)
class TakenTopic:
    """How many tasks of a topic a rater ended, and how many of these they skipped."""

    rater: int
    topic: str
    ended: int
    skipped: int
    uncomfortable: int


@dataclass(frozen=True, slots=True)
class Cap:
    """Most of a topic, or of what is severe (`topic` ""), in an hour or in 24 hours."""

    topic: str
    hours: int
    most: int

    @property
    def matches(self) -> list[dict[str, str]]:
        """What prompts under it contain."""
        return [{"topic": self.topic} if self.topic else {"severity": SEVERE}]


def exposed_days(project: Project, since: datetime, until: datetime) -> list[ExposedDay]:
    """The days of each rater, days of UTC."""
    rows = _DAYS.rows(project=project.pk, since=since, until=until)
    return [ExposedDay(rater, day, topic, sev, ms / 1000) for rater, day, topic, sev, ms in rows]


def taken_topics(project: Project, since: datetime, until: datetime) -> list[TakenTopic]:
    """Tasks that ended, by rater and topic."""
    rows = _TAKEN.rows(project=project.pk, since=since, until=until)
    return [TakenTopic(*row) for row in rows]


def caps_of(project: Project, topics: Sequence[tuple[str, int | None, int | None]]) -> list[Cap]:
    """The caps as they stand; `topics` are described ones with what an hour and a day may hold."""
    severe = ("", project.severe_hourly_limit, project.severe_daily_limit)
    return [
        Cap(topic, hours, most)
        for topic, hourly, daily in (severe, *topics)
        for hours, most in ((1, hourly), (24, daily))
        if most is not None
    ]


def capped_days(
    project: Project, cap: Cap, since: datetime, until: datetime
) -> list[tuple[int, date, bool]]:
    """Rater, day and whether the cap was reached, of the days with any of it."""
    rows = _REACHED.rows(
        project=project.pk,
        since=since,
        until=until,
        matches=json.dumps(cap.matches),
        most=cap.most,
        length=timedelta(hours=cap.hours),
    )
    return [(rater, day, is_reached) for rater, day, is_reached in rows]


@dataclass(frozen=True, slots=True)
class OwnExposure:
    """What one had of a topic lately."""

    topic: str
    tasks: int
    seconds: float

    @property
    def minutes(self) -> float:
        """The same time in minutes."""
        return self.seconds / 60


def own_exposure(*, rater: User, project: Project, since: datetime) -> list[OwnExposure]:
    """One's own tasks and active time by topic, most time first."""
    rows = (
        Judgment.objects.submitted()
        .filter(project=project, rater=rater, created_at__gte=since)
        .exclude(strategy=Strategy.IMPORTED)
        .exclude(task__prompt__sensitivity=[])
        .order_by()
        .values_list("task__prompt__sensitivity", "task", "active_ms", "times_cut")
    )
    tasks: dict[str, set[int]] = defaultdict(set)
    ms: dict[str, int] = defaultdict(int)
    for topics, task, active, is_cut in rows:
        for topic in {str(entry.get("topic", "")) for entry in topics}:
            tasks[topic].add(task)
            ms[topic] += 0 if is_cut else active
    own_rows = [OwnExposure(topic, len(own), ms[topic] / 1000) for topic, own in tasks.items()]
    return sorted(own_rows, key=lambda row: (-row.seconds, row.topic))
