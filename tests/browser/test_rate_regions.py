"""Marking regions of pictures in a browser: by keys, by mouse, kept, zoomed and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from labeling.models import Region
from projects.models import Project, User
from tests.browser.axe import serious
from tests.browser.desk import Desk, wait_for_empty_storage
from tests.browser.test_rate_pictures import pictures  # noqa: F401
from tests.conftest import lease

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk]

FIELDS = "() => [...document.querySelectorAll('#spans input')].map((f) => JSON.parse(f.value))"
#: Where a drawn line and the part of the picture that it marks are on the screen.
DRAWN = """([selector, box]) => {
    const view = document.querySelector(selector);
    const line = view.querySelector("g.fault .line").getBoundingClientRect();
    const image = view.querySelector("img");
    const canvas = view.querySelector(".canvas").getBoundingClientRect();
    const [w, h] = ["width", "height"].map((side) => Number(image.getAttribute(side)));
    const unit = Math.min(canvas.width / w, canvas.height / h);
    const left = canvas.left + (canvas.width - w * unit) / 2 + box.x * w * unit;
    const top = canvas.top + (canvas.height - h * unit) / 2 + box.y * h * unit;
    return [line.left - left, line.top - top, line.width - box.w * w * unit];
}"""


@pytest.fixture
def marking(desk: Desk, pictures: None, project: Project, rui: User) -> Page:  # noqa: F811
    """A rater's page with two pictures that nobody covers."""
    covered = [lease(rui, project), lease(rui, project)]
    for assignment in covered:
        if assignment.task.prompt.sensitivity:
            assignment.task.prompt.sensitivity = []
            assignment.task.prompt.save()
    desk.open()
    return desk.page


def fields(page: Page) -> list[dict[str, Any]]:
    marks: list[dict[str, Any]] = page.evaluate(FIELDS)
    return marks


@pytest.fixture
def marked(marking: Page, desk: Desk) -> dict[str, Any]:
    """One fault of the first picture, placed by keys and told in a note."""
    page = marking
    desk.press("m")
    line = page.locator("g.draft .line")
    before = line.bounding_box()
    desk.press("ArrowLeft", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowDown", "Shift+ArrowDown")
    after = line.bounding_box()
    assert before is not None
    assert after is not None
    assert (after["x"], after["y"]) < (before["x"], before["y"])
    assert after["height"] > before["height"]
    desk.press("Enter")
    expect(page.locator(".mark-menu .row")).to_contain_text("Well done")
    desk.press("n")
    page.keyboard.type("Six fingers 1")
    desk.press("Enter")
    expect(page.locator(".pair section:first-of-type .found")).to_contain_text("Six fingers 1")
    (first,) = fields(page)
    return first


def test_a_region_is_placed_by_keys_and_stays_on_its_part_of_the_picture(
    marking: Page, marked: dict[str, Any], desk: Desk
) -> None:
    page, selector = marking, ".pair section:first-of-type [data-view]"
    assert (marked["slot"], marked["image"], marked["note"]) == ("A", 0, "Six fingers 1")
    assert marked["criterion"] == "overall"
    assert "from the left" in page.locator(".found").inner_text()
    assert serious(page) == []
    desk.press("+", "+", "+")
    assert all(abs(off) < 1.5 for off in page.evaluate(DRAWN, [selector, marked]))
    page.wait_for_function("() => JSON.stringify(localStorage).includes('Six fingers')")
    desk.reload()
    page.wait_for_selector("g.region.fault")
    assert all(abs(off) < 1.5 for off in page.evaluate(DRAWN, [selector, marked]))
    # Let go, nothing is left.
    desk.press("m")
    page.wait_for_selector("g.draft")
    desk.press("Escape")
    expect(page.locator("g.draft")).to_have_count(0)


def test_regions_are_drawn_with_the_mouse_taken_away_sent_and_had_again(
    marking: Page, marked: dict[str, Any], desk: Desk
) -> None:
    page = marking
    page.locator("[data-mark-place]").click()
    page.wait_for_selector("g.draft")
    view = page.locator(".pair [data-view]").last.bounding_box()
    assert view is not None
    page.mouse.move(view["x"] + view["width"] / 2, view["y"] + 20)
    page.mouse.down()
    page.mouse.move(view["x"] + view["width"] / 2 + 40, view["y"] + 80, steps=3)
    page.mouse.up()
    expect(page.locator(".mark-menu .row")).to_contain_text("Well done")
    desk.press("w", "1")
    page.wait_for_selector("g.region.praise")
    kept = [(mark["slot"], mark["polarity"]) for mark in fields(page)]
    assert kept == [("A", "fault"), ("B", "praise")]
    desk.press("Shift+m")
    page.locator("[data-marks] .quote-mark button").first.click()
    expect(page.locator("g.region.fault")).to_have_count(0)
    desk.press("Escape", "a")
    desk.leave()
    wait_for_empty_storage(page)
    assert Region.objects.get().polarity == "praise"
    desk.press("z")
    page.wait_for_selector("g.region.praise")
    assert len(fields(page)) == 1
