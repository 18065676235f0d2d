"""Long work as rows: the row is the queue, Celery only carries its id."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labeling.models.choices import choices
from labeling.models.exclusions import Exclusion
from labeling.vocabulary import JobState
from projects.models import AuditEvent, Project, RubricVersion


class Job(models.Model):
    """State and progress of a long piece of work. A running job holds an advisory lock."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="%(class)ss")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=12, choices=choices(JobState), default=JobState.PENDING)
    attempts = models.PositiveSmallIntegerField(
        default=0, help_text=gettext_lazy("Begun so often since it last got any further.")
    )
    deaths = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text=gettext_lazy("Workers that died at it since then.")
    )
    progress_done = models.PositiveBigIntegerField(default=0)
    progress_total = models.PositiveBigIntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    progress_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=gettext_lazy("When it was begun, or got further; by the database."),
    )
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to this job."""
        return self.state in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}

    @property
    def percent(self) -> int:
        """Progress from 0 to 100; 100 once done."""
        if self.state == JobState.DONE:
            return 100
        return (
            min(99, 100 * self.progress_done // self.progress_total) if self.progress_total else 0
        )


class Import(Job):
    """A file of prompts and responses on its way in, and the report of what became of it."""

    filename = models.CharField(max_length=255)
    path = models.CharField(max_length=500, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    format = models.CharField(max_length=40, default="auto")
    mapping = models.JSONField(default=dict, blank=True)
    options = models.JSONField(default=dict, blank=True)
    counts = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(state__in=["pending", "running"]), name="import_open"
            )
        ]

    def __str__(self) -> str:
        return self.filename


class ImportRefusal(models.Model):
    """One refused row of a file: where, which field, why; `code` names the reason for programs.

    `number` is the row's place in a JSON list, whose lines do not tell rows apart, 0 in other
    files; `row_id` is its own id.
    """

    import_job = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="refusals")
    line = models.PositiveBigIntegerField()
    number = models.IntegerField(default=0, db_default=0)
    row_id = models.CharField(max_length=200, blank=True, db_default="")
    field = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=24, blank=True, db_default="")
    reason = models.TextField()
    excerpt = models.TextField(blank=True)

    class Meta:
        ordering = ["line", "pk"]

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"

    @property
    def place(self) -> str:
        """Where the row stands, as an English report says it."""
        row = f", row {self.number}" if self.number else ""
        own = f", id {self.row_id}" if self.row_id else ""
        return f"line {self.line}{row}{own}"


class Release(Job):
    """A frozen, hashed, downloadable dataset made from judgments up to a cut-off."""

    number = models.PositiveIntegerField()
    recipe = models.CharField(max_length=40)
    format = models.CharField(max_length=40)
    file_type = models.CharField(max_length=12, default="parquet")
    options = models.JSONField(default=dict, blank=True)
    rubric = models.ForeignKey(
        RubricVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="releases"
    )
    cutoff = models.BigIntegerField(
        help_text=gettext_lazy("The newest judgment id that takes part.")
    )
    # Tasks that were withdrawn when it was asked for; empty of releases that kept a mark alone.
    withdrawn_tasks = ArrayField(models.BigIntegerField(), null=True, editable=False)
    salt = models.CharField(max_length=64, editable=False)
    rows_in = models.PositiveBigIntegerField(default=0)
    rows_out = models.PositiveBigIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True)
    files = models.JSONField(default=list, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    version = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="release_number_unique"),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(state__in=["pending", "running"]), name="release_open"
            )
        ]

    def __str__(self) -> str:
        return f"release {self.number}"


class ImportedChange(models.Model):
    """What an import changed in a task that was there, so that it can be undone.

    `before` holds what it replaced, each part as it was: `about` (category, language, metadata),
    `models` by the response's id, `order` (the order of the source), and where the text was
    replaced `messages`, `group_key` and `responses`; `right` are the ids of what it said is right
    on a copy of the task. `raised` is how many places it added.
    """

    #: Where `before` has those ids.
    RIGHT = "right"

    import_job = models.ForeignKey(
        Import, db_index=False, on_delete=models.CASCADE, related_name="changes"
    )
    task = models.ForeignKey(
        "labeling.Task", on_delete=models.CASCADE, related_name="imported_changes"
    )
    before = models.JSONField(default=dict)
    raised = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["import_job", "task"], name="one_change_an_import"),
        ]

    def __str__(self) -> str:
        return f"change {self.pk}"


class SelectionJob(Job):
    """A job over tasks: a filter's, or an import's.

    `selection` is the filter, `newest` the newest task that takes part, `reached` the last one
    that was looked at, and `changed` how many it was of.
    """

    selection = models.JSONField(default=dict)
    newest = models.BigIntegerField()
    reached = models.BigIntegerField(default=0)
    changed = models.PositiveBigIntegerField(default=0)

    class Meta:
        abstract = True


class Withdrawal(SelectionJob):
    """Tasks taken out of play, or with `puts_back` put back into it."""

    reason = models.CharField(max_length=300, blank=True)
    puts_back = models.BooleanField(default=False)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return _("tasks put back") if self.puts_back else _("tasks withdrawn")


class TaskChange(SelectionJob):
    """Another number of raters or priority for many tasks, or their reports settled.

    `overlap` and `priority` are empty where they stay; `limited` counts the tasks that keep more
    raters than asked for, because so many hold a place. With an `exclusion` the tasks are those
    of the judgments that it leaves out: they get a place more, or with `closes` give it back.
    """

    overlap = models.PositiveSmallIntegerField(null=True, blank=True)
    priority = models.SmallIntegerField(null=True, blank=True)
    limited = models.PositiveBigIntegerField(default=0)
    settles = models.BooleanField(default=False, db_default=False)
    exclusion = models.ForeignKey(
        Exclusion, null=True, blank=True, on_delete=models.CASCADE, related_name="task_changes"
    )
    closes = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"change of tasks {self.pk}"


class ImportUndo(Job):
    """That an import is taken back: what it brought goes, its row and its report stay."""

    import_job = models.OneToOneField(Import, on_delete=models.CASCADE, related_name="undo")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.import_job.filename


class Deletion(Job):
    """That a project goes, with everything in it: this row too, at the very end.

    What stays is `event`, the line in the log that says what was deleted.
    """

    event = models.OneToOneField(AuditEvent, on_delete=models.CASCADE, related_name="deletion")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.event.detail.get("name", ""))


class TextErasing(Job):
    """That the free texts of a person who was erased go from a project; judgments stay.

    With `takes_written` go what they wrote as responses, and the judgments that it came with.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="text_erasings"
    )
    takes_written = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.person.display_name
