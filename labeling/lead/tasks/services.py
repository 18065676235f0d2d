"""Changes raters and priority of tasks, and settles reports: one at once, many in a job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial

from django.db.models import BigIntegerField, F, SmallIntegerField, Value
from django.db.models.functions import Cast, Greatest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from labeling.allocation import BAND, OVERLAPS, PRIORITIES
from labeling.kinds.shapes import unstorable
from labeling.lead.reports import task_flags, with_reports
from labeling.lead.tasks.filters import TaskFilter
from labeling.lead.tasks.reopened import change_places
from labeling.lead.tasks.selections import is_long_selection, request_selection, walk_selection
from labeling.models import FlagResolution, ReportSettlement, Task, TaskChange
from labeling.rating.places import expire_leases
from labeling.work.deadlocks import retry_deadlocks
from labeling.work.lifecycle import note_progress, run
from labeling.work.registry import JobKind, register
from projects.audit import record
from projects.exceptions import InvalidInput
from projects.models import Project, User
from projects.sql import database_now

#: Characters of what is said of a flag.
_MOST_WORD = 300
#: Tasks that are looked at in one transaction: raters who are at one of them wait so long.
_STEP = 500

TASK_CHANGE_JOB = register(
    JobKind(
        model=TaskChange,
        space=41007,
        task="labeling.jobs.run_task_change",
        noun="change of tasks",
        advice="What is changed stays so. Ask for the rest again.",
        is_long=is_long_selection,
        resumes=True,
    )
)


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """How many raters tasks are to have and how soon they come; None leaves it as it is.

    With `settles`, what raters reported of them needs nobody any more.
    """

    overlap: int | None = None
    priority: int | None = None
    settles: bool = False

    def check(self) -> None:
        """Raises InvalidInput where nothing is asked for, or what cannot be."""
        if self.overlap is None and self.priority is None and not self.settles:
            sentence = _("Say how many raters, or which priority.")
            raise InvalidInput(sentence, fields={"overlap": sentence})
        for name, value, allowed in (
            ("overlap", self.overlap, OVERLAPS),
            ("priority", self.priority, PRIORITIES),
        ):
            if value is not None and value not in allowed:
                sentence = _("Choose from %(least)d to %(most)d.") % {
                    "least": allowed[0],
                    "most": allowed[-1],
                }
                raise InvalidInput(sentence, fields={name: sentence})


@retry_deadlocks
def change_task(*, task: Task, actor: User, plan: TaskPlan) -> bool:
    """Changes one task; False where it is so already.

    Raises InvalidInput where fewer raters are asked for than hold a place, by a lease or a
    judgment that counts, or where the task has no number of raters.
    """
    plan.check()
    expire_leases(task_id=task.pk)
    row = Task.objects.select_for_update(no_key=True).get(pk=task.pk)
    if plan.overlap is not None:
        _check_overlap(row, plan.overlap)
    changed, _limited = _apply([row.pk], plan)
    if not changed:
        return False
    before, after = (row.overlap, row.priority), (plan.overlap, plan.priority)
    detail = {
        name: [old, new]
        for name, old, new in zip(("overlap", "priority"), before, after, strict=True)
        if new is not None and new != old
    }
    record(
        project=row.project,
        actor=actor,
        verb=gettext_noop("task changed"),
        task=row.external_id,
        **detail,
    )
    return True


@retry_deadlocks
def settle_reports(*, task: Task, actor: User) -> bool:
    """Notes that somebody has seen to what raters reported of a task; False where nothing waits.

    What they said stays; what they report later waits again.
    """
    if not _settle(task.project, [task.pk], actor):
        return False
    verb = gettext_noop("reports settled")
    record(project=task.project, actor=actor, verb=verb, task=task.external_id)
    return True


@retry_deadlocks
def resolve_flag(*, task: Task, flag: str, actor: User, word: str) -> FlagResolution:
    """Keeps what came of a flag on a task; raters' flags stay, and one that is set later waits.

    Raises InvalidInput where nobody set it, or nothing is said.
    """
    word = " ".join(word.split())
    problem = ""
    if not word:
        problem = _("Say in a few words what came of it.")
    elif len(word) > _MOST_WORD:
        problem = _("At most %(limit)d characters.") % {"limit": _MOST_WORD}
    elif unstorable(word):
        problem = _("The text holds a character that cannot be stored (NUL or half of a pair).")
    if problem:
        raise InvalidInput(problem, fields={"word": problem})
    if flag not in {row.flag for row in task_flags(task)}:
        sentence = _("Nobody has set this flag on this task.")
        raise InvalidInput(sentence, fields={"flag": sentence})
    resolution = FlagResolution.objects.create(
        task=task, flag=flag, person=actor, word=word, at=database_now()
    )
    verb = gettext_noop("flag resolved")
    record(project=task.project, actor=actor, verb=verb, task=task.external_id, flag=flag)
    return resolution


def _settle(project: Project, ids: list[int], person: User | None) -> set[int]:
    reported = with_reports(project, ids)
    ReportSettlement.objects.bulk_create(
        (ReportSettlement(task_id=pk, person=person, at=database_now()) for pk in reported),
        update_conflicts=True,
        unique_fields=["task"],
        update_fields=["person", "at"],
    )
    return set(reported)


def _check_overlap(task: Task, overlap: int) -> None:
    held = task.places_held
    if held is None:
        sentence = _("Every rater may get this task, so it has no number of raters.")
        raise InvalidInput(sentence, fields={"overlap": sentence})
    if overlap < held:
        sentence = ngettext(
            "%(n)d rater has judged this task or has it now, so it cannot have fewer.",
            "%(n)d raters have judged this task or have it now, so it cannot have fewer.",
            held,
        )
        raise InvalidInput(sentence % {"n": held}, fields={"overlap": sentence % {"n": held}})


def _apply(ids: list[int], plan: TaskPlan) -> tuple[set[int], int]:
    """Which tasks it changed, and how many keep more raters because so many hold a place.

    Both columns of a place change in one statement that the database evaluates on the newest row,
    so a lease or an answer of the same moment is counted before or after, and never lost.
    """
    tasks = Task.objects.filter(pk__in=ids)
    list(tasks.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    changed: set[int] = set()
    limited = 0
    if plan.overlap is not None:
        held = F("overlap") - F("open_slots")
        planned = Greatest(Value(plan.overlap), held, output_field=SmallIntegerField())
        bounded = tasks.filter(overlap__isnull=False).alias(held=held)
        limited = bounded.filter(held__gt=plan.overlap).count()
        other = list(bounded.exclude(overlap=planned).values_list("pk", flat=True))
        Task.objects.filter(pk__in=other).update(overlap=planned, open_slots=planned - held)
        changed.update(other)
    if plan.priority is not None:
        other = list(tasks.exclude(priority=plan.priority).values_list("pk", flat=True))
        rise = Value(plan.priority) - Cast("priority", BigIntegerField())
        key = F("queue_key") - rise * Value(BAND, output_field=BigIntegerField())
        Task.objects.filter(pk__in=other).update(priority=plan.priority, queue_key=key)
        changed.update(other)
    return changed, limited


def request_task_change(
    *, project: Project, actor: User, selection: TaskFilter, plan: TaskPlan
) -> TaskChange:
    """Keeps the request to change what a filter selects; the door sends the job.

    Tasks that are imported later have no part in it. Raises InvalidInput for a plan that cannot be.
    """
    plan.check()
    wanted = asdict(plan)
    return request_selection(
        TaskChange,
        project=project,
        actor=actor,
        selection=selection,
        verb=gettext_noop("tasks changed"),
        detail={k: v for k, v in wanted.items() if v is not None and v is not False},
        **wanted,
    )


def run_task_change(change_id: int) -> None:
    """Does it, some tasks at a time; nothing where it is over or another process is at it."""
    run(TASK_CHANGE_JOB, change_id, _change)


def _change(change: TaskChange) -> None:
    if change.exclusion_id is not None:
        change_places(change, partial(note_progress, TASK_CHANGE_JOB, change))
        return
    expire_leases(project=change.project)
    walk_selection(TASK_CHANGE_JOB, change, _change_some, step=_STEP)


def _change_some(change: TaskChange, ids: list[int]) -> Mapping[str, int]:
    changed, limited = _apply(ids, TaskPlan(change.overlap, change.priority))
    if change.settles:
        changed |= _settle(change.project, ids, change.created_by)
    return {"changed": len(changed), "limited": limited}
