"""Kept statistics with their time and inputs."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from labeling.models.choices import FLAG_LABELS
from labeling.models.tasks import Task
from projects.models import Project


class Report(models.Model):
    """The newest value of one kind of report; current while `fingerprint` matches its inputs.

    What is too much for a request is computed by a worker: `request` says what was asked for,
    `wanted_at` when somebody last waited for it, `sent_at` when a worker was last told, `percent`
    how far it is and `attempts` how often it was begun since it last ended well. Before the first
    value `computed_at` is empty.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="reports")
    kind = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=120)
    data = models.JSONField()
    computed_at = models.DateTimeField(null=True)
    request = models.JSONField(default=dict, db_default={})
    wanted_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    percent = models.PositiveSmallIntegerField(default=0, db_default=0)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "kind"], name="report_kind_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.project}"


class RaterPairPart(models.Model):
    """Some pairs of raters of one criterion of a report: a page of them, as columns.

    A thousand raters make half a million pairs, so they are no part of the report itself and none
    is read but those that are shown.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="pair_parts")
    criterion = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    pairs = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "criterion", "number"], name="pair_part_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}, part {self.number}"


class ReportSettlement(models.Model):
    """That somebody has looked at what raters reported of a task up to then; later reports wait."""

    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="settlement")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"settlement of task {self.task_id}"


class FlagResolution(models.Model):
    """That somebody has seen to a flag on a task, and what came of it; later flags wait.

    `ReportSettlement` says so of all that was reported at once, without a word.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="flag_resolutions")
    flag = models.CharField(max_length=20, choices=FLAG_LABELS)
    word = models.CharField(max_length=300)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.flag} of task {self.task_id}"


class SetAside(models.Model):
    """That somebody has seen what needed a person, up to the row of that id; newer ones wait."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="needs_set_aside")
    kind = models.CharField(max_length=40)
    upto = models.BigIntegerField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "kind"], name="one_set_aside_per_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} up to {self.upto}"
