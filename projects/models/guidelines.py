"""The project's instructions to raters, in immutable numbered versions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

from projects.models.projects import Project


class Guideline(models.Model):
    """One published version; a change is a new version, and every judgment names its own."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="guidelines")
    number = models.PositiveIntegerField()
    text = models.TextField()
    priority_order = models.TextField(blank=True)
    trade_off_rule = models.TextField(blank=True)
    change_note = models.TextField(blank=True)
    examples = models.JSONField(default=list, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    published_at = models.DateTimeField(auto_now_add=True)
    #: The parts of the text as safe HTML by name, and the version of the renderer that made them.
    html = models.JSONField(default=dict, db_default={}, blank=True, editable=False)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="guideline_number_unique"),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class Principle(models.Model):
    """One numbered clause of a guideline version that a judgment can cite.

    The policy wording is for people; `training_form` is its "Choose the response that…" twin.
    `key` is the same in every version that holds the principle, whatever its number and words
    there: it says where it began, such as `v2p5`.
    """

    guideline = models.ForeignKey(Guideline, on_delete=models.CASCADE, related_name="principles")
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=20)
    title = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    training_form = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["guideline", "number"], name="principle_number_unique"),
            models.UniqueConstraint(fields=["guideline", "key"], name="principle_key_unique"),
        ]

    def __str__(self) -> str:
        return f"P{self.number} {self.title}"


class Acknowledgement(models.Model):
    """A member has read this version; without it there is no next task."""

    guideline = models.ForeignKey(
        Guideline, on_delete=models.CASCADE, related_name="acknowledgements"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seconds_open = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["guideline", "user"], name="acknowledged_once"),
        ]

    def __str__(self) -> str:
        return _("%(user)s read %(version)s") % {"user": self.user, "version": self.guideline}
