"""Figures for Prometheus, in its text format, from what all processes wrote into the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Any

from django.conf import settings
from django.db import connection

from labeling.models import Heartbeat
from labeling.operations.disk import disk_space
from labeling.operations.health import PartState, health
from labeling.operations.metrics import BUCKETS
from labeling.operations.selectors import database_size, job_counts, messages_waiting
from projects.sql import database_now

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
#: One value of a figure with its labels.
LabelledValue = tuple[str, Mapping[str, object], float]


def exposition() -> str:
    """Every figure with its help and type."""
    rows = list(Heartbeat.objects.all())
    disk = disk_space()
    figures: list[tuple[str, str, str, Iterable[LabelledValue]]] = [
        ("info", "gauge", "The version that answers.", [("", {"version": settings.VERSION}, 1)]),
        ("part_ok", "gauge", "1 where a part of /healthz is ok.", _parts()),
        ("requests_total", "counter", "Requests by route and status.", _requests(rows)),
        ("request_seconds", "histogram", "How long requests took.", _durations(rows)),
        ("process_silence_seconds", "gauge", "Since the last sign of life.", _silences(rows)),
        ("process_resident_bytes", "gauge", "Memory of a process.", _memory(rows)),
        ("jobs", "gauge", "Jobs by state.", _jobs()),
        ("messages_waiting", "gauge", "Messages no worker has taken.", _waiting()),
        ("judgments_total", "counter", "Judgments ever stored.", [("", {}, _judgments())]),
        ("disk_free_bytes", "gauge", "Room under CONCORD_DATA.", [("", {}, disk.free)]),
        ("disk_total_bytes", "gauge", "Size of that file system.", [("", {}, disk.total)]),
        ("database_bytes", "gauge", "Size of the database.", [("", {}, database_size())]),
    ]
    return "".join(_figure(*figure) for figure in figures)


def _figure(name: str, kind: str, words: str, samples: Iterable[LabelledValue]) -> str:
    lines = [f"# HELP concord_{name} {words}", f"# TYPE concord_{name} {kind}"]
    for suffix, labels, value in samples:
        inside = ",".join(f'{key}="{_escaped(str(text))}"' for key, text in labels.items())
        lines.append(f"concord_{name}{suffix}{{{inside}}} {value}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _parts() -> list[LabelledValue]:
    return [("", {"part": name}, int(s == PartState.OK)) for name, s in health().parts.items()]


def _webs(rows: Iterable[Heartbeat]) -> list[tuple[str, dict[str, Any]]]:
    return [(row.name, row.detail) for row in rows if "requests" in row.detail]


def _requests(rows: Iterable[Heartbeat]) -> Iterable[LabelledValue]:
    for name, detail in _webs(rows):
        for key, count in detail["requests"].items():
            method, status, route = key.split(" ", 2)
            labels = {"process": name, "method": method, "status": status, "route": route}
            yield "", labels, count


def _durations(rows: Iterable[Heartbeat]) -> Iterable[LabelledValue]:
    limits = [*map(str, BUCKETS), "+Inf"]
    for name, detail in _webs(rows):
        counts = accumulate(detail["durations"].get(limit, 0) for limit in limits)
        total = 0
        for limit, total in zip(limits, counts, strict=True):
            yield "_bucket", {"process": name, "le": limit}, total
        yield "_sum", {"process": name}, detail["seconds"]
        yield "_count", {"process": name}, total


def _silences(rows: Iterable[Heartbeat]) -> Iterable[LabelledValue]:
    now = database_now()
    for row in rows:
        silence = round((now - row.seen_at).total_seconds(), 1)
        yield "", {"kind": row.kind, "process": row.name}, silence


def _memory(rows: Iterable[Heartbeat]) -> Iterable[LabelledValue]:
    for row in rows:
        yield "", {"kind": row.kind, "process": row.name}, row.memory


def _waiting() -> Iterable[LabelledValue]:
    count = messages_waiting()
    return [] if count is None else [("", {}, count)]


def _jobs() -> Iterable[LabelledValue]:
    return [("", {"state": state}, count) for state, count in job_counts().items()]


def _judgments() -> int:
    """By the highest number given out: counting a million rows takes a while."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(max(id), 0) FROM labeling_judgment")
        (highest,) = cursor.fetchone()
    return int(highest)
