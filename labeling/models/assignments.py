"""One rater's lease on one task, who has seen what others said, and what came too late."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from labeling.models.choices import choices
from labeling.models.tasks import Task
from labeling.vocabulary import AssignmentState, Purpose, SkipReason, Strategy
from projects.models import Guideline, Project, RubricVersion


class Assignment(models.Model):
    """A rater's lease, with the order in which the responses are shown: fixed for its whole life.

    `shown_order[i]` is the canonical index of the response shown at place i; under the strategy
    `imported` it is the canonical order and says nothing, because nobody saw a screen here, and
    `import_job` is the import that brought the label. One of purpose `adjudication` is of a final
    word and takes no place: a person may have it beside a vote of their own. A lease that was
    prepared ahead (`opened_at` empty) is short, so that a closed tab frees it soon.
    `reopened_at` is set while its rater may change what they submitted: the answer stands until
    another one is, and `lease_expires_at` says until when that may be.
    `rubric` says which questions were shown: none is recorded for imported labels, and for what
    came before there were versions.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="assignments")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="assignments")
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments"
    )
    state = models.CharField(
        max_length=10, choices=choices(AssignmentState), default=AssignmentState.LEASED
    )
    lease_expires_at = models.DateTimeField()
    shown_order = ArrayField(models.SmallIntegerField())
    guideline = models.ForeignKey(
        Guideline, null=True, on_delete=models.PROTECT, related_name="assignments"
    )
    rubric = models.ForeignKey(
        RubricVersion,
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="assignments",
    )
    purpose = models.CharField(max_length=16, choices=choices(Purpose), default=Purpose.LIVE)
    strategy = models.CharField(max_length=20, choices=choices(Strategy), default=Strategy.UNIFORM)
    selection_probability = models.FloatField(
        null=True,
        blank=True,
        help_text=_("The chance of this task among those open to this rater; empty: not recorded."),
    )
    skip_reason = models.CharField(max_length=20, blank=True, choices=choices(SkipReason))
    skip_note = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    skipped_at = models.DateTimeField(null=True, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    import_job = models.ForeignKey(
        "labeling.Import",
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.SET_NULL,
        related_name="labels",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task", "rater", "purpose"], name="never_the_same_task_twice"
            ),
        ]
        indexes = [
            # Read by the allocation: my open leases, my number of judgments.
            models.Index(fields=["rater", "project", "state"], name="assignment_by_rater"),
            # Read by the allocation: where I left the queue.
            models.Index(fields=["rater", "project", "-id"], name="assignment_latest"),
            # Read by the sweep that frees expired leases.
            models.Index(
                fields=["lease_expires_at"], condition=Q(state="leased"), name="lease_expiry"
            ),
            # Read where a version goes with its project.
            models.Index(
                fields=["rubric"], condition=Q(rubric__isnull=False), name="assignment_rubric"
            ),
            # Read by the undoing of an import: its labels.
            models.Index(
                fields=["import_job", "id"],
                condition=Q(import_job__isnull=False),
                name="label_of_import",
            ),
        ]

    def __str__(self) -> str:
        return f"assignment {self.pk}"


class TaskOpening(models.Model):
    """That a person has opened a task's votes: from then on they cannot judge it themselves.

    `is_told` where they did not look at these, and know what is right or what somebody said.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="openings")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="task_openings"
    )
    is_told = models.BooleanField(default=False, db_default=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            # Its index is read by the claim of a task (labeling.rating.claims).
            models.UniqueConstraint(fields=["task", "person"], name="task_opened_once"),
        ]

    def __str__(self) -> str:
        return f"opening {self.pk}"


class ReleaseOpening(models.Model):
    """That a person has downloaded votes with a release: what they had answered stands then.

    It holds for every task on which others had answered when the release was asked for; a row a
    task, a `TaskOpening`, have only those that the person might still be given.
    """

    release = models.ForeignKey(
        "labeling.Release", on_delete=models.CASCADE, related_name="openings"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="release_openings"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "release"], name="release_opened_once"),
        ]

    def __str__(self) -> str:
        return f"release opening {self.pk}"


class LateAnswer(models.Model):
    """An answer that reached us after its rater could no longer rate here: kept, counted nowhere.

    `answers` are as they were submitted (`labeling.kinds.shapes`), of the canonical order;
    `tie_kinds` say which tie a 0 is, by the criterion's key, and `text` is what was written;
    `spans` are marked passages in the shape in which they are read back, without their words, and
    `regions` marked regions of pictures.
    """

    assignment = models.OneToOneField(
        Assignment, on_delete=models.CASCADE, related_name="late_answer"
    )
    answers = models.JSONField(default=dict)
    tie_kinds = models.JSONField(default=dict)
    rationale = models.TextField(blank=True)
    reasons = models.JSONField(default=list, db_default=[], blank=True)
    text = models.TextField(blank=True, default="", db_default="")
    spans = models.JSONField(default=list, db_default=[], blank=True)
    regions = models.JSONField(default=list, db_default=[], blank=True)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"late answer {self.pk}"
