"""The rating screen in a browser: by keyboard, by touch, offline, and without a script."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from labeling.models import Assignment, Judgment
from labeling.vocabulary import AssignmentState
from projects.models import Criterion, Project, User
from projects.project_templates import GuidelineSpec, PrincipleSpec
from projects.services.guidelines import acknowledge, publish_guideline
from tests.conftest import MakeTasks, lease

pytestmark = pytest.mark.django_db(transaction=True)


class Desk:
    """A rater at the screen."""

    def __init__(self, page: Page, url: str, project: Project) -> None:
        self.page = page
        self.project = project
        self.url = f"{url}/p/{project.slug}/rate/"

    def open(self) -> Desk:
        self.page.goto(self.url)
        return self

    @property
    def assignment(self) -> int:
        return int(self.page.locator("#task").get_attribute("data-assignment") or 0)

    def ready(self) -> Desk:
        """Waits until the next task is prepared: from then on the swap is instant."""
        with self.page.expect_response(re.compile("/prepare/")):
            self.open()
        return self

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def leave(self) -> int:
        """Waits for the task on the screen to be another one; returns which it was."""
        before = self.assignment
        self.press("Enter")
        expect(self.page.locator("#task")).not_to_have_attribute("data-assignment", str(before))
        return before

    def checked(self, name: str = "answer.overall") -> str | None:
        chosen = self.page.locator(f"input[name='{name}']:checked")
        return chosen.get_attribute("value") if chosen.count() else None


@pytest.fixture
def desk(
    page: Page,
    context: BrowserContext,
    live_server: Any,
    project: Project,
    rui: User,
    sign_in: Callable[..., None],
) -> Desk:
    """Rui at the rating screen of the project, which asks one question."""
    Criterion.objects.filter(key="correct").delete()
    sign_in(context, rui)
    return Desk(page, live_server.url, project)


def saved(page: Page, count: int) -> list[Judgment]:
    """Waits until so many judgments count; returns them in order."""
    for _ in range(80):
        rows = list(Judgment.objects.filter(is_current=True, withdrawn=False).order_by("pk"))
        if len(rows) >= count:
            break
        page.wait_for_timeout(50)
    assert len(rows) == count
    return rows


def wait_for_empty_storage(page: Page) -> None:
    """Until no draft and no unsent answer is kept in the browser."""
    for _ in range(100):
        kept = page.evaluate("Object.keys(localStorage)")
        if not kept:
            return
        page.wait_for_timeout(50)
    raise AssertionError(kept)


def primary_value(judgment: Judgment) -> int:
    return judgment.answers.get(criterion__is_primary=True).value


def test_a_whole_task_by_keyboard(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 3)
    desk.ready()
    desk.press("2")
    assert desk.checked() == "-2"
    first = desk.leave()
    (judgment,) = saved(desk.page, 1)
    assert judgment.assignment_id == first
    expect(desk.page.locator("#judged")).to_have_text("1 judged")
    assert desk.page.evaluate("document.activeElement.id") == "task"
    assert desk.checked() is None


def test_the_same_choice_under_swapped_sides_is_stored_with_opposite_signs(
    desk: Desk, sam: User, make_tasks: MakeTasks
):
    make_tasks(desk.project, 1, overlap=2)
    lease(sam, desk.project)
    desk.open()
    shown = Assignment.objects.get(pk=desk.assignment)
    left = desk.page.locator(".side .formatted").first.inner_text()
    desk.press("a", "Enter")
    (judgment,) = saved(desk.page, 1)
    canonical_first = left == "It is 1, doubled." if shown.shown_order == [0, 1] else None
    assert primary_value(judgment) == (-2 if shown.shown_order == [0, 1] else 2)
    assert canonical_first in {True, False, None}


def test_letters_and_arrows_move_along_the_scale(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 1)
    desk.open()
    steps = (("b", "2"), ("ArrowRight", "3"), ("ArrowRight", "3"), ("e", "0:equal_good"))
    for key, code in (*steps, ("ArrowLeft", "-1"), ("0", "0:equal_good"), ("a", "-2")):
        desk.press(key)
        assert desk.checked() == code


def test_both_bad_and_cannot_tell_replace_a_preference(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 3)
    desk.ready()
    desk.press("1", "x")
    assert desk.checked() is None
    desk.leave()
    desk.press("x", "c")
    assert desk.checked("tie_kind") == "cannot_tell"
    desk.leave()
    assert [judgment.tie_kind for judgment in saved(desk.page, 2)] == ["equal_bad", "cannot_tell"]
    assert [primary_value(judgment) for judgment in saved(desk.page, 2)] == [0, 0]


def test_several_questions_are_answered_one_after_the_other(
    page: Page,
    context: BrowserContext,
    live_server: Any,
    project: Project,
    rui: User,
    make_tasks: MakeTasks,
    sign_in: Callable[..., None],
):
    Criterion.objects.update(is_required=True)
    make_tasks(project, 2)
    sign_in(context, rui)
    desk = Desk(page, live_server.url, project).ready()
    expect(page.get_by_text("Which is better?")).to_be_visible()
    desk.press("1", "Enter")
    # The second question is still open: it comes into view and says so.
    expect(page.get_by_text("Which is more correct?")).to_be_visible()
    expect(page.locator(".error:visible")).to_have_text("Choose a place on the scale first.")
    desk.press("5", "ArrowUp")
    expect(page.get_by_text("Which is better?")).to_be_visible()
    desk.press("ArrowDown")
    expect(page.get_by_text("Which is more correct?")).to_be_visible()
    desk.leave()
    (judgment,) = saved(page, 1)
    order = judgment.assignment.shown_order[0]
    values = dict(judgment.answers.values_list("criterion__key", "value"))
    assert values == (
        {"overall": -3, "correct": 2} if order == 0 else {"overall": 3, "correct": -2}
    )


def test_keys_do_not_fire_while_typing(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 2)
    desk.ready()
    desk.press("6", "r")
    desk.page.keyboard.type("as 1 be gz? x")
    desk.press("Enter")
    desk.page.keyboard.type("second line")
    assert desk.page.locator("#rationale").input_value() == "as 1 be gz? x\nsecond line"
    assert desk.checked() == "2"
    expect(desk.page.locator("#drawer")).to_be_hidden()
    desk.press("Control+Enter")
    (judgment,) = saved(desk.page, 1)
    assert judgment.rationale == "as 1 be gz? x\nsecond line"


def test_a_required_reason_is_asked_for(desk: Desk, make_tasks: MakeTasks):
    Project.objects.update(rationale_required=True)
    make_tasks(desk.project, 2)
    desk.ready()
    desk.press("1", "Enter")
    expect(desk.page.locator("#rationale")).to_be_focused()
    desk.page.keyboard.type("Shorter.")
    desk.press("Control+Enter")
    assert saved(desk.page, 1)[0].rationale == "Shorter."


def test_a_draft_survives_a_reload(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 2)
    desk.open()
    desk.press("7", "r")
    desk.page.keyboard.type("not yet done")
    desk.press("Escape")
    desk.page.locator("[data-pop=flags] summary").click()
    desk.page.get_by_label("Wrong language").check()
    desk.page.reload()
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
    assert abs(primary_value(judgment)) == 3


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
    desk.page.reload()
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


def test_a_skip_by_keyboard_names_its_reason(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 3)
    desk.ready()
    before = desk.assignment
    desk.press("s")
    desk.press("ArrowDown")
    desk.press("Enter")
    expect(desk.page.locator("#task")).not_to_have_attribute("data-assignment", str(before))
    wait_for_empty_storage(desk.page)
    skipped = Assignment.objects.get(pk=before)
    assert (skipped.state, skipped.skip_reason) == (AssignmentState.SKIPPED, "not_my_expertise")
    expect(desk.page.locator("#judged")).to_have_text("0 judged")


def test_the_last_task_leads_to_the_reason_why_there_is_no_more(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 1)
    desk.open()
    desk.press("1", "Enter")
    expect(desk.page.get_by_role("heading", name="All done here")).to_be_visible()
    desk.page.get_by_role("button", name="Undo my last judgment").click()
    assert desk.checked() == "-3"


def test_guideline_principles_and_the_sheet_of_keys(
    desk: Desk, lena: User, rui: User, make_tasks: MakeTasks
):
    spec = GuidelineSpec(text="# Rules\n\nBe **fair**.", principles=(PrincipleSpec("Be brief"),))
    version = publish_guideline(project=desk.project, published_by=lena, spec=spec)
    acknowledge(user=rui, guideline=version)
    make_tasks(desk.project, 2)
    desk.ready()
    desk.press("g")
    expect(desk.page.locator("#drawer").get_by_text("Be fair.")).to_be_visible()
    desk.press("Escape")
    expect(desk.page.locator("#drawer")).to_be_hidden()
    desk.press("?")
    expect(desk.page.locator("dialog.keys")).to_contain_text("A is much better")
    desk.press("1")
    assert desk.checked() is None
    desk.press("Escape")
    desk.press("p")
    desk.page.get_by_label("P1 Be brief").check()
    desk.press("Escape")
    expect(desk.page.locator("[data-cited]")).to_have_text("P1")
    desk.press("1")
    desk.leave()
    assert saved(desk.page, 1)[0].principles == [1]


def test_idle_time_is_not_active_time(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 2)
    desk.page.clock.install()
    desk.ready()
    desk.page.clock.fast_forward(10_000)
    desk.page.mouse.move(200, 200)
    desk.page.clock.fast_forward(100_000)
    desk.page.mouse.move(210, 210)
    desk.press("1")
    desk.leave()
    (judgment,) = saved(desk.page, 1)
    assert 38_000 <= judgment.active_ms <= 45_000
    assert 68_000 <= judgment.idle_ms <= 75_000


def test_leaving_gives_back_the_prepared_task(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 2)
    desk.ready()
    prepared = Assignment.objects.exclude(pk=desk.assignment).get()
    desk.page.goto("about:blank")
    for _ in range(40):
        prepared.refresh_from_db()
        if prepared.state == AssignmentState.EXPIRED:
            break
        desk.page.wait_for_timeout(50)
    assert prepared.state == AssignmentState.EXPIRED
