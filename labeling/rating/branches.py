"""Later turns of a conversation: each goes to those who chose the reply that it follows.

A task that `follows` another is a branch: its prompt holds the reply of canonical index `reply`.
Whoever preferred that response, or ranked it alone on the first place, gets the branch, next of
all; a tie chooses none. An answer to a branch counts as long as its rater's choice before it
stands: later acts are taken back first, and an answer that comes after the choice was changed is
kept as a late one.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from labeling.models import Assignment
from labeling.rating.claims import CHOSE
from labeling.rating.places import TaskWithdrawn
from labeling.vocabulary import AssignmentState, TaskKind
from projects.exceptions import Conflict
from projects.sql import Statement

_CHOICE = Statement(
    "choice",
    f"SELECT {CHOSE} FROM labeling_task t WHERE t.id = %(task)s",  # noqa: S608 - our own text
    task="bigint",
    rater="bigint",
)


class ChoiceChanged(TaskWithdrawn):
    """The rater no longer prefers the reply that this turn follows."""

    code = "choice_changed"


def is_chosen(*, task_id: int, rater_id: int) -> bool:
    """Whether the rater's choice in the turn before is the reply that this branch follows."""
    ((chose,),) = _CHOICE.rows(task=task_id, rater=rater_id)
    return bool(chose)


def require_choice(*, task_id: int, follows_id: int | None, rater_id: int) -> None:
    """Raises ChoiceChanged where a later turn follows a reply that the rater did not choose."""
    if follows_id is not None and not is_chosen(task_id=task_id, rater_id=rater_id):
        raise ChoiceChanged(
            _("This turn follows a reply that you no longer prefer: it is not yours.")
        )


def require_kept_choice(*, task_id: int, rater_id: int) -> None:
    """Gives back the later turns that follow a reply which the rater no longer chooses.

    Raises Conflict where they have answered such a turn: it would follow nothing.
    """
    for followed_id, state in Assignment.objects.filter(
        task__follows=task_id,
        rater=rater_id,
        state__in=[AssignmentState.LEASED, AssignmentState.SUBMITTED],
    ).values_list("task", "state"):
        if is_chosen(task_id=followed_id, rater_id=rater_id):
            continue
        if state == AssignmentState.SUBMITTED:
            raise Conflict(
                _(
                    "You have answered the turn after this one since, which follows the reply "
                    "that you chose here: choose that reply again, or leave your answer as it is."
                )
            )
        Assignment.objects.filter(task=followed_id, rater=rater_id).update(
            state=AssignmentState.EXPIRED
        )


def give_back_branches(assignment: Assignment) -> None:
    """Gives back what a rater holds of the turns after one whose answer they take back.

    So is what was reserved for them beside it, but for a text that was sent back: what comes next
    is the turn after the reply that they choose now.
    """
    if assignment.task.continues:
        held = Assignment.objects.filter(
            project=assignment.project_id,
            rater=assignment.rater_id,
            state=AssignmentState.LEASED,
        )
        held.exclude(task__kind=TaskKind.WRITE).update(state=AssignmentState.EXPIRED)


def is_cut_off(own: Assignment) -> bool:
    """Whether an assignment is of a turn after a choice that its rater changed since."""
    is_open = own.state in {AssignmentState.LEASED, AssignmentState.EXPIRED}
    is_branch = is_open and own.task.follows_id is not None
    return is_branch and not is_chosen(task_id=own.task_id, rater_id=own.rater_id)
