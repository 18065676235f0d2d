"""Nothing is lost: drafts, undo, double presses, a lost connection, time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import APIResponse, BrowserContext, Route, expect

from labeling.models import Assignment, Judgment
from labeling.vocabulary import AssignmentState
from projects.models import User
from tests.browser.desk import Desk, primary_value, saved, wait_for_empty_storage
from tests.conftest import MakeTasks, judge, lease

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_draft_survives_a_reload(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 2)
    desk.open()
    desk.press("7", "r")
    desk.page.keyboard.type("not yet done")
    desk.press("Escape")
    desk.page.locator("[data-pop=flags] summary").click()
    desk.page.get_by_label("Wrong language").check()
    desk.reload()
    assert desk.checked() == "3"
    assert desk.page.locator("#rationale").input_value() == "not yet done"
    expect(desk.page.locator("[data-pop=flags] summary")).to_contain_text("1 flag")
    assert not Judgment.objects.exists()


def test_a_draft_is_gone_once_the_answer_is_there(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 3)
    desk.ready()
    desk.press("7")
    desk.leave()
    saved(desk.page, 1)
    wait_for_empty_storage(desk.page)


def test_undo_opens_the_last_task_as_it_was(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 3)
    desk.ready()
    desk.press("3", "r")
    desk.page.keyboard.type("hm")
    desk.press("Escape")
    first = desk.leave()
    saved(desk.page, 1)
    second = desk.assignment
    desk.press("5")
    desk.press("z")
    expect(desk.page.locator("#task")).to_have_attribute("data-assignment", str(first))
    assert (desk.checked(), desk.page.locator("#rationale").input_value()) == ("-1", "hm")
    expect(desk.page.locator("#judged")).to_have_text("0 judged")
    desk.press("7")
    desk.leave()
    # What had been chosen on the task in between is still there.
    assert (desk.assignment, desk.checked()) == (second, "1")
    (judgment,) = saved(desk.page, 1)
    assert judgment.assignment_id == first
    assert primary_value(judgment) in (-3, 3)


def test_a_double_press_submits_once(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 3)
    desk.ready()
    desk.press("1")
    desk.page.locator("#submit").dblclick()
    desk.page.wait_for_timeout(300)
    saved(desk.page, 1)
    expect(desk.page.locator(".error:visible")).to_have_count(0)


def test_offline_for_a_while_loses_nothing(
    desk: Desk, context: BrowserContext, make_tasks: MakeTasks
):
    make_tasks(desk.project, 4)
    desk.ready()
    context.set_offline(True)
    desk.press("1")
    first = desk.leave()
    desk.press("7")
    second = desk.assignment
    desk.press("Enter")
    banner = desk.page.locator("#banner")
    expect(banner).to_contain_text("2 answers waiting for the connection; nothing is lost.")
    assert not Judgment.objects.exists()
    context.set_offline(False)
    expect(banner).to_be_hidden()
    assert {judgment.assignment_id for judgment in saved(desk.page, 2)} == {first, second}
    expect(desk.page.locator("#task")).not_to_have_attribute("data-assignment", str(second))
    desk.press("4")
    desk.leave()
    saved(desk.page, 3)


def test_a_panel_closes_with_the_answer_that_was_sent_from_it(
    desk: Desk, make_tasks: MakeTasks, context: BrowserContext
):
    make_tasks(desk.project, 1)
    desk.open()
    context.set_offline(True)
    desk.press("1", "r")
    desk.page.keyboard.type("because")
    desk.press("Control+Enter")
    expect(desk.page.locator("#banner")).to_contain_text("1 answer waiting")
    expect(desk.page.locator("[data-pop=reason] .sheet")).to_be_hidden()
    context.set_offline(False)
    saved(desk.page, 1)


def test_an_answer_that_waits_survives_a_reload(
    desk: Desk, context: BrowserContext, make_tasks: MakeTasks
):
    make_tasks(desk.project, 3)
    desk.ready()
    desk.page.route("**/submit/", lambda route: route.abort())
    desk.press("2")
    first = desk.leave()
    expect(desk.page.locator("#banner")).to_contain_text("1 answer waiting")
    desk.page.unroute("**/submit/")
    desk.reload()
    assert saved(desk.page, 1)[0].assignment_id == first
    # The task whose answer was on its way is not asked for again.
    expect(desk.page.locator("#task")).not_to_have_attribute("data-assignment", str(first))


def test_an_answer_whose_reply_was_lost_is_stored_once(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 3)
    desk.ready()
    seen: list[str] = []

    def lose_the_first_reply(route: Any) -> None:
        seen.append(route.request.post_data)
        response = route.fetch()
        if len(seen) == 1:
            route.abort()
        else:
            route.fulfill(response=response)

    desk.page.route("**/submit/", lose_the_first_reply)
    desk.press("2")
    desk.leave()
    wait_for_empty_storage(desk.page)
    assert len(seen) == 2
    saved(desk.page, 1)


def test_an_undo_before_the_answer_was_sent_needs_no_connection(
    desk: Desk, context: BrowserContext, make_tasks: MakeTasks
):
    make_tasks(desk.project, 3)
    desk.ready()
    context.set_offline(True)
    desk.press("2")
    first = desk.leave()
    expect(desk.page.locator("#banner")).to_be_visible()
    desk.press("z")
    expect(desk.page.locator("#task")).to_have_attribute("data-assignment", str(first))
    assert desk.checked() == "-2"
    context.set_offline(False)
    desk.page.wait_for_timeout(500)
    assert not Judgment.objects.exists()


def test_a_refused_answer_is_told_in_words(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 3)
    desk.ready()
    Assignment.objects.filter(pk=desk.assignment).update(state=AssignmentState.SKIPPED)
    desk.press("2")
    desk.leave()
    expect(desk.page.locator("#refusals")).to_contain_text("You have skipped this task")
    expect(desk.page.locator("#judged")).to_have_text("0 judged")


@pytest.mark.walk
def test_logged_out_meanwhile_keeps_the_answer(
    desk: Desk,
    context: BrowserContext,
    rui: User,
    sign_in: Callable[..., None],
    make_tasks: MakeTasks,
):
    make_tasks(desk.project, 3)
    desk.ready()
    context.clear_cookies(name="sessionid")
    desk.press("2")
    desk.leave()
    expect(desk.page.locator("#banner")).to_contain_text("You are logged out")
    sign_in(context, rui)
    saved(desk.page, 1)
    expect(desk.page.locator("#banner")).to_be_hidden()


@pytest.mark.walk
def test_idle_time_is_not_active_time(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 2)
    desk.page.clock.install()
    desk.ready()
    before = timezone.now() - timedelta(hours=1)
    Assignment.objects.update(created_at=before, opened_at=before)
    desk.page.clock.fast_forward(10_000)
    desk.page.mouse.move(200, 200)
    desk.page.clock.fast_forward(100_000)
    desk.page.mouse.move(210, 210)
    desk.press("1")
    desk.leave()
    (judgment,) = saved(desk.page, 1)
    assert 38_000 <= judgment.active_ms <= 45_000
    assert 68_000 <= judgment.idle_ms <= 75_000


@pytest.mark.walk
def test_a_tab_that_stays_open_over_a_weekend_can_still_submit(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 2)
    desk.page.clock.install()
    desk.ready()
    desk.press("1")
    desk.page.clock.fast_forward(62 * 3600 * 1000)
    desk.page.mouse.move(210, 210)
    desk.leave()
    (judgment,) = saved(desk.page, 1)
    # The clock of the browser has gone far ahead of the server's, which cuts and says so.
    assert (judgment.times_cut, judgment.idle_ms < 600_000) == (True, True)
    wait_for_empty_storage(desk.page)


def test_leaving_gives_back_the_prepared_task(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 2)
    desk.ready()
    prepared = Assignment.objects.exclude(pk=desk.assignment).get()
    desk.page.goto("about:blank")
    for _ in range(600):
        prepared.refresh_from_db()
        if prepared.state == AssignmentState.EXPIRED:
            break
        desk.page.wait_for_timeout(50)
    assert prepared.state == AssignmentState.EXPIRED


@pytest.mark.walk
def test_an_error_with_one_answer_does_not_hold_up_the_others(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 4)
    desk.ready()
    broken = desk.assignment
    desk.page.route(f"**/{broken}/submit/", lambda route: route.fulfill(status=500, body="oops"))
    desk.press("1")
    desk.leave()
    desk.press("2", "Enter")
    assert saved(desk.page, 1)[0].assignment_id != broken
    expect(desk.page.locator("#banner")).to_contain_text("1 answer waiting")
    desk.page.unroute(f"**/{broken}/submit/")
    assert broken in {judgment.assignment_id for judgment in saved(desk.page, 2)}


@pytest.mark.walk
def test_a_reservation_that_ran_out_is_told(
    desk: Desk, sam: User, tao: User, make_tasks: MakeTasks
):
    make_tasks(desk.project, 1, overlap=1)
    desk.open()
    desk.page.wait_for_load_state("networkidle")
    Assignment.objects.update(state=AssignmentState.EXPIRED)
    judge(sam, lease(sam, desk.project))
    desk.press("1", "Enter")
    # Here, or on the page that says that there is nothing else.
    notice = desk.page.locator("#refusals:has(.notice), #messages:has(.notice)")
    expect(notice).to_contain_text("other raters have completed it")
    assert Judgment.objects.get().rater == sam


@pytest.mark.walk
def test_a_prepared_task_that_comes_late_is_not_shown_again(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 3)
    late: list[tuple[Route, APIResponse]] = []

    def hold_the_first(route: Route) -> None:
        if late:
            route.continue_()
        else:
            late.append((route, route.fetch()))

    desk.page.route("**/prepare/", hold_the_first)
    desk.open()
    for count in (1, 2):
        desk.press("1")
        desk.leave()
        saved(desk.page, count)
    route, response = late[0]
    with desk.page.expect_response("**/prepare/"):
        route.fulfill(response=response)
    desk.press("1", "Enter")
    saved(desk.page, 3)
    expect(desk.page.get_by_role("heading", name="All done here")).to_be_visible()
