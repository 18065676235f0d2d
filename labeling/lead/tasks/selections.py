"""Jobs over the tasks that a filter selects: kept as a row, then done some tasks at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from django.db import transaction
from django.db.models import F, QuerySet

from labeling.lead.tasks.filters import TaskFilter, find_tasks, kept_filter, stored_filter
from labeling.lead.tasks.stretches import stretches, tasks_walked
from labeling.models import SelectionJob, TaskChange
from labeling.work.deadlocks import retry_deadlocks
from labeling.work.lifecycle import note_progress
from labeling.work.registry import JobKind, is_longer_than
from projects.audit import record
from projects.models import Project, User

_S = TypeVar("_S", bound=SelectionJob)

#: A selection from more tasks waits for a place among the long jobs.
is_long_selection = is_longer_than(50_000)


def request_selection(
    table: type[_S],
    *,
    project: Project,
    actor: User,
    selection: TaskFilter,
    verb: str,
    detail: Mapping[str, object],
    **columns: object,
) -> _S:
    """Keeps the request, with its line in the log; the door sends the job.

    Tasks that are imported later have no part in it.
    """
    walked = tasks_walked(project, selection)
    newest = walked.order_by("-pk").values_list("pk", flat=True).first() or 0
    kept = stored_filter(selection)
    chosen = {name: value for name, value in kept.items() if value and name != "reader"}
    with transaction.atomic():
        job = table._default_manager.create(
            project=project,
            created_by=actor,
            selection=kept,
            newest=newest,
            progress_total=walked.order_by().count(),
            **columns,
        )
        record(project=project, actor=actor, verb=verb, selection=chosen, **detail)
    return job


def walk_selection(
    kind: JobKind[_S], job: _S, change: Callable[[_S, list[int]], Mapping[str, int]], *, step: int
) -> None:
    """Does a job from the place that it has reached, `step` tasks at a time.

    `change` is told the ids of those that match and says how much columns of the row grow; that
    and the place that is reached are one transaction.
    """
    wanted = kept_filter(job.selection)

    @retry_deadlocks
    def change_some(stretch: range, n: int) -> None:
        matching = find_tasks(job.project, wanted, among=stretch)
        growth = change(job, list(matching.values_list("pk", flat=True)))
        counts = {"progress_done": n, **growth}
        columns = {name: F(name) + count for name, count in counts.items()}
        note_progress(kind, job, reached=stretch.stop - 1, **columns)

    for stretch, n in stretches(job.project, wanted, after=job.reached, upto=job.newest, step=step):
        change_some(stretch, n)


def task_changes_of(project: Project) -> QuerySet[TaskChange]:
    """The changes of many tasks of a project, newest first, with who asked for them."""
    return TaskChange.objects.filter(project=project).select_related("created_by")


def find_task_change(project: Project, pk: int) -> TaskChange | None:
    """One of this project, or None."""
    return task_changes_of(project).filter(pk=pk).first()
