"""The rating screen keeps in view what a rater needs: marks, guideline, acts and what submits."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from projects.guidelines.services import acknowledge, publish_guideline
from projects.models import Criterion, Project, User
from projects.project_templates import GuidanceSpec, GuidelineSpec, PrincipleSpec
from tests.browser.desk import Desk
from tests.conftest import MakeTasks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk]

#: Whether a point of an element can be seen: its own middle is not covered and inside the window.
IN_VIEW = """element => {
    const {left, right, top, bottom} = element.getBoundingClientRect();
    const found = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return found !== null && element.contains(found);
}"""


def _check_tablet(page: Page) -> None:
    """The guideline does not cover the last response there either, which stands under the first."""
    page.set_viewport_size({"width": 900, "height": 800})
    drawer, side = (page.locator(s).last.bounding_box() for s in ("#drawer", ".side"))
    assert drawer
    assert side
    assert side["x"] + side["width"] <= drawer["x"]
    assert page.locator("#submit").evaluate(IN_VIEW)


def _check_drawer(page: Page) -> None:
    """What is asked now comes first, words are found, and a reader is back where they were."""
    assert page.locator("#drawer [data-about]").first.get_attribute("data-about") == "overall"
    page.keyboard.press("/")
    page.keyboard.type("LAST  rule")
    expect(page.locator("#drawer output")).to_have_text("1 of 1")
    place = page.locator("#drawer").evaluate("drawer => drawer.scrollTop")
    assert place > 0
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    expect(page.locator("#drawer")).to_have_js_property("scrollTop", place)


def _check_phone(page: Page) -> None:
    """On a phone it lies over the lower half, and what is judged can be scrolled above it."""
    page.locator("#guideline-link").click()
    drawer = page.locator("#drawer").bounding_box()
    assert drawer
    assert (round(drawer["y"]), round(drawer["height"])) == (422, 422)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    last = page.locator(".side .formatted").last.bounding_box()
    assert last
    assert last["y"] + last["height"] < drawer["y"]
    page.keyboard.press("Escape")


def _check_acts(page: Page) -> None:
    for act in page.locator(".acts-more > :is(.chip, .quiet, .pop)").all():
        if act.is_visible():
            act.evaluate("act => act.scrollIntoView({block: 'nearest', inline: 'nearest'})")
            assert act.evaluate(IN_VIEW), act.text_content()
    assert page.locator("#submit").evaluate(IN_VIEW)


def test_what_a_rater_needs_stays_in_view(desk: Desk, lena: User, rui: User, make_tasks: MakeTasks):
    page, project = desk.page, desk.project
    spec = GuidelineSpec(
        text="# Rules\n\n" + "Read both.\n\n" * 80 + "The last rule.",
        change_note="New.",
        principles=[PrincipleSpec("Be brief")],
        guidance=[GuidanceSpec(c.key, "Read.") for c in project.criteria.order_by("-position")],
    )
    acknowledge(
        user=rui, guideline=publish_guideline(project=project, published_by=lena, spec=spec)
    )
    Project.objects.update(is_sensitive=True)
    make_tasks(project, 2, contents=("long\n\n" * 80, "long {i}\n\n" * 60))
    page.set_viewport_size({"width": 1440, "height": 900})
    desk.open()
    warning, switch = (page.locator(s).bounding_box() for s in (".notice.warn", ".views"))
    assert warning
    assert switch
    assert switch["y"] >= warning["y"] + warning["height"]
    edges = {
        round(box["x"])
        for box in (page.locator(s).first.bounding_box() for s in (".prompt", ".side", ".scale"))
        if box
    }
    assert len(edges) == 1
    # The mark of a side stays while its text is scrolled.
    page.evaluate("scrollTo(0, 900)")
    marks = page.locator(".letter")
    assert [mark.evaluate(IN_VIEW) for mark in marks.all()] == [True, True]
    # The guideline covers neither the second response nor what submits.
    page.keyboard.press("g")
    expect(page.locator("#drawer")).to_be_visible()
    seen = [
        page.locator(s).last.evaluate(IN_VIEW) for s in (".letter", "#submit", ".segment:visible")
    ]
    assert seen == [True, True, True]
    _check_drawer(page)
    _check_tablet(page)
    page.keyboard.press("g")
    # On a phone every other act can be scrolled to beside what submits.
    page.set_viewport_size({"width": 390, "height": 844})
    _check_acts(page)
    _check_phone(page)
    home = page.locator(".crumb a")
    assert home.evaluate("link => link.scrollWidth <= link.clientWidth"), "the project's name"
    # The warning is for before the first answer.
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#judged")).to_have_text("1 judged")
    expect(page.locator(".notice.warn")).to_have_count(0)


def test_the_tab_of_the_question_in_view_is_in_view(desk: Desk, make_tasks: MakeTasks):
    for place in range(1, 5):
        Criterion.objects.create(
            project=desk.project, key=f"a_long_key_{place}", scale_key="hh8", position=place
        )
    make_tasks(desk.project, 1)
    desk.page.set_viewport_size({"width": 320, "height": 640})
    desk.open().press(*["ArrowDown"] * 4)
    current = desk.page.locator(".step[aria-current]")
    assert current.evaluate(IN_VIEW)
    assert current.text_content() == desk.page.locator(".step").last.text_content()
    # The row moves, and the page begins at its top, also where the bar goes with the text.
    Criterion.objects.update(scale_key="helpsteer7")
    desk.open()
    assert desk.page.evaluate("scrollY") == 0
