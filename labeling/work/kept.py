"""Figures that are kept: shown as they were last, computed anew by a worker while somebody waits.

A report that would take a request too long is a row that a worker fills. Whoever looks at it asks
for it again, so a message that was lost, or a worker that died, is made good at the next look; and
what nobody looks at any more is not computed on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from labeling.models import Report
from labeling.work.lanes import LONG_LANE, long_place
from labeling.work.locks import held_locks, lock_number, session_lock
from labeling.work.registry import REPORT_SPACE
from labeling.work.sending import send_id, send_next
from projects.models import Project
from projects.sql import database_now

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


def kept_reports(kind: str, *, younger_than: timedelta) -> QuerySet[Report]:
    """The reports of that kind, of any project, that were computed of late."""
    return Report.objects.filter(kind=kind, computed_at__gt=Now() - younger_than)


@dataclass(frozen=True, slots=True)
class KeptFigures:
    """A report as it is kept, None before the first, and how far the worker is who makes it anew.

    One that `is_newest` holds what a new one would hold.
    """

    report: Report | None
    progress: Progress | None = None
    is_newest: bool = False

    @property
    def computed_at(self) -> datetime | None:
        """When it was made; None where that does not matter, or where there is none."""
        return self.report.computed_at if self.report and not self.is_newest else None

    def newer(self, judgments: int) -> int:
        """How many of so many judgments came since; the report says how many there were."""
        if self.report is None or self.is_newest:
            return 0
        return max(0, judgments - int(self.report.data["judgments"]))


@dataclass(frozen=True, slots=True)
class FiguresAtHand:
    """The newest figures there are, None before the first, and how far they are behind.

    `newer` judgments are in none of them; `progress` is that of the worker who computes them anew,
    None where nobody does.
    """

    figures: dict[str, Any] | None
    computed_at: datetime | None = None
    newer: int = 0
    progress: Progress | None = None


def figures_at_hand(
    project: Project,
    kind: str,
    *,
    fingerprint: str,
    task: str,
    request: Mapping[str, Any] | None = None,
    version: str = "",
    at_once: Callable[[], Report | None] = lambda: None,
) -> KeptFigures:
    """The report of that kind for a request, which never waits for a large project.

    One of this `fingerprint` is current. `at_once` computes a small project's. Else the one that
    was kept is shown if its fingerprint begins with `version`, and a worker is asked for another.
    """
    report = kept_report(project, kind)
    if report is not None and report.fingerprint == fingerprint:
        return KeptFigures(report, is_newest=True)
    if (computed := at_once()) is not None:
        return KeptFigures(computed, is_newest=True)
    if report is not None and report.fingerprint.startswith(version):
        if is_fresh(report):
            return KeptFigures(report)
    else:
        report = None
    return KeptFigures(report, want_report(project, kind, task=task, request=request))


def keep_report(
    project: Project, kind: str, *, fingerprint: str, data: Mapping[str, Any]
) -> Report:
    """Stores the newest value of a report."""
    columns = {"fingerprint": fingerprint, "data": data, "computed_at": database_now()}
    report, _ = Report.objects.update_or_create(project=project, kind=kind, defaults=columns)
    return report


def renew_report(project: Project, kind: str, *, data: Mapping[str, Any]) -> None:
    """Stores the newest value of a report that has no fingerprint."""
    row = Report.objects.filter(project=project, kind=kind)
    if not row.update(data=data, computed_at=Now()):
        keep_report(project, kind, fingerprint="", data=data)


def forget_reports(project: Project) -> None:
    """Has no page show what was computed until now: what counts was changed by an act."""
    computed = Report.objects.filter(project=project, computed_at__isnull=False)
    computed.update(computed_at=None, sent_at=None)


def want_report(
    project: Project, kind: str, *, task: str, request: Mapping[str, Any] | None = None
) -> Progress:
    """Has a worker compute the report, and says how far it is. Called again while one waits."""
    first = {"fingerprint": "", "data": {}, "request": request or {}}
    report, _ = Report.objects.get_or_create(project=project, kind=kind, defaults=first)
    row = Report.objects.filter(pk=report.pk)
    row.update(wanted_at=Now())  # before a worker hears of it, who asks whether somebody waits
    has_failed = report.attempts >= MOST_ATTEMPTS and not _is_computed(report.pk)
    due = Q(sent_at=None) | Q(sent_at__lt=Now() - (REST if has_failed else PATIENCE))
    anew = {"attempts": 0} if has_failed else {}
    if row.filter(due).update(sent_at=Now(), **anew):
        send_id(task, report.pk, queue=LONG_LANE)
    return Progress(report.percent, has_failed)


def compute_report(
    pk: int, do: Callable[[Report], tuple[str, Mapping[str, Any]]], *, while_wanted: bool = False
) -> None:
    """Computes the report of that id: `do` returns its fingerprint and data.

    Nothing is done where another worker is at it, where long jobs have every place (the next
    look has it sent again), or with `while_wanted` where nobody waits.
    """
    with long_place() as is_free:
        if not is_free:
            Report.objects.filter(pk=pk).update(sent_at=None)
            return
        with session_lock(REPORT_SPACE, pk) as owned:
            if owned:
                _compute(pk, do, while_wanted=while_wanted)
    send_next()


def _compute(
    pk: int, do: Callable[[Report], tuple[str, Mapping[str, Any]]], *, while_wanted: bool
) -> None:
    row = Report.objects.filter(pk=pk)
    try:
        wanted = row.filter(_wanted()) if while_wanted else row
        if wanted.update(attempts=F("attempts") + 1, percent=0, sent_at=Now()):
            fingerprint, data = do(row.select_related("project").get())
            done = {"computed_at": Now(), "attempts": 0, "percent": 0}
            row.update(fingerprint=fingerprint, data=data, **done)
    except Abandoned:
        row.update(attempts=0, sent_at=None, percent=0)


def report_progress(pk: int, percent: int) -> None:
    """Notes how far a report is. Raises Abandoned where nobody waits for it any more."""
    if not Report.objects.filter(_wanted(), pk=pk).update(percent=min(99, percent)):
        raise Abandoned


def _wanted() -> Q:
    return Q(wanted_at__gt=Now() - PATIENCE)


def _is_computed(pk: int) -> bool:
    """Whether a worker is at it at this moment."""
    return lock_number(pk) in held_locks(REPORT_SPACE)


def is_fresh(report: Report) -> bool:
    """Whether the report is too new to be made anew."""
    return report.computed_at is not None and report.computed_at > database_now() - LEAST_AGE
