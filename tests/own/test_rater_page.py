"""The page of one rater: what stands out, and what is talked over with them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from labeling.models import Prompt, TalkedOver, Task
from projects.models import AuditEvent, Membership, Project, User
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease, membership

HERE = "projects/support-answers/"


@pytest.fixture
def apart(project: Project, rui: User, sam: User, tao: User, make_tasks: MakeTasks) -> Membership:
    """Twelve tasks: rui takes the side that stands first on the screen, the others the longer."""
    make_tasks(project, 12, overlap=3, contents=("A long answer that goes on, {i}.", "No, {i}."))
    for rater in (rui, sam, tao):
        for _n in range(12):
            assignment = lease(rater, project)
            longer = min(assignment.task.response_ids)
            shown = assignment.task.response_ids[assignment.shown_order[0]]
            towards = -1 if rater == rui or shown == longer else 1
            judge(rater, assignment, 2 * towards, rationale="Rui's reason." * (rater == rui))
    return membership(rui, project)


def test_a_lead_reads_what_is_known_of_a_rater_and_marks_what_was_talked_over(
    apart: Membership, project: Project, lena: User, rui: User, api: CallAs,
    client_for: Callable[[User], Client],
):  # fmt: skip
    page = f"{HERE}raters/{apart.pk}/"
    data = api(lena).get(page).json()
    left = data["habits"]["left"]
    assert (left["figure"]["value"], left["figure"]["n"], left["expected"]) == (1.0, 12, 0.5)
    assert not left["stands_out"]  # twelve are too few to say so
    assert data["habits"]["ties"]["figure"]["value"] == 0
    assert data["habits"]["adjusted_agreement"]["n"] == 12
    assert data["gold_drift"]["change"] is None
    talk = data["talks"][0]
    assert (talk["agree"], talk["others"], talk["talked_over_at"]) == (0, 2, None)
    assert "What is" in talk["excerpt"]
    own = Membership.objects.filter(user=lena)
    for hides in (True, False):
        own.update(hides_votes=hides)
        assert bool(api(lena).get(page).json()["talks"]) != hides
    body = {"task": talk["task"]}
    for _twice in range(2):
        reply = api(lena).post(f"{page}talked-over/", body)
        assert (reply.status_code, reply.json()["talked_over"]) == (200, True)
    assert TalkedOver.objects.get().author == lena
    assert api(lena).get(page).json()["talks"][0]["talked_over_at"]
    client = client_for(lena)
    address = reverse("labeling:rater", args=[project.slug, apart.pk])
    html = client.get(address).content.decode()
    assert "talked over" in html
    assert "Rui&#x27;s reason." in html
    assert "What is" in html
    Prompt.objects.update(sensitivity=[{"topic": "violence", "severity": "severe"}])
    covered = client.get(address).content.decode()
    assert "What is" not in covered.partition('id="talks"')[2].partition('id="shown-title"')[0]
    assert "Covered: violence (severe)" in covered
    back = client.post(f"{address}talked-over/", {**body, "talked_over": "0"}, follow=True)
    assert "Noted as not talked over." in back.content.decode()
    assert not TalkedOver.objects.exists()
    verbs = AuditEvent.objects.filter(verb__contains="talked over").order_by("pk")
    assert [event.verb for event in verbs] == ["task talked over", "task not talked over"]


def test_a_task_that_the_rater_has_not_answered_cannot_be_talked_over(
    apart: Membership, project: Project, lena: User, make_tasks: MakeTasks, api: CallAs
):
    (other,) = make_tasks(project, 1, prefix="new")
    address = f"{HERE}raters/{apart.pk}/talked-over/"
    reply = api(lena).post(address, {"task": other.pk})
    assert (reply.status_code, "has not answered" in reply.json()["message"]) == (409, True)
    assert api(lena).post(address, {"task": other.pk + 1000}).status_code == 404


def test_no_example_is_shown_to_who_could_still_judge_it(
    apart: Membership, project: Project, vera: User, api: CallAs
):
    assert len(api(vera).get(f"{HERE}raters/{apart.pk}/").json()["talks"]) == 4
    Task.objects.update(overlap=4, open_slots=1)
    assert api(vera).get(f"{HERE}raters/{apart.pk}/").json()["talks"] == []
