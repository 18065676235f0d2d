"""What all seedings of demo projects do alike."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from zipfile import ZipFile

from django.db import connection

from labeling.demo.content import JOINING_NAME
from labeling.demo.kind_content import load_kinds
from labeling.imports.services import create_import, run_import
from labeling.models import Import, Prompt, Task
from labeling.rating.texts import render_some
from projects.guidelines.services import acknowledge
from projects.models import Acknowledgement, AuditEvent, Guideline, Membership, Project, User

#: Any two seedings at once wait for each other; the number is arbitrary but must never change.
_LOCK = 41900


def lock_demo() -> None:
    """Lets seedings wait for one another until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def main_demo() -> Project | None:
    """The demo project that comes first, and whose people are those of the others."""
    others = [JOINING_NAME, *(demo.name for demo in load_kinds())]
    return Project.objects.filter(is_demo=True).exclude(name__in=others).order_by("pk").first()


def import_rows(
    project: Project,
    lead: User,
    rows: Iterable[Mapping[str, object]],
    name: str,
    pictures: Mapping[str, bytes] | None = None,
) -> None:
    """The items come in as anybody's data do: as a file in Concord's own format, with pictures as
    an archive of both."""
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    content, ending = "\n".join(lines).encode(), "jsonl"
    if pictures:
        content, ending = _archive({f"{name}.jsonl": content, **pictures}), "zip"
    import_ = create_import(
        project=project, created_by=lead, filename=f"{name}.{ending}", content=content
    )
    run_import(import_.pk)
    while render_some(project_id=project.pk):
        continue


def _archive(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def morning(now: datetime, days_ago: int) -> datetime:
    """Half past eight on the day so many days before."""
    return datetime.combine((now - timedelta(days=days_ago)).date(), time(8, 30), now.tzinfo)


def backdate_start(project: Project, begin: datetime) -> None:
    """Lets everything that exists by now have happened at the beginning of the demo."""
    Project.objects.filter(pk=project.pk).update(created_at=begin)
    Guideline.objects.filter(project=project).update(published_at=begin)
    Acknowledgement.objects.filter(guideline__project=project).update(at=begin)
    Membership.objects.filter(project=project).update(created_at=begin)
    AuditEvent.objects.filter(project=project).update(at=begin)
    Prompt.objects.filter(project=project).update(created_at=begin)
    Task.objects.filter(project=project).update(created_at=begin)
    Import.objects.filter(project=project).update(
        created_at=begin, started_at=begin, finished_at=begin + timedelta(seconds=1)
    )


def record_reading(guideline: Guideline, rater: User, at: datetime) -> None:
    """Lets a rater have read a version of the guideline at that moment."""
    seen = acknowledge(user=rater, guideline=guideline, seconds_open=95)
    Acknowledgement.objects.filter(pk=seen.pk).update(at=at)
