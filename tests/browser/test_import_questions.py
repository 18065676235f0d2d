"""The questions of an import in a browser: asked before any row is shown, answered, imported."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labeling.models import Import
from projects.models import Project, User
from tests.browser.axe import serious

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk]

ROW = {
    "document_that_the_answers_are_about": "The cat sat on the mat all day, and nobody minded it.",
    "question": "Who sat on the mat, and who minded?",
    **{f"output_{i}": f"Answer number {i} says who sat." for i in range(4)},
    "dataset": "cats",
}


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    """Uploads of a test end with it."""
    settings.IMPORTS_DIR = tmp_path / "imports"


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_a_lead_answers_what_the_file_does_not_say_and_imports(
    page: Any,
    context: Any,
    live_server: Any,
    sign_in: Callable[..., None],
    project: Project,
    lena: User,
    width: int,
    theme: str,
) -> None:
    sign_in(context, lena)
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=theme)
    page.goto(f"{live_server.url}/p/{project.slug}/imports/")
    page.get_by_label("Or paste rows").fill(json.dumps(ROW))
    page.get_by_role("button", name="Show the first rows").click()
    page.get_by_role("heading", name="2 questions first").wait_for()
    assert page.get_by_role("button", name="Import all rows").count() == 0
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("it comes before the prompt").check()
    page.get_by_role("button", name="Show the rows with these answers").click()
    page.get_by_text("Choose an answer.").wait_for()
    assert serious(page) == []
    page.get_by_label("“output_0” and “output_1”").check()
    page.get_by_role("button", name="Show the rows with these answers").click()
    page.get_by_text("Answer number 1 says who sat.").first.wait_for()
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Import all rows").click()
    page.get_by_text("Waiting for a worker").wait_for()
    mapping = Import.objects.get().mapping
    assert mapping["passage"] == "document_that_the_answers_are_about"
    assert (mapping["response_a"], mapping["response_b"]) == ("output_0", "output_1")


def test_a_file_of_many_columns_with_odd_names_stays_readable(
    page: Any,
    context: Any,
    live_server: Any,
    sign_in: Callable[..., None],
    project: Project,
    lena: User,
) -> None:
    odd = ["<script>alert(1)</script>", '"><b>', "rtl\u202eeman", "a_long_name_" * 30, "two\nlines"]
    text = "A text that raters would not see, and that goes on and on without an end."
    row = {
        **{"prompt": "Why?", "response_a": "Because.", "response_b": "No."},
        **{f"number_{i}": i for i in range(60)},
        **{name: f"{text} {i}" for i, name in enumerate([*odd, *(f"text_{i}" for i in range(20))])},
    }
    sign_in(context, lena)
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    page.goto(f"{live_server.url}/p/{project.slug}/imports/")
    page.get_by_label("Or paste rows").fill(json.dumps(row))
    page.get_by_role("button", name="Show the first rows").click()
    page.get_by_role("heading", name="6 questions first").wait_for()
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert (
        "rtl\\u202eeman" in page.get_by_role("region", name="Where each column goes").inner_text()
    )
    page.get_by_role("button", name="Take what is suggested").click()
    page.get_by_text("and 73 more").wait_for()
    assert page.get_by_role("button", name="Import all rows").is_visible()
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
