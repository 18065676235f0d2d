"""How raters come to live tasks: what they answered while training and qualifying, and what was
decided. Rows are append-only, guarded by database triggers."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labeling.models.choices import choices
from labeling.models.judgments import Judgment
from labeling.models.tasks import Task
from labeling.vocabulary import STAGES, Decided, Purpose
from projects.models import Guideline, Project


class StageAnswer(models.Model):
    """What a rater answered on a task of a stage, and whether it is right by a version of what is.

    `stage` is the purpose of the task, `round` the try of its rater. `answer` is that on the
    primary question, the key of which is `question`, of the canonical order; `key` is what was
    accepted on it by the version `version`.
    `is_right` is empty where the answer has no value: neither right nor wrong. Answered anew, or
    read by a newer version, it is another row; the newest of a task in a round holds.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, db_index=False, on_delete=models.PROTECT, related_name="+"
    )
    stage = models.CharField(
        max_length=16, choices=[(p, label) for p, label in choices(Purpose) if p in STAGES]
    )
    round = models.PositiveSmallIntegerField()
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="stage_answers")
    judgment = models.ForeignKey(Judgment, on_delete=models.PROTECT, related_name="+")
    question = models.CharField(max_length=40, blank=True)
    answer = models.JSONField(null=True)
    key = models.JSONField()
    version = models.PositiveSmallIntegerField()
    guideline = models.ForeignKey(Guideline, null=True, on_delete=models.PROTECT, related_name="+")
    is_right = models.BooleanField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        indexes = [
            # Read by where a rater stands; and by the database wherever a user is deleted.
            models.Index(fields=["rater", "project", "stage", "round"], name="stage_answer_of"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} of {self.rater_id} on {self.task_id}"


class StageDecision(models.Model):
    """What became of a rater's try, by rule or by a lead's word (`decided_by`, `reason`).

    `right` of `n` answers were right, and `above` is the probability that their accuracy exceeds
    the bar; `rule` are bar, thresholds and numbers of tasks of then.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, db_index=False, on_delete=models.PROTECT, related_name="+"
    )
    round = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=10, choices=choices(Decided))
    right = models.PositiveSmallIntegerField(default=0)
    n = models.PositiveSmallIntegerField(default=0)
    above = models.FloatField(null=True)
    rule = models.JSONField(default=dict)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: by the rule."),
    )
    reason = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        indexes = [
            # Read by the page of a project, and by releases: what was decided by then.
            models.Index(fields=["project", "rater", "-id"], name="stage_decision_of"),
            # Read by the database wherever a user is deleted.
            models.Index(fields=["rater"], name="stage_decision_rater"),
            models.Index(
                fields=["decided_by"],
                condition=models.Q(decided_by__isnull=False),
                name="stage_decision_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} of {self.rater_id} in {self.project_id}"
