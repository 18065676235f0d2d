"""What a lead sees of conversations: the turns beside a task, and places that wait for nobody."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client
from django.utils.http import urlencode

from labeling.lead.overview.selectors import project_progress
from labeling.lead.tasks.filters import TaskFilter
from labeling.lead.tasks.stretches import read_on
from labeling.lead.withdrawals.services import (
    request_withdrawal,
    run_withdrawal,
    withdraw_task,
)
from labeling.models import Task
from projects.models import Project, User
from tests.api.client import Api
from tests.conftest import lease
from tests.imports import conftest as imports
from tests.imports.test_import_conversations import LINE
from tests.rating.test_branches import choose

take = imports.take


def test_a_turns_page_leads_to_the_turns_beside_it(
    take, project: Project, lena: User, client_for: Callable[[User], Client]
):
    take(LINE)
    ids = dict(Task.objects.values_list("external_id", "pk"))

    def page(name: str) -> str:
        return client_for(lena).get(f"/p/{project.slug}/tasks/{ids[name]}/").content.decode()

    def link(name: str) -> str:
        return f'/tasks/{ids[name]}/" rel='

    assert link("c1-2-a") in page("c1-1")
    assert link("c1-2-b") in page("c1-1")
    middle = page("c1-2-a")
    assert link("c1-1") in middle
    assert link("c1-3-b2") in middle
    assert link("c1-2-b") not in middle
    assert "of the turn before" in middle


def test_the_turns_of_a_conversation_are_listed_by_its_name_and_from_the_page_of_each(
    take, project: Project, lena: User, client_for: Callable[[User], Client]
):
    name = '<b>c&1"</b>'
    take({**LINE, "conversation": name}, {**LINE, "conversation": "c9"})
    client, api = client_for(lena), Api(lena)
    task = Task.objects.get(external_id=f"{name}-2-a")
    page = client.get(f"/p/{project.slug}/tasks/{task.pk}/").content.decode()
    (query,) = re.findall(r'href="[^"]*/tasks/[?]([^"]*conversation=[^"]*)"', page)
    page = client.get(f"/p/{project.slug}/tasks/?{query.replace('&amp;', '&')}").content.decode()
    assert page.count('scope="row"') == 4
    assert name not in page
    assert "turn 3" in page
    query = urlencode({"conversation": name})
    listed = api.get(f"projects/{project.slug}/tasks/?{query}").json()["results"]
    assert [(row["turn"], row["follows"]) for row in listed][:2] == [
        (1, None),
        (2, task.follows_id),
    ]
    assert {row["conversation"] for row in listed} == {name}
    many = {"overlap": 3, "selection": {"conversation": name}}
    assert api.post(f"projects/{project.slug}/task-changes/", many).json()["selection"] == {
        "conversation": name
    }
    walked = read_on(project, TaskFilter(conversation=name), start=0, size=50)
    assert (len(walked.tasks), walked.next_from) == (4, None)


def test_places_of_turns_that_nobody_chose_wait_for_nobody_and_are_not_wanted(
    take, project: Project, lena: User, rui: User, sam: User, client_for: Callable[[User], Client]
):
    take(LINE, overlap=2)
    progress = project_progress(project)
    assert (progress.wanted, progress.unclaimed) == (8, 0), "all of them may yet be reached"
    for user in (rui, sam):
        choose(user, lease(user, project), "a")
    progress = project_progress(project)
    assert (progress.wanted, progress.unclaimed, progress.left) == (6, 2, 4)
    choose(rui, lease(rui, project), "a2")
    choose(sam, lease(sam, project), "b2")
    choose(sam, lease(sam, project), "a3")
    progress = project_progress(project)
    assert (progress.wanted, progress.unclaimed, progress.left) == (5, 3, 0)
    assert progress.percent == 100
    body = Api(lena).get(f"projects/{project.slug}/progress/").json()
    assert (body["unclaimed"], body["left"]) == (3, 0)
    page = client_for(lena).get(f"/p/{project.slug}/").content.decode()
    assert "3 places of later turns, which wait for nobody" in page


def test_a_withdrawn_turn_takes_with_it_the_turns_whose_prompts_hold_it_and_brings_them_back(
    take, project: Project, lena: User, rui: User, client_for: Callable[[User], Client]
):
    take(LINE, overlap=2)
    ids = dict(Task.objects.values_list("external_id", "pk"))
    choose(rui, lease(rui, project), "a")
    client, api = client_for(lena), Api(lena)
    address = f"/p/{project.slug}/tasks/{ids['c1-1']}/"
    assert "later turns of its conversation go with it" in client.get(address).content.decode()
    page = client.post(f"{address}withdraw/", {"reason": "Unclear."}, follow=True)
    assert "3 later turns of its conversation" in page.content.decode()
    assert not Task.objects.in_play().exists()
    progress = project_progress(project)
    assert (progress.wanted, progress.unclaimed, progress.left) == (0, 0, 0)
    task = f"projects/{project.slug}/tasks/{ids['c1-1']}"
    assert api.post(f"{task}/put-back/").json()["later_turns"] == 3
    assert lease(rui, project).task.external_id == "c1-2-a"
    # What was withdrawn by itself stays out, and many at once go the same way.
    withdraw_task(task=Task.objects.get(external_id="c1-2-b"), actor=lena, reason="Wrong.")
    assert api.post(f"{task}/withdraw/", {"reason": "Unclear."}).json()["later_turns"] == 2
    assert api.post(f"{task}/put-back/").json()["later_turns"] == 2
    many = request_withdrawal(
        project=project, actor=lena, selection=TaskFilter(search="c1-1"), reason="All."
    )
    run_withdrawal(many.pk)
    assert not Task.objects.in_play().exists()
