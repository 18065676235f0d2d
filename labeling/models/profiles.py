"""What raters say of themselves if they like, under keys of its own.

A profile holds no account and no moment: what says whose it is stands in one row, the link, which
goes with the withdrawal and takes the profile along.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from projects.models import Project


class ProfileForm(models.Model):
    """One version of the voluntary questions and of what they are for, append-only.

    `fields` are `{"key", "label", "choices"}`; the version of the highest `number` is asked.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="profile_forms")
    number = models.PositiveIntegerField()
    purpose = models.TextField(max_length=2000)
    fields = models.JSONField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["project", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="profile_form_version"),
        ]

    def __str__(self) -> str:
        return f"profile form v{self.number}"


class Profile(models.Model):
    """What somebody said of themselves, by the keys of a form; what they left out is not there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form = models.ForeignKey(ProfileForm, on_delete=models.CASCADE, related_name="profiles")
    answers = models.JSONField()

    def __str__(self) -> str:
        return f"profile {self.id}"


class ProfileLink(models.Model):
    """Whose a profile is, and since when it stands: the one row that says so."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    profile = models.OneToOneField(Profile, on_delete=models.CASCADE, related_name="link")
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="one_profile_per_project"),
        ]

    def __str__(self) -> str:
        return f"link {self.pk}"


class ProfileConsent(models.Model):
    """What somebody chose about the questions of one version, append-only: their newest row
    holds. Without `agrees` they would rather not, or took back what they said."""

    form = models.ForeignKey(ProfileForm, on_delete=models.CASCADE, related_name="consents")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    agrees = models.BooleanField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"consent {self.pk}"
