"""What raters report of tasks, flagged, broken or skipped, and what nobody has settled yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Count, Exists, F, JSONField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from labeling.models import Assignment, FlagResolution, Judgment, ReportSettlement, Task
from labeling.models.choices import FLAG_LABELS
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
    flags = flags.filter(~_settled("created_at"), **asked).alias(resolved=_resolved_since())
    flags = flags.exclude(flags__contained_by=F("resolved"))
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


def _resolved_since() -> Coalesce:
    """The flags of a judgment's task that somebody has resolved since it was given, as JSON."""
    rows = FlagResolution.objects.filter(task=OuterRef("task"), at__gte=OuterRef("created_at"))
    flags = rows.order_by().values("task").annotate(flags=JSONBAgg("flag")).values("flags")
    return Coalesce(Subquery(flags), Value([], JSONField()))


@dataclass(frozen=True, slots=True)
class TaskFlag:
    """A flag that raters set on a task: how many did, and what came of it, oldest first.

    `is_waiting`: nobody has resolved it, or settled the task's reports, since it was set last.
    """

    flag: str
    judgments: int
    is_waiting: bool
    resolutions: Sequence[FlagResolution]

    @property
    def label(self) -> str:
        """The flag in words."""
        return str(FLAG_LABELS.get(self.flag, self.flag))


def task_flags(task: Task) -> list[TaskFlag]:
    """The flags that stand on a task, or did when somebody resolved them."""
    rows = FlagResolution.objects.filter(task=task).select_related("person")
    judged = Judgment.objects.filter(task=task).valid().exclude(flags=[])
    flagged = list(judged.order_by("created_at").values_list("flags", "created_at"))
    resolutions = list(rows)
    if not flagged and not resolutions:
        return []
    counts = Counter(flag for flags, _at in flagged for flag in flags)
    newest = {flag: at for flags, at in flagged for flag in flags}
    settled = ReportSettlement.objects.filter(task=task).values_list("at", flat=True).first()
    names = sorted({*counts, *(row.flag for row in resolutions)})
    own = {name: [row for row in resolutions if row.flag == name] for name in names}
    seen = {
        name: [*([settled] if settled else []), *(row.at for row in own[name])] for name in names
    }
    return [
        TaskFlag(
            name,
            counts[name],
            name in newest and all(at < newest[name] for at in seen[name]),
            own[name],
        )
        for name in names
    ]


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
