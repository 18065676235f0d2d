"""Places of tasks that open again because a judgment that holds one is excluded, and close again.

A job walks the tasks some at a time. A row says which task got a place for which exclusion, so that
it is never two, whatever is done twice, and so that a lifted exclusion takes back what it gave.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db.models import Exists, F, OuterRef, QuerySet

from labeling.allocation import OVERLAPS
from labeling.lead.tasks.filters import TaskFilter, stored_filter
from labeling.models import Exclusion, Judgment, OpenPlace, Task, TaskChange
from labeling.vocabulary import Purpose
from labeling.work.deadlocks import retry_deadlocks
from projects.models import User
from projects.sql import pieces

#: Tasks of one transaction.
_STEP = 500


def tasks_to_reopen(exclusion: Exclusion) -> QuerySet[Task]:
    """The live tasks on which an excluded judgment holds a place, and has got none more yet."""
    opened = OpenPlace.objects.filter(task=OuterRef("pk"), exclusion__rater=exclusion.rater_id)
    # Of live ones alone: a final word, or what came again, has no place of the task.
    judged = (
        Judgment.objects.standing()
        .live()
        .filter(
            task=OuterRef("pk"),
            rater=exclusion.rater_id,
            pk__gte=exclusion.first,
            pk__lte=exclusion.newest,
        )
    )
    tasks = Task.objects.filter(project=exclusion.project_id, purpose=Purpose.LIVE)
    bounded = tasks.filter(overlap__isnull=False, overlap__lt=OVERLAPS[-1])
    return bounded.filter(Exists(judged)).exclude(Exists(opened))


def request_places(*, exclusion: Exclusion, actor: User, closes: bool = False) -> TaskChange:
    """Keeps the request to open places again, or to close them; the door sends the job."""
    rows = OpenPlace.objects.filter(exclusion=exclusion) if closes else tasks_to_reopen(exclusion)
    return TaskChange.objects.create(
        project_id=exclusion.project_id,
        created_by=actor,
        selection=stored_filter(TaskFilter()),
        newest=0,
        progress_total=rows.order_by().count(),
        exclusion=exclusion,
        closes=closes,
    )


def change_places(change: TaskChange, note: Callable[..., None]) -> None:
    """Does it, some tasks at a time; `note` is told of each step what columns of the row grow."""
    exclusion = change.exclusion
    if exclusion is None:
        return
    if change.closes:
        for ids in pieces(OpenPlace.objects.filter(exclusion=exclusion), _STEP):
            _step(exclusion, ids, note, _close)
        return
    for ids in pieces(tasks_to_reopen(exclusion), _STEP):
        _step(exclusion, ids, note, _open)


@retry_deadlocks
def _step(
    exclusion: Exclusion,
    ids: list[int],
    note: Callable[..., None],
    change: Callable[[Exclusion, list[int]], Mapping[str, int]],
) -> None:
    # Whoever lifts it waits, or has lifted it: then nothing is opened any more.
    locked = Exclusion.objects.select_for_update(no_key=True).get(pk=exclusion.pk)
    growth = change(locked, ids)
    counts = {"progress_done": len(ids), **growth}
    note(**{name: F(name) + n for name, n in counts.items()})


def _open(exclusion: Exclusion, ids: list[int]) -> Mapping[str, int]:
    if exclusion.lifted_at is not None:
        return {}
    tasks = tasks_to_reopen(exclusion).filter(pk__in=ids)
    locked = list(tasks.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    OpenPlace.objects.bulk_create(OpenPlace(exclusion=exclusion, task_id=pk) for pk in locked)
    grown = {"overlap": F("overlap") + 1, "open_slots": F("open_slots") + 1}
    return {"changed": Task.objects.filter(pk__in=locked).update(**grown)}


def _close(exclusion: Exclusion, ids: list[int]) -> Mapping[str, int]:
    """Takes back places that nobody has; a task keeps one that somebody took meanwhile."""
    places = OpenPlace.objects.filter(pk__in=ids)
    tasks = list(places.order_by("task").values_list("task", flat=True))
    rows = Task.objects.filter(pk__in=tasks)
    list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    shrunk = {"overlap": F("overlap") - 1, "open_slots": F("open_slots") - 1}
    changed = rows.filter(open_slots__gt=0, overlap__gt=1).update(**shrunk)
    places.delete()
    return {"changed": changed, "limited": len(tasks) - changed}
