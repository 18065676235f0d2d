"""Desks with all that a task may bring at once: no key means two things, each says what it is."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from labeling.models import Assignment, Prompt, Response
from labeling.vocabulary import SkipReason
from projects.models import Criterion, Project
from tests.browser.desk import Desk
from tests.browser.test_every_page import KEYS
from tests.conftest import MakeTasks

pytestmark = pytest.mark.django_db(transaction=True)
WALK = pytest.mark.walk
#: A picture whose file is gone: what is asked here is what stands around it.
PICTURE = {"sha256": "0" * 64, "width": 1200, "height": 900, "form": "webp", "size": 9}


def show_pictures() -> None:
    """Gives every text a picture that may upset."""
    asked = {"role": "user", "content": "Draw this.", "images": [PICTURE]}
    topics = [{"topic": "blood", "severity": "mild"}]
    Prompt.objects.update(messages=[asked], sensitivity=topics)
    for response in Response.objects.all():
        turn = {"role": "assistant", "content": response.content, "images": [PICTURE]}
        Response.objects.filter(pk=response.pk).update(messages=[turn])


@pytest.mark.parametrize(
    ("kind", "n_texts", "keys"),
    [
        ("compare", 2, ["a", "i"]),
        pytest.param("rank", 9, ["Shift+B"], marks=WALK),
        pytest.param("rank", 3, ["b", "v"], marks=WALK),
        pytest.param("rate", 2, [], marks=WALK),
        pytest.param("write", 1, [], marks=WALK),
    ],
)
def test_no_key_of_a_desk_means_two_things(
    desk: Desk, project: Project, make_tasks: MakeTasks, kind: str, n_texts: int, keys: list[str]
):
    Project.objects.update(edit_winner=True)
    scales = (("order", "ranking", "ranking"), ("good", "yes_no", "response"))
    for place, (key, scale, family) in enumerate(scales):
        fields: dict[str, Any] = {"is_primary": True, "is_required": kind == "rate"}
        Criterion.objects.create(
            project=project, key=key, scale_key=scale, family=family, position=9 + place, **fields
        )
    make_tasks(project, 1, kind=kind, contents=[f"Text {n}." for n in range(n_texts)])
    show_pictures()
    page = desk.open().page
    expect(page.locator("[data-pictures]")).to_be_visible()
    expect(page.locator("[data-gone]").first).to_be_visible()
    assert page.evaluate(KEYS) == []
    desk.press(*keys)
    if kind == "compare":
        expect(page.locator("[data-improved]")).to_be_visible()
        page.locator("[data-improved] textarea").press("Escape")
        page.locator(".ask").first.click()
    assert page.evaluate(KEYS) == []
    desk.press("Shift+S")
    expect(page.locator("#task")).to_have_count(0)
    assert Assignment.objects.get().skip_reason == SkipReason.UNCOMFORTABLE
