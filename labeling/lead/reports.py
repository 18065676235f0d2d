"""What raters report of tasks, flagged, broken or skipped, and what nobody has settled yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from labeling.models import Assignment, Judgment, ReportSettlement, Task
from labeling.vocabulary import AssignmentState, SkipReason
from projects.models import Project

#: So many raters skip a task before it is reported for that alone.
_SKIPS = 2


def broken_reports(project: Project) -> QuerySet[Assignment]:
    """The skips that report a task of this project as broken."""
    return _skips(project).filter(skip_reason=SkipReason.BROKEN)


def _skips(project: Project) -> QuerySet[Assignment]:
    return Assignment.objects.filter(project=project, state=AssignmentState.SKIPPED)


def reported_tasks(
    project: Project, *, among: range | None = None, in_play: bool = True
) -> Mapping[str, QuerySet[Judgment, int] | QuerySet[Assignment, int]]:
    """Ids of the tasks with a report that nobody has settled since, by what was reported.

    `among` leaves tasks of other ids unread. What was reported of withdrawn tasks needs nobody:
    it is there without `in_play` alone.
    """
    asked: dict[str, object] = {"task__withdrawn_at__isnull": True} if in_play else {}
    if among is not None:
        asked |= {"task__gte": among.start, "task__lt": among.stop}
    skipped_at = Coalesce("skipped_at", "created_at")
    flags = Judgment.objects.filter(project=project).valid().exclude(flags=[])
    flags = flags.filter(~_settled("created_at"), **asked)
    broken = broken_reports(project).filter(**asked).alias(reported_at=skipped_at)
    skips = _skips(project).filter(**asked).alias(reported_at=skipped_at)
    often = skips.filter(~_settled("reported_at")).values("task").annotate(n=Count("id"))
    return {
        "flagged": flags.values_list("task", flat=True),
        "broken": broken.filter(~_settled("reported_at")).values_list("task", flat=True),
        "skipped": often.filter(n__gte=_SKIPS).values_list("task", flat=True),
    }


def _settled(column: str) -> Exists:
    """Whether somebody has settled the task's reports since this one."""
    since = ReportSettlement.objects.filter(task=OuterRef("task"))
    return Exists(since.filter(at__gte=OuterRef(column)))


def is_reported(project: Project, *, among: range | None = None, in_play: bool = True) -> Q:
    """Tasks with a report that waits for a person."""
    waiting = Q()
    for ids in reported_tasks(project, among=among, in_play=in_play).values():
        waiting |= Q(pk__in=ids)
    return waiting


def with_reports(project: Project, ids: Iterable[int]) -> list[int]:
    """Those of some tasks that have a report which waits for a person."""
    asked = sorted(ids)
    if not asked:
        return []
    among = range(asked[0], asked[-1] + 1)
    tasks = Task.objects.filter(pk__in=asked).filter(is_reported(project, among=among))
    return list(tasks.values_list("pk", flat=True))
