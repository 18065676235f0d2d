"""How a text was written: what it began from, what of it was typed, and what its author said."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from labeling.models.judgments import Judgment
from labeling.models.tasks import Response
from labeling.vocabulary import MUCH_PASTED


class Writing(models.Model):
    """What came with a judgment that wrote something, or left what it might have changed.

    The text itself is the response that names the same judgment; there is none where nothing but
    white space was changed. `original` is what was edited, None where somebody wrote from nothing,
    and `distance` how far the text is from it, in words, as a share of the longer one. `typed` and
    `pasted` are characters, None where nobody counted: of what was written no keys are kept.
    """

    judgment = models.OneToOneField(
        Judgment, primary_key=True, on_delete=models.PROTECT, related_name="writing"
    )
    original = models.ForeignKey(
        Response,
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="writings",
    )
    distance = models.FloatField(null=True, blank=True)
    typed = models.PositiveIntegerField(null=True, blank=True)
    pasted = models.PositiveIntegerField(null=True, blank=True)
    declared_assist = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(typed__isnull=True, pasted__isnull=True)
                | Q(typed__isnull=False, pasted__isnull=False),
                name="typed_with_pasted",
            ),
            models.CheckConstraint(
                condition=Q(original__isnull=True, distance__isnull=True)
                | Q(original__isnull=False, distance__gte=0, distance__lte=1),
                name="distance_from_original",
            ),
        ]
        indexes = [
            # Read by the database wherever a response is deleted.
            models.Index(
                fields=["original"], condition=Q(original__isnull=False), name="writing_original"
            ),
        ]

    def __str__(self) -> str:
        return f"writing of judgment {self.judgment_id}"

    @property
    def paste_ratio(self) -> float | None:
        """The share of what went in that was pasted; None where nobody counted, or nothing did."""
        return paste_ratio(self.typed, self.pasted)

    @property
    def is_much_pasted(self) -> bool:
        """Whether so much was pasted that somebody may want to look: a hint, never a verdict."""
        return (self.paste_ratio or 0) > MUCH_PASTED


def paste_ratio(typed: int | None, pasted: int | None) -> float | None:
    """The share of what went in that was pasted; None where nobody counted, or nothing did."""
    if typed is None or pasted is None or not typed + pasted:
        return None
    return pasted / (typed + pasted)
