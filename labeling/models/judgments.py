"""What raters answered: append-only rows."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labeling.models.assignments import Assignment
from labeling.models.choices import choices
from labeling.models.exclusions import Exclusion
from labeling.models.tasks import Response, Task
from labeling.vocabulary import APART, Purpose, Source, Strategy, TieKind, Unsaid
from projects.models import Criterion, Guideline, Principle, Project, RubricVersion
from projects.scales import PREFERENCES


def _standing(prefix: str = "") -> Q:
    return Q(**{f"{prefix}is_current": True, f"{prefix}withdrawn": False})


def _standing_at(cutoff: int) -> Q:
    """Not withdrawn, and nothing up to the cut-off revised it: later edits never change it."""
    unrevised = Q(revised_by__isnull=True) | Q(revised_by__pk__gt=cutoff)
    return Q(pk__lte=cutoff, withdrawn=False) & unrevised


def _in_play(prefix: str = "") -> Q:
    """Not of a task that is withdrawn: an anti-join with the few that are."""
    return ~Q(Exists(Task.objects.out_of_play().filter(pk=OuterRef(f"{prefix}task_id"))))


def _in_play_at(moment: datetime) -> Q:
    """Not of a task that was withdrawn by that moment and is still."""
    withdrawn = Task.objects.filter(pk=OuterRef("task_id"), withdrawn_at__lte=moment)
    return ~Q(Exists(withdrawn))


def _in_play_for(release: int) -> Q:
    """Not of a task that the release keeps as withdrawn, whatever became of it since."""
    return ~Q(task__in=Task.objects.kept_withdrawn(release).values("pk"))


def _by_people(prefix: str = "") -> Q:
    return Q(**{f"{prefix}source": Source.HUMAN})


def _at_work(prefix: str = "") -> Q:
    """Not given while training or qualifying, which only says how far a rater has come; no final
    word either."""
    return ~Q(**{f"{prefix}purpose__in": list(APART)})


def _by_raters(prefix: str = "") -> Q:
    """No reviewer's final word."""
    return ~Q(**{f"{prefix}purpose": Purpose.ADJUDICATION})


def _included(prefix: str = "") -> Q:
    """Not excluded by a lead: an anti-join with the few ranges that are."""
    return ~Q(Exists(Exclusion.objects.in_force().of_outer_judgment(prefix)))


def _included_at(moment: datetime) -> Q:
    """Not of a range that was excluded at that moment."""
    return ~Q(Exists(Exclusion.objects.in_force_at(moment).of_outer_judgment()))


class JudgmentQuerySet(models.QuerySet["Judgment"]):
    """Judgments by whether they count; every figure and file starts from one of these."""

    def valid(self) -> Self:
        """Current, not taken back, given by raters, people who had no model's word on it."""
        return self.filter(_standing() & _by_people() & _by_raters())

    def counting(self, *, with_excluded: bool = False) -> Self:
        """What counts: what would count, but for what a lead has excluded; that too if asked."""
        return self.countable() if with_excluded else self.countable().included()

    def countable(self) -> Self:
        """What is valid, on tasks in play, training and qualification apart; excluded or not."""
        return self.valid().at_work().filter(_in_play())

    def included(self) -> Self:
        """None of those that a lead has excluded."""
        return self.filter(_included())

    def excluded(self) -> Self:
        """Those alone that a lead has excluded."""
        return self.filter(Exists(Exclusion.objects.in_force().of_outer_judgment()))

    def counting_at(self, cutoff: int, *, asked_at: datetime, release: int | None = None) -> Self:
        """What counted for whoever asked at that moment, when `cutoff` was the newest id."""
        standing = self.standing_at(cutoff, asked_at=asked_at, release=release)
        return standing.at_work().filter(_by_people())

    def at_work(self) -> Self:
        """None of those that were given while training or qualifying, and no final words."""
        return self.filter(_at_work())

    def by_raters(self) -> Self:
        """No final words: what stands beside the votes of a task is none of them."""
        return self.filter(_by_raters())

    def final_words(self) -> Self:
        """The final words that stand and are not excluded, the one that holds first of each task:
        the newest."""
        words = self.filter(_standing(), purpose=Purpose.ADJUDICATION).included()
        return words.order_by("-created_at", "-pk")

    def submitted(self) -> Self:
        """Every answer that was given, also what was changed or taken back since: a row that takes
        one back holds none."""
        return self.filter(withdrawn=False)

    def standing(self) -> Self:
        """What is current and not taken back, whoever gave it and however."""
        return self.filter(_standing())

    def standing_at(self, cutoff: int, *, asked_at: datetime, release: int | None = None) -> Self:
        """What stood when the judgment of id `cutoff` was the newest, on tasks in play, but for
        what was excluded.

        What was withdrawn, excluded or lifted after `asked_at` changes nothing, so that a release
        that was frozen then stays what it is; nor does what was put back since, where the `release`
        of that id keeps which tasks were withdrawn.
        """
        in_play = _in_play_at(asked_at) if release is None else _in_play_for(release)
        return self.filter(_standing_at(cutoff) & in_play & _included_at(asked_at))

    def live(self) -> Self:
        """Those that become data: no gold, repeat, anchor, training or qualification tasks."""
        return self.filter(purpose=Purpose.LIVE)


class AnswerQuerySet(models.QuerySet["Answer"]):
    """Answers by whether their judgment counts; the words mean what they mean of judgments."""

    def valid(self) -> Self:
        """The answers of judgments that are valid."""
        standing = _standing("judgment__") & _by_people("judgment__")
        return self.filter(standing & _by_raters("judgment__"))

    def counting(self, *, with_excluded: bool = False) -> Self:
        """The answers of judgments that count; of those that are excluded, too, if asked."""
        return self.countable() if with_excluded else self.countable().included()

    def countable(self) -> Self:
        """The answers of judgments that count, or would if they were not excluded."""
        return self.valid().filter(_at_work("judgment__"), _in_play("judgment__"))

    def included(self) -> Self:
        """The answers of judgments that no lead has excluded."""
        return self.filter(_included("judgment__"))

    def counting_for(self, rater: int) -> Self:
        """What counts, and of that rater what would: what a rater reads of their own work."""
        others = Exclusion.objects.in_force().exclude(rater=rater)
        return self.countable().filter(~Q(Exists(others.of_outer_judgment("judgment__"))))

    def of_purpose(self, purpose: Purpose) -> Self:
        """The answers of judgments that were given for one purpose."""
        return self.filter(judgment__purpose=purpose)

    def live(self) -> Self:
        """The answers that become data: of no other purpose."""
        return self.of_purpose(Purpose.LIVE)

    def with_value(self) -> Self:
        """The answers that are a number: neither unsure nor not applicable."""
        return self.filter(value__isnull=False)

    def primary(self, family: str = PREFERENCES) -> Self:
        """The answers on the primary question of a family: of comparisons, if none is named."""
        return self.filter(criterion__is_primary=True, criterion__family=family)


class Judgment(models.Model):
    """A rater's submitted answers on one assignment; it counts if current and not withdrawn.

    Rows are append-only, guarded by a database trigger: an edit or an undo is a new row that
    `revises` the old one, and only `is_current` of the old row changes. A row with `withdrawn`
    has no answers: the rater took the judgment back.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="judgments")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="judgments")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="judgments")
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="judgments",
    )
    guideline = models.ForeignKey(
        Guideline, null=True, on_delete=models.PROTECT, related_name="judgments"
    )
    rubric = models.ForeignKey(
        RubricVersion,
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="judgments",
    )
    revises = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="revised_by"
    )
    is_current = models.BooleanField(default=True)
    withdrawn = models.BooleanField(default=False)
    key = models.UUIDField(null=True, blank=True, help_text=_("The client's idempotency key."))
    fingerprint = models.CharField(max_length=72, blank=True)

    purpose = models.CharField(max_length=16, choices=choices(Purpose), default=Purpose.LIVE)
    strategy = models.CharField(max_length=20, choices=choices(Strategy), default=Strategy.UNIFORM)
    selection_probability = models.FloatField(
        null=True,
        blank=True,
        help_text=_("The chance of this task among those open to this rater; empty: not recorded."),
    )
    source = models.CharField(max_length=16, choices=choices(Source), default=Source.HUMAN)
    rationale = models.TextField(blank=True)
    principles = models.JSONField(default=list, blank=True)
    none_fits = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("None of the guideline's principles says what decided it."),
    )
    reasons = models.JSONField(default=list, db_default=[], blank=True)
    flags = models.JSONField(default=list, blank=True)
    active_ms = models.PositiveIntegerField(default=0)
    idle_ms = models.PositiveIntegerField(default=0)
    times_cut = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("The times sent were not plausible and were cut to what can be."),
    )
    ui_version = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = JudgmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(is_current=True), name="one_current_judgment"
            ),
            models.UniqueConstraint(fields=["assignment", "key"], name="submitted_once"),
        ]
        indexes = [
            # Read by statistics and releases: what counts, in order of arrival.
            models.Index(
                fields=["project", "id"],
                condition=Q(is_current=True, withdrawn=False),
                name="judgment_that_counts",
            ),
            # Read by the cut-off of reports and releases: the newest row of a project.
            models.Index(fields=["project", "-id"], name="judgment_newest"),
            # Read by my work and by undo: my newest here, of whom it is the only index.
            models.Index(fields=["rater", "project", "-id"], name="judgment_by_rater"),
            # Read by precedents and principles: the newest that no principle fits.
            models.Index(
                fields=["project", "-id"], condition=Q(none_fits=True), name="judgment_none_fits"
            ),
            # Read where a version goes with its project.
            models.Index(
                fields=["rubric"], condition=Q(rubric__isnull=False), name="judgment_rubric"
            ),
        ]

    def __str__(self) -> str:
        return f"judgment {self.pk}"


class Answer(models.Model):
    """The value given on one criterion, from the point of view of the canonical responses.

    A preference of 0 says in `tie_kind` which tie it is; `unsaid` says why there is no value.
    `principle` is set where the question was about one of the guideline's. `side_only` marks an
    imported label whose source told which response is better, and not how much: its value is -1
    or 1, and nothing may read that as a strength.
    """

    judgment = models.ForeignKey(Judgment, on_delete=models.CASCADE, related_name="answers")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="answers")
    response = models.ForeignKey(
        Response, null=True, blank=True, on_delete=models.PROTECT, related_name="answers"
    )
    principle = models.ForeignKey(
        Principle,
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="answers",
    )
    value = models.SmallIntegerField(null=True, blank=True)
    tie_kind = models.CharField(
        max_length=12, blank=True, default="", db_default="", choices=choices(TieKind)
    )
    unsaid = models.CharField(
        max_length=14, blank=True, default="", db_default="", choices=choices(Unsaid)
    )
    side_only = models.BooleanField(default=False, db_default=False)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["judgment", "criterion", "response", "principle"],
                nulls_distinct=False,
                name="one_answer_per_question",
            ),
            models.CheckConstraint(
                condition=Q(tie_kind="")
                | Q(
                    tie_kind__in=list(TieKind),
                    value=0,
                    value__isnull=False,
                    response__isnull=True,
                ),
                name="tie_is_a_zero",
            ),
            models.CheckConstraint(
                condition=Q(unsaid="", value__isnull=False)
                | Q(unsaid__in=list(Unsaid), value__isnull=True),
                name="value_or_why_not",
            ),
        ]
        indexes = [
            # Few answers are about a principle: none pays for an index of the others.
            models.Index(
                fields=["principle"],
                condition=Q(principle__isnull=False),
                name="answer_principle",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.unsaid or self.value}"
