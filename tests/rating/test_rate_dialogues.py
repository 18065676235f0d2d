"""Tool dialogues, reasoning and empty answers: at the desk, in the API, on the lead's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from labeling.models import Response, Task
from projects.models import Project, User
from tests.api.client import CallAs
from tests.conftest import MakeTasks

CALL = {"id": "toolu_7", "type": "function", "function": {"name": "lookup", "arguments": '{"q":1}'}}
CALLING = {"role": "assistant", "content": "", "name": "gpt-4", "tool_calls": [CALL]}
RESULT = {"role": "tool", "content": "7-21", "tool_call_id": "toolu_7", "name": "lookup"}
SAID = {"role": "assistant", "content": "From 7 to 21.", "reasoning_content": "It says so."}


@pytest.fixture
def dialogue(project: Project, make_tasks: MakeTasks) -> Task:
    """One comparison of a tool dialogue with an empty answer; its prompt has a call too."""
    (task,) = make_tasks(project, 1, contents=("From 7 to 21.", ""))
    long = Response.objects.get(content=SAID["content"])
    long.messages = [{**CALLING, "tool_calls": [{**CALL, "id": "toolu_9"}]}, RESULT, SAID]
    long.save()
    task.prompt.messages = [*task.prompt.messages, CALLING, RESULT]
    task.prompt.save()
    return task


def test_a_rater_sees_calls_results_and_reasoning_and_no_name_of_a_model(
    project: Project, dialogue: Task, rui: User, client_for: Callable[[User], Client]
):
    page = client_for(rui).get(reverse("labeling:rate", args=[project.slug])).content.decode()
    for shown in ("lookup", "Result: lookup", "7-21", "Reasoning, 3 words", "It says so."):
        assert shown in page
    assert "The model answered nothing." in page
    assert "toolu" not in page
    assert "gpt-4" not in page


def test_as_written_shows_all_of_it(
    project: Project, dialogue: Task, rui: User, client_for: Callable[[User], Client]
):
    page = client_for(rui).get(reverse("labeling:rate", args=[project.slug])).content.decode()
    raw = page.split('<pre class="raw"')
    assert len(raw) == 3  # the prompt and the response that says something
    assert any("[Call: lookup]" in text and "[Reasoning]\nIt says so." in text for text in raw)


def test_the_api_gives_the_turns_with_numbers_for_ids(
    project: Project, dialogue: Task, rui: User, api: CallAs
):
    reply = api(rui).post(f"projects/{project.slug}/next/")
    task: dict[str, Any] = reply.json()["task"]
    assert [turn["role"] for turn in task["messages"]] == ["user", "assistant", "tool"]
    assert task["messages"][1]["tool_calls"] == [{**CALL, "id": "1"}]
    assert task["messages"][2]["tool_call_id"] == "1"
    (long,) = [response for response in task["responses"] if response["messages"]]
    (empty,) = [response for response in task["responses"] if not response["messages"]]
    assert (long["content"], empty["content"]) == ("From 7 to 21.", "")
    assert long["messages"][0]["tool_calls"][0]["id"] == "2"
    assert long["messages"][2]["reasoning_content"] == "It says so."
    body = reply.content.decode()
    assert "gpt-4" not in body
    assert "toolu" not in body


def test_a_lead_sees_the_turns_and_that_a_model_answered_nothing(
    project: Project, dialogue: Task, lena: User, client_for: Callable[[User], Client]
):
    page = client_for(lena).get(reverse("labeling:task", args=[project.slug, dialogue.pk]))
    text = page.content.decode()
    assert "Result: lookup" in text
    assert "The model answered nothing." in text


def test_an_empty_answer_can_be_judged(project: Project, dialogue: Task, rui: User, api: CallAs):
    leased = api(rui).post(f"projects/{project.slug}/next/").json()
    sent = {"answers": {"overall": -1}}
    assert api(rui).post(f"assignments/{leased['id']}/judgment/", sent).status_code == 201
