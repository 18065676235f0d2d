"""Tasks that raters are split on: one prefers one response, another the other."""

from __future__ import annotations

from django.db.models import Max, Min, QuerySet

from labeling.kinds import COMPARE
from labeling.models import Answer
from projects.models import Project


def split_tasks(
    project: Project, *, live: bool = False, among: range | None = None
) -> QuerySet[Answer, int]:
    """Ids of the tasks with a preference each way on the primary criterion, among those that count.

    With `live`, from live judgments alone; `among` leaves tasks of other ids unread.
    """
    answers = Answer.objects.filter(criterion__project=project).counting().primary()
    if live:
        answers = answers.live()
    if among is not None:
        ids = {"judgment__task_id__gte": among.start, "judgment__task_id__lt": among.stop}
        answers = answers.filter(**ids)
    return (
        answers.values("judgment__task")
        .annotate(low=Min("value"), high=Max("value"))
        .filter(**COMPARE.opposed("low", "high"))
        .values_list("judgment__task", flat=True)
    )
