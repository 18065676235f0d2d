"""How raters say they are, when they like."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from labeling.models.choices import choices
from labeling.vocabulary import CareWish
from projects.models import Project

#: How one can be: from 1, badly, to 5, well.
WORST, BEST = 1, 5


class CheckIn(models.Model):
    """What somebody answered to two questions after a session, append-only; both may be left.

    Nobody reads one row: what is shown are trends of at least five people. `topic` is what they
    would like less of.
    """

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, db_index=False, related_name="check_ins"
    )
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    feeling = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(WORST), MaxValueValidator(BEST)]
    )
    wish = models.CharField(max_length=8, blank=True, choices=choices(CareWish))
    topic = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["project", "at"], name="check_in_of_project")]

    def __str__(self) -> str:
        return f"check-in {self.pk}"
