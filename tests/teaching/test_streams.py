"""The stream of checks: the same project gives the same, and no two checks are seen in a row."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from django.db import transaction

from labeling.kinds.known import KnownAnswer
from labeling.models import Assignment
from labeling.rating.judgments import skip_assignment, undo_last
from labeling.rating.leases import advance, next_assignment, release_prepared
from labeling.teaching.checks.services import set_known_answer
from labeling.vocabulary import AssignmentState, Purpose
from projects.exceptions import Conflict
from projects.models import Membership, Project, User
from projects.project_templates import CriterionSpec, GuidelineSpec
from projects.services.members import set_member
from projects.services.projects import create_project
from tests.conftest import MakeTasks, judge, membership

#: Part of what a project says of itself, and the length of what is looked at.
SEED, LENGTH = "the same in both", 70


def built(lena: User, raters: list[User], make_tasks: MakeTasks) -> Project:
    """A project with raters who join in this order, tasks and gold, as if from one file."""
    project = create_project(
        name="Answers",
        created_by=lena,
        criteria=[CriterionSpec("overall", "Which is better?", "llama_eval7", is_primary=True)],
        guideline=GuidelineSpec(text="", principles=()),
        settings={"overlap": 2},
    )
    rates = {"gold_rate": 0.1, "repeat_rate": 0.2, "salt": SEED}
    Project.objects.filter(pk=project.pk).update(**rates)
    project.guidelines.all().delete()
    project.refresh_from_db()
    for rater in raters:
        set_member(project=project, user=rater, role="rater")
    for task in make_tasks(project, 60)[40:]:
        set_known_answer(task=task, actor=lena, known=KnownAnswer({"overall": -1}))
    return project


def stream(project: Project, rater: User) -> list[tuple[str, str, list[int]]]:
    """What a rater is handed: purpose, task and order on the screen."""
    member = membership(rater, project)
    came: list[tuple[str, str, list[int]]] = []
    while len(came) < LENGTH and isinstance(
        assignment := next_assignment(membership=member), Assignment
    ):
        came.append((assignment.purpose, assignment.task.external_id, assignment.shown_order))
        judge(rater, assignment, -1)
    return came


def test_the_same_project_made_again_gives_the_same_streams(
    lena: User, rui: User, sam: User, tao: User, otto: User, make_tasks: MakeTasks
):
    first = built(lena, [rui, sam], make_tasks)
    again = built(lena, [tao, otto], make_tasks)
    own, other = (stream(first, rater) for rater in (rui, sam))
    assert own == stream(again, tao)
    assert other == stream(again, otto)
    assert {purpose for purpose, *_rest in own} == {"live", "gold", "repeat"}
    checks = [[n for n, row in enumerate(rows) if row[0] != "live"] for rows in (own, other)]
    assert checks[0] != checks[1]


class Screen:
    """One rater at one screen: what is on it, what is prepared, and all that was shown."""

    def __init__(self, project: Project, rater: User) -> None:
        self.project, self.rater = project, rater
        self.shown: list[tuple[int, str]] = []
        self.reopen()

    @property
    def member(self) -> Membership:
        """Read anew for each request."""
        return membership(self.rater, self.project)

    def _show(self, assignment: object) -> None:
        """Shows a task; the next is prepared behind it."""
        self.on_screen = assignment if isinstance(assignment, Assignment) else None
        self.prepared = None
        if self.on_screen is None:
            return
        if not self.shown or self.shown[-1][0] != self.on_screen.pk:
            self.shown.append((self.on_screen.pk, self.on_screen.purpose))
        ahead = next_assignment(membership=self.member, ahead_of=self.on_screen.pk)
        self.prepared = ahead if isinstance(ahead, Assignment) else None

    def reopen(self) -> None:
        """The page is opened again."""
        self._show(next_assignment(membership=self.member))

    def _go_on(self) -> None:
        """What was prepared is shown, if it is still the rater's."""
        if self.prepared is None:
            return self.reopen()
        ahead = advance(membership=self.member, showing=self.prepared.pk)
        return self.reopen() if ahead.lost else self._show(self.prepared)

    def submit(self) -> None:
        """Judges what is on the screen."""
        if self.on_screen is not None:
            judge(self.rater, self.on_screen, -1)
            self._go_on()

    def skip(self) -> None:
        """Skips what is on the screen."""
        if self.on_screen is not None:
            skip_assignment(rater=self.rater, assignment_id=self.on_screen.pk, reason="unclear")
            self._go_on()

    def undo(self) -> None:
        """Takes back the last act; that task is on the screen again."""
        try:
            back = undo_last(rater=self.rater, project=self.project).assignment
        except Conflict:
            return
        self._show(back)

    def close(self) -> None:
        """The tab closes: what was prepared is given back, and the page is opened again."""
        if self.prepared is not None:
            release_prepared(assignment=self.prepared)
        self.reopen()

    def lapse(self) -> None:
        """What is prepared lapses without the page noticing."""
        self._expire(opened_at=None)

    def leave(self) -> None:
        """Everything lapses while the rater is away."""
        self._expire()
        self.reopen()

    def _expire(self, **only: object) -> None:
        leased = Assignment.objects.filter(rater=self.rater, state=AssignmentState.LEASED)
        leased.filter(**only).update(state=AssignmentState.EXPIRED)


ACTS = {"submit": 12, "skip": 2, "undo": 2, "close": 3, "lapse": 2, "leave": 2, "reopen": 1}


def walk(project: Project, rater: User, seed: int, n_acts: int) -> Screen:
    """A rater who does as it comes, with a screen of their own."""
    draw, screen = random.Random(seed), Screen(project, rater)
    for act in draw.choices(list(ACTS), list(ACTS.values()), k=n_acts):
        getattr(screen, act)()
    return screen


@pytest.mark.parametrize(
    ("n_walks", "n_acts"), [(2, 30), pytest.param(12, 70, marks=pytest.mark.walk)]
)
def test_no_two_checks_are_seen_in_a_row_whatever_is_given_back_skipped_lost_or_undone(
    lena: User, rui: User, sam: User, make_tasks: MakeTasks, n_walks: int, n_acts: int
):
    project = built(lena, [rui, sam], make_tasks)
    Project.objects.filter(pk=project.pk).update(gold_rate=0.3, repeat_rate=0.1)
    n_checks = 0
    for seed in range(n_walks):
        with transaction.atomic():
            shown = walk(project, rui, seed, n_acts).shown
            transaction.set_rollback(True)
        n_checks += sum(purpose != Purpose.LIVE for _pk, purpose in shown)
        assert not any(
            before != Purpose.LIVE and after != Purpose.LIVE
            for (_pk, before), (_next, after) in pairwise(shown)
        ), (seed, shown)
    assert n_checks >= 4 * n_walks
