"""Passages that raters marked: append-only, as the judgments they came with."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from labeling.models.choices import choices
from labeling.models.judgments import Judgment
from labeling.models.tasks import Response
from labeling.vocabulary import Polarity
from projects.models import Criterion, Principle


def attached_once(name: str) -> models.CheckConstraint:
    """That a mark is attached to exactly one question, flag or principle."""
    return models.CheckConstraint(
        condition=Q(criterion__isnull=False, flag="", principle__isnull=True)
        | Q(criterion__isnull=True, principle__isnull=True) & ~Q(flag="")
        | Q(criterion__isnull=True, flag="", principle__isnull=False),
        name=name,
    )


def attachment(
    criterion: Criterion | None, principle: Principle | None, flag: str
) -> tuple[str, str]:
    """What a mark is attached to: the word for that, and its key or number."""
    if criterion is not None:
        return "criterion", criterion.key
    if principle is not None:
        return "principle", str(principle.number)
    return "flag", flag


class Span(models.Model):
    """A passage of a response, or of the prompt where there is none, and what it was attached to.

    `note` is what the rater said of it.

    `start` and `end` are code points of the text of that `message`, counted from 0: of a response's
    own turns, or of the prompt's. No words are kept here: they are in the text, which never
    changes unless it is erased.
    """

    judgment = models.ForeignKey(Judgment, on_delete=models.PROTECT, related_name="spans")
    response = models.ForeignKey(
        Response, null=True, blank=True, on_delete=models.PROTECT, related_name="spans"
    )
    message = models.PositiveIntegerField(default=0)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    polarity = models.CharField(max_length=6, choices=choices(Polarity))
    criterion = models.ForeignKey(
        Criterion, null=True, blank=True, on_delete=models.PROTECT, related_name="spans"
    )
    flag = models.CharField(max_length=20, blank=True, default="")
    principle = models.ForeignKey(
        Principle, null=True, blank=True, on_delete=models.PROTECT, related_name="spans"
    )
    note = models.CharField(max_length=500, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="span_has_words"),
            attached_once("span_attached_once"),
        ]

    def __str__(self) -> str:
        return f"{self.polarity} from {self.start} to {self.end}"

    @property
    def attached(self) -> tuple[str, str]:
        """What it is attached to: the word for that, and its key or number."""
        return attachment(self.criterion, self.principle, self.flag)
