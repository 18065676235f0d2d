"""A tool dialogue beside an empty answer: readable at both sizes, by touch, and as written."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from labeling.models import Prompt, Response
from projects.models import Project, User
from tests.browser.axe import serious
from tests.browser.desk import HEARS_KEYS
from tests.browser.test_rate_looks import small_targets
from tests.conftest import MakeTasks

pytestmark = pytest.mark.django_db(transaction=True)

ARGUMENTS = json.dumps({"place": "pool", "filters": {"day": "Sunday"}, "token": "x" * 300})
CALL = {"id": "c1", "type": "function", "function": {"name": "search", "arguments": ARGUMENTS}}
TURNS = [
    {
        "role": "assistant",
        "content": "Let me see.",
        "tool_calls": [CALL],
        "reasoning_content": "Search.",
    },
    {"role": "tool", "content": '{"open": "7-21"}', "tool_call_id": "c1", "name": "search"},
    {"role": "assistant", "content": "From 7 to 21.", "reasoning_content": "It says so. " * 200},
]


@pytest.fixture
def url(
    context: BrowserContext,
    live_server: Any,
    project: Project,
    rui: User,
    sign_in: Callable[..., None],
    make_tasks: MakeTasks,
) -> str:
    """The rating page with one such task, Rui logged in."""
    make_tasks(project, 1, contents=("From 7 to 21.", ""))
    Response.objects.exclude(content="").update(messages=TURNS)
    sign_in(context, rui)
    return f"{live_server.url}/p/{project.slug}/rate/"


@pytest.mark.walk
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_dialogue_can_be_read_at_both_sizes(page: Page, url: str, width: int, theme: Any):
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(url)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    shown = page.locator(".side .formatted")
    for text in ("Call: search", '"day"', "Result: search"):
        expect(shown.get_by_text(text)).to_be_visible()
    expect(page.get_by_text("The model answered nothing.")).to_be_visible()
    assert serious(page) == []


def test_long_reasoning_unfolds_by_key_and_by_touch(page: Page, url: str):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(url)
    assert small_targets(page) == []
    shown = page.locator(".side .formatted")
    long, said = shown.get_by_text("Reasoning, 600 words"), shown.get_by_text("It says so.")
    expect(said).to_be_hidden()
    long.click()
    expect(said).to_be_visible()


def test_as_written_has_every_turn(page: Page, url: str):
    page.goto(url)
    page.wait_for_function(HEARS_KEYS)
    page.keyboard.press("t")
    raw = page.locator(".side .raw")
    expect(raw).to_contain_text("[Call: search]")
    expect(raw).to_contain_text("[Result: search]")
    expect(raw).to_contain_text("From 7 to 21.")


def test_a_dialogue_that_ends_with_a_tool_begins_with_what_was_asked(
    page: Page, url: str, make_tasks: MakeTasks
):
    asked = {"role": "user", "content": "Is the pool open on Sunday?"}
    result = {"role": "tool", "content": json.dumps([{"open": n} for n in range(40)])}
    Prompt.objects.update(messages=[asked, TURNS[0], result])
    page.goto(url)
    page.wait_for_function(HEARS_KEYS)
    expect(page.locator(".prompt .turn-user .content")).to_be_in_viewport()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Judged “Is the pool open on Sunday?”")).to_be_visible()
