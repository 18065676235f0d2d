"""Withdraws tasks and puts them back: one at once, many in a job, each with its line in the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labeling.lead.tasks.filters import Play, TaskFilter
from labeling.lead.tasks.selections import is_long_selection, request_selection, walk_selection
from labeling.models import Task, Withdrawal
from labeling.models.play import (
    put_into_play,
    reviews_nothing,
    take_out_of_play,
    turns_after,
)
from labeling.work.deadlocks import retry_deadlocks
from labeling.work.lifecycle import run
from labeling.work.registry import JobKind, register
from projects.audit import record
from projects.exceptions import Conflict, InvalidInput
from projects.models import Project, User

#: Tasks that are looked at in one transaction.
_STEP = 2_000
_MOST_REASON = 300


WITHDRAWAL_JOB = register(
    JobKind(
        model=Withdrawal,
        space=41006,
        task="labeling.jobs.run_withdrawal",
        noun="withdrawal",
        advice="What is withdrawn or put back stays so. Ask for the rest again.",
        is_long=is_long_selection,
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
def withdraw_task(*, task: Task, actor: User, reason: str) -> int:
    """Takes one task out of play, and the turns that follow it: their prompts hold what it says.

    A lease on them ends at once. Returns how many tasks, 0 where it is out of play already. Raises
    InvalidInput for a reason that does not fit.
    """
    reason = checked_reason(reason)
    if not Task.objects.in_play().select_for_update().filter(pk=task.pk).exists():
        return 0
    # In one statement: it is by the moment that they are known to belong together.
    ids = [task.pk, *turns_after([task.pk])]
    later = take_out_of_play(ids, actor=actor, reason=reason) - 1
    detail = {"later_turns": later} if later else {}
    _log(task, actor, gettext_noop("task withdrawn"), reason=reason, **detail)
    return 1 + later


@retry_deadlocks
def put_task_back(*, task: Task, actor: User) -> int:
    """Puts one task back into play, with the later turns that were withdrawn with it.

    Returns how many tasks, 0 where it is in play. Raises Conflict for the review of a text that its
    author took back.
    """
    if reviews_nothing(task.pk):
        raise Conflict(
            _(
                "The author has taken this text back, or written another draft since: there is "
                "nothing to review. What they send instead has a review of its own."
            )
        )
    later = turns_after([task.pk], withdrawn_together=True)
    if not put_into_play([task.pk]):
        return 0
    back = put_into_play(later)
    detail = {"later_turns": back} if back else {}
    _log(task, actor, gettext_noop("task put back"), **detail)
    return 1 + back


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
    return request_selection(
        Withdrawal,
        project=project,
        actor=actor,
        selection=replace(selection, play=Play.WITHDRAWN if puts_back else ""),
        verb=gettext_noop("tasks put back") if puts_back else gettext_noop("tasks withdrawn"),
        detail={"reason": reason} if reason else {},
        reason=reason,
        puts_back=puts_back,
    )


def run_withdrawal(withdrawal_id: int) -> None:
    """Does it, some tasks at a time; nothing where it is over or another process is at it."""
    run(WITHDRAWAL_JOB, withdrawal_id, _change)


def _change(withdrawal: Withdrawal) -> None:
    walk_selection(WITHDRAWAL_JOB, withdrawal, _change_some, step=_STEP)


def _change_some(withdrawal: Withdrawal, ids: list[int]) -> Mapping[str, int]:
    if withdrawal.puts_back:
        return {"changed": put_into_play([*ids, *turns_after(ids, withdrawn_together=True)])}
    actor, reason = withdrawal.created_by, withdrawal.reason
    ids = [*ids, *turns_after(ids)]
    return {"changed": take_out_of_play(ids, actor=actor, reason=reason)}
