"""A limit is a limit, whatever a rater does and whoever changes it: n of at most n, never more."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from labeling.lead.overview.selectors import own_progress
from labeling.models import Assignment, Judgment
from labeling.rating.judgments import skip_assignment, undo_last
from labeling.rating.leases import Nothing, advance, heartbeat, next_assignment
from labeling.rating.places import expire_leases
from labeling.vocabulary import HOLDING_STATES, AssignmentState, NothingLeft
from projects.exceptions import Conflict
from projects.models import Membership, Project, User
from tests.api.client import NEXT, CallAs, submit
from tests.conftest import MakeTasks, judge, lease, membership
from tests.rating.test_rate_page import JSON, ClientFor, form, rate_url

LATER = timedelta(days=1)


def limit(user: User, n: int) -> None:
    Membership.objects.filter(user=user).update(rater_limit=n)


def judged(user: User) -> int:
    return Judgment.objects.filter(rater=user).standing().count()


def nothing(user: User, project: Project, showing: int | None = None) -> NothingLeft:
    coming = advance(membership=membership(user, project), showing=showing).next
    assert isinstance(coming, Nothing)
    return coming.reason


def sweep() -> None:
    expire_leases(now=timezone.now() + LATER)


def test_a_prepared_task_that_lapsed_and_is_shown_counts_before_the_next_is_leased(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 4)
    limit(rui, 2)
    current = lease(rui, project)
    prepared = lease(rui, project, ahead_of=current.pk)
    sweep()
    judge(rui, current)
    assert nothing(rui, project, showing=prepared.pk) == NothingLeft.LIMIT
    judge(rui, prepared)
    assert nothing(rui, project) == NothingLeft.LIMIT
    assert judged(rui) == 2


def test_a_late_answer_takes_the_room_of_what_was_leased_instead(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 4)
    limit(rui, 2)
    judge(rui, lease(rui, project))
    late = lease(rui, project)
    sweep()
    instead = lease(rui, project)
    assert instead.pk != late.pk
    judge(rui, late)
    with pytest.raises(Conflict, match=r"limit of 2 judgments.*was not saved"):
        judge(rui, instead)
    instead.refresh_from_db()
    assert (instead.state, judged(rui)) == (AssignmentState.EXPIRED, 2)


def test_a_skip_taken_back_takes_the_room_of_the_task_after_it(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 4)
    limit(rui, 1)
    skipped = lease(rui, project)
    skip_assignment(rater=rui, assignment_id=skipped.pk, reason="unclear")
    after = lease(rui, project)
    undo_last(rater=rui, project=project)
    judge(rui, skipped)
    with pytest.raises(Conflict, match=r"limit of 1 judgment.*was not saved"):
        judge(rui, after)
    assert judged(rui) == 1


def test_a_judgment_taken_back_at_the_limit_can_be_given_again(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 3)
    limit(rui, 1)
    assignment = lease(rui, project)
    judge(rui, assignment, -1)
    undo_last(rater=rui, project=project)
    assert lease(rui, project).pk == assignment.pk
    judge(rui, assignment, 2)
    assert nothing(rui, project) == NothingLeft.LIMIT


def test_a_limit_that_was_lowered_holds_at_once(
    project: Project,
    rui: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: ClientFor,
):
    make_tasks(project, 6)
    for _ in range(3):
        judge(rui, lease(rui, project))
    open_now = lease(rui, project)
    prepared = lease(rui, project, ahead_of=open_now.pk)
    limit(rui, 2)
    with pytest.raises(Conflict, match=r"limit of 2 judgments"):
        heartbeat(assignment=open_now)
    reply = submit(api(rui), open_now.pk)
    assert (reply.status_code, reply.json()["code"]) == (409, "limit")
    assert "limit of 2 judgments" in reply.json()["message"]
    page = client_for(rui).post(rate_url(project, open_now.pk, "submit"), form("-1"), headers=JSON)
    assert (page.status_code, page.json()["code"]) == (409, "limit")
    shown = client_for(rui).get(f"{rate_url(project)}?task={open_now.pk}")
    assert "You have reached your limit" in shown.content.decode()
    Assignment.objects.filter(pk__in=(open_now.pk, prepared.pk)).update(state="leased")
    step = advance(membership=membership(rui, project), showing=open_now.pk)
    assert (step.next, step.lost) == (Nothing(NothingLeft.LIMIT), True)
    reply = api(rui).post(NEXT)
    assert (reply.status_code, reply["X-Concord-Reason"]) == (204, "limit")
    for given_back in (open_now, prepared):
        given_back.refresh_from_db()
        assert given_back.state == AssignmentState.EXPIRED
    assert judged(rui) == 3


def test_the_limit_of_the_project_holds_for_who_has_none_of_their_own(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 2)
    held = lease(rui, project)
    ahead = lease(rui, project, ahead_of=held.pk)
    Project.objects.filter(pk=project.pk).update(rater_limit=1)
    judge(rui, held)
    with pytest.raises(Conflict, match="limit of 1 judgment"):
        judge(rui, ahead)


def test_what_could_not_be_given_again_under_a_lowered_limit_is_not_taken_back(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 3)
    for _ in range(3):
        judge(rui, lease(rui, project))
    limit(rui, 2)
    with pytest.raises(Conflict, match="could not be given again"):
        undo_last(rater=rui, project=project)
    limit(rui, 3)
    undone = undo_last(rater=rui, project=project)
    judge(rui, undone.assignment, 2)
    assert judged(rui) == 3


def test_tasks_of_every_purpose_count_alike_so_that_the_count_betrays_none(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 3)
    limit(rui, 2)
    Assignment.objects.filter(pk=lease(rui, project).pk).update(purpose="gold")
    for _ in range(2):
        judge(rui, lease(rui, project))
    assert nothing(rui, project) == NothingLeft.LIMIT
    progress = own_progress(membership(rui, project), now=timezone.now())
    assert (progress.judgments, progress.limit) == (2, 2)


# --- whatever happens --------------------------------------------------------------------------


class Rater:
    """One rater who does anything at any time, from a page that may be old."""

    def __init__(self, user: User, project: Project, rng: random.Random) -> None:
        self.user, self.project, self.rng = user, project, rng

    def any_assignment(self) -> Assignment | None:
        own = list(Assignment.objects.filter(rater=self.user).order_by("pk"))
        return self.rng.choice(own) if own else None

    def next(self) -> None:
        next_assignment(membership=membership(self.user, self.project))

    def ahead(self) -> None:
        shown = self.any_assignment()
        advance(membership=membership(self.user, self.project), showing=shown.pk if shown else None)

    def judge(self) -> None:
        if assignment := self.any_assignment():
            judge(self.user, assignment, self.rng.choice([-2, -1, 1, 2]))

    def skip(self) -> None:
        if assignment := self.any_assignment():
            skip_assignment(rater=self.user, assignment_id=assignment.pk, reason="unclear")

    def undo(self) -> None:
        undo_last(rater=self.user, project=self.project)

    def keep(self) -> None:
        if assignment := self.any_assignment():
            heartbeat(assignment=assignment)

    def wait(self) -> None:
        sweep()


ACTS: list[Callable[[Rater], None]] = [
    Rater.next,
    Rater.ahead,
    Rater.judge,
    Rater.judge,
    Rater.skip,
    Rater.undo,
    Rater.keep,
    Rater.wait,
]


@pytest.mark.walk
@given(
    acts=st.lists(st.sampled_from(ACTS), min_size=8, max_size=24),
    most=st.integers(1, 3),
    seed=st.integers(0, 2**16),
)
def test_no_order_of_acts_exceeds_the_limit(
    project: Project, rui: User, make_tasks: MakeTasks, acts, most: int, seed: int
):
    with transaction.atomic():
        make_tasks(project, 8, overlap=1)
        limit(rui, most)
        rater = Rater(rui, project, random.Random(seed))
        own = Assignment.objects.filter(rater=rui)
        for act in acts:
            with suppress(Conflict):
                act(rater)
            assert own.filter(state__in=HOLDING_STATES).count() <= most
            assert judged(rui) == own.filter(state=AssignmentState.SUBMITTED).count()
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_submissions_at_the_same_moment_do_not_exceed_the_limit(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 6)
    held = []
    for _ in range(6):
        held.append(lease(rui, project).pk)
        Assignment.objects.filter(pk=held[-1]).update(state=AssignmentState.EXPIRED)
    # Three on the screens of one rater, three that lapsed there.
    Assignment.objects.filter(pk__in=held[:3]).update(state=AssignmentState.LEASED)
    limit(rui, 2)
    program = api(rui)

    def send(assignment: int) -> int:
        try:
            return int(submit(program, assignment).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(send, held))
    assert statuses == [201] * 2 + [409] * 4
    assert judged(rui) == 2
