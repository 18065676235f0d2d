"""Who is at work: a row for each process, written by the process itself."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """The last sign of life of a process, or of a sweep; all times are the database's."""

    class Kind(models.TextChoices):
        """What gives the sign."""

        WEB = "web", _("Web")
        WORKER = "worker", _("Worker")
        BEAT = "beat", _("Beat")
        SWEEP = "sweep", _("Sweep")

    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    host = models.CharField(max_length=160)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())
    memory = models.PositiveBigIntegerField(help_text=_("Resident bytes."))
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["kind", "name"]

    def __str__(self) -> str:
        return self.name
