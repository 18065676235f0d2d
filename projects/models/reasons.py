"""What raters may pick as the reason for a judgment, beside their own words."""

from __future__ import annotations

from django.db import models

from projects.models.projects import Project
from projects.models.rubric import KEY_VALIDATOR

#: Letters of a reason: what a line of its list holds.
REASON_LENGTH = 80


class Reason(models.Model):
    """One reason by its code, which judgments and files name and which never changes its meaning.

    One that `needs_words` goes with a sentence of the rater's. A retired one is offered to nobody;
    judgments that name it keep it.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="reasons")
    code = models.CharField(max_length=40, validators=[KEY_VALIDATOR])
    label = models.CharField(max_length=REASON_LENGTH)
    needs_words = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "code"], name="reason_code_unique"),
        ]

    def __str__(self) -> str:
        return self.code
