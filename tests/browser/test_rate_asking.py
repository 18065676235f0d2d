"""A rater asks at the desk what the guideline does not say, and reads the answer in the drawer."""

from __future__ import annotations

from collections import Counter

import pytest
from playwright.sync_api import BrowserContext, expect

from labeling.models import Query
from labeling.teaching.questions.services import Ruling, write_precedent
from projects.models import User
from tests.browser.desk import Desk
from tests.conftest import MakeTasks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk]
KEYS = """() => [...document.querySelectorAll("[data-key]")]
    .filter((element) => element.getClientRects().length)
    .flatMap((element) => element.dataset.key.split(" "))"""


def test_q_asks_in_place_keeps_what_is_written_and_the_answer_is_in_the_drawer(
    desk: Desk, context: BrowserContext, lena: User, make_tasks: MakeTasks
):
    make_tasks(desk.project, 4)
    page = desk.ready().page
    keys = Counter(page.evaluate(KEYS))
    assert keys["q"] == 1
    first = desk.assignment
    desk.press("1", "q")
    page.keyboard.type("q: may it refuse?")
    page.keyboard.press("Escape")
    desk.reload()
    desk.press("q")
    expect(page.locator("#asked")).to_have_value("q: may it refuse?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#last")).to_contain_text("Asked.")
    expect(page.locator("#asked")).not_to_be_visible()
    expect(page.locator("input[name='answer.overall'][value='-3']")).to_be_checked()
    # What was not sent goes with its task, however it is left.
    desk.press("q")
    page.keyboard.type("And what of rhymes?")
    page.keyboard.press("Escape")
    with page.expect_response(f"**/{first}/ask/"):
        desk.leave()
    expect(page.locator("#asked")).to_have_value("")
    asked = list(Query.objects.order_by("pk").values_list("assignment", "text"))
    assert asked == [(first, "q: may it refuse?"), (first, "And what of rhymes?")]
    ruling = Ruling("It may, and says why.")
    questions = list(Query.objects.values_list("pk", flat=True))
    write_precedent(project=desk.project, actor=lena, ruling=ruling, questions=questions)
    desk.reload()
    expect(page.locator("#guideline-link")).to_contain_text("3 new")
    expect(page.locator("#guideline-link")).to_have_accessible_name("Guideline, version 1, 3 new")
    desk.press("g")
    expect(page.locator("#drawer")).to_contain_text("new")
    expect(page.locator("#guideline-link")).not_to_contain_text("new")
    drawer = page.locator("#drawer")
    expect(drawer.locator(".precedents")).to_contain_text("Precedent 1")
    page.locator("#drawer [data-find]").fill("says why")
    expect(drawer.locator("output")).to_contain_text("1 of")
