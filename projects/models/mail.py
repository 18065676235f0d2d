"""Mails on their way out, and what operators should know of."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy


class OutgoingMail(models.Model):
    """A mail that a worker writes and sends; what is secret in it is made only then.

    The row is the queue, so that a mail outlives a broker or a mail server that is away.
    """

    class Kind(models.TextChoices):
        PASSWORD_RESET = "password_reset", gettext_lazy("link to set a password")
        PASSWORD_CHANGED = "password_changed", gettext_lazy("password changed")
        EMAIL_CHANGE = "email_change", gettext_lazy("link to change the address")
        EMAIL_CHANGED = "email_changed", gettext_lazy("address changed")
        TOKEN_CREATED = "token_created", gettext_lazy("API token created")
        GUIDELINE_REMINDER = "guideline_reminder", gettext_lazy("a guideline to read")

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("waiting")
        SENT = "sent", gettext_lazy("sent")
        FAILED = "failed", gettext_lazy("given up")

    kind = models.CharField(max_length=20, choices=Kind)
    address = models.CharField(max_length=254)
    detail = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            # Read by the sweep of projects.services.mail.
            models.Index(
                fields=["due_at"], name="mail_waiting", condition=models.Q(state="waiting")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"


class OperatorNotice(models.Model):
    """Something about the set-up that a running instance noticed and an operator should see."""

    class Kind(models.TextChoices):
        UNTRUSTED_PROXY = "untrusted_proxy", gettext_lazy("a proxy that is not trusted")

    kind = models.CharField(max_length=40, choices=Kind, unique=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.kind
