"""Lists of a large project: read on from one task for a short while, and never counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic

from labeling.lead.tasks.filters import Play, TaskFilter, find_tasks, of_conversation
from labeling.models import Task
from labeling.models.tasks import TaskQuerySet
from projects.models import Project

#: From so many tasks on, lists are read on from one task and not counted.
LONG_LIST = 20_000
#: Seconds after which a list that is read on ends, whatever it has.
_READING = 0.35
_FIRST_STEP, _LONGEST_STEP = 500, 8_000
_NO_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class TaskStretch:
    """Some tasks that match, found by reading on from one id for a short while.

    `next_from` is where to read on, None at the end of the project; with `is_full` a page was
    found, without it the time was up before.
    """

    tasks: list[Task]
    next_from: int | None
    is_full: bool


def read_on(project: Project, wanted: TaskFilter, *, start: int, size: int) -> TaskStretch:
    """The next tasks from the id `start` on that match, as many as a short while allows.

    However rare they are and however many tasks there are, it ends: with a page, at the last task,
    or after `_READING` seconds.
    """
    until, step = monotonic() + _READING, _FIRST_STEP
    tasks: list[Task] = []
    walked = tasks_walked(project, wanted)
    while True:
        ids = walked.filter(pk__gte=start).order_by("pk")
        stop = ids.values_list("pk", flat=True)[step : step + 1].first()
        stretch = range(start, stop if stop is not None else _NO_ID)
        matching = find_tasks(project, wanted, among=stretch)
        tasks += matching[: size + 1 - len(tasks)]
        if len(tasks) > size:
            return TaskStretch(tasks[:size], tasks[size].pk, is_full=True)
        if stop is None or monotonic() > until:
            return TaskStretch(tasks, stop, is_full=False)
        start, step = stop, min(2 * step, _LONGEST_STEP)


def tasks_walked(project: Project, wanted: TaskFilter) -> TaskQuerySet:
    """The fewest tasks with an index of their own among which those that match are."""
    tasks = Task.objects.filter(project=project)
    if wanted.import_id:
        return tasks.filter(import_job=wanted.import_id)
    if wanted.conversation:
        return of_conversation(tasks, project, wanted.conversation)
    return tasks.out_of_play() if wanted.play == Play.WITHDRAWN else tasks


def stretches(
    project: Project, wanted: TaskFilter, *, after: int, upto: int, step: int
) -> Iterator[tuple[range, int]]:
    """Ranges of ids from `after` to `upto`, and how many tasks there are to look at in each."""
    while after < upto:
        walked = tasks_walked(project, wanted).filter(pk__gt=after, pk__lte=upto)
        ids = list(walked.order_by("pk").values_list("pk", flat=True)[:step])
        if not ids:
            return
        yield range(after + 1, ids[-1] + 1), len(ids)
        after = ids[-1]


def is_long(project: Project) -> bool:
    """Whether a project has too many tasks to count those that match for every page."""
    return Task.objects.filter(project=project).order_by()[:LONG_LIST].count() == LONG_LIST
