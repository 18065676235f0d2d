"""Figures that are kept: shown as they were last, computed anew by a worker while somebody waits.

A report that would take a request too long is a row that a worker fills. Whoever looks at it asks
for it again, so a message that was lost, or a worker that died, is made good at the next look; and
what nobody looks at any more is not computed on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from labeling.models import Report
from labeling.work.lanes import LONG_LANE, long_place
from labeling.work.sending import send_id, send_next
from projects.models import Project

#: The advisory locks of reports that are being computed: no job's, and never to change.
REPORT_SPACE = 41005
#: A page asks again after seconds; who has not asked for so long does not wait any more.
PATIENCE = timedelta(seconds=20)
#: While people judge, every judgment outdates a report; so often it is made anew at most.
LEAST_AGE = timedelta(minutes=2)
#: Begun so often without an end, a report rests for a while.
MOST_ATTEMPTS = 2
REST = timedelta(minutes=10)

#: The limits of a task that computes a report, in seconds: for what never comes to an end.
COMPUTE_LIMITS: dict[str, Any] = {"soft_time_limit": 900, "time_limit": 960}


class Abandoned(Exception):
    """Nobody waits for the report any more."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a report that is being computed is, and whether it came to no end of late."""

    percent: int
    has_failed: bool


def kept_report(project: Project, kind: str) -> Report | None:
    """The report of that kind as it was last computed, current or not."""
    return Report.objects.filter(project=project, kind=kind, computed_at__isnull=False).first()


def keep_report(
    project: Project, kind: str, *, fingerprint: str, data: Mapping[str, Any]
) -> Report:
    """Stores the newest value of a report."""
    columns = {"fingerprint": fingerprint, "data": data, "computed_at": timezone.now()}
    report, _ = Report.objects.update_or_create(project=project, kind=kind, defaults=columns)
    return report


def want_report(
    project: Project, kind: str, *, task: str, request: Mapping[str, Any] | None = None
) -> Progress:
    """Has a worker compute the report, and says how far it is. Called again while one waits."""
    now = timezone.now()
    first = {"fingerprint": "", "data": {}, "request": request or {}}
    report, _ = Report.objects.get_or_create(project=project, kind=kind, defaults=first)
    columns: dict[str, Any] = {"wanted_at": now}
    has_failed = report.attempts >= MOST_ATTEMPTS and not _is_computed(report.pk)
    pause = REST if has_failed else PATIENCE
    if report.sent_at is None or report.sent_at < now - pause:
        columns |= {"sent_at": now, "attempts": 0} if has_failed else {"sent_at": now}
        send_id(task, report.pk, queue=LONG_LANE)
    Report.objects.filter(pk=report.pk).update(**columns)
    return Progress(report.percent, has_failed)


def compute_report(
    pk: int, do: Callable[[Report], tuple[str, Mapping[str, Any]]], *, while_wanted: bool = False
) -> None:
    """Computes the report of that id: `do` returns its fingerprint and data.

    Nothing is done where another worker is at it, where long jobs have every place (the next
    look has it sent again), or with `while_wanted` where nobody waits.
    """
    with long_place() as is_free:
        if is_free:
            _compute(pk, do, while_wanted=while_wanted)
        else:
            Report.objects.filter(pk=pk).update(sent_at=None)
    send_next()


def _compute(
    pk: int, do: Callable[[Report], tuple[str, Mapping[str, Any]]], *, while_wanted: bool
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [REPORT_SPACE, pk % 2**31])
        if not cursor.fetchone()[0]:
            return
    row = Report.objects.filter(pk=pk)
    try:
        wanted = row.filter(_wanted()) if while_wanted else row
        if wanted.update(attempts=F("attempts") + 1, percent=0, sent_at=timezone.now()):
            fingerprint, data = do(row.select_related("project").get())
            row.update(fingerprint=fingerprint, data=data, computed_at=timezone.now(), attempts=0)
    except Abandoned:
        row.update(attempts=0, sent_at=None)
    finally:
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [REPORT_SPACE, pk % 2**31])


def report_progress(pk: int, percent: int) -> None:
    """Notes how far a report is. Raises Abandoned where nobody waits for it any more."""
    if not Report.objects.filter(_wanted(), pk=pk).update(percent=min(99, percent)):
        raise Abandoned


def _wanted() -> Q:
    return Q(wanted_at__gt=timezone.now() - PATIENCE)


def _is_computed(pk: int) -> bool:
    """Whether a worker is at it at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory'"
            " AND classid = %s AND objid = %s AND objsubid = 2"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [REPORT_SPACE, pk % 2**31],
        )
        return bool(cursor.fetchone()[0])


def is_fresh(report: Report) -> bool:
    """Whether the report is too new to be made anew."""
    return report.computed_at is not None and report.computed_at > timezone.now() - LEAST_AGE
