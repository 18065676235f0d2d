"""Logging out: what waits is sent, texts go, and what comes too late is said to be late."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from labeling.models import Assignment, LateAnswer
from labeling.vocabulary import AssignmentState
from projects.models import Membership, User
from tests.browser.desk import Desk, saved
from tests.browser.test_rate_shared import kept
from tests.conftest import PASSWORD, MakeTasks

pytestmark = pytest.mark.django_db(transaction=True)

ENTRIES = """() => Object.keys(localStorage).filter((name) => name.includes(":outbox:"))
    .map((name) => JSON.parse(localStorage.getItem(name)))"""


def log_out(page: Page) -> None:
    page.locator("details.menu > summary").click()
    page.get_by_role("button", name="Log out").click()


@pytest.mark.walk
def test_logging_out_keeps_what_cannot_be_sent_alone_and_says_so(
    desk: Desk, context: BrowserContext, rui: User, make_tasks: MakeTasks
):
    make_tasks(desk.project, 3)
    desk.ready()
    page = desk.page
    page.route("**/submit/", lambda route: route.abort())
    desk.press("2")
    desk.leave()
    log_out(page)
    again = page.get_by_role("button", name="1 answer could not be sent. Log out anyway?")
    expect(again).to_be_visible()
    assert kept(page, ":outbox:") == 1
    again.click()
    page.wait_for_url("**/login/**")
    (entry,) = page.evaluate(ENTRIES)
    assert not entry.keys() & {"about", "words"}
    expect(page.locator("#messages")).to_contain_text(f"1 answer of {rui.name} waits")
    page.unroute("**/submit/")
    page.get_by_label("E-mail").fill(rui.email or "")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    assert saved(page, 1)[0].rater == rui


@pytest.mark.walk
def test_logging_out_without_a_connection_keeps_the_answer_and_shows_no_text(
    desk: Desk, context: BrowserContext, rui: User, make_tasks: MakeTasks
):
    make_tasks(desk.project, 3)
    desk.ready()
    page = desk.page
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    desk.press("2")
    desk.leave()
    log_out(page)
    page.get_by_role("button", name="1 answer could not be sent. Log out anyway?").click()
    expect(page.locator("#content > [role=alert]")).to_contain_text("still logged in here")
    expect(page.locator("details.menu[open]")).to_have_count(0)
    expect(page.locator("#content")).not_to_contain_text("prompt")
    (entry,) = page.evaluate(ENTRIES)
    assert not entry.keys() & {"about", "words"}


@pytest.mark.walk
def test_logging_out_sends_what_waits_and_leaves_no_text_in_any_tab(
    desk: Desk, context: BrowserContext, rui: User, make_tasks: MakeTasks
):
    make_tasks(desk.project, 3)
    desk.ready()
    page = desk.page
    other = context.new_page()
    other.goto(desk.url)
    page.bring_to_front()
    page.route("**/submit/", lambda route: route.abort())
    desk.press("2")
    desk.leave()
    desk.press("1")
    page.wait_for_function("() => Object.keys(localStorage).some((key) => key.includes(':draft:'))")
    page.unroute("**/submit/")
    log_out(page)
    page.wait_for_url("**/login/**")
    assert saved(page, 1)[0].rater == rui
    other.wait_for_url("**/login/**")
    assert page.evaluate("() => Object.keys(localStorage)") == []
    assert not Assignment.objects.filter(state=AssignmentState.LEASED).exists()


@pytest.mark.walk
def test_who_was_removed_is_told_that_the_answer_came_late(
    desk: Desk, rui: User, make_tasks: MakeTasks
):
    make_tasks(desk.project, 3)
    desk.ready()
    Membership.objects.filter(project=desk.project, user=rui).delete()
    desk.press("2")
    desk.leave()
    notice = desk.page.locator("#refusals .notice.warn")
    expect(notice).to_contain_text("Your answer is kept there as a late one")
    assert LateAnswer.objects.count() == 1
    assert kept(desk.page) == 0
