"""Agreement by turn of conversations: on the page, by program and by command."""

from __future__ import annotations

from collections.abc import Callable

from django.core.management import call_command
from django.test import Client

from labeling.models import Task
from projects.models import Project, User
from tests.api.client import Api
from tests.conftest import MakeTasks, judge, lease


def test_raters_agree_less_at_later_turns(
    project: Project,
    lena: User,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    client_for: Callable[[User], Client],
    capsys,
):
    for place, task in enumerate(make_tasks(project, 8, overlap=2)):
        task.prompt.conversation, task.prompt.turn = f"c{place // 2}", place % 2 + 1
        task.prompt.save()
    for user in (rui, sam):
        for _ in range(8):
            assignment = lease(user, project)
            turn = Task.objects.get(pk=assignment.task_id).prompt.turn
            towards = -1 if turn == 1 or user == rui else 1
            first = assignment.shown_order[0] == 0
            judge(user, assignment, towards if first else -towards)
    figures = Api(lena).get(f"projects/{project.slug}/agreement/").json()["criteria"]["overall"]
    first, second = figures["turns"]
    assert [(turn["turn"], turn["judged"]) for turn in (first, second)] == [(1, 4), (2, 4)]
    assert (first["agreement"]["value"], second["agreement"]["value"]) == (1.0, 0.0)
    assert first["agreement"]["n"] == 4
    assert second["agreement"]["high"] > 0
    page = client_for(lena).get(f"/p/{project.slug}/agreement/").content.decode()
    assert "By turn of the conversation" in page
    call_command("agreement", project.slug)
    assert "turn 2: same answer" in capsys.readouterr().out


def test_without_conversations_nothing_is_told_by_turn(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    judge(rui, lease(rui, project))
    figures = Api(lena).get(f"projects/{project.slug}/agreement/").json()["criteria"]["overall"]
    assert figures["turns"] == []
