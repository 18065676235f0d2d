"""People, and the placeholders that stand for raters of data labelled elsewhere."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


def normal_address(text: str) -> str:
    """An e-mail address as it is stored, looked up and counted, however it was typed.

    Log-in takes full-width and other compatible letters for plain ones, so everything does.
    """
    return unicodedata.normalize("NFKC", text).strip().lower()


class UserManager(BaseUserManager["User"]):
    """Creates users by e-mail; the address is always stored in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person who logs in by e-mail. Without a password the account cannot log in yet."""
        user = self.model(email=normal_address(email), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """An operator with the Django admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        """Log-in is blind to the case and the width of the address."""
        return self.get(email=normal_address(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """A person; with `is_placeholder`, a named rater of imported judgments who cannot log in.

    Of a person who was erased the row stays, under a made-up name, for what they judged.
    """

    # NULL, not "": placeholders have no address, and an address is unique.
    email = models.EmailField(gettext_lazy("e-mail"), unique=True, null=True, blank=True)
    name = models.CharField(max_length=150, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    shows_covered = models.BooleanField(
        default=False,
        db_default=False,
        help_text=gettext_lazy("Texts that may upset are open from the start."),
    )
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(gettext_lazy("operator"), default=False)
    is_placeholder = models.BooleanField(default=False)
    placeholder_project = models.ForeignKey(
        "projects.Project", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(
        null=True, blank=True, help_text=gettext_lazy("Nothing tells any more who this was.")
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email__isnull=True) | models.Q(email=Lower("email")),
                name="user_email_lower_case",
            ),
            models.CheckConstraint(
                condition=models.Q(is_placeholder=True, email__isnull=True, erased_at__isnull=True)
                | models.Q(is_placeholder=False, email__isnull=False, erased_at__isnull=True)
                | models.Q(is_placeholder=False, email__isnull=True, erased_at__isnull=False),
                name="user_email_placeholder_or_erased",
            ),
            models.UniqueConstraint(
                fields=["placeholder_project", "name"],
                condition=models.Q(is_placeholder=True),
                name="placeholder_name_unique",
            ),
        ]

    @property
    def zone(self) -> ZoneInfo:
        """The person's time zone; UTC for a name that this machine does not know."""
        try:
            return ZoneInfo(self.time_zone)
        except (ValueError, OSError, ZoneInfoNotFoundError):
            return ZoneInfo("UTC")

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name, else the part of the address before the @."""
        return (
            self.name
            or (self.email or "").partition("@")[0]
            or _("user %(number)s") % {"number": self.pk}
        )

    @property
    def browser_key(self) -> str:
        """Names this account in a browser's storage, which may outlive an installation.

        The id alone may be another person's after a new one.
        """
        return f"{self.pk}.{int(self.created_at.timestamp())}"
