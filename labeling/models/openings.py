"""Who has seen what others said of a task: on its page, or in a release that they downloaded."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, Q, Subquery

from labeling.models.assignments import Assignment, ReleaseOpening, TaskOpening
from labeling.models.jobs import Release
from labeling.models.judgments import Judgment
from labeling.models.tasks import Task
from labeling.vocabulary import AssignmentState, Purpose
from projects.models import Membership, Project, User
from projects.permissions import Action, roles_that_may

#: So many tasks a statement: of a hundred thousand one would take five seconds.
_TASKS_AT_ONCE = 20_000
# Those that still have, or may get, a place, and on which others had answered; of gold and anchors
# also what oneself said, as files of them say whether it was right.
_CLOSE_RELEASED = """
INSERT INTO labeling_taskopening (task_id, person_id, is_told, at)
SELECT t.id, %(person)s, false, now() FROM labeling_task t
WHERE t.project_id = %(project)s AND t.id > %(after)s AND t.id <= %(until)s
  AND (t.open_slots > 0 OR t.overlap IS NULL OR EXISTS (
      SELECT 1 FROM labeling_assignment h WHERE h.task_id = t.id AND h.state = 'leased'))
  AND NOT EXISTS (
      SELECT 1 FROM labeling_assignment a
      WHERE a.task_id = t.id AND a.rater_id = %(person)s AND a.state = 'submitted')
  AND EXISTS (
      SELECT 1 FROM labeling_judgment j
      WHERE j.task_id = ANY (ARRAY[t.id, t.gold_of_id, t.repeat_of_id]) AND j.id <= %(cutoff)s
        AND (j.rater_id <> %(person)s OR j.purpose IN ('gold', 'anchor')))
ORDER BY t.id
ON CONFLICT DO NOTHING
"""


@transaction.atomic
def open_release(*, release: Release, person: User) -> None:
    """Records that a person downloads votes with a release. Idempotent.

    What they answered before on tasks that others had answered stands from then on; what they hold
    of these, or have taken back and not answered anew, is given back, and they get no more of them.
    """
    project = release.project
    created = ReleaseOpening.objects.get_or_create(release=release, person=person)[1]
    if not created:
        return
    rates = Membership.objects.filter(user=person, role__in=roles_that_may(Action.RATE))
    if rates.filter(project=project).exists():
        close_released(project=project, person=person, cutoff=release.cutoff)
    own = Assignment.objects.filter(project=project, rater=person, state=AssignmentState.LEASED)
    held = dict(own.order_by("pk").select_for_update().values_list("pk", "task"))
    seen = opened_tasks(list(held.values()), person.pk)
    again = [pk for pk, task in held.items() if task in seen]
    own.filter(pk__in=again).update(state=AssignmentState.EXPIRED)


def close_released(*, project: Project, person: User, cutoff: int | None) -> None:
    """Records the same of each task that this person might still be given: the claim of a task
    reads no releases."""
    values = {"project": project.pk, "person": person.pk, "cutoff": cutoff}
    ids = Task.objects.filter(project=project).order_by("pk").values_list("pk", flat=True)
    after = 0
    while last := ids.filter(pk__gt=after)[:_TASKS_AT_ONCE].aggregate(last=Max("pk"))["last"]:
        with connection.cursor() as cursor:
            cursor.execute(_CLOSE_RELEASED, {**values, "after": after, "until": last})
        after = last


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
