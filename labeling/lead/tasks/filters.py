"""Which tasks are listed: by state, category, purpose, words, import, and withdrawn ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from labeling.lead.disagreements import split_tasks
from labeling.lead.reports import broken_reports, is_reported
from labeling.models import Assignment, Import, Judgment, Prompt, Response, Task
from labeling.models.tasks import TaskQuerySet
from labeling.rating.openings import closed_to
from labeling.releases.selectors import categories_of
from labeling.vocabulary import AssignmentState
from projects.models import Project, User


class TaskState(StrEnum):
    """What a lead filters by.

    `REPORTED` is what nobody has settled of the three before it, `NOT_BLIND` tasks with a response
    that says which model wrote it.
    """

    UNTOUCHED = "untouched"
    UNDER_WAY = "under_way"
    COMPLETE = "complete"
    SPLIT = "split"
    FLAGGED = "flagged"
    SKIPPED = "skipped"
    BROKEN = "broken"
    REPORTED = "reported"
    NOT_BLIND = "not_blind"


class Play(StrEnum):
    """Which tasks are listed: those in play by themselves."""

    WITHDRAWN = "yes"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks of a project to show; empty means all.

    `reader` is who may judge them: the filter by disagreement leaves out what is closed to them,
    which they could still judge or would rather decide first.
    `play` is one of `Play`; `import_id` leaves those that one import made, `conversation` the turns
    of the one of that name.
    """

    state: str = ""
    category: str = ""
    purpose: str = ""
    search: str = ""
    reader: User | None = None
    play: str = ""
    import_id: int = 0
    conversation: str = ""


def of_conversation(tasks: TaskQuerySet, project: Project, name: str) -> TaskQuerySet:
    """The turns of a conversation."""
    # In these words, the index of conversations answers.
    turns = Prompt.objects.filter(project=project, conversation=name).exclude(conversation="")
    return tasks.filter(prompt__in=turns)


def _judgments_of_task() -> QuerySet[Judgment]:
    return Judgment.objects.filter(task=OuterRef("pk")).valid().included()


def _in_state(
    tasks: TaskQuerySet, project: Project, wanted: TaskFilter, among: range | None
) -> TaskQuerySet:
    state = wanted.state
    any_judgment = Exists(_judgments_of_task())
    leased = Exists(Assignment.objects.filter(task=OuterRef("pk"), state=AssignmentState.LEASED))
    if state == TaskState.UNTOUCHED:
        return tasks.exclude(any_judgment)
    if state == TaskState.UNDER_WAY:
        return tasks.filter(Q(open_slots__gt=0) | leased).filter(any_judgment | leased)
    if state == TaskState.COMPLETE:
        return tasks.filter(open_slots=0).exclude(leased)
    if state == TaskState.SPLIT:
        return tasks.filter(pk__in=split_tasks(project, among=among))
    if state == TaskState.FLAGGED:
        # What an excluded rater pointed out may be there all the same.
        flags = Judgment.objects.filter(task=OuterRef("pk")).valid().exclude(flags=[])
        return tasks.filter(Exists(flags))
    if state == TaskState.SKIPPED:
        skips = Assignment.objects.filter(task=OuterRef("pk"), state=AssignmentState.SKIPPED)
        return tasks.filter(Exists(skips))
    if state == TaskState.REPORTED:
        return tasks.filter(is_reported(project, among=among, in_play=not wanted.play))
    if state == TaskState.NOT_BLIND:
        named = Response.objects.filter(prompt=OuterRef("prompt"), names_model=True)
        return tasks.filter(Exists(named))
    if state == TaskState.BROKEN:
        return tasks.filter(pk__in=broken_reports(project).values("task"))
    return tasks


def find_tasks(project: Project, wanted: TaskFilter, *, among: range | None = None) -> TaskQuerySet:
    """The tasks that match, in the order of their import, `among` those of some ids alone."""
    tasks = Task.objects.filter(project=project).select_related("prompt")
    if among is not None:
        tasks = tasks.filter(pk__gte=among.start, pk__lt=among.stop)
    tasks = _in_state(tasks, project, wanted, among)
    if wanted.reader is not None and wanted.state == TaskState.SPLIT:
        tasks = tasks.exclude(closed_to(wanted.reader))
    if wanted.play == Play.WITHDRAWN:
        tasks = tasks.out_of_play()
    elif wanted.play != Play.ANY:
        tasks = tasks.in_play()
    if wanted.import_id:
        tasks = tasks.filter(import_job=wanted.import_id)
    if wanted.conversation:
        tasks = of_conversation(tasks, project, wanted.conversation)
    if wanted.category:
        tasks = tasks.filter(prompt__category=wanted.category)
    if wanted.purpose:
        tasks = tasks.filter(purpose=wanted.purpose)
    if wanted.search:
        tasks = tasks.annotate(said=Cast("prompt__messages", TextField())).filter(
            Q(external_id__icontains=wanted.search)
            | Q(prompt__external_id__icontains=wanted.search)
            | Q(said__icontains=wanted.search)
        )
    return tasks.order_by("pk")


def stored_filter(wanted: TaskFilter) -> dict[str, Any]:
    """The filter as the row of a job keeps it."""
    return asdict(wanted) | {"reader": wanted.reader.pk if wanted.reader else None}


def kept_filter(columns: Mapping[str, Any]) -> TaskFilter:
    """The filter that the row of a job keeps."""
    reader = User.objects.filter(pk=columns.get("reader") or 0).first()
    return TaskFilter(**{**columns, "reader": reader})


def filter_fields(wanted: TaskFilter) -> dict[str, str]:
    """The filter by the names of its fields, those that say something."""
    fields = {
        "state": wanted.state,
        "category": wanted.category,
        "purpose": wanted.purpose,
        "q": wanted.search,
        "withdrawn": wanted.play,
        "import": str(wanted.import_id or ""),
        "conversation": wanted.conversation,
    }
    return {name: value for name, value in fields.items() if value}


def import_of(project: Project, import_id: int) -> Import | None:
    """The import whose tasks are listed."""
    return Import.objects.filter(project=project, pk=import_id).first()


def categories(project: Project) -> list[str]:
    """The categories of a project's prompts, in alphabetical order, at most 200."""
    return [name for name in categories_of(project, most=201) if name][:200]
