"""What is judged: prompts, candidate responses, and the tasks made of them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from labeling.models.choices import choices
from labeling.vocabulary import (
    ASKED_AS_AXES,
    ASKED_AS_OVERALL,
    ASKED_AS_REVIEW,
    TASK_PURPOSES,
    Purpose,
    TaskKind,
    TaskPart,
    asked_as,
)
from projects.models import Project


class Prompt(models.Model):
    """What the models were given: a list of chat messages `{"role", "content"}`.

    `group_key` is the hash of the normalised text: prompts that differ in case, spaces or
    punctuation alone share it, and never fall on two sides of a split; no more do those that name
    one `group`, or the turns of one `conversation`, which count from 1. `sensitivity` are the
    topics that it touches, each `{"topic", "severity"}`.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="prompts")
    external_id = models.CharField(max_length=200)
    messages = models.JSONField()
    group_key = models.CharField(max_length=64)
    category = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=35, blank=True)
    difficulty = models.CharField(max_length=40, blank=True)
    sensitivity = models.JSONField(default=list, db_default=[], blank=True)
    licence = models.CharField(max_length=80, blank=True)
    author = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=200, blank=True, default="", db_default="")
    group = models.CharField(max_length=200, blank=True, default="", db_default="")
    permitted_use = models.CharField(max_length=200, blank=True, default="", db_default="")
    conversation = models.CharField(max_length=200, blank=True, default="", db_default="")
    turn = models.PositiveSmallIntegerField(null=True, blank=True)
    probe_family = models.CharField(max_length=80, blank=True)
    probe_variant = models.CharField(max_length=80, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    html = models.TextField(blank=True, editable=False)
    html_version = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "external_id"], name="prompt_id_unique"),
        ]
        indexes = [
            # Read by the split planner and by the import's search for equal prompts.
            models.Index(fields=["project", "group_key"], name="prompt_by_group"),
            # Read by filters: which categories there are.
            models.Index(fields=["project", "category"], name="prompt_by_category"),
            # Read by a task's page and the desk: the turns of its conversation.
            models.Index(
                fields=["project", "conversation"],
                condition=~Q(conversation=""),
                name="prompt_of_conversation",
            ),
        ]

    def __str__(self) -> str:
        return self.external_id


class Response(models.Model):
    """One candidate output for a prompt, with the model that wrote it (never shown to raters).

    `messages` are its own turns in the shape of `Prompt.messages`: `role`, `content`, and where
    they have them `parts`, `tool_calls`, `tool_call_id`, `name`, `reasoning_content`. It is empty
    for one plain turn of the assistant; `content` is the text of the last turn either way.
    A text that was written here has its `author`, who appears in nothing that raters see, and the
    `judgment` it came with: it never changes, and takes part only while that judgment counts.
    `names_model` is whether it says which model wrote it, as imports read it (`datasets.leaks`).
    """

    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="responses")
    external_id = models.CharField(max_length=200)
    content = models.TextField()
    messages = models.JSONField(default=list, db_default=[], blank=True)
    model = models.CharField(max_length=200, blank=True)
    model_version = models.CharField(max_length=120, blank=True)
    decoding = models.JSONField(default=dict, blank=True)
    batch = models.CharField(max_length=80, blank=True)
    edited_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="edits"
    )
    is_human = models.BooleanField(default=False)
    names_model = models.BooleanField(default=False, db_default=False, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="texts",
    )
    judgment = models.ForeignKey(
        "labeling.Judgment",
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="texts",
    )
    html = models.TextField(blank=True, editable=False)
    html_version = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prompt", "external_id"], name="response_id_unique"),
        ]
        indexes = [
            # Few responses are written here: none pays for an index of the others.
            models.Index(
                fields=["judgment"], condition=Q(judgment__isnull=False), name="response_written"
            ),
            models.Index(
                fields=["author"], condition=Q(author__isnull=False), name="response_author"
            ),
        ]

    def __str__(self) -> str:
        return self.external_id

    @property
    def answers_nothing(self) -> bool:
        """Whether the model wrote nothing that can be seen: an answer as well."""
        return not self.messages and not self.content.strip()


class TaskQuerySet(models.QuerySet["Task"]):
    """Tasks by whether they are in play; everything that counts tasks starts from this."""

    def in_play(self) -> Self:
        """Those that are not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def out_of_play(self) -> Self:
        """Those that are withdrawn, until somebody puts them back."""
        return self.filter(withdrawn_at__isnull=False)

    def kept_withdrawn(self, release: int) -> Self:
        """Those that the release of that id keeps as withdrawn, whatever became of them since."""
        kept = "SELECT unnest(withdrawn_tasks) FROM labeling_release WHERE id = %s"
        return self.filter(pk__in=RawSQL(kept, [release]))  # noqa: S611 - words of our own

    def copies_of(self, ids: Collection[int]) -> Self:
        """The gold tasks, anchors and repeats that are copies of these tasks."""
        return self.filter(Q(gold_of__in=ids) | Q(repeat_of__in=ids))


class Task(models.Model):
    """A prompt with its responses, to be judged by `overlap` different raters.

    `response_ids` is the canonical order (a salted hash of ids, blind to model and screen); every
    stored answer refers to it. `open_slots` is kept by a database trigger on assignments: overlap
    less live leases and submitted judgments, NULL where there is no bound; a check constraint
    keeps it from falling below zero, whatever the code does. `model_votes` are what models said of
    the responses, in canonical order: no judgments, and in no figure of people's.
    `source_order[i]` is the canonical index of the response at place i of the first row that gave
    the task, NULL where none is known; read by figures in the order of the source alone.
    A task of rules asks about every principle of the guideline, or about that of `principle_key`.
    `import_job` is the import that made it. With `withdrawn_at` it is out of play until a lead
    puts it back: nobody gets it, and it counts in no progress, figure or new release.
    A task that `reviews` a text that was written here asks what a review asks, and goes to anybody
    but the text's author.
    A task of the purpose gold or anchor is a copy of the task `gold_of`, which stays what it is,
    and has its right answers in `GoldAnswer`, and so is one of the purpose training or
    qualification; one of the purpose repeat copies `repeat_of`.
    A task that `follows` another is a later turn of its conversation, in which the response of that
    canonical index (`reply`) carried it on: it goes to those who chose that response. The other
    `continues` then, and its text stays.
    A comparison in two passes is two tasks of one prompt, each with its `part`: the second comes
    with the first answer to the first, which is its `first_pass`.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="tasks")
    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="tasks")
    external_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=choices(TaskKind), default=TaskKind.COMPARE)
    purpose = models.CharField(max_length=16, choices=choices(TASK_PURPOSES), default=Purpose.LIVE)
    response_ids = ArrayField(models.BigIntegerField())
    source_order = ArrayField(models.SmallIntegerField(), null=True, blank=True)
    overlap = models.PositiveSmallIntegerField(null=True, blank=True)
    open_slots = models.SmallIntegerField(null=True, blank=True)
    priority = models.SmallIntegerField(default=0)
    queue_key = models.BigIntegerField(
        help_text=_("Priority and a seeded shuffle in one number: the order of the queue.")
    )
    principle_key = models.CharField(max_length=20, blank=True, default="", db_default="")
    model_votes = models.JSONField(default=list, db_default=[], blank=True)
    repeat_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="repeats"
    )
    import_job = models.ForeignKey(
        "labeling.Import",
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.SET_NULL,
        related_name="tasks",
    )
    gold_of = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.SET_NULL,
        related_name="known_copies",
    )
    reviews = models.ForeignKey(
        Response,
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="review_tasks",
    )
    follows = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="branches",
    )
    reply = models.PositiveSmallIntegerField(null=True, blank=True)
    continues = models.BooleanField(default=False, db_default=False)
    part = models.CharField(
        max_length=8, choices=choices(TaskPart), blank=True, default="", db_default=""
    )
    first_pass = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="later_passes",
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    withdrawn_reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "external_id"], name="task_id_unique"),
            models.CheckConstraint(
                condition=Q(open_slots__isnull=True) | Q(open_slots__gte=0),
                name="task_overlap_exact",
            ),
            # Several people, or an import and a person, make the copy of one task once.
            models.UniqueConstraint(
                fields=["gold_of", "purpose"],
                condition=Q(gold_of__isnull=False),
                name="task_one_copy_a_purpose",
            ),
            models.CheckConstraint(
                condition=Q(overlap__isnull=True, open_slots__isnull=True)
                | Q(overlap__gte=1, open_slots__lte=F("overlap")),
                name="task_slots_within_overlap",
            ),
        ]
        indexes = [
            # Read by labeling.rating.leases: the next task, best first.
            models.Index(
                fields=["project", "queue_key"],
                condition=Q(open_slots__gt=0, purpose="live", withdrawn_at__isnull=True),
                name="task_queue_in_play",
            ),
            # Read wherever something counts: which tasks do not; they are few.
            models.Index(
                fields=["project", "id"],
                condition=Q(withdrawn_at__isnull=False),
                name="task_withdrawn",
            ),
            # Read by what is done with everything of an import.
            models.Index(
                fields=["import_job", "id"],
                condition=Q(import_job__isnull=False),
                name="task_of_import",
            ),
            # Read by the database wherever a user is deleted, each placeholder of a rater too.
            models.Index(
                fields=["withdrawn_by"],
                condition=Q(withdrawn_by__isnull=False),
                name="task_withdrawn_by",
            ),
            # Read by whoever asks for the review of a text.
            models.Index(
                fields=["reviews"], condition=Q(reviews__isnull=False), name="task_reviews"
            ),
            # Read by the allocation: copies whose answer is known, best first; they are few.
            models.Index(
                fields=["project", "purpose", "queue_key"],
                condition=Q(purpose__in=["gold", "anchor"], withdrawn_at__isnull=True),
                name="task_of_known_answer",
            ),
            # Read by the allocation: what raters do before their first live task; they are few.
            models.Index(
                fields=["project", "purpose", "queue_key"],
                condition=Q(purpose__in=["training", "qualification"], withdrawn_at__isnull=True),
                name="task_of_stage",
            ),
            # Read by the allocation: the later turns that a reply carries on.
            models.Index(
                fields=["follows", "reply"], condition=Q(follows__isnull=False), name="task_follows"
            ),
            # Read by the allocation: who judged the other pass.
            models.Index(
                fields=["first_pass"],
                condition=Q(first_pass__isnull=False),
                name="task_first_pass",
            ),
            # Read by the lead's list: in the order of import, from one task on.
            models.Index(fields=["project", "id"], name="task_in_order"),
            # Read by the release builder: a stable order.
            models.Index(fields=["project", "queue_key", "id"], name="task_by_queue_key"),
        ]

    def __str__(self) -> str:
        return self.external_id

    @property
    def asked_as(self) -> str:
        """What says how it is asked (`labeling.kinds`): its kind, a review, or which part of it."""
        return asked_as(self.kind, self.part, is_review=self.reviews_id is not None)

    @property
    def original_id(self) -> int:
        """The task of which it is a copy, else its own."""
        return self.gold_of_id or self.repeat_of_id or self.pk

    @property
    def places_held(self) -> int | None:
        """Leases and judgments that hold a place; None where there is no bound."""
        if self.overlap is None or self.open_slots is None:
            return None
        return self.overlap - self.open_slots


#: How a task `t` is asked, in SQL: what `asked_as` says.
ASKED_AS = f"""CASE WHEN t.reviews_id IS NOT NULL THEN '{ASKED_AS_REVIEW}'
    WHEN t.part = '' THEN t.kind
    WHEN t.part = '{TaskPart.AXES}' THEN '{ASKED_AS_AXES}' ELSE '{ASKED_AS_OVERALL}' END"""

_OUT_OF_PLAY = """
SELECT count(*), COALESCE(sum(hashint8extended(id, 0)), 0)::text FROM labeling_task
WHERE project_id = %s AND withdrawn_at <= COALESCE(%s::timestamptz, clock_timestamp())
"""


def tasks_out_of_play(project: Project, asked_at: datetime | None = None) -> tuple[int, str]:
    """How many tasks were withdrawn by then, else by now, and are still; and a mark of which."""
    with connection.cursor() as cursor:
        cursor.execute(_OUT_OF_PLAY, [project.pk, asked_at])
        count, total = cursor.fetchone()
    return count, hashlib.sha256(total.encode()).hexdigest()[:16] if count else ""
