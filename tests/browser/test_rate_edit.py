"""Improving the response that is preferred, at the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from labeling.models import Response, Writing
from projects.models import Project, User
from tests.browser.axe import serious
from tests.browser.desk import Desk, saved
from tests.conftest import MakeTasks
from tests.rating.test_edit_winner import edited

__all__ = ["edited"]


def paste(page: Page, words: str) -> None:
    """Pastes words that were copied somewhere else."""
    page.evaluate("words => navigator.clipboard.writeText(words)", words)
    page.keyboard.press("Control+v")


def test_the_winner_is_improved_sent_taken_back_and_left_as_it_was_by_keyboard(
    page: Page,
    context: BrowserContext,
    live_server: Any,
    edited: Project,
    rui: User,
    sign_in: Callable[..., None],
    make_tasks: MakeTasks,
):
    Project.objects.update(allow_paste=False)
    make_tasks(edited, 2)
    sign_in(context, rui)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk = Desk(page, live_server.url, edited).ready()
    expect(page.locator("[data-improve]")).to_be_disabled()
    desk.press("a", "i")
    text = page.locator("textarea[name='edit.A']")
    expect(text).to_be_focused()
    original = text.input_value()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Surely.")
    expect(page.locator("[data-difference] ins")).to_have_text("Surely.")
    paste(page, "Certainly!")
    expect(page.locator("#edit-error")).to_contain_text("no pasted text")
    expect(text).to_have_value(f"{original} Surely.")
    assert serious(page) == []
    desk.reload()
    expect(text).to_have_value(f"{original} Surely.")
    first = desk.assignment
    desk.press("b", "Enter")
    expect(page.locator("#edit-error")).to_contain_text("You edited A and no longer prefer it.")
    desk.press("Escape", "a")
    with page.expect_response("**/submit/"):
        desk.leave()
    desk.press("z")
    expect(page.locator("#task")).to_have_attribute("data-assignment", str(first))
    expect(text).to_have_value(f"{original} Surely.")
    with page.expect_response("**/submit/"):
        desk.leave()
    (judgment,) = saved(page, 1)
    assert Response.objects.get(judgment=judgment).content == f"{original} Surely."
    assert Writing.objects.get(judgment=judgment).typed == len(" Surely.")
    desk.press("b", "i")
    page.locator("textarea[name='edit.B']").press("Escape")
    desk.press("l")
    (_, left) = saved(page, 2)
    assert Writing.objects.get(judgment=left).distance == 0
    assert Response.objects.filter(judgment__isnull=False, author=rui).count() == 2
