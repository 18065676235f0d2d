"""Ways in: invitation links, API keys, counted attempts, and the log of who changed what."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from projects.models.projects import Project, Role


class Invitation(models.Model):
    """A link that makes whoever follows it a member; only its hash is stored."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Role)
    token_hash = models.CharField(max_length=64, unique=True)
    note = models.CharField(max_length=120, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    max_uses = models.PositiveIntegerField(null=True, blank=True)
    uses = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return _("invitation as %(role)s to %(project)s") % {
            "role": self.role,
            "project": self.project,
        }

    @property
    def status(self) -> str:
        """`open`, or why the link no longer works: `revoked`, `expired`, `used up`."""
        if self.revoked_at is not None:
            return gettext_noop("revoked")
        if self.expires_at <= timezone.now():
            return gettext_noop("expired")
        if self.max_uses is not None and self.uses >= self.max_uses:
            return gettext_noop("used up")
        return gettext_noop("open")


class ApiKey(models.Model):
    """A token of a user: shown once, stored as a SHA-256 of its 256 random bits."""

    class Scope(models.TextChoices):
        """What programs that have it may do, of what its user may."""

        READ = "read", gettext_lazy("read")
        RATE = "rate", gettext_lazy("read and rate")
        ALL = "all", gettext_lazy("everything")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys"
    )
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=8, choices=Scope, default=Scope.ALL)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def status(self) -> str:
        """`open`, or why the token no longer works: `revoked`, `expired`."""
        if self.revoked_at is not None:
            return gettext_noop("revoked")
        if self.expires_at is not None and self.expires_at <= timezone.now():
            return gettext_noop("expired")
        return gettext_noop("open")


class SessionRecord(models.Model):
    """Whose a session is, since when and from where; the session itself is Django's.

    What stands in a session is only known with its key, which is a secret; this can be listed.
    """

    session_key = models.CharField(max_length=40, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="session_records"
    )
    browser = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return _("session of %(user)s") % {"user": self.user}


class Throttle(models.Model):
    """How often somebody tried something lately, and when they may again.

    One row for what is counted (an account, an address, a known browser), so that counting and
    checking are one statement; `projects.services.throttle` writes it.
    """

    key = models.CharField(max_length=100, unique=True)
    count = models.PositiveIntegerField()
    at = models.DateTimeField(db_index=True)
    free_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class AuditEvent(models.Model):
    """Who did what to a project's rules and people; written by services, never changed."""

    project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.CASCADE, related_name="audit_events"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    verb = models.CharField(max_length=60)
    detail = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["project", "-id"], name="audit_by_project")]

    def __str__(self) -> str:
        return _(self.verb)
