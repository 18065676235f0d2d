"""What the tasks of a project may touch, as its raters are told, and what each agreed to see."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models

from projects.models import Project


class Topic(models.Model):
    """One version of what is said of a topic that rows name, append-only.

    `key` is the topic as the rows name it (`Prompt.sensitivity`); the version of the highest
    `number` holds. Raters read `description`, `intensity` and `frequency` before they choose, and
    choose anew for each version. Nobody gets a task of a topic that `is_asked` and to which they
    did not agree, nor more than `hourly_limit` and `daily_limit` of it.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="topics")
    key = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    description = models.TextField(max_length=2000)
    intensity = models.CharField(max_length=200, blank=True)
    frequency = models.CharField(max_length=200, blank=True)
    hourly_limit = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    daily_limit = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    is_asked = models.BooleanField(default=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["key", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "key", "number"], name="topic_version"),
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.number}"


class TopicConsent(models.Model):
    """What somebody chose about one version of a topic, append-only; their newest row holds."""

    topic = models.ForeignKey(
        Topic, on_delete=models.CASCADE, db_index=False, related_name="consents"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    agrees = models.BooleanField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            # Read where a task is handed out: what the rater chose last.
            models.Index(fields=["topic", "user", "-id"], name="consent_latest"),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"
