"""Who has seen what others said of a task: on its page, or in a release that they downloaded."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery

from labeling.models.assignments import Assignment, ReleaseOpening, TaskOpening
from labeling.models.jobs import Release
from labeling.models.judgments import Judgment
from labeling.models.tasks import Task
from labeling.vocabulary import AssignmentState, Purpose
from projects.models import User


@transaction.atomic
def open_release(*, release: Release, person: User) -> None:
    """Records that a person downloads votes with a release. Idempotent.

    What they answered before on tasks that others had answered stands from then on; what they have
    taken back of it and not answered anew is given back.
    """
    created = ReleaseOpening.objects.get_or_create(release=release, person=person)[1]
    if not created:
        return
    own = Assignment.objects.filter(
        project=release.project_id, rater=person, state=AssignmentState.LEASED
    )
    answered = dict(own.filter(judgments__isnull=False).values_list("pk", "task").distinct())
    seen = opened_tasks(list(answered.values()), person.pk)
    again = [pk for pk, task in answered.items() if task in seen]
    own.filter(pk__in=again).update(state=AssignmentState.EXPIRED)


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
