"""Ranking in a browser: by keys, by touch, without a script, between tasks of other kinds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from labeling.models import Judgment
from labeling.rating.selectors import shown_answers
from projects.models import Criterion, Project, User
from projects.project_templates import CriterionSpec
from projects.services.rubric import add_criterion
from tests.browser.axe import serious
from tests.browser.desk import HEARS_KEYS, Desk, saved
from tests.browser.test_every_page import KEYS, PROBLEMS
from tests.conftest import MakeTasks

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "> A long letter about the heating.\n\n" + "It goes on and on about it. " * 60
HOSTILE = "<script>1</script> " + "w" * 300 + "\n\n```\n" + "code " * 80 + "\n```\n\u202eabc"
CONTENTS = ("First {i}", "Second", "Third", "Fourth $x^2$", "Fifth", HOSTILE, "", "Eighth", "Ninth")
ORDER = CriterionSpec("order", "Rank, best first", "ranking", is_primary=True, short_label="Rank")
QUALITY = CriterionSpec(
    "quality", "How good is it?", "instructgpt", is_required=False, short_label="Rate each"
)


def ask(project: Project, *specs: CriterionSpec) -> None:
    """The project asks these questions in this order, after what it asks already."""
    for position, spec in enumerate(specs, start=10):
        add_criterion(project=project, spec=spec, position=position)


def ranking(judgment: Judgment) -> object:
    """The bands of letters that a judgment put in order."""
    return shown_answers(judgment).values["order"]


def said(page: Page) -> str:
    return page.locator("[data-order-said]").inner_text().replace("\n", " ").strip()


def test_a_ranking_by_keyboard_between_tasks_of_another_kind(desk: Desk, make_tasks: MakeTasks):
    ask(desk.project, QUALITY, ORDER)
    make_tasks(desk.project, 1, prefix="a", priority=3)
    make_tasks(desk.project, 1, prefix="b", priority=2, contents=CONTENTS[:5], kind="rank")
    make_tasks(desk.project, 1, prefix="c", priority=1)
    page = desk.ready().page
    # The comparison asks about each response too, below its text; only what it answers is required.
    desk.press("2", "ArrowDown", "6", "3")
    compared = desk.leave()
    # Ratings first, one response after the other; the last leads on to the board.
    expect(page.locator("[data-each] .scale:not(.later) .caps").first).to_be_visible()
    desk.press("6", "Backspace")
    expect(page.locator("[data-each] input:checked")).to_have_count(0)
    desk.press("6", "3", "2", "5", "5")
    expect(page.get_by_role("heading", name="Put the responses in order")).to_be_attached()
    expect(page.locator(".submit")).to_have_attribute("aria-disabled", "true")
    # There are five places: what stands in a panel that is closed has no key.
    desk.press("6", "7")
    expect(page.locator(".sheet input:checked")).to_have_count(0)
    desk.press("o")
    assert said(page) == "A, then D and E tied, then B, then C."
    # A letter picks up, a digit puts down, arrows move; a place may stay empty.
    desk.press("b", "ArrowUp", "c", "5", "Escape")
    assert said(page) == "A, then B, D, and E tied, then C."
    ranked = desk.leave()
    desk.press("3")
    desk.press("z")
    expect(page.locator("#task")).to_have_attribute("data-assignment", str(ranked))
    assert said(page) == "A, then B, D, and E tied, then C."
    expect(page.locator("[name='answer.quality.D'][value='5']")).to_be_checked()
    desk.press("Shift+q", "d", "1", "Enter")
    expect(page.locator(".ask")).to_have_count(2)
    desk.press("Enter")
    judgments = {judgment.assignment_id: judgment for judgment in saved(page, 3)}
    assert ranking(judgments[ranked]) == [["A", "D"], ["B", "E"], ["C"]]
    values = shown_answers(judgments[ranked]).values
    assert values["quality"] == {"A": 6, "B": 3, "C": 2, "D": 5, "E": 5}
    assert shown_answers(judgments[compared]).values["quality"] == {"A": 6, "B": 3}


@pytest.mark.walk
def test_nine_responses_with_letters_that_mean_other_things(desk: Desk, make_tasks: MakeTasks):
    Criterion.objects.all().delete()
    ask(desk.project, ORDER)
    make_tasks(desk.project, 1, contents=CONTENTS, kind="rank")
    page = desk.open().page
    desk.press("Shift+F", "1", "Shift+G", "1", "Shift+G")
    expect(page.get_by_role("button", name="Response G, in your hand")).to_be_visible()
    assert page.evaluate(KEYS) == []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(PROBLEMS) == []
            assert serious(page) == []
    # What has no place and what was not read is said, and what is filled in is kept over a reload.
    desk.press("Enter")
    expect(page.locator("[data-error]")).to_have_text("Give A, B, C, D, E, H, and I a place first.")
    page.wait_for_timeout(200)
    desk.reload()
    assert said(page).startswith("F and G tied. A is in your hand.")


@pytest.mark.walk
def test_long_texts_are_folded_until_they_are_read(desk: Desk, make_tasks: MakeTasks):
    Criterion.objects.all().delete()
    ask(desk.project, ORDER)
    make_tasks(desk.project, 2, contents=("Short", LONG, "Also short {i}"), kind="rank")
    page = desk.ready().page
    desk.press("1", "1", "2", "v", "ArrowRight", "ArrowRight")
    expect(page.locator(".side:visible")).to_have_count(2)
    desk.press("Escape", "Enter")
    expect(page.locator("[data-error]")).to_contain_text("Read the whole of")
    desk.press("w")
    page.wait_for_timeout(200)
    assert "answer.order.A" in page.evaluate("JSON.stringify(localStorage)")
    desk.ready()  # what was read and placed is kept over a reload
    expect(page.locator("[data-unfold]")).to_have_count(0)
    page.context.set_offline(True)
    desk.leave()
    expect(page.locator("[data-unfold]")).to_have_count(1)
    desk.press("z")
    expect(page.locator("[data-unfold]")).to_have_count(0)
    desk.press("Enter")
    page.context.set_offline(False)
    (judgment,) = saved(page, 1)
    assert ranking(judgment) == [["A", "B"], ["C"]]


@pytest.mark.walk
def test_a_ranking_by_touch_and_by_dragging(
    browser: Browser,
    live_server: Any,
    project: Project,
    rui: User,
    make_tasks: MakeTasks,
    sign_in: Callable[..., None],
):
    Criterion.objects.all().delete()
    ask(project, ORDER)
    make_tasks(project, 1, contents=CONTENTS[:3], kind="rank")
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    sign_in(context, rui)
    page = context.new_page()
    page.goto(f"{live_server.url}/p/{project.slug}/rate/")
    page.wait_for_function(HEARS_KEYS)
    page.get_by_role("button", name="Put A in place 2").tap()
    page.get_by_role("button", name="Response C").tap()
    page.get_by_role("button", name="Put C in place 1").tap()
    box = page.locator("[data-band='2']").bounding_box()
    assert box
    page.locator("[data-token='B']").hover()
    page.mouse.down()
    page.mouse.move(box["x"] + 10, box["y"] + 60, steps=3)
    page.mouse.up()
    page.locator("#submit").tap()
    (judgment,) = saved(page, 1)
    assert ranking(judgment) == [["C"], ["A", "B"]]
    context.close()


@pytest.mark.walk
def test_a_ranking_without_a_script(
    browser: Browser,
    live_server: Any,
    project: Project,
    rui: User,
    make_tasks: MakeTasks,
    sign_in: Callable[..., None],
):
    Criterion.objects.all().delete()
    ask(project, QUALITY, ORDER)
    make_tasks(project, 1, contents=CONTENTS[:3], kind="rank")
    context: BrowserContext = browser.new_context(java_script_enabled=False)
    sign_in(context, rui)
    page = context.new_page()
    page.goto(f"{live_server.url}/p/{project.slug}/rate/")
    for name, place in (("A", "2"), ("B", "1")):
        page.get_by_role("textbox", name=f"Place of response {name}").fill(place)
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("C has no place yet")).to_be_visible()
    page.get_by_role("textbox", name="Place of response C").fill("2")
    page.get_by_role("button", name="Submit").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("textbox", name="Place of response C")).to_have_value("2")
    for name in "ABC":
        group = page.get_by_role("radiogroup", name=f"Response {name}")
        group.get_by_role("radio", name="5").check(force=True)
    page.get_by_role("button", name="Submit").click()
    (judgment,) = saved(page, 1)
    assert ranking(judgment) == [["B"], ["A", "C"]]
    context.close()
