"""Pictures of prompts and responses: a row for each picture of a project, by its hash."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from projects.models import Project


class Picture(models.Model):
    """A picture that is kept, once however often it is shown.

    Turns name it by `sha256`, the hash of the file as it is kept, which is also all of its address:
    nothing in it tells whose picture it is. `source` is the hash of the bytes that came first, so
    that the same bytes are decoded once. It has a `preview` and a `thumbnail` where it is larger.
    """

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, db_index=False, related_name="pictures"
    )
    sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=64)
    form = models.CharField(max_length=4)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    has_preview = models.BooleanField(default=False)
    has_thumbnail = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "sha256"], name="picture_unique"),
        ]
        indexes = [
            # Read by imports: whether the same bytes were there before.
            models.Index(fields=["project", "source"], name="picture_by_source"),
        ]

    def __str__(self) -> str:
        return self.sha256
