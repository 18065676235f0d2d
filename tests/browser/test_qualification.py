"""Training and qualification in a browser: from the steps to the desk and back, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from labeling.models import StageAnswer
from labeling.vocabulary import Purpose
from projects.models import Project, User
from tests.browser.axe import serious
from tests.conftest import MakeTasks
from tests.teaching.test_qualification import SITE, make_stage, turn_on

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk]


def test_a_rater_trains_and_begins_to_qualify_by_keyboard(
    page: Page,
    context: BrowserContext,
    live_server: Any,
    sign_in: Callable[..., None],
    project: Project,
    rui: User,
    make_tasks: MakeTasks,
):
    tasks = make_tasks(project, 5)
    make_stage(project, tasks[1:2], Purpose.TRAINING)
    make_stage(project, tasks[2:], Purpose.QUALIFICATION)
    turn_on(project, training_tasks=1, qualification_tasks=3)
    sign_in(context, rui)
    page.goto(f"{live_server.url}{SITE}rate/")
    expect(page.get_by_role("heading", name="First some training")).to_be_visible()
    expect(page.locator("li.now")).to_have_text("Train, with the answer after each task 0 of 1")
    assert list(serious(page)) == []
    page.keyboard.press("Enter")
    expect(page.locator("#judged")).to_have_text("0 of 1")
    page.locator("form[data-scripted]").wait_for()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Now the qualification")).to_be_visible()
    expect(page.get_by_text("The second invents a figure.")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#judged")).to_have_text("0 of 3")
    page.locator("form[data-scripted]").wait_for()
    page.keyboard.press("1")
    with page.expect_response("**/submit/") as reply:
        page.keyboard.press("Enter")
    reply.value.finished()
    expect(page.locator("#judged")).to_have_text("1 of 3")
    expect(page.get_by_text("The second invents a figure.")).to_have_count(0)
    assert StageAnswer.objects.filter(stage="qualification").count() == 1
