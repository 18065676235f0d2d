"""Who downloads votes with a release has seen them: what they answered before stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from labeling.models import Assignment, Release, ReleaseOpening, TaskOpening, openings
from labeling.models.copies import copy_of
from labeling.rating.judgments import undo_last
from labeling.rating.leases import Nothing, next_assignment
from labeling.rating.openings import VotesOpened
from labeling.vocabulary import AssignmentState, Purpose
from projects.models import Project, Role, User
from projects.services.members import set_member
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease, membership

HERE = "projects/support-answers/"


@pytest.fixture
def release(judged: Project, sam: User, built: Callable[..., Release]) -> Release:
    """A release of everything that was judged, and sam leads now."""
    set_member(project=judged, user=sam, role=Role.LEAD)
    return built(judged, recipe="raw")


def data_file(release: Release) -> str:
    """A file of rows."""
    return str(next(file["name"] for file in release.files if file.get("rows") is not None))


def test_who_downloaded_a_release_by_program_can_no_longer_change_what_it_holds(
    release: Release, judged: Project, sam: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    own = Assignment.objects.filter(rater=sam).latest("submitted_at")
    assert api(sam).post(f"{HERE}undo/").status_code == 200
    judge(sam, own)
    reply = api(sam).get(f"{HERE}releases/1/files/manifest.json")
    assert (reply.status_code, ReleaseOpening.objects.exists()) == (200, False)
    for _twice in range(2):
        reply = api(sam).get(f"{HERE}releases/1/files/{data_file(release)}")
        assert reply.status_code == 200
    (opening,) = ReleaseOpening.objects.all()
    assert (opening.person, opening.release) == (sam, release)
    assert not TaskOpening.objects.exists()
    refused = api(sam).post(f"{HERE}undo/")
    assert (refused.status_code, refused.json()["code"]) == (409, "votes_opened")
    assert "in a release" in refused.json()["message"]
    (listed, *_others) = api(sam).get(f"{HERE}my-work/judgments/").json()["results"]
    assert listed["changeable_until"] is None
    # The other rater has seen nothing, and a task judged since then is in no release.
    assert api(rui).post(f"{HERE}undo/").status_code == 200
    make_tasks(judged, 1, prefix="later")
    judge(sam, lease(sam, judged))
    assert api(sam).post(f"{HERE}undo/").status_code == 200


def test_a_download_from_a_page_gives_back_what_was_taken_back_and_not_yet_answered_anew(
    release: Release, judged: Project, sam: User, client_for: Callable[[User], Client]
):
    undone = undo_last(rater=sam, project=judged).assignment
    address = reverse("labeling:release-archive", args=[judged.slug, release.number])
    assert client_for(sam).get(address).status_code == 200
    undone.refresh_from_db()
    assert undone.state == AssignmentState.EXPIRED
    with pytest.raises(VotesOpened):
        judge(sam, undone)


def test_what_only_oneself_had_answered_then_may_still_be_changed(
    judged: Project,
    sam: User,
    make_tasks: MakeTasks,
    built: Callable[..., Release],
    client_for: Callable[[User], Client],
):
    make_tasks(judged, 1, prefix="alone")
    judge(sam, lease(sam, judged))
    set_member(project=judged, user=sam, role=Role.LEAD)
    release = built(judged, recipe="raw")
    address = reverse("labeling:release-archive", args=[judged.slug, release.number])
    assert client_for(sam).get(address).status_code == 200
    assert undo_last(rater=sam, project=judged).answered


def test_who_downloaded_a_release_is_given_none_of_the_tasks_it_holds_votes_of(
    judged: Project,
    rui: User,
    sam: User,
    tao: User,
    mia: User,
    make_tasks: MakeTasks,
    built: Callable[..., Release],
    client_for: Callable[[User], Client],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(openings, "_TASKS_AT_ONCE", 3)
    half = make_tasks(judged, 2, overlap=3, prefix="half")
    gold = [copy_of(task, Purpose.GOLD) for task in half]
    for _n in range(2):
        judge(rui, lease(rui, judged))
    set_member(project=judged, user=tao, role=Role.LEAD)
    held = lease(tao, judged)
    assert held.task in half
    release = built(judged, recipe="raw")
    address = reverse("labeling:release-archive", args=[judged.slug, release.number])
    for person in (tao, mia):
        assert client_for(person).get(address).status_code == 200
    held.refresh_from_db()
    assert held.state == AssignmentState.EXPIRED
    closed = {task.pk for task in (*half, *gold)}
    assert set(TaskOpening.objects.filter(person=tao).values_list("task", flat=True)) == closed
    assert not TaskOpening.objects.filter(person=mia).exists()
    assert isinstance(next_assignment(membership=membership(tao, judged)), Nothing)
    # Who downloaded it before and rates here later is given none of them, either.
    set_member(project=judged, user=mia, role=Role.RATER)
    assert set(TaskOpening.objects.filter(person=mia).values_list("task", flat=True)) == closed
    assert lease(sam, judged).task in half
    (fresh,) = make_tasks(judged, 1, prefix="fresh")
    assert lease(tao, judged).task == fresh
