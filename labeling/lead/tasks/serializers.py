"""Tasks as programs read them, and what they send to change them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from rest_framework import serializers

from labeling.allocation import OVERLAPS, PRIORITIES
from labeling.lead.reports import TaskFlag, task_flags, with_reports
from labeling.lead.tasks.filters import Play, TaskFilter, TaskState, filter_fields
from labeling.lead.tasks.rows import TaskRow
from labeling.lead.tasks.selectors import TaskPage
from labeling.models import FlagResolution, SelectionJob, TaskChange
from labeling.pictures.selectors import with_addresses
from labeling.vocabulary import TASK_PURPOSES, TaskKind, TaskPart
from labeling.work.api import JobSerializer, job_json
from projects.api.parsing import StrictSerializer


class SelectionSerializer(StrictSerializer):
    """The filter of the list of tasks; none of them: every task of the project in play."""

    state = serializers.ChoiceField(choices=list(TaskState), required=False)
    category = serializers.CharField(max_length=80, required=False)
    purpose = serializers.ChoiceField(choices=list(TASK_PURPOSES), required=False)
    q = serializers.CharField(max_length=200, required=False, help_text="In id or prompt.")
    conversation = serializers.CharField(
        max_length=200, required=False, help_text="Turns of the conversation of that name."
    )


class TasksQuerySerializer(SelectionSerializer):
    """Which tasks to list, and from where on."""

    withdrawn = serializers.ChoiceField(
        choices=list(Play), required=False, help_text="`yes`: those withdrawn; `any`: these too."
    )
    import_id = serializers.IntegerField(required=False, min_value=1)
    after = serializers.IntegerField(
        required=False, min_value=0, default=0, help_text="Ids above this one."
    )
    page_size = serializers.IntegerField(required=False, min_value=1, max_value=200, default=50)


class TaskPlanSerializer(StrictSerializer):
    """What is to change; what is left out stays."""

    overlap = serializers.IntegerField(
        required=False,
        min_value=OVERLAPS[0],
        max_value=OVERLAPS[-1],
        help_text="Raters that judge it, never fewer than have judged it or have it now.",
    )
    priority = serializers.IntegerField(
        required=False,
        min_value=PRIORITIES[0],
        max_value=PRIORITIES[-1],
        help_text="Higher comes sooner; 0 unless told.",
    )


class ManyTasksSerializer(StrictSerializer):
    """Of which tasks."""

    selection = SelectionSerializer(required=False, help_text="As in the list of tasks.")
    import_id = serializers.IntegerField(
        required=False, min_value=1, help_text="Of the tasks that this import made."
    )


class NewTaskChangeSerializer(TaskPlanSerializer, ManyTasksSerializer):
    """What is to change, and of which tasks."""

    settles = serializers.BooleanField(
        default=False, help_text="For leads: nobody need look at what raters reported of them."
    )


class SelectionJobSerializer(JobSerializer):
    """A job over many tasks; its progress counts those that are looked at."""

    selection = serializers.DictField(child=serializers.CharField())
    changed = serializers.IntegerField(help_text="Tasks changed so far.")


class TaskChangeSerializer(SelectionJobSerializer):
    """A change of many tasks."""

    settles = serializers.BooleanField(help_text="Whether it settles what raters reported.")
    overlap = serializers.IntegerField(allow_null=True, help_text="Null: as it was.")
    priority = serializers.IntegerField(allow_null=True, help_text="Null: as it was.")
    limited = serializers.IntegerField(
        help_text="Tasks that keep more raters, because so many have judged them or have them."
    )
    exclusion = serializers.IntegerField(
        allow_null=True, help_text="The one of whose judgments it opens the places again."
    )
    closes = serializers.BooleanField(
        help_text="It takes back what was opened for that exclusion, where nobody took it."
    )


class PreferencesSerializer(serializers.Serializer[Any]):
    """How many judgments prefer which response, in canonical order, or neither."""

    first = serializers.IntegerField()
    second = serializers.IntegerField()
    ties = serializers.IntegerField()


class ListedTaskSerializer(serializers.Serializer[Any]):
    """A task in a list. `preferences` is null where its votes are closed to you."""

    id = serializers.IntegerField()
    external_id = serializers.CharField()
    kind = serializers.ChoiceField(choices=list(TaskKind))
    part = serializers.ChoiceField(
        choices=list(TaskPart), allow_blank=True, help_text="Of a comparison in two passes."
    )
    purpose = serializers.ChoiceField(choices=list(TASK_PURPOSES))
    category = serializers.CharField(allow_blank=True)
    language = serializers.CharField(allow_blank=True)
    conversation = serializers.CharField(
        allow_blank=True, help_text="The one of which it is a turn."
    )
    turn = serializers.IntegerField(allow_null=True, help_text="Its place in it, from 1.")
    follows = serializers.IntegerField(
        allow_null=True, help_text="The task of which it follows a reply that raters chose."
    )
    excerpt = serializers.CharField(allow_blank=True, help_text="The start of the prompt.")
    overlap = serializers.IntegerField(allow_null=True, help_text="Null: no bound.")
    open_slots = serializers.IntegerField(allow_null=True, help_text="Places left.")
    priority = serializers.IntegerField()
    judgments = serializers.IntegerField()
    leased = serializers.IntegerField(help_text="Raters who have it now.")
    flagged = serializers.IntegerField(help_text="Judgments with a flag.")
    broken = serializers.IntegerField(help_text="Raters who reported it as broken.")
    is_complete = serializers.BooleanField()
    preferences = PreferencesSerializer(allow_null=True)
    import_id = serializers.IntegerField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawn_reason = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()


class TaskListSerializer(serializers.Serializer[Any]):
    """Some tasks. A large project is not counted, and may be read on before a page is full."""

    next = serializers.URLField(allow_null=True, help_text="Null: there are no more.")
    results = ListedTaskSerializer(many=True)


class TopicSerializer(serializers.Serializer[Any]):
    """A topic that a prompt touches."""

    topic = serializers.CharField()
    severity = serializers.CharField(allow_blank=True)


class TaskPromptSerializer(serializers.Serializer[Any]):
    """What the models were asked."""

    external_id = serializers.CharField()
    messages = serializers.ListField(
        child=serializers.DictField(), help_text="Turns as chat files have them."
    )
    difficulty = serializers.CharField(allow_blank=True)
    licence = serializers.CharField(allow_blank=True)
    author = serializers.CharField(allow_blank=True)
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    group = serializers.CharField(
        allow_blank=True, help_text="Prompts of one group never fall on two sides of a split."
    )
    permitted_use = serializers.CharField(allow_blank=True)
    conversation = serializers.CharField(
        allow_blank=True, help_text="The one of which it is a turn."
    )
    turn = serializers.IntegerField(allow_null=True, help_text="Its place in it, from 1.")
    topics = TopicSerializer(many=True)
    metadata = serializers.DictField()


class TaskResponseSerializer(serializers.Serializer[Any]):
    """One response; `model` is null for reviewers, who compare too."""

    external_id = serializers.CharField(allow_null=True)
    content = serializers.CharField(allow_blank=True)
    messages = serializers.ListField(
        child=serializers.DictField(), help_text="Turns as chat files have them."
    )
    model = serializers.CharField(allow_null=True, allow_blank=True)
    model_version = serializers.CharField(allow_null=True, allow_blank=True)
    names_model = serializers.BooleanField(
        allow_null=True,
        help_text="Whether the text says which model wrote it; null for who sees no models.",
    )
    batch = serializers.CharField(allow_null=True, allow_blank=True)
    decoding = serializers.DictField(allow_null=True)


class NewFlagResolutionSerializer(StrictSerializer):
    """What came of a flag."""

    word = serializers.CharField(allow_blank=True, help_text="What came of it, in a few words.")


class FlagResolutionSerializer(serializers.Serializer[Any]):
    """What came of a flag, who said so, and when."""

    id = serializers.IntegerField()
    flag = serializers.CharField()
    word = serializers.CharField()
    by = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()


class TaskFlagSerializer(serializers.Serializer[Any]):
    """A flag that raters set on a task."""

    flag = serializers.CharField()
    judgments = serializers.IntegerField(help_text="That set it, and stand.")
    is_waiting = serializers.BooleanField(help_text="Nobody has seen to it since it was set last.")
    resolutions = FlagResolutionSerializer(many=True)


class TaskDetailSerializer(ListedTaskSerializer):
    """Everything about a task but who said what."""

    is_reported = serializers.BooleanField(
        help_text="Whether a lead has yet to see to what raters reported; `settle` says so."
    )

    flags = TaskFlagSerializer(
        many=True, allow_null=True, help_text="Null where the votes are closed to you."
    )
    prompt = TaskPromptSerializer()
    responses = TaskResponseSerializer(many=True, help_text="In canonical order.")


def flag_resolution_json(row: FlagResolution) -> dict[str, Any]:
    """What came of a flag."""
    by = row.person.display_name if row.person else None
    return {"id": row.pk, "flag": row.flag, "word": row.word, "by": by, "at": row.at}


def _flag_json(row: TaskFlag) -> dict[str, Any]:
    resolutions = list(map(flag_resolution_json, row.resolutions))
    names = ("flag", "judgments", "is_waiting")
    return {**{name: getattr(row, name) for name in names}, "resolutions": resolutions}


def selection_json(row: SelectionJob) -> dict[str, Any]:
    """A job over many tasks."""
    kept = {name: value for name, value in row.selection.items() if name != "reader"}
    fields = filter_fields(TaskFilter(**kept))
    return {**job_json(row), "selection": fields, "changed": row.changed}


def task_change_json(row: TaskChange) -> dict[str, Any]:
    """A change of many tasks."""
    names = ("overlap", "priority", "settles", "limited")
    about = {"exclusion": row.exclusion_id, "closes": row.closes}
    return {**selection_json(row), **{name: getattr(row, name) for name in names}, **about}


def task_row_json(row: TaskRow, closed: Collection[int]) -> dict[str, Any]:
    """A task in a list."""
    task, prompt = row.task, row.task.prompt
    tally = {"first": row.first, "second": row.second, "ties": row.ties}
    return {
        **{name: getattr(task, name) for name in _TASK_FIELDS},
        **{name: getattr(prompt, name) for name in _PROMPT_FIELDS},
        "follows": task.follows_id,
        **{name: getattr(row, name) for name in _ROW_FIELDS},
        "preferences": None if task.pk in closed else tally,
        "import_id": task.import_job_id,
    }


_PROMPT_FIELDS = ("category", "language", "conversation", "turn")
_ROW_FIELDS = ("excerpt", "judgments", "leased", "flagged", "broken", "is_complete")
_TASK_FIELDS = (
    *("id", "external_id", "kind", "part", "purpose", "overlap", "open_slots", "priority"),
    *("withdrawn_at", "withdrawn_reason", "created_at"),
)


def task_json(page: TaskPage, closed: Collection[int], *, shows_models: bool) -> dict[str, Any]:
    """A task with its texts. Ids of responses may name models too."""
    prompt, slug = page.task.prompt, page.task.project.slug
    about = (
        *("external_id", "difficulty", "licence", "author", "metadata"),
        *("source", "group", "permitted_use", "conversation", "turn"),
    )
    return {
        **task_row_json(page.row, closed),
        "flags": None if page.task.pk in closed else list(map(_flag_json, task_flags(page.task))),
        "is_reported": bool(with_reports(page.task.project, [page.task.pk])),
        "prompt": {
            **{name: getattr(prompt, name) for name in about},
            **{"messages": with_addresses(slug, prompt.messages), "topics": prompt.sensitivity},
        },
        "responses": [
            {
                "external_id": response.external_id if shows_models else None,
                "content": response.content,
                "messages": with_addresses(slug, response.messages),
                "model": response.model if shows_models else None,
                **{
                    name: getattr(response, name) if shows_models else None
                    for name in ("model_version", "names_model", "batch", "decoding")
                },
            }
            for response in page.responses
        ],
    }
