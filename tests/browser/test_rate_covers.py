"""Covered texts at the keyboard, and the pause that the desk proposes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from projects.models import Project
from tests.browser.axe import serious
from tests.browser.desk import HEARS_KEYS, Desk
from tests.conftest import MakeTasks
from tests.wellbeing.test_topics import touch

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk]


def test_texts_are_opened_by_keys_and_come_covered_with_the_next_task(
    desk: Desk, project: Project, make_tasks: MakeTasks
) -> None:
    touch(make_tasks(project, 3))
    page = desk.page
    desk.ready()
    covers = page.locator("details.cover")
    expect(covers).to_have_count(3)
    texts = page.locator("#task .formatted")
    expect(texts.locator("visible=true")).to_have_count(0)
    assert not serious(page)
    desk.press("[")
    expect(texts.nth(1)).to_be_visible()
    desk.press("]", "[")
    expect(texts.nth(1)).to_be_hidden()
    expect(texts.nth(2)).to_be_visible()
    desk.press("Shift+p")
    expect(texts.nth(0)).to_be_visible()
    desk.press("Shift+p")
    expect(texts.nth(0)).to_be_hidden()
    desk.press("Shift+v")
    expect(texts.locator("visible=true")).to_have_count(3)
    assert not serious(page)
    desk.press("1")
    desk.leave()
    expect(covers).to_have_count(3)
    expect(texts.locator("visible=true")).to_have_count(0)
    # What is told of the next task is no covered text.
    expect(page.locator("#announcer")).to_contain_text("Covered: violence (severe)")


def test_a_pause_is_proposed_after_unbroken_work_and_costs_no_answer(
    desk: Desk, project: Project, make_tasks: MakeTasks
) -> None:
    make_tasks(project, 1)
    Project.objects.filter(pk=project.pk).update(
        break_minutes=2, support_url="https://help.example"
    )
    page = desk.page
    page.clock.install()
    page.goto(desk.url)
    page.wait_for_function(HEARS_KEYS)
    desk.press("2")
    with page.expect_response(re.compile(r"js/rating/pause")):
        page.clock.fast_forward(61_000)
    notice = page.locator("[data-about=pause]")
    expect(notice).to_have_count(0)
    for _ in range(2):
        page.clock.fast_forward(40_000)
        page.wait_for_timeout(50)
        page.mouse.move(100, 100)
        page.mouse.move(200, 200)
    expect(notice).to_contain_text("without a break")
    expect(notice.get_by_role("link")).to_have_attribute("href", "https://help.example")
    assert desk.checked() is not None
    notice.get_by_role("button").click()
    expect(notice).to_have_count(0)
    assert desk.checked() is not None
