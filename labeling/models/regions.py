"""Regions of pictures that raters marked: append-only, as the judgments they came with."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from labeling.models.choices import choices
from labeling.models.judgments import Judgment
from labeling.models.spans import attached_once, attachment
from labeling.models.tasks import Response
from labeling.vocabulary import Polarity
from projects.models import Criterion, Principle

#: What sums of shares may be off, as the database holds them.
_WHOLE = 1.000001


class Region(models.Model):
    """A rectangle of a picture of a response, or of the prompt where there is none, and what it was
    attached to.

    `image` counts the pictures of that `message` from 0, a message of a response's own turns or of
    the prompt's. `x` and `y` are the upper left corner, `w` and `h` the size, in shares of the
    picture. `note` is what the rater said of it.
    """

    judgment = models.ForeignKey(Judgment, on_delete=models.PROTECT, related_name="regions")
    response = models.ForeignKey(
        Response, null=True, blank=True, on_delete=models.PROTECT, related_name="regions"
    )
    message = models.PositiveIntegerField(default=0)
    image = models.PositiveIntegerField(default=0)
    x = models.FloatField()
    y = models.FloatField()
    w = models.FloatField()
    h = models.FloatField()
    polarity = models.CharField(max_length=6, choices=choices(Polarity))
    criterion = models.ForeignKey(
        Criterion, null=True, blank=True, on_delete=models.PROTECT, related_name="regions"
    )
    flag = models.CharField(max_length=20, blank=True, default="")
    principle = models.ForeignKey(
        Principle, null=True, blank=True, on_delete=models.PROTECT, related_name="regions"
    )
    note = models.CharField(max_length=500, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            # What is no number is more than any number there, and fits neither.
            models.CheckConstraint(
                condition=Q(x__gte=0, w__gt=0, x__lte=_WHOLE - F("w")), name="region_across"
            ),
            models.CheckConstraint(
                condition=Q(y__gte=0, h__gt=0, y__lte=_WHOLE - F("h")), name="region_down"
            ),
            attached_once("region_attached_once"),
        ]

    def __str__(self) -> str:
        return f"{self.polarity} at {self.x:.3f}, {self.y:.3f}, {self.w:.3f} by {self.h:.3f}"

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Where it is and how large."""
        return self.x, self.y, self.w, self.h

    @property
    def attached(self) -> tuple[str, str]:
        """What it is attached to: the word for that, and its key or number."""
        return attachment(self.criterion, self.principle, self.flag)
