"""Where a task stands in its conversation: which turns come before it and after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labeling.models import Task

#: So many tasks of the turn before, and of the turn after, are linked.
_MOST = 20


@dataclass(frozen=True, slots=True)
class ConversationTurn:
    """The place of a task in its conversation, with the tasks of the turns beside it.

    `followed` is the number of the response, in canonical order, that carried the turn before on;
    None where the turn follows no choice.
    """

    name: str
    turn: int | None
    earlier: Sequence[Task]
    later: Sequence[Task]
    followed: int | None


def conversation_turn(task: Task) -> ConversationTurn | None:
    """None for a task that is no turn."""
    prompt = task.prompt
    if not prompt.conversation:
        return None
    tasks = Task.objects.filter(project=task.project_id, prompt__conversation=prompt.conversation)
    # In these words, the index of conversations answers.
    tasks = tasks.exclude(prompt__conversation="").only("pk", "external_id").order_by("pk")
    turn = prompt.turn or 0
    earlier = tasks.filter(prompt__turn=turn - 1) if turn > 1 else tasks.none()
    if task.follows_id:
        earlier = tasks.filter(pk=task.follows_id)
    later = tasks.filter(prompt__turn=turn + 1) if turn else tasks.none()
    if task.continues:
        later = tasks.filter(follows=task)
    elif task.follows_id:
        later = tasks.none()
    followed = None if task.reply is None else task.reply + 1
    return ConversationTurn(
        prompt.conversation, prompt.turn, list(earlier[:_MOST]), list(later[:_MOST]), followed
    )
