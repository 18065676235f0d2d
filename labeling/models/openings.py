"""Who has seen what others said of a task: on its page, or in a release that they downloaded."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, Subquery

from labeling.models.assignments import ReleaseOpening, TaskOpening
from labeling.models.judgments import Judgment
from labeling.models.tasks import Task
from labeling.vocabulary import Purpose


def opened_tasks(tasks: Collection[int], person: int) -> set[int]:
    """Those of these tasks of which a person has seen what others said, or what is right.

    On the page of the task, or in a release: the newest one that they downloaded holds everything
    that had been answered when it was asked for.
    """
    newest = ReleaseOpening.objects.filter(person=person, release__project=OuterRef("project"))
    cutoff = newest.order_by("-release__cutoff").values("release__cutoff")[:1]
    same = Q(task=OuterRef("pk")) | Q(task=OuterRef("gold_of")) | Q(task=OuterRef("repeat_of"))
    others = ~Q(rater=person) | Q(purpose__in=(Purpose.GOLD, Purpose.ANCHOR))
    released = Judgment.objects.filter(same & others, pk__lte=OuterRef("cutoff"))
    opened = TaskOpening.objects.filter(task=OuterRef("pk"), person=person)
    rows = Task.objects.filter(pk__in=tasks).annotate(cutoff=Subquery(cutoff))
    rows = rows.filter(Q(Exists(opened)) | Q(cutoff__isnull=False) & Q(Exists(released)))
    return set(rows.order_by().values_list("pk", flat=True))
