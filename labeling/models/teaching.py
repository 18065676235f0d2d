"""What points at a task and teaches: right answers of gold tasks, each rater's stream, what raters
asked and the precedents that answer it, notes of leads to raters."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from labeling.models.assignments import Assignment
from labeling.models.choices import choices
from labeling.models.judgments import Judgment
from labeling.models.tasks import Task
from labeling.vocabulary import Flag, GoldKind, QueryState
from projects.models import Project


class GoldAnswer(models.Model):
    """One version of what is right on a task whose answer is known (gold, anchor), append-only.

    `answers` maps the key of a criterion to the answers that are accepted, each in the shape in
    which answers are submitted, of the canonical order (`labeling.kinds.accepted`). The version of
    the highest `number` holds; `kind` says what the task is about, and `reason` why it is right:
    raters read it in training mode.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="gold_answers")
    number = models.PositiveSmallIntegerField()
    answers = models.JSONField()
    reason = models.TextField(blank=True)
    kind = models.CharField(max_length=16, choices=choices(GoldKind), default=GoldKind.PLAIN)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["task", "number"]
        constraints = [
            models.UniqueConstraint(fields=["task", "number"], name="gold_answer_version"),
        ]
        indexes = [
            # Read by the database wherever a user is deleted, each placeholder of a rater too.
            models.Index(fields=["author"], name="gold_answer_author"),
        ]

    def __str__(self) -> str:
        return f"gold answer {self.task_id} v{self.number}"


class RaterStream(models.Model):
    """Where a rater is in the stream of tasks that they were handed while checks are mixed in.

    `handed` counts them. `gold`, `repeat` and `anchor` are the blocks of the stream in which the
    latest of each came (`labeling.allocation.due_checks`), `checked` the place of the latest of
    all. `place` says how many had joined the project up to the rater; it is empty for streams from
    before there were places. `parted_by` is the assignment handed last that is no check.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    handed = models.PositiveIntegerField(default=0)
    gold = models.IntegerField(default=-1)
    repeat = models.IntegerField(default=-1)
    anchor = models.IntegerField(default=-1)
    checked = models.IntegerField(default=-2)
    place = models.PositiveIntegerField(null=True)
    parted_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "rater"], name="one_stream_a_rater"),
        ]

    def __str__(self) -> str:
        return f"stream of {self.rater_id} in {self.project_id}"


class Precedent(models.Model):
    """One version of the answer to a question that the guideline leaves open, append-only.

    A precedent is its `number` in the project, which stays; its row of the highest `version` holds.
    One that is `retired` holds no more, and `superseded_by` is the number of the one that does
    instead, if any. `question` is what was asked, quoted. `beside` are the numbers of precedents on
    the same that stand too, because somebody chose so.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    version = models.PositiveSmallIntegerField(default=1)
    question = models.TextField(blank=True)
    answer = models.TextField()
    criterion_key = models.CharField(max_length=40, blank=True)
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="precedents")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)
    retired = models.BooleanField(default=False)
    superseded_by = models.PositiveIntegerField(null=True)
    beside = models.JSONField(default=list, db_default=[], blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "number", "version"], name="precedent_version"
            ),
        ]

    def __str__(self) -> str:
        return f"precedent {self.project_id}/{self.number} v{self.version}"


class PrecedentReading(models.Model):
    """How far a member has read the precedents of a project: `seen` is the id of the newest row."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "reader"], name="one_reading_a_member"),
        ]

    def __str__(self) -> str:
        return f"reading of {self.reader_id} in {self.project_id}"


class Query(models.Model):
    """What somebody asked of a task because the guideline does not say it.

    `text` is empty where only the old flag was set. An answer is told to who asked; where it
    became a precedent, `precedent` is its number. `told_at`: they have seen the answer.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="queries")
    assignment = models.ForeignKey(
        Assignment, null=True, on_delete=models.PROTECT, related_name="queries"
    )
    criterion_key = models.CharField(max_length=40, blank=True)
    text = models.TextField(blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=choices(QueryState), default=QueryState.OPEN)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    precedent = models.PositiveIntegerField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # Read by the inbox and by its count on every page of a lead.
            models.Index(fields=["project", "id"], condition=Q(status="open"), name="query_open"),
        ]

    def __str__(self) -> str:
        return f"query {self.pk} on {self.task_id}"


def ask_without_words(judgment: Judgment) -> None:
    """Keeps the old flag of a gap, where it is set, as a question without a sentence."""
    if Flag.GUIDELINE_GAP not in judgment.flags:
        return
    asked = Query.objects.filter(assignment=judgment.assignment_id, text="")
    if not asked.exists():
        Query.objects.create(
            project_id=judgment.project_id,
            task_id=judgment.task_id,
            assignment_id=judgment.assignment_id,
            asked_by_id=judgment.rater_id,
            asked_at=judgment.created_at,
        )


class TalkedOver(models.Model):
    """That somebody talked a task over with a rater who answered it otherwise than most others."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="talked_over")
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "rater"], name="talked_over_once"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} talked over with {self.rater_id}"


class RaterNote(models.Model):
    """What a lead has to say to a rater of a project; nobody else reads it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # Read by the page of one's own.
            models.Index(fields=["project", "rater", "-id"], name="note_to_rater"),
            # Read by the database wherever a user is deleted, each placeholder of a rater too.
            models.Index(fields=["author"], name="rater_note_author"),
        ]

    def __str__(self) -> str:
        return f"note {self.pk} to {self.rater_id}"
