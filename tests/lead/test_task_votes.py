"""Who may see a task's votes, and that who has seen them judges it no more."""

from __future__ import annotations

import pytest

from labeling.models import Assignment, Judgment, Task, TaskOpening
from labeling.rating.judgments import undo_last
from labeling.rating.leases import Nothing, heartbeat, next_assignment
from labeling.rating.openings import VotesOpened, open_votes
from projects.exceptions import Conflict
from projects.models import Membership, Project, User
from tests.conftest import judge, lease

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer(vera: User, client_for):
    return client_for(vera)


@pytest.fixture
def task(project: Project, rui: User, make_tasks) -> Task:
    """One of three wanted judgments is there, with a reason."""
    task: Task = make_tasks(project, 1, overlap=3)[0]
    judge(rui, lease(rui, project), 2, rationale="Rui's reason")
    return task


def address(task: Task, more: str = "") -> str:
    return f"/p/{task.project.slug}/tasks/{task.pk}/{more}"


def next_for(user: User, project: Project) -> Assignment | Nothing:
    return next_assignment(membership=Membership.objects.get(project=project, user=user))


def test_the_page_of_a_task_one_could_judge_shows_no_vote(task: Task, reviewer, project: Project):
    page = reviewer.get(address(task)).content.decode()
    assert "Rui" not in page
    assert "1 judgment, closed so that you can still judge this task yourself." in page
    assert "Open the votes" in page
    assert not TaskOpening.objects.exists()
    table = reviewer.get(f"/p/{project.slug}/tasks/").content.decode()
    assert "closed" in table
    assert "prefer response" not in table


def test_a_task_without_a_judgment_says_so(project: Project, reviewer, make_tasks):
    page = reviewer.get(address(make_tasks(project, 1)[0])).content.decode()
    assert "No judgment yet." in page
    assert "0 judgments, closed" not in page


def test_opening_the_votes_is_recorded_and_shows_them(task: Task, reviewer, vera: User):
    reply = reviewer.post(address(task, "votes/"), follow=True)
    page = reply.content.decode()
    assert "Rui&#x27;s reason" in page
    assert "Opened these votes:" in page
    opening = TaskOpening.objects.get()
    assert (opening.task, opening.person) == (task, vera)
    reviewer.post(address(task, "votes/"))
    assert TaskOpening.objects.count() == 1
    table = reviewer.get(f"/p/{task.project.slug}/tasks/").content.decode()
    assert "prefer response" in table


def test_whoever_opened_the_votes_gives_the_task_back_and_never_gets_it(
    task: Task, reviewer, vera: User, project: Project
):
    held = lease(vera, project)
    assert held.task == task
    reviewer.post(address(task, "votes/"))
    held.refresh_from_db()
    assert held.state == "expired"
    assert isinstance(next_for(vera, project), Nothing)
    with pytest.raises(VotesOpened, match="You have seen what others said"):
        judge(vera, held, 1)
    with pytest.raises(VotesOpened):
        heartbeat(assignment=held)
    task.refresh_from_db()
    assert task.open_slots == 2
    assert Judgment.objects.filter(rater=vera).count() == 0


def test_a_page_that_still_shows_the_task_does_not_get_it_again(
    task: Task, vera: User, project: Project
):
    held = lease(vera, project)
    open_votes(task=task, person=vera)
    membership = Membership.objects.get(project=project, user=vera)
    assert isinstance(next_assignment(membership=membership, ahead_of=held.pk), Nothing)
    held.refresh_from_db()
    assert held.state == "expired"


def test_a_judgment_stands_once_its_rater_has_read_the_others(
    task: Task, reviewer, vera: User, project: Project
):
    judge(vera, lease(vera, project), 1)
    assert "Open the votes" in reviewer.get(address(task)).content.decode()
    reviewer.post(address(task, "votes/"))
    with pytest.raises(Conflict, match="You have seen what others said"):
        undo_last(rater=vera, project=project)


def test_votes_of_a_finished_task_are_open_and_looking_is_recorded(
    project: Project, rui: User, vera: User, reviewer, make_tasks
):
    (task,) = make_tasks(project, 1, overlap=1)
    judge(rui, lease(rui, project), 2)
    assert "Rui" in reviewer.get(address(task)).content.decode()
    assert TaskOpening.objects.get().person == vera
    undo_last(rater=rui, project=project)
    Assignment.objects.filter(rater=rui).update(state="expired")
    assert isinstance(next_for(vera, project), Nothing)


def test_an_engineer_sees_how_many_prefer_what_and_nobody_s_name(
    task: Task, mia: User, client_for, sam: User, project: Project
):
    lease(sam, project)
    page = client_for(mia).get(address(task)).content.decode()
    assert "prefer response" in page
    assert "Who said what is shown to leads and reviewers." in page
    assert "Rui" not in page
    assert "Sam" not in page
    assert client_for(mia).post(address(task, "votes/")).status_code == 403
    assert not TaskOpening.objects.exists()


def test_long_rationales_take_a_part_of_the_page_each(task: Task, reviewer, lena: User):
    judge(lena, lease(lena, task.project), 2, rationale="first words " + "a\u200b" * 4_900)
    vote: dict[str, object] = {
        "model": "m",
        "values": {},
        "tie_kinds": {},
        "side_only": [],
        "at": None,
    }
    task.model_votes = [{**vote, "rationale": "<b>" + "x" * 1_000_000}] * 3
    task.save(update_fields=["model_votes"])
    page = reviewer.post(address(task, "votes/"), follow=True).content.decode()
    assert "first words a<span" in page
    assert "Only its beginning is shown here" in page
    assert len(page) < 100_000


def test_that_raters_disagree_is_not_told_to_whoever_could_judge(
    project: Project, rui: User, sam: User, reviewer, client_for, lena: User, make_tasks
):
    (task,) = make_tasks(project, 1, overlap=4)
    for rater, value in ((rui, 2), (sam, -2)):
        held = lease(rater, project)
        judge(rater, held, value * (1 if held.shown_order[0] == 0 else -1))
    for client in (reviewer, client_for(lena)):
        page = client.get(f"/p/{project.slug}/tasks/?state=split").content.decode()
        assert "No task matches" in page
        assert "Tasks that you can still judge or decide yourself are left out." in page
        page = client.get(f"/p/{project.slug}/tasks/").content.decode()
        page += client.get(address(task)).content.decode()
        assert '<span class="tag warn">raters disagree' not in page
        client.post(address(task, "votes/"))
        page = client.get(f"/p/{project.slug}/tasks/?state=split").content.decode()
        assert '<span class="tag warn">raters disagree' in page


def test_a_task_that_others_hold_is_closed_too_since_their_leases_may_lapse(
    project: Project, rui: User, sam: User, vera: User, reviewer, make_tasks
):
    (task,) = make_tasks(project, 1, overlap=2)
    judge(rui, lease(rui, project), 2)
    held = lease(sam, project)
    assert "prefer response" not in reviewer.get(f"/p/{project.slug}/tasks/").content.decode()
    assert "Open the votes" in reviewer.get(address(task)).content.decode()
    assert not TaskOpening.objects.exists()
    Assignment.objects.filter(pk=held.pk).update(state="expired")
    assert lease(vera, project).task == task


def test_what_models_said_is_closed_with_the_votes(
    task: Task, lena: User, client_for, project: Project
):
    vote = {"model": "judge-7", "values": {}, "tie_kinds": {}, "side_only": [], "rationale": ""}
    Task.objects.filter(pk=task.pk).update(model_votes=[{**vote, "at": None}])
    lead = client_for(lena)
    assert "judge-7" not in lead.get(address(task)).content.decode()
    lead.post(address(task, "votes/"))
    assert "judge-7" in lead.get(address(task)).content.decode()
