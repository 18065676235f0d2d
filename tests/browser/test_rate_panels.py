"""What is open in front of a page has the keys to itself; nothing reaches the answer behind it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from labeling.models import Assignment
from labeling.vocabulary import AssignmentState
from projects.guidelines.services import acknowledge, publish_guideline
from projects.models import Project, User
from projects.project_templates import GuidelineSpec, PrincipleSpec
from tests.browser.desk import Desk, saved, wait_for_empty_storage
from tests.conftest import MakeTasks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk]

#: Every key that the sheet of keys lists, as a browser names it.
KEYS_OF_THE_SHEET = """() => ["?", ...new Set(
    [...document.querySelectorAll("[data-key][data-key-label]")]
      .filter((element) => element.checkVisibility())
      .flatMap((element) => element.dataset.key.split(" ")))]"""
#: Everything that can open in front of the page, by what opens it.
OPENERS = """() => [
    ...[...document.querySelectorAll("details[data-menu]")].map(({ dataset }) =>
      `details${dataset.pop ? `[data-pop=${dataset.pop}]` : ".menu"} > summary`),
    ...(document.querySelector("[data-drawer]") ? ["#guideline-link"] : []),
    "#keys"]"""
IS_OPEN = """() => document.querySelector(
    "details[data-menu][open], [data-drawer]:not([hidden]), dialog[open]") !== null"""
#: What keys in front of it must leave alone: the answer, the queue and the task.
BEHIND = """() => JSON.stringify([
    [...document.querySelectorAll("#judgment [name^='answer.'], #judgment [name^=tie_kind]")]
      .map((input) => input.checked),
    Object.keys(localStorage).filter((name) => name.includes("outbox")),
    document.querySelector("#task").dataset.assignment,
    document.querySelector("#judged").textContent,
    document.querySelector("#raw").checked])"""


@pytest.fixture
def guided(desk: Desk, lena: User, rui: User, make_tasks: MakeTasks) -> Desk:
    """The desk with everything that can open: principles and a guideline, too."""
    principles = (PrincipleSpec("Be brief"), PrincipleSpec("Be true"))
    spec = GuidelineSpec(text="# Rules", change_note="New.", principles=principles)
    version = publish_guideline(project=desk.project, published_by=lena, spec=spec)
    acknowledge(user=rui, guideline=version)
    make_tasks(desk.project, 3)
    return desk


def click(page: Page, selector: str) -> None:
    page.evaluate("(selector) => document.querySelector(selector).click()", selector)


def test_every_key_in_every_panel_leaves_the_answer_behind_it_alone(guided: Desk):
    page = guided.ready().page
    guided.press("a")
    openers, keys = page.evaluate(OPENERS), page.evaluate(KEYS_OF_THE_SHEET)
    assert len(openers) == 8
    assert {"1", "a", "b", "z", "s", "x", "Enter", "ArrowLeft", "t"} <= set(keys)
    # Enter first: it confirms a skip once a digit has chosen its reason.
    keys = sorted({*keys, *"123456789"}, key=lambda key: key != "Enter")
    behind = page.evaluate(BEHIND)
    for opener in openers:
        for key in keys:
            if not page.evaluate(IS_OPEN):
                click(page, opener)
            guided.press(key)
            assert page.evaluate(BEHIND) == behind, (opener, key)
        if page.evaluate(IS_OPEN):
            guided.press("Escape")
        assert not page.evaluate(IS_OPEN), opener
    assert not Assignment.objects.exclude(state=AssignmentState.LEASED).exists()


@pytest.mark.parametrize("key", ["r", "p", "f", "s", "g", "?"])
def test_escape_closes_a_panel_and_the_focus_goes_back(guided: Desk, key: str):
    page = guided.open().page
    radio = page.get_by_role("radio", name="A is better")
    radio.focus()
    guided.press(key)
    assert page.evaluate(IS_OPEN)
    expect(radio).not_to_be_focused()
    guided.press("Escape")
    assert not page.evaluate(IS_OPEN)
    expect(radio).to_be_focused()


def test_digits_choose_the_rows_and_enter_closes_what_is_beside_the_answer(guided: Desk):
    page = guided.open().page
    guided.press("p", "2", "Enter")
    expect(page.locator("[data-cited]")).to_have_text("P2")
    guided.press("f", "1", "3", "1", "Enter")
    expect(page.locator("[data-flagged]")).to_have_text("1 flag")
    assert not page.evaluate(IS_OPEN)
    assert guided.checked() is None
    # Each row shows the digit that chooses it.
    caps = page.locator("[data-pop=flags] label kbd").all_text_contents()
    assert caps == [str(number) for number in range(1, len(caps) + 1)]


def test_what_has_the_focus_behind_an_open_drawer_hears_no_key(guided: Desk):
    page = guided.open().page
    guided.press("a", "g")
    page.get_by_role("radio", name="A is better").focus()
    guided.press("ArrowRight", "5", "Space", "Enter", "Control+Enter")
    assert guided.checked() == "-2"
    guided.press("g")
    assert not page.evaluate(IS_OPEN)
    guided.press("5")
    assert guided.checked() == "1"


def test_a_skip_needs_a_reason_and_enter_confirms_it(guided: Desk):
    page = guided.ready().page
    before = guided.assignment
    guided.press("s", "Enter")
    expect(page.locator("#skip-error")).to_have_text("Choose why you skip this task.")
    guided.press("3")
    expect(page.locator("#skip-error")).to_be_hidden()
    guided.press("Enter")
    expect(page.locator("#task")).not_to_have_attribute("data-assignment", str(before))
    wait_for_empty_storage(page)
    skipped = Assignment.objects.get(pk=before)
    assert (skipped.state, skipped.skip_reason) == ("skipped", "uncomfortable")


def test_enter_in_the_note_of_a_skip_skips_and_submits_nothing(guided: Desk):
    page = guided.ready().page
    before = guided.assignment
    guided.press("a", "s", "6", "Tab")
    page.keyboard.type("1 2 a")
    guided.press("Enter")
    expect(page.locator("#task")).not_to_have_attribute("data-assignment", str(before))
    wait_for_empty_storage(page)
    skipped = Assignment.objects.get(pk=before)
    assert (skipped.skip_reason, skipped.skip_note) == ("other", "1 2 a")
    saved(page, 0)


def test_leaving_a_panel_by_tab_closes_it(guided: Desk):
    page = guided.open().page
    guided.press("f")
    page.locator("#submit").focus()
    assert not page.evaluate(IS_OPEN)


def test_an_open_menu_keeps_the_keys_of_any_page(
    page: Page,
    context: BrowserContext,
    live_server: Any,
    project: Project,
    lena: User,
    sign_in: Any,
):
    sign_in(context, lena)
    page.goto(f"{live_server.url}/")
    page.wait_for_load_state("load")
    address = page.url
    name = page.locator("details.menu > summary")
    name.click()
    page.keyboard.press("n")
    page.keyboard.press("?")
    page.wait_for_timeout(200)
    assert page.url == address
    expect(page.locator("dialog.keys")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("details.menu")).not_to_have_attribute("open", "")
    expect(name).to_be_focused()
    page.keyboard.press("n")
    expect(page).not_to_have_url(address)
