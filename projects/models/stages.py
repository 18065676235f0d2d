"""What raters of a project do before their first live task, and when they pass."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: Tasks of one stage before the first live task.
MOST_STAGE_TASKS = 500


class Stages(models.Model):
    """The settings of training and qualification, as a part of a project."""

    training_tasks = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        validators=[MaxValueValidator(MOST_STAGE_TASKS)],
        help_text=gettext_lazy("How many tasks a rater trains on first, 0 for none."),
    )
    qualification_tasks = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        validators=[MaxValueValidator(MOST_STAGE_TASKS)],
        help_text=gettext_lazy("After how many tasks it is looked who passes, 0 for none."),
    )
    qualification_most = models.PositiveSmallIntegerField(
        default=40,
        db_default=40,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_STAGE_TASKS)],
        help_text=gettext_lazy("The most tasks of one try, where fewer do not decide it."),
    )
    qualification_bar = models.FloatField(
        default=0.75,
        db_default=0.75,
        validators=[MinValueValidator(0.01), MaxValueValidator(0.99)],
        help_text=gettext_lazy("The share answered rightly that a rater is to exceed."),
    )
    qualification_pass = models.FloatField(
        default=0.80,
        db_default=0.80,
        validators=[MinValueValidator(0.01), MaxValueValidator(0.99)],
        help_text=gettext_lazy("Who exceeds the bar at least so surely passes."),
    )
    qualification_fail = models.FloatField(
        default=0.20,
        db_default=0.20,
        validators=[MinValueValidator(0.01), MaxValueValidator(0.99)],
        help_text=gettext_lazy("Who exceeds the bar less surely than this does not pass yet."),
    )
    qualification_retry_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(365)],
        help_text=gettext_lazy("After how many days one may try again; empty: a lead says when."),
    )
    qualification_asks_all = models.BooleanField(
        default=False,
        db_default=False,
        help_text=gettext_lazy("Raters who judged here already are asked as well."),
    )

    class Meta:
        abstract = True

    @property
    def has_stages(self) -> bool:
        """Whether raters train or qualify before their first live task."""
        return bool(self.training_tasks or self.qualification_tasks)

    def check_stages(self) -> None:
        """Raises ValidationError where thresholds or numbers of tasks are out of order."""
        if self.qualification_fail >= self.qualification_pass:
            sentence = _("It has to be below the certainty with which a rater passes.")
            raise ValidationError({"qualification_fail": sentence})
        if self.qualification_most < self.qualification_tasks:
            sentence = _("The most tasks of a try cannot be fewer than those it begins with.")
            raise ValidationError({"qualification_most": sentence})
