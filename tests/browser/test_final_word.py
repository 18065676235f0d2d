"""The final word on the page of a task, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from labeling.models import Judgment
from projects.models import Project, User
from tests.conftest import MakeTasks

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_task_is_settled_by_keyboard_and_enter_on_a_link_follows_it(
    page: Page,
    context: BrowserContext,
    live_server: Any,
    project: Project,
    vera: User,
    make_tasks: MakeTasks,
    sign_in: Callable[..., None],
):
    (task,) = make_tasks(project, 1)
    sign_in(context, vera)
    page.goto(f"{live_server.url}/p/{project.slug}/tasks/{task.pk}/")
    bar = page.get_by_role("form", name="Your final word")
    page.keyboard.press("Shift+Digit2")
    expect(bar.get_by_role("radio").nth(1)).to_be_checked()
    page.keyboard.press("r")
    expect(bar.get_by_label("What decided it?")).to_be_focused()
    page.keyboard.type("It says why.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Your final word is kept beside the votes.")).to_be_visible()
    expect(page.locator("#final-words")).to_contain_text("It says why.")
    word = Judgment.objects.final_words().get()
    assert (word.rater, word.rationale) == (vera, "It says why.")
    assert 0 < word.active_ms < 60_000
    page.get_by_role("link", name="All tasks").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/p/{project.slug}/tasks/")
