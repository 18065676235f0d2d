"""Tasks out of play and back: what is withdrawn is leased to nobody from that moment on."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from labeling.models.assignments import Assignment
from labeling.models.tasks import Response, Task
from labeling.vocabulary import AssignmentState
from projects.models import User

#: Why the review of a text is out of play whose author took it back: no lead has withdrawn it.
TEXT_TAKEN_BACK = gettext_noop("The text was taken back by its author.")
#: The text of a review, where its author took it back or sent another draft.
_GONE = Response.objects.filter(pk=OuterRef("reviews"), judgment__is_current=False)


def is_text_taken_back(task_id: int) -> bool:
    """Whether a task is out of play because the author of its text took that back."""
    return Task.objects.filter(pk=task_id, withdrawn_reason=TEXT_TAKEN_BACK).exists()


def take_out_of_play(ids: Collection[int], *, actor: User | None, reason: str) -> int:
    """Withdraws tasks, their second passes and the copies of both, and ends the leases on them.

    Returns how many of the tasks were in play.
    """
    in_play = Task.objects.in_play()
    passes = list(in_play.filter(first_pass__in=ids).values_list("pk", flat=True))
    copies = {*in_play.copies_of([*ids, *passes]).values_list("pk", flat=True), *passes} - {*ids}
    # In one statement, so that all have one time: by it the copies come back with their tasks.
    changed = (
        Task.objects.in_play()
        .filter(pk__in=[*ids, *copies])
        .update(withdrawn_at=Now(), withdrawn_by=actor, withdrawn_reason=reason)
    )
    leases = Assignment.objects.filter(task__in=[*ids, *copies], state=AssignmentState.LEASED)
    leases.update(state=AssignmentState.EXPIRED)
    return changed - len(copies)


def put_into_play(ids: Collection[int]) -> int:
    """Puts withdrawn tasks back, with the second passes and the copies that went with them;
    returns how many tasks.

    The review of a text that is gone stays out.
    """
    tasks = Task.objects.out_of_play()
    back = {"withdrawn_at": None, "withdrawn_by": None, "withdrawn_reason": ""}
    together = tasks.filter(first_pass__in=ids, withdrawn_at=F("first_pass__withdrawn_at"))
    passes = list(together.values_list("pk", flat=True))
    with_them = Q(withdrawn_at=F("gold_of__withdrawn_at")) | Q(
        withdrawn_at=F("repeat_of__withdrawn_at")
    )
    copies = tasks.copies_of([*ids, *passes]).filter(with_them)
    beside = {*copies.values_list("pk", flat=True), *passes} - {*ids}
    Task.objects.filter(pk__in=beside).update(**back)
    return tasks.filter(pk__in=ids).exclude(Exists(_GONE)).update(**back)


def reviews_nothing(task_id: int) -> bool:
    """Whether a task reviews a text that its author took back, or replaced by another draft."""
    return Task.objects.filter(Exists(_GONE), pk=task_id).exists()


# Of tasks that are put back, only those that were withdrawn in the same moment come with them.
_LATER = """
WITH RECURSIVE later AS (
    SELECT t.id, t.withdrawn_at FROM labeling_task t JOIN labeling_task p ON p.id = t.follows_id
    WHERE p.id = ANY(%(ids)s) AND (NOT %(together)s OR t.withdrawn_at = p.withdrawn_at)
    UNION
    SELECT t.id, t.withdrawn_at FROM labeling_task t JOIN later p ON p.id = t.follows_id
    WHERE NOT %(together)s OR t.withdrawn_at = p.withdrawn_at
)
SELECT id FROM later
"""


def turns_after(ids: Collection[int], *, withdrawn_together: bool = False) -> list[int]:
    """Ids of the turns that follow some tasks, however far: their prompts hold what those say.

    `withdrawn_together`: those that were withdrawn in the same moment as what they follow.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LATER, {"ids": list(ids), "together": withdrawn_together})
        return [pk for (pk,) in cursor.fetchall()]
