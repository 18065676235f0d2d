"""Which data folder belongs to this database."""

from __future__ import annotations

from django.db import models


class Installation(models.Model):
    """One row: the name that stands in the data folder as well (`labeling/work/folder.py`)."""

    folder_key = models.CharField(max_length=32)
    backup_at = models.DateTimeField(null=True, blank=True)
    backup_folder = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_installation")]

    def __str__(self) -> str:
        return self.folder_key
