"""A labeling effort, and who takes part in it in which role."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.models.stages import Stages
from projects.models.users import User

#: At most so large a share of the tasks of a rater are checks, so that no two come in a row.
MOST_CHECKS = 0.4
#: Minutes for which raters may change an answer: thirty days.
LONGEST_EDIT_WINDOW = 30 * 24 * 60
#: Minutes of work after which a pause is proposed at the latest, and days between check-ins.
LONGEST_STRETCH, MOST_CHECK_IN_DAYS = 480, 365


def new_salt() -> str:
    """A secret of 128 bits that makes canonical order blind and pseudonyms unlinkable."""
    return secrets.token_hex(16)


class Role(models.TextChoices):
    """What a member does in a project."""

    LEAD = "lead", gettext_lazy("Lead")
    REVIEWER = "reviewer", gettext_lazy("Reviewer")
    RATER = "rater", gettext_lazy("Rater")
    ENGINEER = "engineer", gettext_lazy("ML engineer")


class Project(Stages):
    """One rubric, one guideline, its members and its tasks."""

    class Status(models.TextChoices):
        ACTIVE = "active", gettext_lazy("Active")
        PAUSED = "paused", gettext_lazy("Paused")
        ARCHIVED = "archived", gettext_lazy("Archived")

    class TiePolicy(models.TextChoices):
        """How figures that need one number treat ties; printed on each of them."""

        EXACT = "exact", gettext_lazy("a tie agrees with a tie only")
        HALF = "half", gettext_lazy("a tie against a preference counts half")
        DROP = "drop", gettext_lazy("pairs with a tie are left out")

    class OverallPass(models.TextChoices):
        """Whether a comparison's primary question is asked with the others, or in a later task."""

        TOGETHER = "", gettext_lazy("with the other questions, in their order")
        SAME = "same", gettext_lazy("in a task of its own, by the same raters")
        OTHERS = "others", gettext_lazy("in a task of its own, by other raters")

    class CoveredTexts(models.TextChoices):
        """Which texts stand behind a line that says what they touch, until somebody opens them."""

        ANY = "any", gettext_lazy("of rows that name topics")
        SEVERE = "severe", gettext_lazy("of rows that are called severe")
        NONE = "none", gettext_lazy("none")

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=64, unique=True)
    description = models.TextField(blank=True, max_length=2000)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    template = models.CharField(max_length=40, blank=True)
    is_demo = models.BooleanField(default=False)

    overlap = models.PositiveSmallIntegerField(
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=gettext_lazy("How many different raters judge each task."),
    )
    overlap_where_split = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(2), MaxValueValidator(100)],
        help_text=gettext_lazy(
            "How many raters a task gets where they disagree; empty for never more."
        ),
    )
    split_beyond = models.PositiveSmallIntegerField(
        blank=True,
        default=0,
        db_default=0,
        validators=[MaxValueValidator(100)],
        help_text=gettext_lazy("Answers that are further apart on their scale disagree."),
    )
    lease_minutes = models.PositiveSmallIntegerField(
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 60)],
        help_text=gettext_lazy("How long an untouched task stays reserved for its rater."),
    )
    edit_window_minutes = models.PositiveIntegerField(
        default=60,
        db_default=60,
        validators=[MaxValueValidator(LONGEST_EDIT_WINDOW)],
        help_text=gettext_lazy("How long raters may change an answer; 0: their last act alone."),
    )
    rater_limit = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=gettext_lazy("The most judgments one rater may give; empty for no limit."),
    )
    share_limit = models.FloatField(
        null=True,
        blank=True,
        validators=[MinValueValidator(0.01), MaxValueValidator(1)],
        help_text=gettext_lazy(
            "The largest share of the project's judgments that one rater gives."
        ),
    )
    daily_limit = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=gettext_lazy("The most judgments one rater gives in a day."),
    )
    weekly_limit = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=gettext_lazy("The most judgments one rater gives in a week."),
    )
    gold_rate = models.FloatField(
        default=0.0,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_CHECKS)],
        help_text=gettext_lazy("The share of a rater's tasks whose answer is known, 0 for none."),
    )
    repeat_rate = models.FloatField(
        default=0.0,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_CHECKS)],
        help_text=gettext_lazy("The share of a rater's tasks that come a second time, 0 for none."),
    )
    anchors_per_batch = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        validators=[MaxValueValidator(20)],
        help_text=gettext_lazy("How many of each hundred tasks of a rater are anchors."),
    )
    explains_gold = models.BooleanField(
        default=False,
        db_default=False,
        help_text=gettext_lazy("Raters read the answer and its reason after a gold task."),
    )
    #: Whether there ever was a worked example: pages of other projects do not look for any.
    has_examples = models.BooleanField(default=False, db_default=False, editable=False)
    asks_quiz = models.BooleanField(
        default=False,
        db_default=False,
        help_text=gettext_lazy("Raters answer the worked examples before their first task."),
    )
    #: The version of the guideline since which the quiz counts; raised, it is asked again.
    quiz_since = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    severe_hourly_limit = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=gettext_lazy("The most severe tasks one rater gets in an hour."),
    )
    severe_daily_limit = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=gettext_lazy("The most severe tasks one rater gets in 24 hours."),
    )
    support_url = models.CharField(
        blank=True,
        default="",
        db_default="",
        max_length=500,
        validators=[URLValidator(schemes=["http", "https"])],
        help_text=gettext_lazy("Where raters find somebody to talk to."),
    )
    covered_texts = models.CharField(
        max_length=8,
        choices=CoveredTexts,
        default=CoveredTexts.ANY,
        db_default=CoveredTexts.ANY.value,
        help_text=gettext_lazy("Which texts raters open themselves."),
    )
    break_minutes = models.PositiveSmallIntegerField(
        default=50,
        db_default=50,
        validators=[MaxValueValidator(LONGEST_STRETCH)],
        help_text=gettext_lazy("Minutes of work after which a pause is proposed; 0 for never."),
    )
    severe_break_minutes = models.PositiveSmallIntegerField(
        default=20,
        db_default=20,
        validators=[MaxValueValidator(LONGEST_STRETCH)],
        help_text=gettext_lazy("The same of work on what is severe; 0 for never."),
    )
    check_in_days = models.PositiveSmallIntegerField(
        default=7,
        db_default=7,
        validators=[MaxValueValidator(MOST_CHECK_IN_DAYS)],
        help_text=gettext_lazy("Days after which raters are asked how they are; 0 for never."),
    )
    has_topics = models.BooleanField(default=False, db_default=False, editable=False)
    #: The newest version of the voluntary questions about oneself, 0 where none are asked.
    profile_version = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    #: The project's newest judgment when final words became judgments of their own: up to it a
    #: reviewer's vote is the final word in releases, later ones are votes.
    reviewed_upto = models.BigIntegerField(default=0, db_default=0, editable=False)
    tie_policy = models.CharField(max_length=8, choices=TiePolicy, default=TiePolicy.EXACT)
    overall_pass = models.CharField(
        max_length=8,
        choices=OverallPass,
        blank=True,
        default=OverallPass.TOGETHER,
        db_default="",
        help_text=gettext_lazy("Whether the primary comparison has a task of its own."),
    )
    allow_both_bad = models.BooleanField(default=True)
    allow_cannot_tell = models.BooleanField(default=True)
    rationale_required = models.BooleanField(default=False)
    edit_winner = models.BooleanField(
        default=False,
        db_default=False,
        help_text=gettext_lazy("Raters may improve the response that they prefer."),
    )
    allow_paste = models.BooleanField(
        default=True,
        db_default=True,
        help_text=gettext_lazy("Raters may paste into what they write or edit."),
    )
    is_blind = models.BooleanField(default=True)
    is_sensitive = models.BooleanField(
        default=False, help_text=gettext_lazy("Raters are warned that content may be disturbing.")
    )
    is_template = models.BooleanField(
        default=False,
        db_default=False,
        help_text=gettext_lazy("Those who lead it find it among the templates of a new project."),
    )
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    members: models.ManyToManyField[User, Any] = models.ManyToManyField(
        User, through="projects.Membership", related_name="projects"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(overlap__gte=1), name="project_overlap_min"),
            models.CheckConstraint(
                condition=models.Q(lease_minutes__gte=1), name="project_lease_min"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """An empty number of steps is none, and not more may be checks than never two in a row."""
        super().clean()
        self.split_beyond = self.split_beyond or 0
        if self.gold_rate + self.repeat_rate + self.anchors_per_batch / 100 > MOST_CHECKS + 1e-9:
            sentence = _("Gold, repeats and anchors together may be at most 0.4 of the tasks.")
            raise ValidationError({"gold_rate": sentence})
        self.check_stages()


class Membership(models.Model):
    """A user's role in a project; a user has one role a project."""

    class Stage(models.TextChoices):
        """Where a rater stands on the way to live tasks; read where it is asked."""

        NEW = "", gettext_lazy("not begun")
        TRAINING = "training", gettext_lazy("in training")
        QUALIFICATION = "qualification", gettext_lazy("qualifying")
        WAITING = "waiting", gettext_lazy("waiting for a lead")
        NOT_YET = "not_yet", gettext_lazy("not yet")
        PASSED = "passed", gettext_lazy("passed")
        EXEMPT = "exempt", gettext_lazy("not asked")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=Role)
    rater_limit = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text=gettext_lazy("Overrides the project's limit for this member."),
    )
    # The link that the member came by; it is revoked with the membership.
    invitation = models.ForeignKey(
        "projects.Invitation", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # When the member was last asked by mail to read the guideline.
    reminded_at = models.DateTimeField(null=True, blank=True)
    # The project's `quiz_since` when the member answered the last example; empty before that.
    quiz_done = models.PositiveIntegerField(null=True, blank=True, editable=False)
    # Since when a lead gives the member no new tasks, and the words that the member reads.
    paused_at = models.DateTimeField(null=True, blank=True, editable=False)
    pause_reason = models.CharField(
        max_length=300, blank=True, default="", db_default="", editable=False
    )
    # When the member last answered how they are, or would rather not say.
    checked_in_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The version of the voluntary questions that the member was asked, whatever they chose.
    profile_asked = models.PositiveIntegerField(null=True, blank=True, editable=False)
    # Whether a task's page keeps what was said of it from the member until they have decided.
    hides_votes = models.BooleanField(default=False, db_default=False, editable=False)
    stage = models.CharField(
        max_length=16,
        choices=Stage,
        blank=True,
        default=Stage.NEW,
        db_default="",
        editable=False,
    )
    # Which try it is: what was answered in earlier ones counts no more.
    stage_round = models.PositiveSmallIntegerField(default=1, db_default=1, editable=False)
    # When it was decided, for who may try again later.
    stage_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="one_role_per_project"),
        ]

    def __str__(self) -> str:
        return _("%(user)s as %(role)s") % {"user": self.user, "role": self.role}

    @property
    def is_check_in_due(self) -> bool:
        """Whether the member is to be asked how they are; the project says how often."""
        days = self.project.check_in_days
        since = self.checked_in_at or self.created_at
        return bool(days) and since <= timezone.now() - timedelta(days=days)


class Removal(models.Model):
    """That somebody was removed from a project: no link made before that brings them back."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="removals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="one_removal_per_project"),
        ]

    def __str__(self) -> str:
        return _("%(user)s, removed") % {"user": self.user}


class DailyUpload(models.Model):
    """Bytes of files that were handed over for a project on a day."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="uploads")
    day = models.DateField()
    size = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "day"], name="one_upload_sum_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.size}"
