"""Caps: how much of a project, of a day and of a week one rater does.

They are kept where a task is leased and nowhere else: what a rater has open may be finished, and
an answer in hand is never refused for them. A project without caps pays nothing for them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from labeling.vocabulary import APART_SQL, NothingLeft
from projects.models import Membership, Project
from projects.sql import Statement

#: What a project asks for is read again after so many seconds: it grows by imports alone.
_PLANNED_FOR = 60
#: So many newer assignments that count on no day (skipped, lapsed) may stand among those that do.
_OTHERS = 200

_DONE = Statement(
    "rater_done",
    f"""
    SELECT count(*) FILTER (WHERE is_open OR submitted_at BETWEEN %(day)s AND %(next_day)s),
        count(*) FILTER (WHERE is_open OR submitted_at BETWEEN %(week)s AND %(next_week)s),
        (SELECT count(*) FROM labeling_assignment h
         WHERE %(shared)s AND h.rater_id = %(rater)s AND h.project_id = %(project)s
           AND h.state IN ('leased', 'submitted') AND h.purpose NOT IN ({APART_SQL}))
    FROM (SELECT a.submitted_at, a.state = 'leased' AS is_open FROM labeling_assignment a
          WHERE a.rater_id = %(rater)s AND a.project_id = %(project)s
            AND a.purpose <> 'adjudication'
          ORDER BY a.id DESC LIMIT %(newest)s) lately
    """,  # noqa: S608 - words of our own
    project="bigint",
    rater="bigint",
    shared="boolean",
    newest="bigint",
    day="timestamptz",
    next_day="timestamptz",
    week="timestamptz",
    next_week="timestamptz",
)
# A task without a bound counts as one of the project's usual number of raters.
_PLANNED = Statement(
    "planned",
    """
    SELECT (SELECT COALESCE(sum(COALESCE(t.overlap, p.overlap)), 0) FROM labeling_task t
            WHERE t.project_id = p.id AND t.purpose = 'live' AND t.withdrawn_at IS NULL)
         + (SELECT COALESCE(sum(s.gold + s.repeat + s.anchor + 3), 0) FROM labeling_raterstream s
            WHERE s.project_id = p.id)
    FROM projects_project p WHERE p.id = %(project)s
    """,
    project="bigint",
)
_planned: dict[int, tuple[float, int]] = {}


def cap_reached(membership: Membership, now: datetime) -> NothingLeft | None:
    """Which cap keeps the next task from a rater, or that a lead has paused them; None where
    nothing does.

    What is open counts as done; gold, repeats and anchors count like any task.
    """
    if membership.paused_at is not None:
        return NothingLeft.RATER_PAUSED
    project = membership.project
    caps = (project.daily_limit, project.weekly_limit, project.share_limit)
    if caps == (None, None, None):
        return None
    daily, weekly, share = caps
    day, next_day, week, next_week = _bounds(now, membership.user.time_zone)
    row = _DONE.row(
        project=project.pk,
        rater=membership.user_id,
        shared=share is not None,
        newest=max(daily or 0, weekly or 0) + _OTHERS,
        day=day,
        next_day=next_day,
        week=week,
        next_week=next_week,
    )
    today, this_week, altogether = row or (0, 0, 0)
    if share is not None and altogether >= most_by_share(project):
        return NothingLeft.SHARE_LIMIT
    if weekly is not None and this_week >= weekly:
        return NothingLeft.WEEKLY_LIMIT
    if daily is not None and today >= daily:
        return NothingLeft.DAILY_LIMIT
    return None


def most_by_share(project: Project) -> int:
    """How many judgments the share of one rater comes to: one at least.

    A share of all that the project's tasks ask for, so that the first rater of a project is not
    at once the one with all of it.
    """
    share = project.share_limit if project.share_limit is not None else 1.0
    return max(1, int(share * _asked_for(project.pk) + 1e-6))


def _asked_for(project_id: int) -> int:
    """How many judgments the tasks of a project ask for, checks that were handed out included."""
    read_at, planned = _planned.get(project_id, (-_PLANNED_FOR, 0))
    if monotonic() - read_at >= _PLANNED_FOR:
        row = _PLANNED.row(project=project_id)
        planned = int(row[0]) if row else 0
        _planned[project_id] = (monotonic(), planned)
    return planned


def _bounds(now: datetime, zone_name: str) -> tuple[datetime, datetime, datetime, datetime]:
    """Begin and end of the day and of the week (from Monday) that it is where the rater is.

    Both ends, so that what a clock that ran ahead dated into the future counts on no day but its
    own.
    """
    zone = ZoneInfo(zone_name)
    local = now.astimezone(zone)
    midnight = datetime(local.year, local.month, local.day, tzinfo=zone)
    monday = midnight - timedelta(days=midnight.weekday())
    ends = (midnight + timedelta(days=1), monday + timedelta(days=7))
    instant = timedelta(microseconds=1)
    return midnight, ends[0] - instant, monday, ends[1] - instant
