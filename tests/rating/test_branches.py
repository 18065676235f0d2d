"""Later turns of a conversation: for those who chose the reply before them, and nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from labeling.kinds import Submission
from labeling.models import Assignment, Judgment, LateAnswer, Task
from labeling.rating.judgments import skip_assignment, submit_judgment, undo_last
from labeling.rating.late import keep_late
from labeling.rating.leases import NotYet, advance, heartbeat, next_assignment
from labeling.rating.places import TaskWithdrawn
from labeling.rating.reopening import reopen_judgment
from labeling.rating.selectors import shown_answers
from labeling.vocabulary import AssignmentState
from projects.exceptions import Conflict
from projects.models import Project, User
from tests.api.client import Api
from tests.conftest import judge, lease, membership
from tests.imports import conftest as imports
from tests.imports.test_import_conversations import LINE

take = imports.take


@pytest.fixture
def turns(take, project: Project) -> dict[str, Task]:
    """The turns of one conversation, three raters each, in a project of two more tasks."""
    pair = [{"id": "x", "content": "X."}, {"id": "y", "content": "Y."}]
    take(
        LINE,
        *(
            {"conversation": f"other{i}", "turns": [{"prompt": f"{i}?", "responses": pair}]}
            for i in range(2)
        ),
    )
    # The conversation is the first of the queue.
    Task.objects.filter(external_id__startswith="c1").update(queue_key=1)
    return {task.external_id: task for task in Task.objects.all()}


def choose(user: User, assignment: Assignment, name: str) -> None:
    """Judges a comparison in favour of the response of that id."""
    task = assignment.task
    place = task.prompt.responses.get(external_id=name).pk
    shown = [task.response_ids[index] for index in assignment.shown_order]
    judge(user, assignment, -2 if shown[0] == place else 2)


def turn_of(assignment: object) -> str:
    assert isinstance(assignment, Assignment)
    return assignment.task.external_id


def test_each_rater_gets_the_turn_after_the_reply_that_they_chose_next(
    turns, project, rui, sam, client_for
):
    chosen: dict[str, Any] = {}
    for user, names in ((rui, ("a", "b2")), (sam, ("b",))):
        for name in names:
            choose(user, lease(user, project), name)
        chosen[user.name] = turn_of(lease(user, project))
    assert chosen == {"Rui": "c1-3-b2", "Sam": "c1-2-b"}
    place = Api(rui).post(f"projects/{project.slug}/next/").json()["task"]["conversation"]
    assert place == {"turn": 3, "turns": 3, "follows": True}
    page = client_for(sam).get(f"/p/{project.slug}/rate/").content.decode()
    assert "Turn 2 of 3" in page
    assert "after the reply you chose" in page
    assert "Reply b." in page
    assert "Reply a." not in page


@pytest.mark.parametrize("act", ["tie", "skip"])
def test_whoever_chooses_none_gets_no_later_turn(turns, project, rui, act):
    first = lease(rui, project)
    if act == "tie":
        judge(rui, first, 0, tie_kind="equal_good")
    else:
        skip_assignment(rater=rui, assignment_id=first.pk, reason="unclear")
    seen = []
    while isinstance(
        assignment := next_assignment(membership=membership(rui, project)), Assignment
    ):
        seen.append(turn_of(assignment))
        judge(rui, assignment, -1)
    assert sorted(seen) == ["other0-1", "other1-1"]


def test_nothing_is_prepared_while_what_comes_next_depends_on_the_answer(turns, project, rui):
    first = lease(rui, project)
    coming = advance(membership=membership(rui, project), showing=first.pk).next
    assert isinstance(coming, NotYet)
    choose(rui, first, "b")
    branch = lease(rui, project)
    assert turn_of(branch) == "c1-2-b"
    prepared = advance(membership=membership(rui, project), showing=branch.pk).next
    assert turn_of(prepared).startswith("other")


def test_a_choice_taken_back_takes_the_later_turn_with_it(turns, project, rui):
    choose(rui, lease(rui, project), "a")
    branch = lease(rui, project)
    choose(rui, branch, "a2")
    # The newest act comes back first: the answer to the later turn is withdrawn, and on record.
    undone = undo_last(rater=rui, project=project).assignment
    assert undone.pk == branch.pk
    first = undo_last(rater=rui, project=project).assignment
    assert turn_of(first) == "c1-1"
    branch.refresh_from_db()
    assert branch.state == AssignmentState.EXPIRED
    choose(rui, first, "b")
    assert turn_of(lease(rui, project)) == "c1-2-b"
    assert not Judgment.objects.filter(assignment=branch).standing().exists()
    assert Judgment.objects.filter(assignment=branch, withdrawn=False).count() == 1


def test_a_choice_is_not_changed_away_from_under_the_turn_that_was_answered_after_it(
    turns, project, rui
):
    first = lease(rui, project)
    choose(rui, first, "a")
    branch = lease(rui, project)
    reopen_judgment(rater=rui, assignment_id=first.pk)
    choose(rui, first, "b")
    branch.refresh_from_db()
    assert branch.state == AssignmentState.EXPIRED, "what was only open goes"
    second = lease(rui, project)
    assert turn_of(second) == "c1-2-b"
    choose(rui, second, "c2")
    reopen_judgment(rater=rui, assignment_id=first.pk)
    with pytest.raises(Conflict, match="choose that reply again"):
        choose(rui, first, "a")
    judge(rui, first, *(-1 if value < 0 else 1 for value in shown_values(first)))
    with pytest.raises(Conflict, match="choose that reply again"):
        undo_last(rater=rui, project=project)
    assert Judgment.objects.counting().count() == 2


def shown_values(assignment: Assignment) -> list[int]:
    """What stands on an assignment, in signs of the order shown."""
    current = Judgment.objects.get(assignment=assignment, is_current=True)
    return [int(str(value)) for value in shown_answers(current).values.values()]


@pytest.mark.parametrize("opened", [False, True])
def test_after_a_new_choice_its_turn_comes_before_what_was_prepared_or_open_beside(
    turns, project, rui, opened
):
    choose(rui, first := lease(rui, project), "b")
    branch = lease(rui, project)
    beside = advance(membership=membership(rui, project), showing=branch.pk).next
    assert turn_of(beside).startswith("other")
    if opened:
        choose(rui, branch, "c2")
        beside = lease(rui, project)
        assert undo_last(rater=rui, project=project).assignment.pk == branch.pk
    assert undo_last(rater=rui, project=project).assignment.pk == first.pk
    # While the choice is on the screen nothing is prepared, and what was is free for others.
    coming = advance(membership=membership(rui, project), showing=first.pk).next
    assert isinstance(coming, NotYet)
    assert not Assignment.objects.filter(state="leased").exclude(pk=first.pk).exists()
    choose(rui, first, "a")
    assert turn_of(lease(rui, project)) == "c1-2-a"


def test_a_later_turn_that_could_not_be_the_next_comes_in_the_end(turns, project, rui):
    branches = Task.objects.filter(external_id__startswith="c1-2")
    branches.update(open_slots=0)
    choose(rui, lease(rui, project), "a")
    branches.update(open_slots=2)
    other = lease(rui, project)
    # A place that was free again is seen while the choice was the last act.
    assert turn_of(other) == "c1-2-a"
    release = Assignment.objects.filter(pk=other.pk)
    release.delete()
    branches.update(open_slots=0)
    seen = []
    for _ in range(2):
        assignment = lease(rui, project)
        seen.append(turn_of(assignment))
        judge(rui, assignment, -1)
    branches.update(open_slots=2)
    assert sorted(seen) == ["other0-1", "other1-1"]
    assert turn_of(lease(rui, project)) == "c1-2-a"


def test_a_later_turn_whose_place_ran_out_meanwhile_is_not_overlooked(turns, project, rui, sam):
    Task.objects.exclude(external_id__startswith="c1").delete()
    Task.objects.filter(external_id="c1-2-a").update(overlap=1, open_slots=1)
    for user in (sam, rui):
        choose(user, lease(user, project), "a")
    held = lease(sam, project)
    past = held.lease_expires_at - timedelta(days=1)
    Assignment.objects.filter(pk=held.pk).update(lease_expires_at=past)
    assert turn_of(lease(rui, project)) == "c1-2-a"


def test_an_answer_after_a_choice_that_was_changed_is_kept_as_a_late_one(turns, project, rui):
    choose(rui, lease(rui, project), "a")
    branch = lease(rui, project)
    choose(rui, undo_last(rater=rui, project=project).assignment, "b")
    with pytest.raises(TaskWithdrawn):
        heartbeat(assignment=Assignment.objects.get(pk=branch.pk))
    submission = Submission(answers={"overall": -1})
    with pytest.raises(TaskWithdrawn):
        submit_judgment(rater=rui, assignment_id=branch.pk, submission=submission)
    late = keep_late(rater=rui, assignment_id=branch.pk, submission=submission)
    assert late is not None
    assert "changed your choice" in late.message
    assert LateAnswer.objects.get().assignment_id == branch.pk
    again = advance(membership=membership(rui, project), showing=branch.pk)
    assert (again.lost, turn_of(again.next)) == (True, "c1-2-b")


def test_the_reply_ranked_alone_on_the_first_place_carries_it_on(take, project, rui, sam):
    project.criteria.create(
        key="order", scale_key="ranking", family="ranking", is_primary=True, position=9
    )
    replies = [{"id": name, "content": f"{name}."} for name in "abc"]
    later = {"after": "b", "prompt": "And?", "responses": replies[:2]}
    later["responses"] = [{"id": "d", "content": "d"}, {"id": "e", "content": "e"}]
    take({"conversation": "r", "turns": [{"prompt": "1?", "responses": replies}, later]})

    def ranked(user: User, *bands: str) -> None:
        assignment = lease(user, project)
        ids = [assignment.task.response_ids[index] for index in assignment.shown_order]
        names = dict(assignment.task.prompt.responses.values_list("external_id", "pk"))
        slots = {name: "ABC"[ids.index(pk)] for name, pk in names.items()}
        order = [[slots[name] for name in band] for band in bands]
        submit_judgment(
            rater=user, assignment_id=assignment.pk, submission=Submission(answers={"order": order})
        )

    ranked(rui, "b", "ac")
    ranked(sam, "bc", "a")
    assert turn_of(lease(rui, project)) == "r-2-b"
    assert not isinstance(next_assignment(membership=membership(sam, project)), Assignment)
