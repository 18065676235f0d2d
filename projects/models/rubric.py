"""The questions a rater answers."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.models.projects import Project
from projects.scales import SCALES, Scale

KEY_VALIDATOR = RegexValidator(
    r"^[a-z][a-z0-9_]{0,39}$",
    gettext_lazy("Use lower-case letters, digits and _ (a letter first, at most 40)."),
)


def known_scale(key: str) -> None:
    """Raises ValidationError for a scale that does not exist."""
    if key not in SCALES:
        raise ValidationError(
            _("Unknown scale “%(key)s”; known scales: %(known)s."),
            params={"key": key, "known": ", ".join(sorted(SCALES))},
        )


class Criterion(models.Model):
    """One question. Its key and scale are fixed once judged; its wording may be mended."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="criteria")
    key = models.CharField(max_length=40, validators=[KEY_VALIDATOR])
    wording = models.CharField(max_length=300)
    help_text = models.TextField(blank=True, max_length=2000)
    scale_key = models.CharField(gettext_lazy("scale"), max_length=40, validators=[known_scale])
    is_primary = models.BooleanField(default=False)
    is_required = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "key"], name="criterion_key_unique"),
            models.UniqueConstraint(
                fields=["project"],
                condition=models.Q(is_primary=True),
                name="one_primary_criterion",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def scale(self) -> Scale:
        """The published scale of this criterion."""
        return SCALES[self.scale_key]
