"""The questions a rater answers."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.models.projects import Project
from projects.own_scales import own_scale
from projects.scales import PREFERENCES, SCALES, Scale

KEY_VALIDATOR = RegexValidator(
    r"^[a-z][a-z0-9_]{0,39}$",
    gettext_lazy("Use lower-case letters, digits and _ (a letter first, at most 40)."),
)


#: Letters of a short label: what a step of the bar and the head of a column hold.
SHORT_LABEL = 30


def known_scale(key: str) -> None:
    """Raises ValidationError for a scale that does not exist."""
    if key not in SCALES:
        raise ValidationError(
            _("Unknown scale “%(key)s”; known scales: %(known)s."),
            params={"key": key, "known": ", ".join(sorted(SCALES))},
        )


class Criterion(models.Model):
    """One question as it is asked now. Its key and scale are fixed once anything is judged.

    Of each family of questions (`Scale.family`: preferences, rankings, questions about single
    responses) one may be the primary one, that of the tasks that are judged so. One that is
    retired is asked of nobody; what was answered to it stays. `own_scale` describes a
    scale that is the project's own (`projects.own_scales`), and is empty for a published one.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="criteria")
    key = models.CharField(max_length=40, validators=[KEY_VALIDATOR])
    wording = models.CharField(max_length=300)
    short_label = models.CharField(max_length=SHORT_LABEL, blank=True, default="", db_default="")
    help_text = models.TextField(blank=True, max_length=2000)
    scale_key = models.CharField(gettext_lazy("scale"), max_length=40)
    own_scale = models.TextField(blank=True, default="", db_default="", editable=False)
    family = models.CharField(max_length=20, default=PREFERENCES, db_default=PREFERENCES)
    is_primary = models.BooleanField(default=False)
    is_required = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "key"], name="criterion_key_unique"),
            models.UniqueConstraint(
                fields=["project", "family"],
                condition=models.Q(is_primary=True),
                name="one_primary_a_family",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def clean(self) -> None:
        """The scale is a published one, unless the question keeps its own."""
        super().clean()
        if not self.own_scale:
            try:
                known_scale(self.scale_key)
            except ValidationError as error:
                raise ValidationError({"scale_key": error}) from None

    @property
    def scale(self) -> Scale:
        """The published scale of this criterion, or the project's own."""
        return own_scale(self.own_scale) if self.own_scale else SCALES[self.scale_key]

    @property
    def label(self) -> str:
        """What it is called where there is no room for the question."""
        return self.short_label or self.key.replace("_", " ").capitalize()

    @property
    def is_retired(self) -> bool:
        """Whether it is asked of nobody any more."""
        return self.retired_at is not None


class RubricVersion(models.Model):
    """The questions as they were from one change to the next; never changed, by a trigger.

    `criteria` holds every question, those retired too, in order: `id` of the criterion, `key`,
    `wording`, `short_label`, `help_text`, `scale`, `primary`, `required`, `retired`, and where the
    scale is the project's own, its words as `own_scale`.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="rubric_versions")
    number = models.PositiveIntegerField()
    criteria = models.JSONField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "number"], name="rubric_version_number_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"
