"""What an operator sees: processes, jobs, queues, room, the last backup, the last faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import Count, F, Q
from django.db.models.functions import Now

from labeling.models import Heartbeat, Installation, Job
from labeling.operations.disk import DiskSpace, disk_space
from labeling.vocabulary import JobState
from labeling.work.heartbeats import SILENCE
from labeling.work.limits import Standstill, standstill
from labeling.work.registry import JobKind, job_kind_of, job_kinds
from projects.broker import ask_broker

#: Failed jobs are listed so long, and no more than so many.
_FAILED_FOR = timedelta(days=7)
_JOBS_LISTED = 50
_FAULTS_LISTED = 10


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """A process and its last sign of life."""

    name: str
    kind: str
    host: str
    pid: int
    memory: int
    started_at: datetime
    seen_at: datetime
    is_silent: bool


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job that waits, runs or failed lately."""

    kind: str
    job: Job

    @property
    def name(self) -> str:
        """The job in words: a file, a release."""
        return str(self.job)

    @property
    def may_cancel(self) -> bool:
        """Whether it can be stopped for good."""
        open_job = not self.job.is_over and self.job.cancel_requested_at is None
        return open_job and job_kind_of(self.job).cancellable

    @property
    def standstill(self) -> Standstill | None:
        """Whether it gets no further, for how long, and when it will be given up."""
        return standstill(self.job)


@dataclass(frozen=True, slots=True)
class Fault:
    """A request that ended in a 5xx, as its process remembers it."""

    at: str
    route: str
    status: int
    request_id: str


@dataclass(frozen=True, slots=True)
class SchemaState:
    """How the database's tables stand to this code: migrations of either that the other lacks."""

    newest: str
    missing: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything at once."""

    version: str
    schema: SchemaState
    disk: DiskSpace
    database_size: int
    processes: list[ProcessRow]
    jobs: list[JobRow]
    job_counts: Mapping[str, int]
    messages_waiting: int | None
    faults: list[Fault]
    backup_at: datetime | None


def overview() -> Overview:
    """What the page and the API show."""
    heartbeats = _heartbeats()
    return Overview(
        version=settings.VERSION,
        schema=_schema(),
        disk=disk_space(),
        database_size=database_size(),
        processes=[_process_row(row) for row in heartbeats if row.kind != Heartbeat.Kind.SWEEP],
        jobs=_jobs(),
        job_counts=job_counts(),
        messages_waiting=messages_waiting(),
        faults=_faults(heartbeats),
        backup_at=Installation.objects.values_list("backup_at", flat=True).first(),
    )


def _heartbeats() -> list[Any]:
    rows = Heartbeat.objects.annotate(is_silent=Q(seen_at__lt=Now() - SILENCE))
    return list(rows.order_by("kind", "host", "pid"))


def _process_row(row: Any) -> ProcessRow:
    names = ("name", "kind", "host", "pid", "memory", "started_at", "seen_at", "is_silent")
    return ProcessRow(**{name: getattr(row, name) for name in names})


def database_size() -> int:
    """Bytes of the database on its server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        (size,) = cursor.fetchone()
    return int(size)


def job_counts() -> dict[str, int]:
    """Jobs of all kinds by state."""
    counts = dict.fromkeys(JobState, 0)
    for kind in job_kinds():
        states = kind.model._default_manager.values("state").annotate(n=Count("pk"))
        for row in states.order_by():
            counts[row["state"]] += row["n"]
    return {str(state): count for state, count in counts.items()}


def messages_waiting() -> int | None:
    """How many messages no worker has taken yet; None where the broker does not say."""
    queues = settings.CELERY_TASK_QUEUES
    return ask_broker(
        lambda channel: sum(int(channel.queue_declare(name).message_count) for name in queues)
    )


def find_job(noun: str, pk: int) -> Job | None:
    """A job by its kind's noun and id."""
    kind = next((kind for kind in job_kinds() if kind.noun == noun), None)
    return kind.model._default_manager.filter(pk=pk).first() if kind else None


def _jobs() -> list[JobRow]:
    rows = [JobRow(kind.noun, job) for kind in job_kinds() for job in _jobs_of(kind)]
    order = [JobState.RUNNING, JobState.PENDING]
    rows.sort(key=lambda row: (row.job.state not in order, -row.job.created_at.timestamp()))
    return rows[:_JOBS_LISTED]


def _jobs_of(kind: JobKind[Any]) -> list[Job]:
    shown = Q(state__in=[JobState.PENDING, JobState.RUNNING]) | Q(
        state=JobState.FAILED, finished_at__gt=Now() - _FAILED_FOR
    )
    rows = kind.model._default_manager.filter(shown).select_related("project")
    return list(rows.order_by(F("finished_at").desc(nulls_first=True), "pk")[:_JOBS_LISTED])


def _faults(heartbeats: list[Any]) -> list[Fault]:
    faults = [
        Fault(**{name: entry.get(name, "") for name in ("at", "route", "status", "request_id")})
        for row in heartbeats
        for entry in row.detail.get("faults", [])
    ]
    return sorted(faults, key=lambda fault: fault.at, reverse=True)[:_FAULTS_LISTED]


def _schema() -> SchemaState:
    loader = MigrationLoader(connection)
    known, applied = set(loader.disk_migrations), set(loader.applied_migrations)
    ours = sorted(name for app, name in applied if app == "labeling")
    apps = {app for app, _ in known}
    unknown = {key for key in applied - known if key[0] in apps}
    return SchemaState(ours[-1] if ours else "", len(known - applied), len(unknown))
