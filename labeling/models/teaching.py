"""What points at a task and teaches: the right answers of gold tasks, and each rater's stream."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from labeling.models.choices import choices
from labeling.models.tasks import Task
from labeling.vocabulary import GoldKind
from projects.models import Project


class GoldAnswer(models.Model):
    """One version of what is right on a task whose answer is known (gold, anchor), append-only.

    `answers` maps the key of a criterion to the answers that are accepted, each in the shape in
    which answers are submitted, of the canonical order (`labeling.kinds.accepted`). The version of
    the highest `number` holds; `kind` says what the task is about, and `reason` why it is right:
    raters read it in training mode.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="gold_answers")
    number = models.PositiveSmallIntegerField()
    answers = models.JSONField()
    reason = models.TextField(blank=True)
    kind = models.CharField(max_length=16, choices=choices(GoldKind), default=GoldKind.PLAIN)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["task", "number"]
        constraints = [
            models.UniqueConstraint(fields=["task", "number"], name="gold_answer_version"),
        ]
        indexes = [
            # Read by the database wherever a user is deleted, each placeholder of a rater too.
            models.Index(fields=["author"], name="gold_answer_author"),
        ]

    def __str__(self) -> str:
        return f"gold answer {self.task_id} v{self.number}"


class RaterStream(models.Model):
    """Where a rater is in the stream of tasks that they were handed while checks are mixed in.

    `handed` counts them. `gold`, `repeat` and `anchor` are the blocks of the stream in which the
    latest of each came (`labeling.allocation.due_check`), `checked` the place of the latest of all.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    handed = models.PositiveIntegerField(default=0)
    gold = models.IntegerField(default=-1)
    repeat = models.IntegerField(default=-1)
    anchor = models.IntegerField(default=-1)
    checked = models.IntegerField(default=-2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "rater"], name="one_stream_a_rater"),
        ]

    def __str__(self) -> str:
        return f"stream of {self.rater_id} in {self.project_id}"
