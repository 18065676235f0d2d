"""Who has opened a task's votes, and so can no longer judge it.

A judgment is worth something because nobody looked at the others' first. Whoever may rate here and
looks is recorded, gets no lease on the task and gives back the one they hold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import product

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from labeling.models import Assignment, ReleaseOpening, Task, TaskOpening
from labeling.models.openings import close_released, opened_tasks
from labeling.rating import claims
from labeling.vocabulary import CHECKS, AssignmentState, Purpose, Strategy, TaskKind
from labeling.work.deadlocks import retry_deadlocks
from projects.exceptions import Conflict
from projects.guidelines.examples import examples_in_force
from projects.models import Membership, Project, User
from projects.permissions import Action, roles_that_may


class VotesOpened(Conflict):
    """The rater has seen what others said of this task."""

    code = "votes_opened"


@retry_deadlocks
def open_votes(*, task: Task, person: User, is_told: bool = False) -> None:
    """Records that a person sees what was said of a task, or `is_told` what is right. Idempotent.

    It holds for the task, and for what it is a copy of and its copies; they give back what they
    have of these.
    """
    claims.lock_rater(project_id=task.project_id, rater_id=person.pk)
    same = _note([task], [person.pk], is_told=is_told)
    own = Assignment.objects.filter(task__in=same, rater=person, state=AssignmentState.LEASED)
    leased = list(own.select_for_update().values_list("pk", flat=True))
    Assignment.objects.filter(pk__in=leased).update(state=AssignmentState.EXPIRED)


def tell_everybody(*, project: Project, source: str) -> None:
    """Records that all who may rate here are told what is right on the task of that id, as
    `open_votes` does of one; who has it before them may answer it still, and change nothing then.
    """
    tasks = Task.objects.filter(project=project, external_id=source)
    _note(tasks, _raters(project).values_list("user", flat=True), is_told=True)


def tell_newcomer(*, user: User, project: Project) -> None:
    """Records that somebody who may rate here from now on reads what is right on the tasks that
    are worked examples, as `tell_everybody` did of those who were here; and has seen what releases
    hold that they downloaded before."""
    sources = examples_in_force(project).exclude(source="").values("source")
    tasks = Task.objects.filter(project=project, external_id__in=sources)
    _note(tasks, _raters(project).filter(user=user).values_list("user", flat=True), is_told=True)
    seen = ReleaseOpening.objects.filter(person=user, release__project=project)
    cutoff = seen.aggregate(newest=Max("release__cutoff"))["newest"]
    if cutoff is not None:
        close_released(project=project, person=user, cutoff=cutoff)


def _raters(project: Project) -> QuerySet[Membership]:
    roles = roles_that_may(Action.RATE)
    return Membership.objects.filter(project=project, role__in=roles).order_by("user")


def _note(tasks: Iterable[Task], people: Iterable[int], *, is_told: bool) -> list[int]:
    """Notes openings of tasks, of what they are copies of and of all their copies; which, in the
    order in which all lock them."""
    originals = {task.original_id for task in tasks}
    copies = Task.objects.copies_of(originals).values_list("pk", flat=True)
    same = sorted({*originals, *copies})
    openings = [
        TaskOpening(task_id=pk, person_id=person, is_told=is_told)
        for pk, person in product(same, people)
    ]
    TaskOpening.objects.bulk_create(openings, ignore_conflicts=True, batch_size=5_000)
    return same


def require_unopened(*, task_id: int, rater_id: int) -> None:
    """Raises VotesOpened where the rater has seen what others said of the task."""
    if opened_tasks([task_id], rater_id):
        raise VotesOpened(
            _(
                "You have seen what others said of this task, or its right answer, on its page or "
                "in a release: you can neither judge it nor take back what you said."
            )
        )


def closed_votes(tasks: Sequence[Task], person: User) -> Collection[int]:
    """Ids of those tasks whose votes are closed to this person."""
    rows = Task.objects.filter(closed_to(person), pk__in=[task.pk for task in tasks])
    return set(rows.values_list("pk", flat=True))


def closed_to(person: User) -> Q:
    """Tasks that this person has not opened, and could still judge or would rather decide first.

    They have a place, or somebody's lease on one may lapse, or the person has judged them and could
    take that back; or the person hides votes until they have decided.
    """
    of_task = Assignment.objects.filter(task=OuterRef("pk"))
    held = of_task.filter(state=AssignmentState.LEASED)
    own = of_task.filter(rater=person).exclude(strategy=Strategy.IMPORTED)
    opened = TaskOpening.objects.filter(task=OuterRef("pk"), person=person)
    has_room = Q(open_slots__gt=0) | Q(overlap__isnull=True)
    could = has_room | Q(Exists(held)) | Q(Exists(own))
    asked = Q(purpose__in=(Purpose.LIVE, *CHECKS)) & could
    return (asked | _hidden_from(person)) & ~Q(Exists(opened))


def _hidden_from(person: User) -> Q:
    """Tasks that take a final word, where this person hides votes until they have given theirs."""
    wish = Membership.objects.filter(
        project=OuterRef("project"),
        user=person,
        hides_votes=True,
        role__in=roles_that_may(Action.ADJUDICATE),
    )
    decided = Q(purpose=Purpose.LIVE, reviews__isnull=True, withdrawn_at__isnull=True)
    return decided & ~Q(kind=TaskKind.WRITE) & Q(Exists(wish))
