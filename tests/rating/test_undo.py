"""Undo takes back the last act of a rater in a project, whatever it was, and says which."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.models import Assignment, Judgment, Task
from labeling.rating import judgments
from labeling.rating.judgments import skip_assignment, undo_last
from labeling.rating.leases import next_assignment
from labeling.rating.selectors import last_act
from labeling.vocabulary import Act, AssignmentState
from projects.exceptions import Conflict
from projects.models import Project, User
from projects.services.projects import create_project
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease, membership
from tests.rating.test_rate_page import JSON, ClientFor, form, page_of, rate_url

UNDO = "projects/support-answers/undo/"


def skip(rater: User, project: Project, reason: str = "unclear", note: str = "") -> Assignment:
    """The rater's next task, skipped."""
    assignment = lease(rater, project)
    return skip_assignment(rater=rater, assignment_id=assignment.pk, reason=reason, note=note)


def test_a_skip_is_taken_back_and_its_task_is_open_again(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 1, overlap=1)
    skipped = skip(rui, project, "other", "it smells")
    undone = undo_last(rater=rui, project=project)
    assert (undone.took_back, undone.assignment.pk) == (Act.SKIP, skipped.pk)
    assert (undone.skip_reason, undone.skip_note) == ("other", "it smells")
    opened = Assignment.objects.get()
    assert opened.state == AssignmentState.LEASED
    assert (opened.skip_reason, opened.skip_note, opened.skipped_at) == ("", "", None)
    assert Task.objects.get().open_slots == 0
    assert judge(rui, skipped).created


def test_an_undo_after_a_skip_leaves_the_judgment_before_it_alone(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 3)
    judged = lease(rui, project)
    judge(rui, judged)
    skipped = skip(rui, project)
    assert undo_last(rater=rui, project=project).assignment.pk == skipped.pk
    assert Judgment.objects.standing().count() == 1
    # Once more, and it is the judgment's turn.
    again = undo_last(rater=rui, project=project)
    assert (again.took_back, again.assignment.pk) == (Act.JUDGMENT, judged.pk)
    assert not Judgment.objects.standing().exists()


def test_a_judgment_after_a_skip_is_taken_back_first(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 3)
    skip(rui, project)
    judge(rui, lease(rui, project))
    acts = [undo_last(rater=rui, project=project).took_back for _ in range(2)]
    assert acts == [Act.JUDGMENT, Act.SKIP]


def test_a_skip_whose_place_is_taken_stays_and_says_why(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks
):
    make_tasks(project, 1, overlap=1)
    skipped = skip(rui, project)
    judge(sam, lease(sam, project))
    with pytest.raises(Conflict, match="others have taken its place"):
        undo_last(rater=rui, project=project)
    skipped.refresh_from_db()
    assert (skipped.state, skipped.skip_reason) == (AssignmentState.SKIPPED, "unclear")


def test_only_my_own_acts_in_this_project_can_be_taken_back(
    project: Project, rui: User, lena: User, sam: User, make_tasks: MakeTasks
):
    other = create_project(name="Other", created_by=lena, template="arena")
    make_tasks(project, 3)
    skip(rui, project)
    skip(lena, project)
    for rater, where in ((sam, project), (lena, other)):
        with pytest.raises(Conflict, match="nothing of yours"):
            undo_last(rater=rater, project=where)
    assert Assignment.objects.filter(state=AssignmentState.SKIPPED).count() == 2


def test_a_skip_from_before_skips_had_a_time_is_not_the_last_act(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 2)
    old = skip(rui, project)
    Assignment.objects.filter(pk=old.pk).update(skipped_at=None)
    judged = lease(rui, project)
    judge(rui, judged)
    assert undo_last(rater=rui, project=project).assignment.pk == judged.pk


def test_repeating_a_skip_does_not_make_it_newer(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    skipped = skip(rui, project)
    later = timezone.now() + timedelta(hours=1)
    skip_assignment(rater=rui, assignment_id=skipped.pk, reason="other", now=later)
    before = skipped.skipped_at
    skipped.refresh_from_db()
    assert (skipped.skipped_at, skipped.skip_reason) == (before, "unclear")


def test_the_task_of_an_undone_skip_is_the_next_one_again(
    project: Project, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 3)
    skipped = skip(rui, project)
    undo_last(rater=rui, project=project)
    assert next_assignment(membership=membership(rui, project)) == skipped


# --- through the doors -------------------------------------------------------------------------


def test_the_api_says_what_it_took_back(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 2)
    client = api(rui)
    first = client.post("projects/support-answers/next/").json()["id"]
    client.post(f"assignments/{first}/judgment/", {"answers": {"overall": -1}})
    second = client.post("projects/support-answers/next/").json()["id"]
    client.post(f"assignments/{second}/skip/", {"reason": "broken", "note": "empty"})
    undone = client.post(UNDO).json()
    assert (undone["took_back"], undone["id"]) == ("skip", second)
    assert undone["taken_back"] == {"reason": "broken", "note": "empty"}
    undone = client.post(UNDO).json()
    assert (undone["took_back"], undone["id"]) == ("judgment", first)
    assert undone["taken_back"]["answers"] == {"overall": -1}


def test_a_form_that_skips_without_a_reason_is_asked_for_one(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1)
    client = client_for(rui)
    html = page_of(client, project)
    skip_panel = html[html.index('data-pop="skip"') :]
    assert 'name="reason"' in skip_panel
    assert "checked" not in skip_panel
    shown = Assignment.objects.get()
    reply = client.post(rate_url(project, shown.pk, "skip"), {"note": ""}, follow=True)
    assert "Choose why you skip this task" in reply.content.decode()
    shown.refresh_from_db()
    assert shown.state == AssignmentState.LEASED


def test_a_form_says_which_act_it_took_back(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 2)
    client = client_for(rui)
    first = lease(rui, project)
    client.post(rate_url(project, first.pk, "submit"), form("-3"))
    second = lease(rui, project)
    client.post(rate_url(project, second.pk, "skip"), {"reason": "not_my_expertise"})
    # Nothing is left, and the page offers to take back the very last act.
    assert "Undo my last skip" in page_of(client, project)
    reply = client.post(rate_url(project, "undo"), follow=True).content.decode()
    assert "Took back your skip of this task (“Outside my expertise”)" in reply
    assert f'data-assignment="{second.pk}"' in reply
    reply = client.post(rate_url(project, "undo"), follow=True).content.decode()
    assert "Took back your judgment of this task" in reply


def test_the_script_hears_which_act_was_taken_back(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1)
    client = client_for(rui)
    skipped = skip(rui, project)
    reply = client.post(rate_url(project, "undo"), headers=JSON).json()
    assert (reply["took_back"], reply["task"]["id"], reply["values"]) == ("skip", skipped.pk, {})


def test_what_was_taken_back_and_judged_again_meanwhile_stays(
    project: Project, rui: User, make_tasks: MakeTasks, monkeypatch: pytest.MonkeyPatch
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    judge(rui, assignment, -1)
    read_before = last_act(rater=rui, project=project)
    undo_last(rater=rui, project=project)
    again = judge(rui, assignment, 2).judgment
    monkeypatch.setattr(judgments, "last_act", lambda **_: read_before)
    with pytest.raises(Conflict, match="taken back already"):
        undo_last(rater=rui, project=project)
    assert Judgment.objects.standing().get() == again
