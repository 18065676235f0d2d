"""Writing and reviewing at the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from labeling.models import Response, Writing
from projects.models import Project, User
from tests.browser.axe import serious
from tests.browser.desk import Desk, saved
from tests.conftest import MakeTasks
from tests.rating.test_writing import school

__all__ = ["school"]


@pytest.mark.walk
def test_a_text_is_written_taken_back_and_approved_with_edits_by_keyboard(
    page: Page,
    context: BrowserContext,
    live_server: Any,
    school: Project,
    rui: User,
    sam: User,
    sign_in: Callable[..., None],
    make_tasks: MakeTasks,
):
    make_tasks(school, 1, kind="write", contents=())
    sign_in(context, rui)
    desk = Desk(page, live_server.url, school).open()
    desk.press("Enter")
    expect(page.locator("#edit-error")).to_contain_text("nothing in it but spaces")
    page.keyboard.type("One and one is two.")
    expect(page.locator("[data-typed]")).to_have_text("19 characters")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Undo my last judgment").click()
    expect(page.locator("#desk [data-text]")).to_have_value("One and one is two.")
    page.wait_for_function("'scripted' in document.getElementById('judgment').dataset")
    page.keyboard.press("Control+Enter")
    (judgment,) = saved(page, 1)
    assert Writing.objects.get(judgment=judgment).typed == 19
    page.get_by_text("Nothing free just now").or_(page.get_by_text("All done here")).wait_for()
    context.clear_cookies()
    sign_in(context, sam)
    desk.open()
    desk.press("e", "ArrowDown", "6", "Enter")
    expect(page.locator("#edit-error")).to_contain_text("no word is changed")
    page.locator("#desk [data-text]").fill("One and one make two.")
    expect(page.locator("[data-difference] ins")).to_have_text("make ")
    assert serious(page) == []
    page.keyboard.press("Control+Enter")
    saved(page, 2)
    assert Response.objects.get(author=sam).content == "One and one make two."
