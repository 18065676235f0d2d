"""Conversations at the desk: the turn after a choice comes next, and a choice is taken back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from labeling.models import Assignment, Judgment, Task
from tests.browser.axe import serious
from tests.browser.desk import Desk, saved
from tests.browser.test_every_page import KEYS, PROBLEMS
from tests.imports import conftest as imports
from tests.imports.test_import_conversations import LINE, pair

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk]
take = imports.take


def choose(desk: Desk, name: str) -> int:
    """Prefers the reply of that name by a key, and goes on; the assignment."""
    task = Task.objects.get(assignments=desk.assignment)
    shown = Assignment.objects.get(pk=desk.assignment).shown_order
    place = task.prompt.responses.get(external_id=name).pk
    is_first = task.response_ids[shown[0]] == place
    desk.press("1" if is_first else "6")
    return desk.leave()


def test_the_turn_after_a_choice_comes_next_and_goes_where_the_choice_is_taken_back(
    desk: Desk, take
):
    page = desk.page
    others = [
        {"conversation": f"o{i}", "turns": [{"prompt": f"{i}?", "responses": pair("x", "y")}]}
        for i in range(2)
    ]
    take(LINE, *others)
    Task.objects.filter(external_id__startswith="c1").update(queue_key=1)
    desk.ready()
    head = page.locator("#task .prompt")
    expect(head).to_contain_text("Turn 1 of 3")
    choose(desk, "a")
    expect(head).to_contain_text("Turn 2 of 3")
    expect(head).to_contain_text("after the reply you chose")
    followed = page.locator("#task .prompt .formatted")
    expect(followed).to_contain_text("Reply a.")
    expect(followed).not_to_contain_text("Reply b.")
    assert serious(page) == []
    assert page.evaluate(KEYS) == []
    assert page.evaluate(PROBLEMS) == []
    # The other choice, and the turn after the first is not shown again.
    desk.press("z")
    expect(head).to_contain_text("Turn 1 of 3")
    choose(desk, "b")
    expect(page.locator("#task")).to_contain_text("Why so?")
    expect(followed).to_contain_text("Reply b.")
    choose(desk, "c2")
    expect(head).not_to_contain_text("after the reply")
    assert [j.task.external_id for j in saved(page, 2)] == ["c1-1", "c1-2-b"]
    assert not Judgment.objects.filter(task__external_id="c1-2-a").exists()
