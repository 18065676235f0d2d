"""Stored HTML: rendered in time, outside transactions, and only of what is still the text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from labeling.models import Prompt, Response
from labeling.rating import texts
from labeling.rendering import RENDERER_VERSION, NotNow
from projects.models import Project, User
from tests.conftest import MakeTasks

ClientFor = Callable[[User], Client]
SCALA = '```scala\n"' + "\\" * 62 + "\n```"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What was asked of workers, a project at most once a minute."""
    asked: list[tuple[str, int]] = []
    monkeypatch.setattr(texts, "send_id", lambda task, pk: asked.append((task, pk)))
    monkeypatch.setattr(texts, "_asked", {})
    return asked


def rate_page(client: Client, project: Project) -> str:
    return client.get(f"/p/{project.slug}/rate/").content.decode()


def test_a_task_with_code_that_its_highlighter_never_ends_is_rated(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1, contents=(SCALA, "ok"))
    assert texts.render_some(project_id=project.pk) == 0
    html = rate_page(client_for(rui), project)
    assert html.count("\\" * 62) >= 1
    assert set(Response.objects.values_list("html_version", flat=True)) == {RENDERER_VERSION}


def test_a_page_does_not_wait_shows_its_responses_alike_and_asks_for_the_job(
    project: Project,
    rui: User,
    make_tasks: MakeTasks,
    client_for: ClientFor,
    sent: list[tuple[str, int]],
    monkeypatch: pytest.MonkeyPatch,
):
    make_tasks(project, 1, contents=("**first**", "**second**"))
    calls = []

    def busy(*_arguments: object, wall_seconds: float) -> str:
        calls.append(wall_seconds)
        if len(calls) > 1:
            raise NotNow
        return "<p>formatted</p>"

    monkeypatch.setattr(texts, "render_response", busy)
    client = client_for(rui)
    html = rate_page(client, project)
    assert "<p>formatted</p>" not in html
    assert html.count("This text is being formatted") == 2
    assert max(calls) <= texts.VIEW_SECONDS
    rate_page(client, project)
    assert sent == [("labeling.jobs.render_project", project.pk)]
    stored = Response.objects.filter(html_version=RENDERER_VERSION)
    assert [response.html for response in stored] == ["<p>formatted</p>"]
    monkeypatch.undo()
    monkeypatch.setattr(texts, "VIEW_SECONDS", 60.0)  # the machine has other tests to do
    assert "<strong>second</strong>" in rate_page(client, project)


def test_rendering_holds_no_lock_and_keeps_no_html_of_a_text_that_was_replaced_meanwhile(
    project: Project, make_tasks: MakeTasks, monkeypatch: pytest.MonkeyPatch
):
    make_tasks(project, 1, contents=("old", "kept"))
    outside = len(connection.savepoint_ids)

    def slow(content: str, messages: object, wall_seconds: float | None) -> str:
        assert len(connection.savepoint_ids) == outside
        Response.objects.filter(content="old").update(content="new")
        return f"<p>{content}</p>"

    monkeypatch.setattr(texts, "render_response", slow)
    texts.render_some(project_id=project.pk)
    assert dict(Response.objects.values_list("content", "html")) == {
        "new": "",
        "kept": "<p>kept</p>",
    }
    texts.render_some(project_id=project.pk)
    assert Response.objects.get(content="new").html == "<p>new</p>"


def test_texts_that_are_too_long_for_one_page_are_cut_alike(
    project: Project,
    rui: User,
    make_tasks: MakeTasks,
    client_for: ClientFor,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(texts, "MAX_PAGE_CHARS", 60_000)
    monkeypatch.setattr("labeling.rating.desk.MAX_PAGE_CHARS", 60_000)
    make_tasks(project, 1, contents=("word " * 8_000, "& " * 8_000))
    texts.render_some(project_id=project.pk)
    html = rate_page(client_for(rui), project)
    assert html.count("too long for one page") == 3
    assert html.count("would make the page too long") == 2
    assert Prompt.objects.get().html_version == RENDERER_VERSION
