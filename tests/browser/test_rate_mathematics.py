"""Formulas on the rating screen: what goes wrong with them leaves the task usable."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from labeling.models import Assignment
from labeling.vocabulary import AssignmentState, SkipReason
from projects.models import Project
from tests.browser.desk import Desk
from tests.conftest import MakeTasks

pytestmark = pytest.mark.django_db(transaction=True)

# Stands in for KaTeX: notes what a page leaves behind that dies at this very moment.
DYING = "katex = { render: () => { document.title = Object.keys(sessionStorage).join(); } };"


def skip_as_broken(desk: Desk) -> None:
    before = desk.assignment
    desk.press("s")
    desk.page.get_by_label("Broken, cut off or impossible to show").check()
    with desk.page.expect_response("**/skip/"):
        desk.press("Enter")
    expect(desk.page.locator("#task")).not_to_have_attribute("data-assignment", str(before))


@pytest.mark.walk
def test_after_a_page_died_of_its_formulas_they_are_source_and_the_task_can_be_skipped(
    desk: Desk, project: Project, make_tasks: MakeTasks
):
    make_tasks(project, 2, contents=("so $x^2$ {i}", "so $$y^2$$ {i}"))
    page = desk.page

    def serve(route: Route) -> None:
        route.fulfill(body=DYING, content_type="text/javascript")

    page.route("**/katex.min.js", serve)
    desk.ready()
    expect(page).to_have_title(f"concord:typesetting:/p/{project.slug}/rate/{desk.assignment}")
    page.unroute("**/katex.min.js")
    page.evaluate(
        "(name) => addEventListener('pagehide', () => sessionStorage[name] = '')", page.title()
    )
    with page.expect_response("**/prepare/"):
        desk.reload()
    expect(page.locator("#refusals")).to_contain_text("Some formulas are shown as they were")
    assert sorted(page.locator(".side .math").all_text_contents()) == ["x^2", "y^2"]
    expect(page.locator(".math.left")).to_have_count(2)
    skip_as_broken(desk)
    # The next task is another one.
    expect(page.locator(".math.typeset")).to_have_count(2)
    skipped = Assignment.objects.get(state=AssignmentState.SKIPPED)
    assert skipped.skip_reason == SkipReason.BROKEN


@pytest.mark.walk
def test_a_task_whose_formulas_never_come_can_be_skipped(
    desk: Desk, project: Project, make_tasks: MakeTasks
):
    make_tasks(project, 2, contents=("so $x^2$ {i}", "so $$y^2$$ {i}"))
    desk.page.route("**/katex.min.js", lambda route: None)
    with desk.page.expect_response("**/prepare/"):
        desk.page.goto(desk.url, wait_until="domcontentloaded")
    expect(desk.page.locator("#judgment")).to_have_attribute("data-scripted", "")
    skip_as_broken(desk)
    expect(desk.page.locator(".side .math:not(.typeset)")).to_have_count(2)


def test_formulas_are_typeset_anew_after_undo(desk: Desk, project: Project, make_tasks: MakeTasks):
    make_tasks(project, 2, contents=("so $x^2$ {i}", "so $$\\frac{y}{2}$$ {i}"))
    desk.ready()
    fraction = desk.page.locator(".side .math.typeset .mfrac")
    height = fraction.evaluate("(e) => e.clientHeight")
    desk.press("1")
    desk.leave()
    desk.press("z")
    expect(desk.page.locator("#announcer")).to_contain_text("Took back")
    expect(desk.page.locator(".side .math.typeset")).to_have_count(2)
    assert fraction.evaluate("(e) => e.clientHeight") == height
