"""A gate on the screen: nothing else until it lets through, and done where it does not."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from labeling.models import Answer
from projects.models import Criterion, Project
from tests.browser.desk import Desk, saved
from tests.conftest import MakeTasks

pytestmark = pytest.mark.django_db(transaction=True)
WALK = pytest.mark.walk


def add(project: Project, key: str, scale: str, family: str, **fields: Any) -> None:
    Criterion.objects.create(
        project=project, key=key, wording="?", scale_key=scale, family=family, position=9, **fields
    )


@pytest.mark.parametrize(
    ("kind", "contents", "keys", "count"),
    [
        ("compare", ("One.", "Two."), ["2"], 2),
        pytest.param("rank", ("One.", "Two.", "Six."), ["1", "2", "2"], 4, marks=WALK),
        pytest.param("rate", ("One.", "Two."), ["y", "n"], 3, marks=WALK),
    ],
)
def test_keys_open_what_is_behind_it_or_end_the_task_there(
    desk: Desk,
    project: Project,
    make_tasks: MakeTasks,
    kind: str,
    contents: tuple[str, ...],
    keys: list[str],
    count: int,
):
    add(project, "order", "ranking", "ranking", is_primary=True)
    add(project, "good", "yes_no", "response", is_primary=True, is_required=kind == "rate")
    add(project, "gate", "gate", "gate")
    make_tasks(project, 3, kind=kind, contents=contents)
    page = desk.ready().page
    others = page.locator(".criterion:not([data-gate]), [data-panel], [data-place-of]")
    expect(others.filter(visible=True)).to_have_count(0)
    desk.press("Enter")
    expect(page.locator("[data-gate] [data-error]")).to_be_visible()
    desk.press("4")
    expect(others.filter(visible=True)).not_to_have_count(0)
    desk.press(*keys)
    desk.leave()
    expect(others.filter(visible=True)).to_have_count(0)
    desk.press("1", "Enter")
    saved(page, 2)
    values = Answer.objects.filter(criterion__key="gate").values_list("value", flat=True)
    assert set(values) == {1, 4}
    assert Answer.objects.count() == 1 + count
    desk.press("z")
    expect(page.locator("[data-gate] input:checked")).to_have_value("1")
