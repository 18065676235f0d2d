"""What a lead has left out of figures and releases: ranges of a rater's judgments, append-only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import connection, models
from django.db.models import F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from labeling.models.choices import choices
from labeling.models.tasks import Task
from labeling.vocabulary import ExclusionReason
from projects.models import Project


class ExclusionQuerySet(models.QuerySet["Exclusion"]):
    """Exclusions by whether they are in force."""

    def in_force(self) -> Self:
        """Those that nobody has lifted."""
        return self.filter(lifted_at__isnull=True)

    def in_force_at(self, moment: datetime) -> Self:
        """Those that were in force at a moment, whatever became of them."""
        return self.filter(Q(lifted_at__isnull=True) | Q(lifted_at__gt=moment), at__lte=moment)

    def of_outer_judgment(self, prefix: str = "") -> Self:
        """Those that hold the judgment of an outer query."""
        return self.filter(
            project=OuterRef(f"{prefix}project_id"),
            rater=OuterRef(f"{prefix}rater_id"),
            first__lte=OuterRef(f"{prefix}pk"),
            newest__gte=OuterRef(f"{prefix}pk"),
        )


class Exclusion(models.Model):
    """That judgments of a rater, from the id `first` to the id `newest`, count in nothing.

    The judgments stay as they are, and so do their places. `judgments` are how many it left out
    when it was made, beside those that were left out already; `note` is for leads alone, and goes
    with the texts of whoever is erased. Rows are append-only, guarded by a database trigger: lifted
    once, an exclusion stays as a row. With `reopens` their tasks get a place more (`OpenPlace`).
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="exclusions")
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, db_index=False, on_delete=models.PROTECT, related_name="+"
    )
    first = models.BigIntegerField()
    newest = models.BigIntegerField()
    judgments = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=16, choices=choices(ExclusionReason))
    note = models.CharField(max_length=500, blank=True)
    reopens = models.BooleanField(
        default=False, help_text=_("Their tasks get a place more, for other raters.")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = ExclusionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(first__lte=F("newest")), name="exclusion_is_a_range")
        ]
        indexes = [
            # Read wherever something counts, and by the database wherever a user is deleted.
            models.Index(fields=["rater", "project", "first"], name="exclusion_of_rater"),
            models.Index(fields=["by"], name="exclusion_by"),
            models.Index(
                fields=["lifted_by"],
                condition=Q(lifted_by__isnull=False),
                name="exclusion_lifted_by",
            ),
        ]

    def __str__(self) -> str:
        return f"exclusion {self.pk}"


class OpenPlace(models.Model):
    """That a task got one place more because a judgment that held one is excluded."""

    exclusion = models.ForeignKey(Exclusion, on_delete=models.CASCADE, related_name="places")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="open_places")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["exclusion", "task"], name="one_open_place"),
        ]

    def __str__(self) -> str:
        return f"open place {self.pk}"


@dataclass(frozen=True, slots=True)
class ExcludedSum:
    """How many judgments of how many raters are excluded, and a mark of which; "" for none."""

    judgments: int = 0
    raters: int = 0
    mark: str = ""


NOTHING_EXCLUDED = ExcludedSum()


@dataclass(frozen=True, slots=True)
class Aside:
    """What figures of a project do not rest on: a mark of the tasks that are withdrawn, and what
    is excluded."""

    out_of_play: str
    excluded_sum: ExcludedSum


_ASIDE = """
SELECT t.n, t.total, e.judgments, e.raters, e.total FROM (
    SELECT count(*) AS n, COALESCE(sum(hashint8extended(id, 0)), 0)::text AS total
    FROM labeling_task WHERE project_id = %(project)s AND withdrawn_at <= clock_timestamp()
) t, (
    SELECT COALESCE(sum(judgments), 0) AS judgments, count(DISTINCT rater_id) AS raters,
        COALESCE(sum(hashint8extended(id, 0)), 0)::text AS total
    FROM labeling_exclusion WHERE project_id = %(project)s AND lifted_at IS NULL
) e
"""


def what_is_aside(project: Project) -> Aside:
    """What is withdrawn and what is excluded at this moment, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_ASIDE, {"project": project.pk})
        tasks, which, judgments, raters, exclusions = cursor.fetchone()
    mark = _mark(exclusions)
    excluded = ExcludedSum(int(judgments), raters, mark) if raters else NOTHING_EXCLUDED
    return Aside(_mark(which) if tasks else "", excluded)


def _mark(total: str) -> str:
    return hashlib.sha256(total.encode()).hexdigest()[:16]


def excluded_now(project: Project) -> ExcludedSum:
    """What of a project is excluded at this moment."""
    return what_is_aside(project).excluded_sum
