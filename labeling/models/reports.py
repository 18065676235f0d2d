"""A cached statistic with its time and inputs."""

from __future__ import annotations

from django.db import models

from projects.models import Project


class Report(models.Model):
    """The newest value of one kind of report; valid while `fingerprint` matches its inputs."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="reports")
    kind = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=120)
    data = models.JSONField()
    computed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "kind"], name="report_kind_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.project}"
