"""Worked examples of a project in versions, and what raters answered who were asked them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from projects.models.guidelines import Guideline
from projects.models.projects import Project


class WorkedExample(models.Model):
    """One version of a worked example: a task, its right answer and why; only its end is written
    later.

    `number` names the example in its project; of its versions the one without `ended_at` holds, and
    none where it is retired. `criterion` is the key of the question that it is about, `right` the
    answers that are accepted, in the shape in which they are submitted; where it is empty, nobody
    is asked. `answer` says the same in words. `source` is the id of the task it was copied from.
    """

    class Kind(models.TextChoices):
        CLEAR = "clear", gettext_lazy("a clear case")
        BORDERLINE = "borderline", gettext_lazy("a borderline case")
        TIE = "tie", gettext_lazy("a tie")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="worked_examples")
    number = models.PositiveIntegerField()
    version = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=10, choices=Kind)
    criterion = models.CharField(max_length=40, blank=True)
    prompt = models.TextField(blank=True)
    responses = models.JSONField(default=list, blank=True)
    right = models.JSONField(default=list, blank=True)
    answer = models.TextField()
    rationale = models.TextField()
    source = models.CharField(max_length=200, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "number", "version"], name="worked_example_version"
            ),
            models.UniqueConstraint(
                fields=["project", "number"],
                condition=models.Q(ended_at=None),
                name="worked_example_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"example {self.number} v{self.version}"


class QuizAttempt(models.Model):
    """What a rater answered when they were asked an example, append-only; the first answer counts.

    `asked_since` is the project's `quiz_since` of then: once it is raised, all are asked again.
    """

    example = models.ForeignKey(WorkedExample, on_delete=models.CASCADE, related_name="attempts")
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    guideline = models.ForeignKey(Guideline, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_since = models.PositiveIntegerField(default=0)
    answer = models.JSONField()
    is_right = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rater", "example", "asked_since"], name="one_attempt_an_example"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rater_id} on {self.example_id}"
