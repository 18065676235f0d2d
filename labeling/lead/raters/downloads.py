"""Active time of each rater a day, for whoever pays: as CSV, raters under pseudonyms."""

from __future__ import annotations

import csv
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, tzinfo

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from labeling.datasets.texts import defuse
from labeling.models import Judgment
from projects.models import Project, User

TIME_HEADER = ("day", "time_zone", "rater", "judgments", "active_ms")


def rater_pseudonym(project: Project, rater_id: int) -> str:
    """What a rater is called in the project's times and exclusions, and nowhere else: always so."""
    key, name = project.salt.encode(), f"time {rater_id}".encode()
    return f"rater-{hmac.digest(key, name, 'sha256').hex()[:16]}"


@dataclass(frozen=True, slots=True)
class Days:
    """A first and a last day, both included; None leaves it open there."""

    since: date | None = None
    until: date | None = None

    @property
    def fault(self) -> str:
        """What is wrong with them, in words; "" where nothing is."""
        if self.since and self.until and self.since > self.until:
            return _("The last day is before the first.")
        return ""

    @property
    def name(self) -> str:
        """As a part of a file's name; "" where they are all."""
        ends = {"from": self.since, "to": self.until}
        return "".join(f"-{word}-{day.isoformat()}" for word, day in ends.items() if day)


EVERY_DAY = Days()


class _Echo:
    """Hands on what is written."""

    def write(self, text: str) -> str:
        """The line."""
        return text


def active_time_csv(project: Project, zone: tzinfo, days: Days = EVERY_DAY) -> Iterator[str]:
    """A line a day and rater, of days of that time zone; no cell starts like a formula.

    Whatever the tasks were for, and whether the answers were changed or taken back since: each was
    given once and took its time. What was imported took none here.
    """
    writer = csv.writer(_Echo())
    yield writer.writerow(TIME_HEADER)
    bounds = {"day__gte": days.since, "day__lte": days.until}
    rows = (
        Judgment.objects.submitted()
        .filter(project=project, ui_version__gt="")
        .annotate(day=TruncDate("created_at", tzinfo=zone))
        .filter(**{name: day for name, day in bounds.items() if day is not None})
        .values_list("day", "rater")
        .annotate(n=Count("pk"), ms=Sum("active_ms"))
        .order_by("day", "rater")
    )
    for day, rater, n, ms in rows.iterator(chunk_size=2000):
        name = defuse(rater_pseudonym(project, rater))
        yield writer.writerow([day.isoformat(), defuse(str(zone)), name, n, ms])


def time_reply(project: Project, person: User, days: Days) -> StreamingHttpResponse:
    """The file, with days of the person's time zone; its name says which they are."""
    name = f"time-{project.slug}{days.name}.csv"
    return StreamingHttpResponse(
        active_time_csv(project, person.zone, days),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
