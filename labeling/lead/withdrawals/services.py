"""Withdraws tasks and puts them back: one at once, many in a job, each with its line in the log."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labeling.lead.tasks.filters import Play, TaskFilter, find_tasks, kept_filter, stored_filter
from labeling.lead.tasks.stretches import stretches, tasks_walked
from labeling.models import Task, Withdrawal
from labeling.models.play import put_into_play, take_out_of_play
from labeling.work.deadlocks import retry_deadlocks
from labeling.work.endings import cancel
from labeling.work.lifecycle import note_progress, run
from labeling.work.registry import JobKind, register
from projects.audit import record
from projects.exceptions import Conflict, InvalidInput
from projects.models import Project, User

#: Tasks that are looked at in one transaction.
_STEP = 2_000
#: A selection from so many tasks waits for a place among the long jobs.
_SHORT_TASKS = 50_000
_MOST_REASON = 300


def _is_long(withdrawal: Withdrawal) -> bool:
    return withdrawal.progress_total > _SHORT_TASKS


WITHDRAWAL_JOB = register(
    JobKind(
        model=Withdrawal,
        space=41006,
        task="labeling.jobs.run_withdrawal",
        noun="withdrawal",
        advice="What is withdrawn or put back stays so. Ask for the rest again.",
        is_long=_is_long,
        resumes=True,
    )
)


def checked_reason(reason: str) -> str:
    """The reason as it is kept. Raises InvalidInput where there is none, or it is too long."""
    kept = " ".join(reason.replace("\x00", "").split())
    if not 1 <= len(kept) <= _MOST_REASON:
        sentence = _("Say in 1 to %(most)d characters why.") % {"most": _MOST_REASON}
        raise InvalidInput(sentence, fields={"reason": sentence})
    return kept


@retry_deadlocks
def withdraw_task(*, task: Task, actor: User, reason: str) -> bool:
    """Takes one task out of play; False where it is already.

    A lease on it ends at once. Raises InvalidInput for a reason that does not fit.
    """
    reason = checked_reason(reason)
    if not take_out_of_play([task.pk], actor=actor, reason=reason):
        return False
    _log(task, actor, gettext_noop("task withdrawn"), reason=reason)
    return True


@retry_deadlocks
def put_task_back(*, task: Task, actor: User) -> bool:
    """Puts one task back into play; False where it is in play."""
    if not put_into_play([task.pk]):
        return False
    _log(task, actor, gettext_noop("task put back"))
    return True


def _log(task: Task, actor: User, verb: str, **detail: object) -> None:
    record(project=task.project, actor=actor, verb=verb, task=task.external_id, **detail)


def request_withdrawal(
    *,
    project: Project,
    actor: User,
    selection: TaskFilter,
    reason: str = "",
    puts_back: bool = False,
) -> Withdrawal:
    """Keeps the request to withdraw, or put back, what a filter selects; the door sends the job.

    Tasks that are imported later have no part in it. Raises InvalidInput for a reason that does
    not fit.
    """
    reason = "" if puts_back else checked_reason(reason)
    kept = stored_filter(selection)
    kept["play"] = str(Play.WITHDRAWN) if puts_back else ""
    walked = tasks_walked(project, TaskFilter(import_id=selection.import_id, play=kept["play"]))
    newest = walked.order_by("-pk").values_list("pk", flat=True).first() or 0
    with transaction.atomic():
        withdrawal = Withdrawal.objects.create(
            project=project,
            created_by=actor,
            reason=reason,
            puts_back=puts_back,
            selection=kept,
            newest=newest,
            progress_total=walked.order_by().count(),
        )
        chosen = {name: value for name, value in kept.items() if value and name != "reader"}
        record(
            project=project,
            actor=actor,
            verb=gettext_noop("tasks put back") if puts_back else gettext_noop("tasks withdrawn"),
            selection=chosen,
            **({"reason": reason} if reason else {}),
        )
    return withdrawal


def cancel_withdrawal(*, withdrawal: Withdrawal, actor: User) -> None:
    """Stops it for good; what is changed stays. Raises Conflict where it is over already."""
    with transaction.atomic():
        if not cancel(withdrawal):
            raise Conflict(_("This is over, or was cancelled already."))
        record(project=withdrawal.project, actor=actor, verb=gettext_noop("withdrawal cancelled"))


def run_withdrawal(withdrawal_id: int) -> None:
    """Does it, some tasks at a time; nothing where it is over or another process is at it."""
    run(WITHDRAWAL_JOB, withdrawal_id, _change)


def _change(withdrawal: Withdrawal) -> None:
    wanted = kept_filter(withdrawal.selection)
    parts = stretches(
        withdrawal.project, wanted, after=withdrawal.reached, upto=withdrawal.newest, step=_STEP
    )
    for stretch, n in parts:
        _change_some(withdrawal, wanted, stretch, n)


@retry_deadlocks
def _change_some(withdrawal: Withdrawal, wanted: TaskFilter, stretch: range, n: int) -> None:
    """One stretch, and the place that is reached, in one transaction."""
    matching = find_tasks(withdrawal.project, wanted, among=stretch)
    ids = list(matching.values_list("pk", flat=True))
    if withdrawal.puts_back:
        changed = put_into_play(ids)
    else:
        actor, reason = withdrawal.created_by, withdrawal.reason
        changed = take_out_of_play(ids, actor=actor, reason=reason)
    note_progress(
        WITHDRAWAL_JOB,
        withdrawal,
        reached=stretch.stop - 1,
        progress_done=F("progress_done") + n,
        changed=F("changed") + changed,
    )
