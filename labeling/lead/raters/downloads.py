"""Active time of each rater a day, for whoever pays: as CSV, raters under pseudonyms."""

from __future__ import annotations

import csv
import hmac
from collections.abc import Iterator
from datetime import tzinfo

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate
from django.http import StreamingHttpResponse

from labeling.datasets.texts import defuse
from labeling.models import Judgment
from projects.models import Project, User

TIME_HEADER = ("day", "time_zone", "rater", "judgments", "active_ms")


def rater_pseudonym(project: Project, rater_id: int) -> str:
    """What a rater is called in the project's times, and nowhere else: always the same."""
    key, name = project.salt.encode(), f"time {rater_id}".encode()
    return f"rater-{hmac.digest(key, name, 'sha256').hex()[:16]}"


class _Echo:
    """Hands on what is written."""

    def write(self, text: str) -> str:
        """The line."""
        return text


def active_time_csv(project: Project, zone: tzinfo) -> Iterator[str]:
    """A line a day and rater, of days of that time zone; no cell starts like a formula.

    Whatever the tasks were for, and whether the answers were changed since: each was given once and
    took its time. What was imported took none here.
    """
    writer = csv.writer(_Echo())
    yield writer.writerow(TIME_HEADER)
    rows = (
        Judgment.objects.filter(project=project, withdrawn=False, ui_version__gt="")
        .annotate(day=TruncDate("created_at", tzinfo=zone))
        .values_list("day", "rater")
        .annotate(n=Count("pk"), ms=Sum("active_ms"))
        .order_by("day", "rater")
    )
    for day, rater, n, ms in rows.iterator(chunk_size=2000):
        name = defuse(rater_pseudonym(project, rater))
        yield writer.writerow([day.isoformat(), defuse(str(zone)), name, n, ms])


def time_reply(project: Project, person: User) -> StreamingHttpResponse:
    """The file, with days of the person's time zone."""
    return StreamingHttpResponse(
        active_time_csv(project, person.zone),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="time-{project.slug}.csv"'},
    )
