"""The release screens in a browser: choose, watch the count, freeze, find the files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labeling.models import Release
from labeling.releases.services import run_release
from projects.models import Project, User
from tests.browser.axe import serious
from tests.conftest import judge, lease

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def releases_dir(tmp_path: Path, settings: Any) -> None:
    """Releases of a test go to a folder of its own."""
    settings.RELEASES_DIR = tmp_path / "releases"


@pytest.mark.walk
@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_an_engineer_chooses_freezes_and_finds_the_files(
    page: Any,
    context: Any,
    live_server: Any,
    sign_in: Callable[..., None],
    project: Project,
    mia: User,
    rui: User,
    make_tasks: Any,
    width: int,
    theme: str,
) -> None:
    make_tasks(project, 3)
    for value in (-2, 1, 0):
        judge(rui, lease(rui, project), value)
    sign_in(context, mia)
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=theme)
    page.goto(f"{live_server.url}/p/{project.slug}/releases/new/")
    assert page.locator("#preview .out td").inner_text() == "2"
    page.locator("input[name=recipe][value=raw]").check()
    page.get_by_role("row", name="Judgments in").wait_for()
    assert serious(page) == []
    page.get_by_role("button", name="Freeze and build").click()
    page.get_by_text("Waiting for a worker").wait_for()
    assert serious(page) == []
    run_release(Release.objects.get().pk)
    page.get_by_role("link", name="Download all").wait_for()
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(f"{live_server.url}/p/{project.slug}/releases/")
    assert serious(page) == []
