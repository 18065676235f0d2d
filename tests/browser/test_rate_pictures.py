"""Pictures at the desk: seen whole, zoomed together, swapped and covered, at the keyboard."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from labeling.imports.services import create_import, run_import
from projects.models import Project, User
from tests.browser.axe import serious
from tests.browser.desk import Desk
from tests.media.samples import picture, written

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk]

TRANSFORMS = "views => views.map(view => view.querySelector('.canvas').style.transform)"
SOURCES = "images => images.map(image => image.getAttribute('src'))"


@pytest.fixture
def pictures(project: Project, lena: User, settings: Any, tmp_path: Path) -> None:
    """Two pairs, one of which may upset."""
    settings.MEDIA_ROOT = tmp_path / "media"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        rows = []
        for i, topics in enumerate(([], [{"topic": "blood", "severity": "mild"}])):
            names = [f"{side}{i}.png" for side in "ab"]
            for place, name in enumerate(names):
                data = written(picture((1400 + 100 * i + 10 * place, 1000)), "PNG")
                packed.writestr(name, data)
            responses = [{"image": name} for name in names]
            rows.append({"id": f"p{i}", "prompt": f"Draw {i}", "responses": responses})
            rows[-1]["topics"] = topics
        packed.writestr("rows.jsonl", "\n".join(map(json.dumps, rows)))
    import_ = create_import(
        project=project, created_by=lena, filename="rows.zip", content=out.getvalue()
    )
    run_import(import_.pk)


def test_pictures_are_judged_at_the_keyboard(desk: Desk, pictures: None) -> None:
    page = desk.page
    desk.ready()
    covered_first = page.locator(".veil").count() > 0
    if covered_first:
        _check_covers(desk)
    else:
        _check_looking(desk)
    desk.press("a")
    desk.leave()
    if covered_first:
        _check_looking(desk)
    else:
        _check_covers(desk)
    assert serious(page) == []


def _check_looking(desk: Desk) -> None:
    page = desk.page
    views, images = page.locator(".pair [data-view]"), page.locator(".pair [data-view] img")
    expect(page.locator("[data-pictures]")).to_be_visible()
    before = images.evaluate_all(SOURCES)
    assert all(source.endswith("/preview/") for source in before)
    desk.press("+", "+")
    first, second = views.evaluate_all(TRANSFORMS)
    assert first == second != ""
    frames = page.locator(".minimap i")
    expect(frames).to_have_count(2)
    width = "frames => frames[0].offsetWidth / frames[0].parentElement.clientWidth"
    assert frames.evaluate_all(width) == pytest.approx(1 / 1.25**2, abs=0.03)
    # What is looked at closely is there in full size.
    expect(images.first).to_have_attribute("src", before[0].replace("preview", "full"))
    desk.press("Shift+L", "+")
    first, second = views.evaluate_all(TRANSFORMS)
    assert first != second
    desk.press("Shift+L", "Home")
    assert views.evaluate_all(TRANSFORMS) == ["", ""]
    expect(frames).to_have_count(0)
    shown = images.evaluate_all("images => images.map(image => image.alt)")
    page.keyboard.down("k")
    assert images.evaluate_all("images => images.map(image => image.alt)") == shown[::-1]
    page.keyboard.up("k")
    assert images.evaluate_all("images => images.map(image => image.alt)") == shown


def _check_covers(desk: Desk) -> None:
    page = desk.page
    covers = page.locator("[data-uncover]")
    expect(page.locator(".viewer-note")).to_contain_text("blood (mild)")
    # The prompt is a text; responses that are pictures have none, and no second cover.
    expect(page.locator("#task details.cover")).to_have_count(1)
    desk.press("[")
    expect(covers.first).to_be_checked()
    expect(covers.last).not_to_be_checked()
    desk.press("Shift+V")
    expect(covers.last).to_be_checked()
    page.locator("[data-choose]").click()
    desk.reload()
    expect(page.locator("[data-uncover]:checked")).to_have_count(2)
    page.locator("[data-change]").click()
    expect(page.locator("[data-uncover]:checked")).to_have_count(0)
    # Enter submits from here, and uncovers nothing.
    expect(page.locator("#task")).to_be_focused()
