"""Answers that wait belong to a person: kept through log-outs, others' log-ins and refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from labeling.models import Assignment, Judgment
from labeling.vocabulary import AssignmentState
from projects.models import Criterion, Project, User
from tests.browser.desk import Desk, primary_value, saved, wait_for_empty_storage
from tests.conftest import MakeTasks, judge, lease

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[..., None]
FILL_THE_STORAGE = """() => { Storage.prototype.setItem = () => {
    throw new DOMException("full", "QuotaExceededError"); }; }"""
COUNT = "(part) => Object.keys(localStorage).filter((name) => name.includes(part)).length"


def kept(page: Page, part: str = ":outbox:") -> int:
    """How many names in the browser's storage hold this."""
    count: int = page.evaluate(COUNT, part)
    return count


def answer_offline(desk: Desk, context: BrowserContext, count: int = 2) -> None:
    """Answers that wait: the connection is back only after nobody is logged in any more."""
    desk.ready()
    context.set_offline(True)
    for number in range(1, count + 1):
        desk.press("1", "Enter")
        expect(desk.page.locator("#banner")).to_contain_text(f"{number} answer")
        if number < count:
            desk.page.wait_for_timeout(50)
    context.clear_cookies(name="sessionid")
    context.set_offline(False)


@pytest.mark.walk
def test_a_second_log_in_keeps_the_answers_of_the_first_and_says_whose_they_are(
    desk: Desk,
    context: BrowserContext,
    rui: User,
    sam: User,
    sign_in: SignIn,
    make_tasks: MakeTasks,
):
    User.objects.filter(pk=rui.pk).update(name="Rui <img src=x onerror=alert(1)>")
    make_tasks(desk.project, 6)
    answer_offline(desk, context)
    assert kept(desk.page) == 2
    sign_in(context, sam)
    other = context.new_page()
    other.goto(desk.url)
    line = other.locator("#messages .notice")
    expect(line.locator("div")).to_have_text(
        "2 answers of Rui <img src=x onerror=alert(1)> wait in this browser. Nothing is lost: "
        "they are sent when Rui <img src=x onerror=alert(1)> logs in here again."
    )
    line.get_by_role("button", name="Dismiss").click()
    other.reload()
    expect(line).to_have_count(0)
    # The page that the first one left open neither sends them nor loses them.
    desk.page.bring_to_front()
    desk.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(desk.page.locator("#banner")).to_contain_text(f"{sam.name} is logged in")
    expect(desk.page.locator("#banner")).to_contain_text("2 answers of yours wait here")
    assert kept(desk.page) == 2
    assert not Judgment.objects.exists()
    # The first one is back, on any page.
    desk.page.close()
    sign_in(context, rui)
    other.goto(desk.url.removesuffix(f"p/{desk.project.slug}/rate/"))
    assert {judgment.rater for judgment in saved(other, 2)} == {rui}
    expect(line).to_have_count(0)
    wait_for_empty_storage(other)


def test_undo_on_a_page_left_open_never_takes_back_anothers_judgment(
    desk: Desk,
    context: BrowserContext,
    sam: User,
    sign_in: SignIn,
    make_tasks: MakeTasks,
):
    make_tasks(desk.project, 3)
    desk.ready()
    judge(sam, lease(sam, desk.project))
    sign_in(context, sam)
    desk.press("z")
    expect(desk.page.locator("#refusals")).to_contain_text(f"{sam.name} is logged in")
    saved(desk.page, 1)


def test_answers_that_a_project_does_not_take_just_now_are_kept_until_it_does(
    desk: Desk, make_tasks: MakeTasks
):
    make_tasks(desk.project, 3)
    desk.ready()
    page = desk.page
    denied = {"code": "forbidden", "message": "Not now.", "fields": {}}
    page.route("**/submit/", lambda route: route.fulfill(status=403, json=denied))
    desk.press("2")
    desk.leave()
    banner = page.locator("#banner")
    expect(banner).to_contain_text("1 answer of yours is kept here")
    page.goto(desk.url.removesuffix(f"p/{desk.project.slug}/rate/"))
    notice = page.locator("#messages .notice", has_text="1 answer of yours is kept here")
    expect(notice).to_be_visible()
    # To give them up is asked twice.
    notice.get_by_role("button", name="Discard").click()
    expect(notice.get_by_role("button", name="Discard for good?")).to_be_visible()
    assert kept(page) == 1
    page.unroute("**/submit/")
    page.reload()
    saved(page, 1)
    expect(notice).to_have_count(0)


@pytest.mark.walk
def test_no_reply_without_a_reason_is_final(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 3)
    desk.ready()
    page = desk.page
    left = [200, 201, 302, 400, 401, 403, 404, 413, 419, 422, 429, 500, 502, 503]

    def refuse(route: Route) -> None:
        status = left.pop(0) if left else 503
        headers = {"location": "/login/?next=/"} if status == 302 else {}
        kind = "application/json" if status == 201 else "text/html"
        body = "{}" if status == 201 else "<p>no</p>"
        route.fulfill(status=status, headers=headers, body=body, content_type=kind)

    page.route("**/submit/", refuse)
    desk.press("2")
    desk.leave()
    while left:
        with page.expect_response("**/submit/"):
            page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.locator("#banner")).to_contain_text("1 answer")
        assert (kept(page), kept(page, ":refused:")) == (1, 0)
    page.unroute("**/submit/")
    page.evaluate("dispatchEvent(new Event('online'))")
    saved(page, 1)


@pytest.mark.walk
def test_each_refusal_is_told_with_what_the_answer_said_until_it_is_dismissed(
    desk: Desk, sam: User, make_tasks: MakeTasks
):
    make_tasks(desk.project, 4, overlap=1)
    desk.ready()
    page = desk.page

    def refuse(route: Route) -> None:
        why = {"code": "conflict", "message": "Others have completed it.", "fields": {}}
        route.fulfill(status=409, body=json.dumps(why), content_type="application/json")

    page.route("**/submit/", refuse)
    notices = page.locator("#refusals .notice.bad")
    for number, reason in enumerate(("first reason", "second reason"), start=1):
        desk.press("2", "r")
        page.keyboard.type(reason)
        desk.press("Escape")
        desk.leave()
        expect(notices).to_have_count(number)
    expect(notices.first).to_contain_text("Your answer on “What is")
    expect(notices.first).to_contain_text("Others have completed it.")
    expect(notices.first.locator("pre")).to_have_text("A is better\nfirst reason")
    expect(page.locator("#judged")).to_have_text("0 judged")
    # They outlive the page, and each is gone for good once it is dismissed.
    page.unroute("**/submit/")
    desk.reload()
    expect(notices).to_have_count(2)
    notices.first.get_by_role("button", name="Dismiss").click()
    desk.reload()
    expect(notices).to_have_count(1)
    expect(notices.locator("pre")).to_contain_text("second reason")


def test_what_a_refused_answer_said_names_its_questions(
    page: Page,
    context: BrowserContext,
    live_server: Any,
    project: Project,
    rui: User,
    sign_in: SignIn,
    make_tasks: MakeTasks,
):
    make_tasks(project, 2)
    sign_in(context, rui)
    desk = Desk(page, live_server.url, project).ready()
    Assignment.objects.filter(pk=desk.assignment).update(state=AssignmentState.SKIPPED)
    desk.press("1", "ArrowDown", "5", "f", "1", "Enter", "Enter")
    expect(page.locator("#refusals pre")).to_have_text(
        "Overall: A is much better · Correct: B much better · Personal data of a real person"
    )


def test_an_answer_that_does_not_fit_can_be_gone_back_to(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 3)
    desk.ready()
    Project.objects.update(rationale_required=True)
    desk.press("2")
    before = desk.leave()
    notice = desk.page.locator("#refusals .notice.bad")
    expect(notice).to_contain_text("Say in a sentence what decided it.")
    notice.get_by_role("link", name="Go back to it").click()
    desk.page.wait_for_load_state()
    assert (desk.assignment, desk.checked()) == (before, "-2")
    expect(notice).to_have_count(0)


def test_a_full_storage_is_told_and_loses_nothing_while_the_page_is_open(
    desk: Desk, context: BrowserContext, make_tasks: MakeTasks
):
    make_tasks(desk.project, 4)
    desk.ready()
    desk.page.evaluate(FILL_THE_STORAGE)
    context.set_offline(True)
    desk.press("1")
    desk.leave()
    desk.press("2", "Enter")
    banner = desk.page.locator("#banner")
    expect(banner).to_contain_text("2 answers waiting")
    expect(banner).to_contain_text("The browser's storage is full")
    context.set_offline(False)
    saved(desk.page, 2)
    expect(banner).to_be_hidden()


def test_answers_and_drafts_kept_before_accounts_had_a_key_are_adopted(
    desk: Desk, rui: User, sam: User, make_tasks: MakeTasks
):
    make_tasks(desk.project, 3)
    first = lease(rui, desk.project)
    second = lease(rui, desk.project, ahead_of=first.pk)
    fields = [["answer.overall", "-2"], ["key", "7d9d9a0e-0c3e-4b55-9a53-0d2f2d8f3a11"]]
    url = f"/p/{desk.project.slug}/rate/{first.pk}/submit/"
    waiting = [{"id": first.pk, "url": url, "fields": fields, "at": 1, "counts": 1}]
    draft = {"fields": [["answer.overall", "3"]], "active": 5, "idle": 1e15, "at": 4e12}
    project = desk.project.pk
    stored = {
        f"concord:outbox:{rui.pk}:{project}": waiting,
        f"concord:outbox:{sam.pk}:{project}": waiting,
        f"concord:draft:{rui.pk}:{second.pk}": draft,
    }
    page = desk.page
    page.goto(desk.url.replace(f"p/{desk.project.slug}/rate/", "help/"))
    page.evaluate(
        "(stored) => Object.entries(stored).forEach(([name, value]) =>"
        " localStorage.setItem(name, JSON.stringify(value)))",
        stored,
    )
    desk.open()
    assert saved(page, 1)[0].assignment_id == first.pk
    expect(page.locator("#messages")).to_contain_text("1 answer of somebody else waits")
    expect(page.locator("#task")).to_have_attribute("data-assignment", str(second.pk))
    assert desk.checked() == "3"
    # A draft keeps no time that no clock can mean: the answer is stored all the same.
    desk.press("Enter")
    assert saved(page, 2)[1].idle_ms < 1e9
    page.wait_for_function(f"() => ({COUNT})(':outbox:') === 1")  # somebody else's


def test_two_tabs_of_a_rater_lose_nothing_of_each_other(
    desk: Desk, context: BrowserContext, make_tasks: MakeTasks
):
    make_tasks(desk.project, 4)
    desk.ready()
    second = Desk(context.new_page(), desk.url.split("/p/")[0], desk.project)
    prepared = Assignment.objects.exclude(pk=desk.assignment).get()
    second.url += f"?task={prepared.pk}"
    second.open()
    assert second.assignment == prepared.pk
    context.set_offline(True)
    desk.press("1", "Enter")
    second.press("3", "Enter")
    expect(second.page.locator("#banner")).to_contain_text("2 answers")
    context.set_offline(False)
    assert sorted(abs(primary_value(judgment) or 0) for judgment in saved(desk.page, 2)) == [1, 3]


@pytest.mark.walk
def test_what_two_tabs_hold_is_sent_once(
    desk: Desk, context: BrowserContext, make_tasks: MakeTasks
):
    make_tasks(desk.project, 4)
    desk.ready()
    second = context.new_page()
    second.goto(desk.url)
    context.set_offline(True)
    desk.press("1")
    desk.leave()
    desk.press("2", "Enter")
    expect(desk.page.locator("#banner")).to_contain_text("2 answers")
    sent: list[str] = []
    context.on("request", lambda request: sent.append(request.url))
    context.set_offline(False)
    for page in (desk.page, second):
        page.evaluate("dispatchEvent(new Event('online'))")
    saved(desk.page, 2)
    wait_for_empty_storage(desk.page)
    second.wait_for_timeout(300)
    assert len([url for url in sent if url.endswith("/submit/")]) == 2


def test_a_skip_is_taken_back_on_screen_before_and_after_it_was_sent(
    desk: Desk, context: BrowserContext, make_tasks: MakeTasks
):
    Criterion.objects.filter(key="correct").delete()
    make_tasks(desk.project, 4)
    desk.ready()
    page, last = desk.page, desk.page.locator("#last")
    desk.press("1")
    judged = desk.leave()
    expect(last).to_contain_text("Judged “What is")
    saved(page, 1)
    before = desk.assignment
    desk.press("s", "2", "Enter")
    expect(last).to_contain_text("Skipped “What is")
    wait_for_empty_storage(page)
    last.get_by_role("button", name="Undo").click()
    expect(page.locator("#task")).to_have_attribute("data-assignment", str(before))
    expect(last).to_contain_text("Took back your skip of “What is")
    expect(last.get_by_role("button", name="Undo")).to_be_hidden()
    assert Assignment.objects.get(pk=before).state == AssignmentState.LEASED
    expect(page.locator("#judged")).to_have_text("1 judged")
    # Offline it never leaves the browser.
    context.set_offline(True)
    desk.press("s", "1", "Enter")
    expect(page.locator("#task")).not_to_have_attribute("data-assignment", str(before))
    desk.press("z")
    expect(page.locator("#task")).to_have_attribute("data-assignment", str(before))
    assert kept(page) == 0
    context.set_offline(False)
    desk.press("z")
    expect(page.locator("#task")).to_have_attribute("data-assignment", str(judged))
    expect(last).to_contain_text("Took back your judgment of “What is")
    expect(page.locator("#judged")).to_have_text("0 judged")
    assert not Assignment.objects.filter(state=AssignmentState.SKIPPED).exists()
